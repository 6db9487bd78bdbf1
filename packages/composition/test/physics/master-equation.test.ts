import { orThrow } from '@mesobath/contracts'
import type { RateModel } from '@mesobath/contracts'
import { conditionalGenerator, populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { denseDerivative } from '../../../../test/oracles/dense-master-equation.js'
import type { Complex, Dense, OracleBath } from '../../../../test/oracles/dense-master-equation.js'

/** Sums of a few hundred terms of size one. */
const ROUNDING = 1e-12

const dense = (size: number, re: ArrayLike<number>, im: ArrayLike<number> | null): Dense =>
  Array.from({ length: size }, (_, r) => Array.from({ length: size }, (__, c): Complex => [re[r * size + c]!, im === null ? 0 : im[r * size + c]!]))

/** A model whose transform is κ·lineShape(Ω): every pair of windows exchanges something at every frequency, ω = 0 too. */
const ownRates = (kappa: ReturnType<typeof positiveKappa>, centres: readonly number[], lineShape: (mismatch: number) => Complex): RateModel =>
  toyRates(kappa, { kind: 'own', bandwidth: 10, stationary: true }, (request, out) => {
    request.to.forEach((to, row) => {
      const from = request.from[row]!
      const [x, y] = lineShape(request.frequency[row]! + centres[from]! - centres[to]!)
      const { im, re } = kappa(Math.max(to, from), Math.min(to, from))
      const sign = to >= from ? 1 : -1
      for (let i = 0; i < 4; i += 1) {
        out.re[row * 4 + i] = x * re[i]! - y * sign * im[i]!
        out.im[row * 4 + i] = y * re[i]! + x * sign * im[i]!
      }
    })
  })

/** ∫₀^∞ e^{−ητ} e^{−iΩτ} dτ with η = 0.4. */
const lorentzian = (mismatch: number): Complex => [0.4 / (0.16 + mismatch * mismatch), -mismatch / (0.16 + mismatch * mismatch)]

/** Two baths of different widths, two couplings each with complex rates, means, three levels, an off-resonant gap among them. */
const twoBaths = (energies: readonly number[], lineShape?: (mismatch: number) => Complex) => {
  const uniform = parkMiller(11)
  const d = energies.length
  const specifications = [
    { centres: [0, 0.5, 1, 1.5], width: 0.5, strength: 0.3, volumes: [3, 7, 11, 6] },
    { centres: [-1, 0.1, 1.1], width: 0.9, strength: 0.2, volumes: [40, 20, 5] },
  ]
  const made = specifications.map((each, axis) => {
    const couplings = [hermitian(d, uniform), hermitian(d, uniform)]
    const means = [each.centres.map(() => uniform()), each.centres.map(() => uniform())]
    const kappa = positiveKappa(2, each.centres.length, uniform)
    const bath = toyBath({ energies: each.centres, width: each.width, logVolumes: each.volumes.map(Math.log), couplings: 2, means })
    const oracle: OracleBath = {
      ...each, ...(lineShape === undefined ? {} : { lineShape }), means, couplings: couplings.map((s) => dense(d, s.re, s.im)),
      kappa: (to, from) => {
        const { re, im } = kappa(Math.max(to, from), Math.min(to, from))
        return dense(2, re, to >= from ? im : im.map((x) => -x))
      },
    }
    return { attachment: attach(`bath-${axis}`, bath, each.strength, couplings), rates: lineShape === undefined ? toyRates(kappa) : ownRates(kappa, each.centres, lineShape), oracle }
  })
  return {
    problem: makeProblem(energies, made.map((each) => each.attachment)),
    rates: Object.fromEntries(made.map((each, axis) => [`bath-${axis}`, each.rates])),
    oracles: made.map((each) => each.oracle),
  }
}

describe.each([
  ['non-degenerate levels', [0, 1, 1.7], undefined],
  ['equal gaps', [0, 1, 2], undefined],
  ['degenerate levels', [0, 1, 1], undefined],
  ['own line shapes', [0, 1, 1.7], lorentzian],
  ['own line shapes and degenerate levels', [0, 1, 1], lorentzian],
] as const)('[Eqs. 5, 17-22, 75] the generator, %s', (_title, energies, lineShape) => {
  const { oracles, problem, rates } = twoBaths(energies, lineShape)
  const lattice = windowLattice(problem)
  const baths = orThrow(prepareBaths(problem, rates))
  const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
  const generator = orThrow(conditionalGenerator(lattice, baths, problem.energies, strengths))
  const d = energies.length
  const plane = lattice.size * d * d
  const uniform = parkMiller(5)
  const state = Float64Array.from({ length: 2 * plane }, () => 2 * uniform() - 1)

  it('equals the textbook equation on any matrices', () => {
    const states = Array.from({ length: lattice.size }, (_, joint) =>
      dense(d, state.subarray(joint * d * d, (joint + 1) * d * d), state.subarray(plane + joint * d * d, plane + (joint + 1) * d * d)))
    const expected = denseDerivative(energies, oracles, states)
    const out = new Float64Array(2 * plane)
    generator.apply(state, out)
    let deviation = 0
    let largest = 0
    expected.forEach((block, joint) => block.forEach((row, k) => row.forEach(([re, im], q) => {
      const at = joint * d * d + k * d + q
      deviation = Math.max(deviation, Math.abs(out[at]! - re), Math.abs(out[plane + at]! - im))
      largest = Math.max(largest, Math.abs(re), Math.abs(im))
    })))
    expect(largest).toBeGreaterThan(1)
    expect(deviation).toBeLessThan(ROUNDING * largest)
  })

  it('splits into a rotation by H_S and a part that commutes with it', () => {
    const rotated = state.slice()
    generator.rotate(rotated, 0.7)
    const first = new Float64Array(2 * plane)
    generator.rotating.apply(rotated, first)
    const second = new Float64Array(2 * plane)
    generator.rotating.apply(state, second)
    generator.rotate(second, 0.7)
    expect(Math.max(...first.map((x, i) => Math.abs(x - second[i]!)))).toBeLessThan(ROUNDING * Math.max(...first.map(Math.abs)))
  })

  it('has a 1-norm within its bound', () => {
    let largest = 0
    const out = new Float64Array(2 * plane)
    const unit = new Float64Array(2 * plane)
    for (let i = 0; i < 2 * plane; i += 1) {
      unit.fill(0)
      unit[i] = 1
      generator.apply(unit, out)
      largest = Math.max(largest, out.reduce((total, x) => total + Math.abs(x), 0))
    }
    expect(largest).toBeLessThanOrEqual(generator.normBound * (1 + ROUNDING))
    expect(generator.normBound).toBeLessThan(4 * largest)
  })

  it('keeps the total trace and Hermiticity', () => {
    const hermitianState = state.slice()
    for (let joint = 0; joint < lattice.size; joint += 1) {
      for (let k = 0; k < d; k += 1) {
        for (let q = 0; q <= k; q += 1) {
          const at = joint * d * d + k * d + q
          const there = joint * d * d + q * d + k
          hermitianState[there] = hermitianState[at]!
          hermitianState[plane + there] = k === q ? 0 : -hermitianState[plane + at]!
          if (k === q) hermitianState[plane + at] = 0
        }
      }
    }
    const out = new Float64Array(2 * plane)
    generator.apply(hermitianState, out)
    let trace = 0
    let skew = 0
    for (let joint = 0; joint < lattice.size; joint += 1) {
      for (let k = 0; k < d; k += 1) {
        trace += out[joint * d * d + k * (d + 1)]!
        for (let q = 0; q < d; q += 1) {
          const at = joint * d * d + k * d + q
          const there = joint * d * d + q * d + k
          skew = Math.max(skew, Math.abs(out[at]! - out[there]!), Math.abs(out[plane + at]! + out[plane + there]!))
        }
      }
    }
    const scale = Math.max(...out.map(Math.abs))
    expect(Math.abs(trace)).toBeLessThan(ROUNDING * scale)
    expect(skew).toBeLessThan(ROUNDING * scale)
  })
})

describe('[Eqs. 30, G8] the rate equation', () => {
  it('is the diagonal of the full equation where levels are non-degenerate, equal gaps or not', () => {
    for (const [energies, lineShape] of [[[0, 1, 1.7], undefined], [[0, 1, 2], undefined], [[0, 1, 2], lorentzian]] as const) {
      const { problem, rates } = twoBaths(energies, lineShape)
      const lattice = windowLattice(problem)
      const baths = orThrow(prepareBaths(problem, rates))
      const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
      const full = orThrow(conditionalGenerator(lattice, baths, problem.energies, strengths))
      const rateEquation = orThrow(populationGenerator(lattice, baths, problem.energies, strengths))
      const uniform = parkMiller(3)
      const populations = Float64Array.from({ length: 3 * lattice.size }, uniform)
      const state = new Float64Array(full.dimension)
      for (let k = 0; k < 3; k += 1) for (let joint = 0; joint < lattice.size; joint += 1) state[joint * 9 + 4 * k] = populations[k * lattice.size + joint]!
      const out = new Float64Array(full.dimension)
      full.apply(state, out)
      const change = new Float64Array(populations.length)
      rateEquation.apply(populations, change)
      const scale = Math.max(...change.map(Math.abs))
      for (let k = 0; k < 3; k += 1) {
        for (let joint = 0; joint < lattice.size; joint += 1) {
          expect(Math.abs(change[k * lattice.size + joint]! - out[joint * 9 + 4 * k]!)).toBeLessThan(ROUNDING * scale)
        }
      }
      // No coherence is driven.
      expect(Math.max(...out.filter((_, i) => i % 9 % 4 !== 0).map(Math.abs))).toBe(0)
    }
  })

  it('refuses linked degenerate levels, naming them, and takes unlinked ones', () => {
    const { problem, rates } = twoBaths([0, 1, 1])
    const outcome = populationGenerator(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(0.3, 0.2))
    expect(outcome._tag).toBe('Left')
    if (outcome._tag === 'Left') {
      expect(outcome.left.map((each) => each.code)).toEqual(['composition/degenerate-levels'])
      expect(outcome.left[0].path).toEqual(['energies', 2])
    }
  })
})
