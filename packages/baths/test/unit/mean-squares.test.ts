import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { BlockReader, ComplexMatrix } from '@mesobath/contracts'
import { microscopicBath } from '@mesobath/baths'
import fc from 'fast-check'
import { readBlock, realise } from '../oracles/read.js'

const hermitian = (n: number, entry: (i: number, j: number) => readonly [number, number]): ComplexMatrix => {
  const re = new Float64Array(n * n)
  const im = new Float64Array(n * n)
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const [x, y] = entry(i, j)
      re[i * n + j] = re[j * n + i] = x
      im[i * n + j] = i === j ? 0 : y
      im[j * n + i] = i === j ? 0 : -y
    }
  }
  return { rows: n, columns: n, re, im }
}

/** All ones, and rounding in the imaginary part of the first. */
const rounding = (n: number): ComplexMatrix => ({ ...hermitian(n, () => [1, 0]), im: Float64Array.from({ length: n * n }, (_, at) => (at === 0 ? 1e-12 : 0)) })

const blockOf = (levels: readonly number[], couplings: readonly ComplexMatrix[]): BlockReader => realise(orThrow(microscopicBath({ levels, couplings, windowWidth: 0.5 }))).block

describe('mean squares of the blocks of a given matrix', () => {
  // Mutants: the mean left on the diagonal; windows of rows and columns exchanged; runs of neighbours cut at the wrong level; imaginary parts left out.
  it('are those of what is written, bit for bit, and 0 where nothing is (property)', () => {
    const number = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 0, 1, 1e-170, -1e-200))
    fc.assert(fc.property(
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 9 }), fc.array(fc.tuple(number, number), { minLength: 45, maxLength: 45 }),
      (levels, entries) => {
        const matrix = hermitian(levels.length, (i, j) => entries[(i * (i + 1)) / 2 + j]!)
        const bath = orThrow(microscopicBath({ levels, couplings: [matrix, { ...matrix, im: null }], windowWidth: 0.5 }))
        const spectral = realise(bath)
        for (const coupling of [0, 1]) {
          for (const to of bath.windows.energies.keys()) {
            for (const from of bath.windows.energies.keys()) {
              const { im, occupied, re } = readBlock(spectral, coupling, to, from)
              let sum = 0
              for (const x of re) sum += x * x
              for (const y of im) sum += y * y
              const known = spectral.block.meanSquare!(coupling, to, from)
              expect(known).toBe(occupied ? Math.max(sum / re.length, Number.MIN_VALUE) : 0)
            }
          }
        }
      },
    ))
  })

  it('are never 0 where a block is written: not of numbers whose squares are too small, nor of an imaginary diagonal that is left out', () => {
    const tiny = blockOf([0, 0.5], [hermitian(2, (i, j) => (i === j ? [0, 0] : [1e-200, 0]))])
    expect([tiny.meanSquare!(0, 1, 0), tiny.meanSquare!(0, 0, 1)]).toEqual([Number.MIN_VALUE, Number.MIN_VALUE])
    expect([tiny.meanSquare!(0, 0, 0), tiny.meanSquare!(0, 1, 1)]).toEqual([0, 0])
    const rounded = rounding(2)
    const { meanSquare, inParts } = blockOf([0, 0.01], [rounded, hermitian(2, (i, j) => (i === j ? [1, 0] : [0, 0]))])
    expect(meanSquare!(0, 0, 0)).toBe(0.5)
    expect(meanSquare!(1, 0, 0)).toBe(0)
    expect(inParts!(1, 0, 0, { re: new Float64Array(4), im: new Float64Array(4) })).toBe(null)
    expect(blockOf([0], [rounding(1), hermitian(1, () => [1, 0])]).meanSquare!(0, 0, 0)).toBe(Number.MIN_VALUE)
  })

  it('are those of levels whose windows take turns', () => {
    const { meanSquare } = blockOf([0, 0.5, 0.01, 0.51], [hermitian(4, (i, j) => [i === j ? 0 : 1 + i + j, 0])])
    expect(meanSquare!(0, 1, 0)).toBe((2 ** 2 + 4 ** 2 + 4 ** 2 + 6 ** 2) / 4)
    expect(meanSquare!(0, 0, 0)).toBe((2 * 3 ** 2) / 4)
  })
})
