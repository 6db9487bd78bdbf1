import { orThrow } from '@mesobath/contracts'
import { conditionalGenerator, populationGenerator, prepareBaths, windowLattice } from '@mesobath/composition'
import { exponentialAction, hermitianEigenvalues } from '@mesobath/kernels'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import type { ComplexEntries } from '../../../../test/fixtures/toy-baths.js'

const chainProblem = (energies: readonly number[], seed: number) => {
  const uniform = parkMiller(seed)
  const bath = toyBath({ energies: [0, 0.5, 1, 1.5], width: 0.5, logVolumes: [1, 2, 2.5, 1.2], couplings: 2, means: [[0.1, 0.3, -0.2, 0], [0, 0.5, 0.2, 0.1]] })
  const d = energies.length
  return {
    problem: makeProblem(energies, [attach('bath', bath, 0.3, [hermitian(d, uniform), hermitian(d, uniform)])]),
    kappa: positiveKappa(2, 4, uniform),
  }
}

/** Smallest eigenvalue of ρ_SA(E) over all windows after `time`, for a pure random ρ_SA(E') of system and ancilla in window E' = 1. */
const leastEigenvalue = (energies: readonly number[], kappa: (to: number, from: number) => ComplexEntries, time: number, seed: number): number => {
  const { problem } = chainProblem(energies, seed)
  const lattice = windowLattice(problem)
  const baths = orThrow(prepareBaths(problem, toyRates(kappa)))
  const generator = orThrow(conditionalGenerator(lattice, baths, problem.energies, Float64Array.of(0.3)))
  const d = energies.length
  const plane = lattice.size * d * d
  const uniform = parkMiller(seed + 1)
  const psi = Array.from({ length: d * d }, () => [2 * uniform() - 1, 2 * uniform() - 1] as const)
  const propagator = exponentialAction(generator, generator.normBound)
  // (L ⊗ 1): every pair of ancilla indices (a, b) moves by itself.
  const big = Array.from({ length: lattice.size }, () => ({ re: new Float64Array(d ** 4), im: new Float64Array(d ** 4) }))
  for (let a = 0; a < d; a += 1) {
    for (let b = 0; b < d; b += 1) {
      const state = new Float64Array(2 * plane)
      for (let k = 0; k < d; k += 1) {
        for (let q = 0; q < d; q += 1) {
          const [x, y] = psi[k * d + a]!
          const [u, v] = psi[q * d + b]!
          state[d * d + k * d + q] = x * u + y * v
          state[plane + d * d + k * d + q] = y * u - x * v
        }
      }
      propagator.advance(state, time, 1e-13)
      for (let window = 0; window < lattice.size; window += 1) {
        for (let k = 0; k < d; k += 1) {
          for (let q = 0; q < d; q += 1) {
            const at = (k * d + a) * d * d + q * d + b
            big[window]!.re[at] = state[window * d * d + k * d + q]!
            big[window]!.im[at] = state[plane + window * d * d + k * d + q]!
          }
        }
      }
    }
  }
  return Math.min(...big.map(({ re, im }) => hermitianEigenvalues({ rows: d * d, columns: d * d, re, im })[0]!))
}

/** Eigenvalues of 9 × 9 matrices with entries of size one. */
const ROUNDING = 1e-12

describe('[Eq. 5] complete positivity in Breuer\'s sense', () => {
  it.each([
    ['equal gaps', [0, 0.5, 1]], ['degenerate levels', [0, 0.5, 0.5]], ['off resonance', [0, 0.63, 1.41]],
  ])('every ρ_SA(E) stays positive from a coherent input entangled with an ancilla: %s', (_title, energies) => {
    for (const seed of [2, 3, 4]) {
      for (const time of [0.05, 1, 20]) {
        expect(leastEigenvalue(energies, chainProblem(energies, seed).kappa, time, seed)).toBeGreaterThan(-ROUNDING)
      }
    }
  })

  it('refuses rates that are not positive, which would break it', () => {
    const { problem } = chainProblem([0, 0.5, 1], 2)
    const baths = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1, 1.5, 1.5, 1], im: [0, 0, 0, 0] }))))
    const outcome = conditionalGenerator(windowLattice(problem), baths, problem.energies, Float64Array.of(0.3))
    expect(outcome._tag === 'Left' && outcome.left[0].code).toBe('composition/rates-not-positive')
    const skew = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1, 0, 0, 1], im: [0, 0.3, 0.3, 0] }))))
    const rates = populationGenerator(windowLattice(problem), skew, problem.energies, Float64Array.of(0.3))
    expect(rates._tag === 'Left' && rates.left[0].code).toBe('composition/rates-not-positive')
  })
})

describe('degenerate levels', () => {
  it('populations alone do not close: same p(ε_k,E), different coherence, different ∂t p', () => {
    const bath = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [2, 3] })
    const coupling = matrix([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    const problem = makeProblem([0, 1, 1], [attach('bath', bath, 1, [coupling])])
    const lattice = windowLattice(problem)
    const baths = orThrow(prepareBaths(problem, toyRates((to, from) => ({ re: [to === from ? 0 : 1], im: [0] }))))
    const generator = orThrow(conditionalGenerator(lattice, baths, problem.energies, Float64Array.of(1)))
    const emission = (coherence: number): number => {
      const state = new Float64Array(generator.dimension)
      state[4] = 0.5
      state[8] = 0.5
      state[5] = coherence
      state[7] = coherence
      const out = new Float64Array(generator.dimension)
      generator.apply(state, out)
      return out[9]!
    }
    // |ψ±⟩ = (|1⟩ ± |2⟩)/√2 emit at twice the rate of a mixture, and not at all.
    expect(emission(0)).toBeGreaterThan(0.1)
    expect(emission(0.5) / emission(0)).toBeCloseTo(2, 12)
    expect(Math.abs(emission(-0.5))).toBeLessThan(1e-14)
    expect(populationGenerator(lattice, baths, problem.energies, Float64Array.of(1))._tag).toBe('Left')
  })
})
