import { expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Planes, SpectralBath } from '@mesobath/contracts'
import { microscopicBath } from '@mesobath/baths'
import { complexMatrix } from '@mesobath/kernels'

// Mutants: parts that begin at the first row again, or leave out the last rows; a mean taken off in the first part alone; imaginary parts that are left.
it('reads a large block of a given matrix in parts, each element where the matrix has it', () => {
  const [size, window] = [2200, 1100]
  const re = new Float64Array(size * size)
  const im = new Float64Array(size * size)
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < i; j += 1) {
      re[i * size + j] = re[j * size + i] = 1 + (i * 7919 + j) % 1013
      im[i * size + j] = i - j
      im[j * size + i] = j - i
    }
    re[i * size + i] = i % 2
  }
  // Levels of the two windows take turns.
  const bath = orThrow(microscopicBath({
    levels: Float64Array.from({ length: size }, (_, i) => (i % 2) + 1e-4 * i - 0.1), couplings: [complexMatrix(size, size, re, im)], windowWidth: 0.5, windows: [0, 1],
  }))
  const { block } = orThrow(bath.can.microscopic!()) as SpectralBath
  for (const [to, from] of [[1, 0], [1, 1]] as const) {
    const out: Planes = { re: new Float64Array(window * window).fill(NaN), im: new Float64Array(window * window).fill(NaN) }
    const next = block.inParts!(0, to, from, out)!
    let parts = 1
    while (next()) parts += 1
    expect(parts).toBe(2)
    let wrong = 0
    for (let i = 0; i < window; i += 1) {
      for (let j = 0; j < window; j += 1) {
        const at = (2 * i + to) * size + 2 * j + from
        // Odd levels have 1 on the diagonal, and a mean of 1.
        const rest = to === from && i === j ? re[at]! - 1 : re[at]!
        if (out.re[i * window + j] !== rest || out.im![i * window + j] !== im[at]) wrong += 1
      }
    }
    expect(wrong).toBe(0)
  }
})
