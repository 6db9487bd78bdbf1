import { orThrow } from '@mesobath/contracts'
import type { Problem, RateModel } from '@mesobath/contracts'
import { equilibrium, populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { uniformisation } from '@mesobath/kernels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, spinCoupling, sum, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

const CONSERVED = 1e-12

const generatorOf = (problem: Problem, rates: RateModel | Readonly<Record<string, RateModel>>) => {
  const lattice = windowLattice(problem)
  const baths = orThrow(prepareBaths(problem, rates))
  const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
  return { lattice, baths, strengths, generator: orThrow(populationGenerator(lattice, baths, problem.energies, strengths)) }
}

/** Two baths on one grid; `step` is the level spacing over the window width. */
const twoBathProblem = (seed: number, steps: readonly number[], width = 0.25) => {
  const uniform = parkMiller(seed)
  const energies = [0, steps[0]! * width, (steps[0]! + steps[1]!) * width]
  const baths = [6, 5].map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => i * width), width, logVolumes: Array.from({ length: count }, () => 4 * uniform()) }),
    0.2 + uniform(), [hermitian(3, uniform)]))
  const rates = Object.fromEntries([6, 5].map((count, axis) => [`b${axis}`, toyRates(positiveKappa(1, count, uniform))]))
  return { problem: makeProblem(energies, baths), rates, uniform }
}

/** Integer index of the energy shell of (k, e₁, e₂). */
const shells = (steps: readonly number[], first: number, second: number): Int32Array => {
  const levels = [0, steps[0]!, steps[0]! + steps[1]!]
  return Int32Array.from({ length: 3 * first * second }, (_, i) =>
    levels[Math.floor(i / (first * second))]! + (Math.floor(i / second) % first) + (i % second))
}

describe('[Eq. 32] the distribution of E_tot', () => {
  it('is conserved shell by shell to 1e-12 on resonance, for two baths and any rates', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), (seed, a, b) => {
      const { problem, rates, uniform } = twoBathProblem(seed, [a, b])
      const { generator, lattice } = generatorOf(problem, rates)
      const p = Float64Array.from({ length: 3 * lattice.size }, uniform)
      const total = sum(p)
      for (let i = 0; i < p.length; i += 1) p[i]! /= total
      const start = p.slice()
      uniformisation(generator, generator.exitRateBound).advance(p, 5, 1e-13)
      const shell = shells([a, b], 6, 5)
      const change = new Float64Array(32)
      for (let i = 0; i < p.length; i += 1) change[shell[i]!]! += p[i]! - start[i]!
      expect(Math.max(...p.map((x, i) => Math.abs(x - start[i]!)))).toBeGreaterThan(1e-6)
      expect(Math.max(...change.map(Math.abs))).toBeLessThan(CONSERVED)
    }), { numRuns: 30 })
  })

  it('drifts off resonance by half a window width at most per jump, up where volumes grow', () => {
    const width = 0.5
    const gap = 0.75
    const growth = 2
    const bath = toyBath({ energies: [0, 0.5, 1, 1.5], width, logVolumes: [0, 0.5, 1, 1.5].map((e) => growth * e) })
    const problem = makeProblem([0, gap], [attach('bath', bath, 0.1, [spinCoupling])])
    const { generator, lattice } = generatorOf(problem, toyRates(() => ({ re: [1], im: [0] })))
    const p = new Float64Array(2 * lattice.size)
    p[lattice.size] = 1
    const out = new Float64Array(p.length)
    generator.apply(p, out)
    let heating = 0
    let jumps = 0
    out.forEach((change, i) => {
      heating += change * ((i < lattice.size ? 0 : gap) + width * (i % lattice.size))
      jumps += Math.max(0, change)
    })
    // Halfway between two windows the jump lands above or below by δ/2 in the ratio of √V: mean (δ/2)·tanh(βδ/4) with β = d ln V/dE here.
    expect(heating / jumps).toBeCloseTo((width / 2) * Math.tanh((growth * width) / 4), 12)
    expect(heating / jumps).toBeGreaterThan(0.05)
  })
})

describe('symmetries of the rate equation', () => {
  it('permuting baths permutes the result', () => {
    const { problem, rates, uniform } = twoBathProblem(17, [2, 1])
    const swapped = { ...problem, baths: [problem.baths[1]!, problem.baths[0]!] }
    const one = generatorOf(problem, rates)
    const other = generatorOf(swapped, rates)
    const p = Float64Array.from({ length: 3 * one.lattice.size }, uniform)
    const transpose = (i: number): number => Math.floor(i / 30) * 30 + (i % 5) * 6 + (Math.floor(i / 5) % 6)
    const q = new Float64Array(p.length)
    p.forEach((x, i) => { q[transpose(i)] = x })
    const dp = new Float64Array(p.length)
    const dq = new Float64Array(p.length)
    one.generator.apply(p, dp)
    other.generator.apply(q, dq)
    expect(Math.max(...dp.map((x, i) => Math.abs(x - dq[transpose(i)]!)))).toBeLessThan(1e-13 * Math.max(...dp.map(Math.abs)))
  })

  it('a bath with λ = 0 is invisible', () => {
    const { problem, rates, uniform } = twoBathProblem(23, [1, 2])
    const blind = { ...problem, baths: [problem.baths[0]!, { ...problem.baths[1]!, strength: 0 }] }
    const alone = generatorOf({ ...problem, baths: [problem.baths[0]!] }, { b0: rates['b0']! })
    const both = generatorOf(blind, rates)
    const p = Float64Array.from({ length: 18 }, uniform)
    const weights = Float64Array.from({ length: 5 }, uniform)
    const joint = Float64Array.from({ length: 90 }, (_, i) => p[Math.floor(i / 5)]! * weights[i % 5]!)
    const dp = new Float64Array(18)
    const dJoint = new Float64Array(90)
    alone.generator.apply(p, dp)
    both.generator.apply(joint, dJoint)
    dJoint.forEach((x, i) => expect(x).toBeCloseTo(dp[Math.floor(i / 5)]! * weights[i % 5]!, 13))
  })

  it('windows that nothing couples to change nothing, and relabelling levels permutes', () => {
    const uniform = parkMiller(4)
    const kappa = positiveKappa(1, 4, uniform)
    const coupling = hermitian(3, uniform)
    const make = (order: readonly number[], extra: number) => {
      const base = [0, 0.5, 1]
      const permuted = {
        rows: 3, columns: 3,
        re: Float64Array.from({ length: 9 }, (_, i) => coupling.re[order[Math.floor(i / 3)]! * 3 + order[i % 3]!]!),
        im: Float64Array.from({ length: 9 }, (_, i) => coupling.im![order[Math.floor(i / 3)]! * 3 + order[i % 3]!]!),
      }
      const bath = toyBath({ energies: [0, 0.5, 1, 1.5, ...(extra ? [40] : [])], width: 0.5, logVolumes: [0, 1, 2, 1, ...(extra ? [3] : [])] })
      return generatorOf(makeProblem(order.map((k) => base[k]!), [attach('bath', bath, 0.4, [permuted])]),
        toyRates((to, from) => (to === 4 || from === 4 ? { re: [0], im: [0] } : kappa(to, from))))
    }
    const plain = make([0, 1, 2], 0)
    const order = [2, 0, 1]
    const relabelled = make(order, 1)
    const p = Float64Array.from({ length: 12 }, uniform)
    const q = Float64Array.from({ length: 15 }, (_, i) => (i % 5 === 4 ? 0.3 : p[order[Math.floor(i / 5)]! * 4 + (i % 5)]!))
    const dp = new Float64Array(12)
    const dq = new Float64Array(15)
    plain.generator.apply(p, dp)
    relabelled.generator.apply(q, dq)
    dq.forEach((x, i) => expect(x).toBeCloseTo(i % 5 === 4 ? 0 : dp[order[Math.floor(i / 5)]! * 4 + (i % 5)]!, 12))
  })

  it('shifting all energies of the system or of the bath changes nothing', () => {
    const { problem, rates, uniform } = twoBathProblem(31, [1, 1])
    const shifted: Problem = {
      ...problem, energies: problem.energies.map((e) => e + 1000),
      baths: problem.baths.map((each) => ({ ...each, bath: { ...each.bath, windows: { ...each.bath.windows, energies: each.bath.windows.energies.map((e) => e - 77) } } })),
    }
    const p = Float64Array.from({ length: 90 }, uniform)
    const dp = new Float64Array(90)
    const dShifted = new Float64Array(90)
    generatorOf(problem, rates).generator.apply(p, dp)
    generatorOf(shifted, rates).generator.apply(p, dShifted)
    expect(Math.max(...dp.map((x, i) => Math.abs(x - dShifted[i]!)))).toBeLessThan(1e-12 * Math.max(...dp.map(Math.abs)))
  })
})

describe('[Eqs. 34-36] equilibrium', () => {
  it('is where the dynamics ends, on and off resonance, for two baths', () => {
    for (const steps of [[1, 1], [2, 1], [1.4, 2.3]]) {
      const { problem, rates, uniform } = twoBathProblem(41, steps)
      const { baths, generator, lattice, strengths } = generatorOf(problem, rates)
      const p = Float64Array.from({ length: 3 * lattice.size }, uniform)
      const steady = orThrow(equilibrium(lattice, baths, problem.energies, strengths, p))
      const out = new Float64Array(p.length)
      generator.apply(steady, out)
      expect(Math.max(...out.map(Math.abs))).toBeLessThan(1e-12 * generator.exitRateBound)
      uniformisation(generator, generator.exitRateBound).advance(p, 20000 / generator.exitRateBound, 1e-13)
      expect(Math.max(...p.map((x, i) => Math.abs(x - steady[i]!)))).toBeLessThan(1e-8)
    }
  })

  it('[Eq. 36] spreads P(E_tot) as V_E, for log volumes that no double holds', () => {
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [90000, 90000 + Math.log(1.5)] })
    const problem = makeProblem([0, 1], [attach('bath', bath, 1, [spinCoupling])])
    const lattice = windowLattice(problem)
    const baths = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] }))))
    const steady = orThrow(equilibrium(lattice, baths, problem.energies, Float64Array.of(1), Float64Array.of(0.05, 0.1, 0.7, 0.15)))
    // (ε_0,E_1) and (ε_1,E_0) share a shell, the other two states are alone.
    expect(Array.from(steady, (x) => Number(x.toFixed(10)))).toEqual([0.05, 0.48, 0.32, 0.15])
  })

  it('leaves a start alone where nothing is coupled', () => {
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [1, 2] })
    const problem = makeProblem([0, 1], [attach('bath', bath, 0, [spinCoupling])])
    const p = Float64Array.of(0.1, 0.2, 0.3, 0.4)
    const baths = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] }))))
    const steady = orThrow(equilibrium(windowLattice(problem), baths, problem.energies, Float64Array.of(0), p))
    steady.forEach((x, i) => expect(x).toBeCloseTo(p[i]!, 15))
  })
})
