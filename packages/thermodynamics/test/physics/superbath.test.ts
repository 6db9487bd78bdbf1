import { describe, expect, it } from 'vitest'
import { effectiveInverseTemperature } from '../../src/index.js'
import { matrixExponential } from '../oracles/rate-equation.js'

const bath = { energies: Float64Array.of(0, 1, 2, 3), width: 0.5, logVolumes: Float64Array.of(1, 3, 4, 3.5) }

/** Heat that a bath of windows takes from a superbath at β until both are at rest: jumps between neighbours with detailed balance. */
const totalHeat = (p: Float64Array, beta: number): number => {
  const n = p.length
  const generator = new Float64Array(n * n)
  for (let i = 0; i + 1 < n; i++) {
    const half = (bath.logVolumes[i + 1]! - bath.logVolumes[i]! - beta) / 2
    for (const [to, from, rate] of [[i + 1, i, Math.exp(half)], [i, i + 1, Math.exp(-half)]] as const) {
      generator[to * n + from]! += rate
      generator[from * n + from]! -= rate
    }
  }
  const relaxed = matrixExponential(generator, n, 400)
  const energy = (q: ArrayLike<number>): number => Array.from(q).reduce((sum, each, i) => sum + each * bath.energies[i]!, 0)
  return energy(Array.from({ length: n }, (_, i) => p.reduce((sum, each, j) => sum + relaxed[i * n + j]! * each, 0))) - energy(p)
}

describe('what T* means', () => {
  it('[Eq. 62] a superbath weakly coupled to the bath exchanges no heat in total at T*, and heats or cools it on either side', () => {
    for (const p of [[0.7, 0.1, 0.1, 0.1], [0.05, 0.9, 0, 0.05], [0.25, 0.25, 0.25, 0.25], [0, 0.1, 0.1, 0.8]]) {
      const beta = effectiveInverseTemperature(bath, Float64Array.from(p))
      expect(Math.abs(totalHeat(Float64Array.from(p), beta))).toBeLessThan(1e-9)
      expect(totalHeat(Float64Array.from(p), beta - 0.1)).toBeGreaterThan(1e-3)
      expect(totalHeat(Float64Array.from(p), beta + 0.1)).toBeLessThan(-1e-3)
    }
  })
})
