import { describe, expect, it } from 'vitest'
import { orThrow, succeed } from '@mesobath/contracts'
import type { Drive, Problem, Sample, Segment, SpectralBath } from '@mesobath/contracts'
import { denseExact } from './support/dense-exact.js'
import { jumpProcess } from './support/jump-process.js'
import { attach, flatRates, inWindow, systemLevel, toyBath, unitWindows } from './support/parts.js'
import { walk } from './support/walk.js'

const VOLUMES = [5, 7]
const windows = unitWindows(VOLUMES.map(Math.log), 0.5)
const window = Int32Array.from({ length: 12 }, (_, i) => (i < 5 ? 0 : 1))
const levels = Float64Array.from(window, (e, i) => e - 0.2 + 0.05 * (i - (e === 0 ? 0 : 5)))
const spectral: SpectralBath = {
  kind: 'spectral', levels, window, real: true,
  block: (_coupling, to, from, out) => {
    if (to === from) return false
    for (let r = 0; r < VOLUMES[to]; r += 1) {
      for (let c = 0; c < VOLUMES[from]; c += 1) {
        const [low, high] = to < from ? [r, c] : [c, r]
        out.re[r * VOLUMES[from] + c] = Math.cos(3 * low * low + 5 * high + low * high)
      }
    }
    return true
  },
}

const FULL = 0.08
const ramp = (from: number, to: number, strength: (time: number) => number, gap: (time: number) => number): Segment => ({
  from, to, constant: false, energies: (time, out) => out.set([0, gap(time)]), strengths: (time, out) => out.set([strength(time)]),
})
/** The contact is closed, held while the gap widens, and opened again. */
const protocol: Drive = {
  recipe: null,
  segments: () => [
    ramp(0, 4, (t) => (FULL * t) / 4, () => 1), ramp(4, 20, () => FULL, (t) => 1 + 0.01 * (t - 4)), ramp(20, 24, (t) => (FULL * (24 - t)) / 4, () => 1.16),
  ],
}
const problem: Problem = {
  energies: Float64Array.of(0, 1),
  baths: [attach('bath', toyBath(windows, { microscopic: () => succeed(spectral) }), 0)],
  initial: { kind: 'product', system: systemLevel(2, 1), baths: [inWindow(windows, 0)] },
  times: Float64Array.of(0, 4, 12, 20, 24),
  drive: protocol,
}

const samples = async (algorithm: Parameters<typeof walk>[1]): Promise<Sample[]> => {
  const kept: Sample[] = []
  orThrow(await walk(problem, algorithm, {
    observers: [{
      begin: () => undefined,
      sample: (sample) => { kept.push({ ...sample, energies: Float64Array.from(sample.energies), strengths: Float64Array.from(sample.strengths), populations: Float64Array.from(sample.populations) }) },
      end: () => undefined,
    }],
  }))
  return kept
}

describe('a coupling strength that moves with time', () => {
  it('closes the exact books: energy gained is work done, by levels and by contact', async () => {
    const kept = await samples(denseExact())
    expect(kept.map((sample) => [sample.time, sample.side])).toEqual(
      [[0, 'after'], [4, 'before'], [4, 'after'], [12, 'after'], [20, 'before'], [20, 'after'], [24, 'after']])
    for (const { scalars } of kept) {
      expect(Math.abs(scalars.norm - 1)).toBeLessThan(1e-11)
      expect(Math.abs(scalars.energy - kept[0].scalars.energy - scalars.work)).toBeLessThan(1e-10)
    }
    const [closed, held, last] = [kept[2], kept[3], kept[6]]
    expect(Math.abs(held.scalars.interactionEnergy)).toBeGreaterThan(1e-4)
    expect(last.strengths[0]).toBe(0)
    expect(last.scalars.interactionEnergy).toBeCloseTo(0, 14)
    // Until the contact is closed the levels rest: this is the work of the contact alone, ∫ dλ ⟨S⊗B⟩, which the books need.
    expect(Math.abs(closed.scalars.work)).toBeGreaterThan(1e-5)
    expect(last.scalars.work - closed.scalars.work).toBeGreaterThan(1e-3)
    // Window centres in place of levels do not close them.
    const centres = Array.from(last.populations).reduce((sum, p, joint) => sum + windows.energies[joint % 2] * p, 0)
    expect(Math.abs(centres - last.scalars['bathEnergy/bath'])).toBeGreaterThan(1e-3)
  })

  it('drives a rate equation through the same segments', async () => {
    const kept = await samples(jumpProcess(flatRates(40)))
    const last = kept[kept.length - 1]
    // Far into the hold the spin has nearly equilibrated and the widening gap has done work ∫ ε̇ p dt between 0.16·0 and 0.16·1.
    expect(last.scalars.work).toBeGreaterThan(0.16 * 0.3)
    expect(last.scalars.work).toBeLessThan(0.16)
    expect(last.strengths[0]).toBe(0)
    // Six hundred substeps, each cut off at 10⁻¹⁴.
    expect(Math.abs(last.populations.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(6e-12)
    // Before the contact closes at all, at t = 0, nothing moves.
    expect(kept[0].populationRates?.some((rate) => rate !== 0)).toBe(false)
  })
})
