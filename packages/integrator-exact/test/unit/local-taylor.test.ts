import { afterEach, describe, expect, it, vi } from 'vitest'
import { spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { Problem, Segment } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { DriveSeries } from '../../src/internal/local/drive-series.js'
import { ENDS, weighStep } from '../../src/internal/local/step-work.js'

const moving = (energy: (time: number) => number): Segment => ({
  from: 0, to: 10, constant: false, energies: (time, out) => { out.set([0, energy(time)]) }, strengths: (_time, out) => { out.fill(0.4) },
})

afterEach(() => vi.unstubAllGlobals())

describe('polynomials of a drive over a step', () => {
  it('have the degree of what moves, both ways round, and none where nothing does', () => {
    const drive = new DriveSeries(2, 1)
    const cubic = (t: number): number => 1 - 2 * t + 0.5 * t * t * t
    expect(drive.fit(moving(cubic), 1, 0.5, 1.5, Float64Array.of(2), 1e-13)).toBe(true)
    expect(Array.from(drive.degrees)).toEqual([0, 3, 0])
    for (const x of [0, 0.3, 1]) {
      const value = (series: Float64Array, y: number): number => [8, 7, 6, 5, 4, 3, 2, 1, 0].reduce((sum, m) => sum * y + series[9 + m], 0)
      expect(Math.abs(value(drive.atStart, x) - cubic(1 + 0.5 * x))).toBeLessThan(1e-12)
      expect(Math.abs(value(drive.atEnd, x - 1) - cubic(1 + 0.5 * x))).toBeLessThan(1e-12)
    }
    expect(drive.fit(moving(() => 3), 1, 0.5, 1.5, Float64Array.of(2), 1e-13)).toBe(true)
    expect(drive.moving).toBe(false)
  })

  it('go through no jump, wherever in the step it is, and through nothing that is not a number', () => {
    const drive = new DriveSeries(2, 1)
    for (const at of [1e-9, 0.002, 0.3, 0.5, 0.998, 1 - 1e-9]) {
      expect(drive.fit(moving((t) => (t < at ? 1 : 1.001)), 0, 1, 1, Float64Array.of(1), 1e-5)).toBe(false)
    }
    expect(drive.fit(moving((t) => (t < 0.5 ? 1 : Number.NaN)), 0, 1, 1, Float64Array.of(1), 1e-5)).toBe(false)
  })
})

describe('the work of a step', () => {
  it('falls short by less than the sixteenth power of its length, and by less than it doubts', () => {
    const drive = new DriveSeries(1, 0)
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
    const errorOf = (h: number): { error: number; doubt: number } => {
      // ε = t, p = cos 9t: ∫ = sin(9h)/9.
      const segment: Segment = { from: 0, to: 10, constant: false, energies: (time, out) => { out[0] = time }, strengths: () => undefined }
      expect(drive.fit(segment, 0, h, h, new Float64Array(0), 1e-14)).toBe(true)
      const taylor = (t: number): Float64Array => Float64Array.from({ length: ENDS }, (_, n) => ((9 * h) ** n * Math.cos(9 * t + (n * Math.PI) / 2)) / factorial(n))
      const out = { work: 0, doubt: 0 }
      weighStep(drive, taylor(0), taylor(h), out)
      return { error: Math.abs(out.work - Math.sin(9 * h) / 9), doubt: out.doubt }
    }
    const [long, short] = [errorOf(1.2), errorOf(0.6)]
    expect(long.error).toBeGreaterThan(1e-9)
    expect(Math.log2(long.error / short.error)).toBeGreaterThan(15)
    expect(long.error).toBeLessThan(long.doubt)
    expect(short.error).toBeLessThan(short.doubt)
  })
})

describe('a step of a smooth drive', () => {
  it('makes no array: their number is the same for few steps and for many', async () => {
    const bath = orThrow(spinChainBath({ spins: 5, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 40, edge: 0.2 }))
    const segment: Segment = {
      from: 0, to: 10, constant: false, energies: (time, out) => { out[0] = 0; out[1] = 3 + Math.sin(time) }, strengths: (time, out) => { out[0] = 0.3 + 0.01 * time },
    }
    const madeOver = async (duration: number): Promise<{ arrays: number; calls: number }> => {
      const problem: Problem = {
        energies: Float64Array.of(0, 3), baths: [{ label: 'chain', bath, strength: 0.3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
        initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1) }] },
        times: Float64Array.of(0, 10), drive: { recipe: null, segments: () => [segment] },
      }
      const stepper = orThrow(await exact().prepare(problem, {}, 1e-8))
      let calls = 0
      orThrow(stepper.enter({ ...segment, energies: (time, out) => { calls += 1; segment.energies(time, out) } }))
      // What the power is read from is made when a segment begins.
      calls = 0
      let arrays = 0
      vi.stubGlobal('Float64Array', new Proxy(Float64Array, { construct: (target, given) => { arrays += 1; return Reflect.construct(target, given) as object } }))
      orThrow(await stepper.advance(duration))
      vi.unstubAllGlobals()
      return { arrays, calls }
    }
    const [few, many] = [await madeOver(1), await madeOver(9)]
    expect(many.calls).toBeGreaterThan(4 * few.calls)
    expect(many.arrays).toBe(few.arrays)
  })
})
