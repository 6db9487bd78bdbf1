import type { ComplexMatrix } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { microscopicBath } from '@mesobath/baths'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBlock, realise } from '../oracles/read.js'

/** A Hermitian matrix from a function of (i, j), i ≥ j. */
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

describe('coarse-graining', () => {
  it('windows are half open, a level on the top edge of the last opens a new one, empty ones are left out, order is kept', () => {
    const levels = [1.2, -0.25, 0.25, 0, 3.25, 0.2499]
    const bath = orThrow(microscopicBath({ levels, couplings: [hermitian(6, (i, j) => [i + j, i - j])], windowWidth: 0.5 }))
    expect([...bath.windows.energies]).toEqual([0, 0.5, 1, 3.5])
    expect([...realise(bath).window]).toEqual([2, 0, 1, 0, 3, 0])
    expect([...realise(bath).levels]).toEqual(levels)
    expect([...bath.windows.logVolumes].map((value) => Math.round(Math.exp(value)))).toEqual([3, 1, 1, 1])
  })

  it('edges m δ that are not representable still belong to the upper window', () => {
    const levels = Array.from({ length: 40 }, (_, m) => 0.05 + m * 0.1)
    const bath = orThrow(microscopicBath({ levels, couplings: [hermitian(40, () => [1, 0])], windowWidth: 0.1 }))
    bath.windows.energies.forEach((centre, m) => expect(centre).toBeCloseTo(0.1 * (m + 1), 12))
    expect(bath.windows.energies.length).toBe(40)
  })

  it('the origin moves the grid; given centres need not tile, and empty ones are left out', () => {
    const couplings = [hermitian(3, (i, j) => [i + j, 0])]
    expect([...orThrow(microscopicBath({ levels: [0, 0.5, 1], couplings, windowWidth: 0.5, origin: 0.25 })).windows.energies]).toEqual([0.25, 0.75, 1.25])
    const given = orThrow(microscopicBath({ levels: [0, 2, 2.2], couplings, windowWidth: 0.5, windows: [0, 1, 2] }))
    expect([...given.windows.energies]).toEqual([0, 2])
    expect([...realise(given).window]).toEqual([0, 1, 1])
  })

  it('shifting all energies and the origin shifts the windows and nothing else', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 12 }), fc.integer({ min: -8, max: 8 }), (levels, shift) => {
      const couplings = [hermitian(levels.length, (i, j) => [i - 2 * j, i])]
      const one = orThrow(microscopicBath({ levels, couplings, windowWidth: 0.5 }))
      // A shift by whole windows is exact here, so the same levels stay on the same side of every edge but for rounding of the levels.
      const two = orThrow(microscopicBath({ levels: levels.map((level) => Math.fround(level) + shift), couplings, windowWidth: 0.5, origin: shift }))
      const three = orThrow(microscopicBath({ levels: levels.map(Math.fround), couplings, windowWidth: 0.5 }))
      expect(one.windows.energies.length).toBeGreaterThan(0)
      expect([...two.windows.energies].map((centre) => centre - shift)).toEqual([...three.windows.energies])
      expect([...realise(two).window]).toEqual([...realise(three).window])
    }))
  })
})

describe('[Eqs. 7, 8] mean couplings', () => {
  it('⟨B⟩_E is removed and kept: ⟨B⟩_E + centred blocks give the matrix back, and centred traces vanish', () => {
    fc.assert(fc.property(
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 9 }), fc.func(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }))),
      (levels, entry) => {
        const matrix = hermitian(levels.length, entry)
        const bath = orThrow(microscopicBath({ levels, couplings: [matrix], windowWidth: 0.5 }))
        const spectral = realise(bath)
        const members = [...bath.windows.energies].map((_, window) => [...spectral.window].flatMap((index, level) => (index === window ? [level] : [])))
        members.forEach((rows, to) => members.forEach((columns, from) => {
          const block = readBlock(spectral, 0, to, from)
          let trace = 0
          rows.forEach((i, row) => columns.forEach((j, column) => {
            const at = row * columns.length + column
            const mean = i === j ? bath.meanCouplings[0]![to]! : 0
            expect(block.re[at]! + mean).toBeCloseTo(matrix.re[i * levels.length + j]!, 12)
            expect(block.im[at]!).toBeCloseTo(matrix.im![i * levels.length + j]!, 14)
            if (i === j) trace += block.re[at]!
          }))
          expect(Math.abs(trace)).toBeLessThan(1e-12)
        }))
      },
    ))
  })

  it('a coupling proportional to the windows\' projectors has no block at all', () => {
    const levels = [0, 0.01, 0.02, 0.5, 0.51, 0.52, 0.53]
    const bath = orThrow(microscopicBath({ levels, couplings: [hermitian(7, (i, j) => [i === j ? (i < 3 ? 0.1 : -0.7) : 0, 0])], windowWidth: 0.5 }))
    const means = bath.meanCouplings[0]!
    expect(means[0]).toBeCloseTo(0.1, 14)
    expect(means[1]).toBeCloseTo(-0.7, 14)
    for (const to of [0, 1]) for (const from of [0, 1]) expect(readBlock(realise(bath), 0, to, from).occupied).toBe(false)
  })

  it('says real where every imaginary part is zero or absent, and then writes into real planes', () => {
    const zero = hermitian(2, () => [1, 0])
    const spectral = realise(orThrow(microscopicBath({ levels: [0, 1], couplings: [zero, { ...zero, im: null }], windowWidth: 0.5 })))
    expect(spectral.real).toBe(true)
    const out = { re: new Float64Array(1), im: null }
    expect(spectral.block(0, 1, 0, out)).toBe(true)
    expect(out.re[0]).toBe(1)
    const complex = realise(orThrow(microscopicBath({ levels: [0, 1], couplings: [zero, hermitian(2, () => [0, 1])], windowWidth: 0.5 })))
    expect(complex.real).toBe(false)
    expect(() => complex.block(1, 1, 0, out)).toThrow(TypeError)
  })
})
