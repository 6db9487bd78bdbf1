import { describe, expect, it } from 'vitest'
import { equilibriumRatio } from '../../src/index.js'
import { generatorOf, matrixExponential } from '../oracles/rate-equation.js'
import type { BathSpec } from '../oracles/rate-equation.js'
import { windowsOf } from '../fixtures/watch.js'

const relaxed = (start: readonly number[], energies: readonly number[], bath: BathSpec): Float64Array => {
  const n = start.length
  const neighbours = generatorOf(energies, { baths: [bath], strength: () => 0.5, offResonance: 0 })
  const long = matrixExponential(neighbours, n, 2000)
  return Float64Array.from({ length: n }, (_, i) => start.reduce((sum, p, j) => sum + long[i * n + j]! * p, 0))
}

/** Windows 0 … 7 whose volumes grow by e^{1/T} each: T_mic is the same everywhere. */
const exponential = (temperature: number): BathSpec => ({ energies: [0, 1, 2, 3, 4, 5, 6, 7], logVolumes: [0, 1, 2, 3, 4, 5, 6, 7].map((E) => E / temperature) })
const spread = (count: number): number[] => Array.from({ length: count }, (_, i) => (1 + (i * i) % 7) / Array.from({ length: count }, (__, j) => 1 + (j * j) % 7).reduce((a, b) => a + b, 0))

describe('equilibrium populations in a bath that ends', () => {
  it('[Eqs. 34, 37, 38] the ratio is e^{−ω/T_mic} with both edges, T_mic constant or not, negative too, levels more than a window apart', () => {
    const curved: BathSpec = { energies: [0, 1, 2, 3, 4, 5, 6, 7], logVolumes: [0, 2, 3.5, 4.5, 5, 5.2, 5, 4] }
    for (const [bath, energies] of [[exponential(2), [0, 1]], [exponential(-1.5), [0, 1]], [curved, [0, 1]], [exponential(3), [0, 2]], [curved, [0, 1, 3]]] as const) {
      const d = energies.length
      const p = relaxed(spread(8 * d), energies, bath)
      const level = (k: number): number => p.slice(8 * k, 8 * k + 8).reduce((sum, each) => sum + each, 0)
      for (let k = 1; k < d; k++) {
        for (let q = 0; q < k; q++) {
          const { ratio, boltzmann, lowerEdge, upperEdge } = equilibriumRatio(windowsOf(bath), p, Float64Array.from(energies), k, q)
          expect(ratio).toBeCloseTo(level(k) / level(q), 9)
          expect(boltzmann * (1 - lowerEdge) + upperEdge).toBeCloseTo(ratio, 13)
          expect(lowerEdge).toBeGreaterThan(1e-3)
          expect(upperEdge).toBeGreaterThan(1e-3)
        }
      }
    }
  })

  it('[Eq. 38] the sum goes over E < ω: with the window at ω in it, as the inequality is printed, the ratio is another', () => {
    const bath = exponential(2)
    const p = relaxed(spread(16), [0, 1], bath)
    const { boltzmann, upperEdge, ratio, lowerEdge } = equilibriumRatio(windowsOf(bath), p, Float64Array.of(0, 1), 1, 0)
    expect(boltzmann).toBeCloseTo(Math.exp(-1 / 2), 12)
    const ground = p.slice(0, 8).reduce((sum, each) => sum + each, 0)
    expect(lowerEdge).toBeCloseTo(p[0]! / ground, 12)
    expect(Math.abs(boltzmann * (1 - (p[0]! + p[1]!) / ground) + upperEdge - ratio)).toBeGreaterThan(0.01)
  })

  it('[Eq. 38] far from both ends nothing is corrected, and without a resonant pair of windows nothing is said', () => {
    const bath = exponential(2)
    const p = relaxed([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1], bath)
    expect(equilibriumRatio(windowsOf(bath), p, Float64Array.of(0, 1), 1, 0)).toMatchObject({ lowerEdge: 0, upperEdge: 0 })
    expect(equilibriumRatio(windowsOf(bath), p, Float64Array.of(0, 1.4), 1, 0)).toEqual({ boltzmann: NaN, lowerEdge: NaN, upperEdge: NaN, ratio: NaN })
  })
})
