import { orThrow } from '@mesobath/contracts'
import { averagedGenerator, bathTransitions, conditionalGenerator, equilibrium, nearestResonance, populationGenerator, prepareBaths, validityReport, windowLattice } from '@mesobath/composition'
import { exponentialAction, hermitianEigenvalues, uniformisation } from '@mesobath/kernels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, sum, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** Sums of a few hundred terms of size one. */
const ROUNDING = 1e-12

/** Two baths on grids of 0.5 and 0.25, levels anywhere. */
const setUp = (seed: number, energies: readonly number[]) => {
  const uniform = parkMiller(seed)
  const d = energies.length
  const kinds = [{ count: 5, width: 0.5 }, { count: 9, width: 0.25 }]
  const baths = kinds.map(({ count, width }, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => axis - 1 + i * width), width, logVolumes: Array.from({ length: count }, () => 3 * uniform()), couplings: 2 }),
    0.3, [hermitian(d, uniform), hermitian(d, uniform)]))
  const rates = Object.fromEntries(kinds.map(({ count }, axis) => [`b${axis}`, toyRates(positiveKappa(2, count, uniform))]))
  const problem = makeProblem(energies, baths)
  const prepared = orThrow(prepareBaths(problem, rates))
  return { uniform, problem, lattice: windowLattice(problem), shared: prepared, nearest: orThrow(nearestResonance(prepared)), strengths: Float64Array.of(0.3, 0.2) }
}

/** Shell of (k, e₁, e₂) in quarters: round(ε_k/½)·2 + 2e₁ + e₂. */
const shellOf = (energies: readonly number[], i: number): number => 2 * Math.round(energies[Math.floor(i / 45)]! / 0.5) + 2 * (Math.floor(i / 9) % 5) + (i % 9)

/** Levels apart from each other, and from where rounding decides by rounding. */
const levels = fc.tuple(fc.double({ min: -0.2, max: 0.2, noNaN: true }), fc.double({ min: 0.3, max: 0.7, noNaN: true }), fc.double({ min: 0.8, max: 1.9, noNaN: true }))
  .filter((energies) => energies.every((energy) => Math.abs(Math.abs((energy / 0.5) % 1) - 0.5) > 1e-3))

describe("offResonance 'nearest'", () => {
  it('[Eq. 32] conserves Σ(round(ε/δ)δ + E)p shell by shell off resonance, populations and states, where sharing does not', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), levels, (seed, energies) => {
      const { lattice, nearest, problem, shared, strengths, uniform } = setUp(seed, energies)
      const p = Float64Array.from({ length: 3 * lattice.size }, uniform)
      const total = sum(p)
      const start = p.map((x) => x / total)
      const drift = (baths: typeof nearest): number => {
        const moved = start.slice()
        const generator = orThrow(populationGenerator(lattice, baths, problem.energies, strengths))
        uniformisation(generator, generator.exitRateBound).advance(moved, 3, 1e-14)
        expect(Math.max(...moved.map((x, i) => Math.abs(x - start[i]!)))).toBeGreaterThan(1e-6)
        const change = new Map<number, number>()
        moved.forEach((x, i) => change.set(shellOf(energies, i), (change.get(shellOf(energies, i)) ?? 0) + x - start[i]!))
        return Math.max(...[...change.values()].map(Math.abs))
      }
      expect(drift(nearest)).toBeLessThan(ROUNDING)
      if (energies.some((energy) => Math.abs(energy - energies[0]! - 0.5 * Math.round((energy - energies[0]!) / 0.5)) > 0.05)) expect(drift(shared)).toBeGreaterThan(1e-7)
      // The full equation: any state's ∂t of every shell vanishes.
      const states = orThrow(conditionalGenerator(lattice, nearest, problem.energies, strengths))
      const state = Float64Array.from({ length: states.dimension }, () => uniform() - 0.5)
      for (let e = 0; e < lattice.size; e += 1) {
        for (let k = 0; k < 3; k += 1) {
          state[lattice.size * 9 + e * 9 + k * 4] = 0
          for (let q = 0; q < k; q += 1) {
            state[e * 9 + k * 3 + q] = state[e * 9 + q * 3 + k]!
            state[lattice.size * 9 + e * 9 + k * 3 + q] = -state[lattice.size * 9 + e * 9 + q * 3 + k]!
          }
        }
      }
      const out = new Float64Array(states.dimension)
      states.apply(state, out)
      const change = new Map<number, number>()
      for (let i = 0; i < 3 * lattice.size; i += 1) {
        const rate = out[(i % lattice.size) * 9 + Math.floor(i / lattice.size) * 4]!
        change.set(shellOf(energies, i), (change.get(shellOf(energies, i)) ?? 0) + rate)
      }
      expect(Math.max(...[...change.values()].map(Math.abs))).toBeLessThan(ROUNDING * 10)
    }), { numRuns: 25 })
  })

  it('changes nothing on resonance, and is what sharing would be at the rounded levels', () => {
    for (const [energies, rounded] of [[[0, 0.5, 1.5], [0, 0.5, 1.5]], [[0.1, 0.7, 1.4], [0, 0.5, 1.5]]] as const) {
      const { lattice, nearest, shared, strengths, uniform } = setUp(9, energies)
      const p = Float64Array.from({ length: 3 * lattice.size }, uniform)
      const one = new Float64Array(p.length)
      const other = new Float64Array(p.length)
      orThrow(populationGenerator(lattice, nearest, Float64Array.from(energies), strengths)).apply(p, one)
      orThrow(populationGenerator(lattice, shared, Float64Array.from(rounded), strengths)).apply(p, other)
      one.forEach((x, i) => expect(Math.abs(x - other[i]!)).toBeLessThan(ROUNDING))
    }
  })

  it('keeps jumps and their reverse the same bits, where rounding makes a gap vanish too', () => {
    const { nearest, problem } = setUp(4, [0, 0.1, 0.9])
    for (const bath of nearest) {
      const jumps = orThrow(bathTransitions(bath, problem.energies, 1))
      const strength = new Map<string, number>()
      for (let i = 0; i < jumps.count; i += 1) {
        expect(Math.abs(jumps.mismatch[i]!)).toBe(0)
        expect(jumps.weight[i]).toBe(1)
        strength.set([jumps.toLevel[i], jumps.toWindow[i], jumps.fromLevel[i], jumps.fromWindow[i]].join(), jumps.strength[i]!)
      }
      expect(strength.size).toBe(jumps.count)
      for (let i = 0; i < jumps.count; i += 1) {
        expect(strength.get([jumps.fromLevel[i], jumps.fromWindow[i], jumps.toLevel[i], jumps.toWindow[i]].join())).toBe(jumps.strength[i])
      }
      // ω = 0.1 counts as 0: its jumps stay in their window.
      expect(jumps.toWindow.some((window, i) => window === jumps.fromWindow[i] && jumps.frequency[i] !== 0)).toBe(true)
    }
  })

  it('equal gaps that round differently lead to different windows, completely positively', () => {
    // Gaps of 0.2 each; rounded to 0, 0, 0.5: what was one jump operator is two. ρ_SA of system and ancilla, from a maximally entangled start.
    const { lattice, nearest, problem, strengths } = setUp(5, [0, 0.2, 0.4])
    const generator = orThrow(conditionalGenerator(lattice, nearest, problem.energies, strengths))
    const propagator = exponentialAction(generator, generator.normBound)
    const plane = lattice.size * 9
    const choi = Array.from({ length: lattice.size }, () => ({ rows: 9, columns: 9, re: new Float64Array(81), im: new Float64Array(81) }))
    for (let a = 0; a < 3; a += 1) {
      for (let b = 0; b < 3; b += 1) {
        const state = new Float64Array(2 * plane)
        state[(2 * 9 + 4) * 9 + a * 3 + b] = 1
        propagator.advance(state, 5, 1e-13)
        for (let i = 0; i < plane; i += 1) {
          const at = (Math.floor((i % 9) / 3) * 3 + a) * 9 + (i % 3) * 3 + b
          choi[Math.floor(i / 9)]!.re[at] = state[i]!
          choi[Math.floor(i / 9)]!.im[at] = state[plane + i]!
        }
      }
    }
    const least = choi.map((each) => hermitianEigenvalues(each)[0]!)
    expect(Math.min(...least)).toBeGreaterThan(-ROUNDING)
    expect(choi.filter((each) => each.re.some((x) => Math.abs(x) > 1e-3)).length).toBeGreaterThan(3)
  })

  it('equilibria, reports and fixed baths follow', () => {
    const { lattice, nearest, problem, strengths, uniform } = setUp(6, [0, 0.6, 1.9])
    const p = Float64Array.from({ length: 3 * lattice.size }, uniform)
    const steady = orThrow(equilibrium(lattice, nearest, problem.energies, strengths, p))
    const out = new Float64Array(p.length)
    const generator = orThrow(populationGenerator(lattice, nearest, problem.energies, strengths))
    generator.apply(steady, out)
    expect(Math.max(...out.map(Math.abs))).toBeLessThan(ROUNDING * generator.exitRateBound)
    const shells = new Map<number, number>()
    p.forEach((x, i) => shells.set(shellOf([0, 0.6, 1.9], i), (shells.get(shellOf([0, 0.6, 1.9], i)) ?? 0) + x - steady[i]!))
    expect(Math.max(...[...shells.values()].map(Math.abs))).toBeLessThan(ROUNDING)
    const findings = validityReport({ lattice, baths: nearest, energies: problem.energies, strengths, duration: 1 })
    const moved = findings.filter((finding) => finding.code === 'composition/moved-frequencies')
    // 1.9 → 2, 0.6 → 0.5: ω = 1.3 counts as 1.5, 0.2 away; in window widths 0.4 and 0.8.
    expect(moved.map(({ value }) => Number(value.toFixed(12)))).toEqual([0.4, 0.8])
    expect(orThrow(averagedGenerator(nearest, problem.energies, strengths, [new Float64Array(5).fill(0.2), new Float64Array(9).fill(1 / 9)])).dimension).toBe(18)
  })
})
