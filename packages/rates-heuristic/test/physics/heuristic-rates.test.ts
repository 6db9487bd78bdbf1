import type { BathModel, ComplexMatrix } from '@mesobath/contracts'
import { orThrow, succeed } from '@mesobath/contracts'
import { microscopicBath, randomMatrixBath, windowBath } from '@mesobath/baths'
import { heuristicRates } from '@mesobath/rates-heuristic'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codes, denseTrace, scatteredMatrix, strengthOf } from '../oracles/dense.js'

const correlate = (bath: BathModel) => orThrow(heuristicRates().correlate(bath))
const levels = [0.1, -0.2, 0.5, 0.6, 0.4, 1.1, 0.9, 1.2, 0.05]
const windowsOfLevels = levels.map((level) => Math.floor(level / 0.5 + 0.5))

describe('[Eqs. 25, A2] γ = (2πλ²/δ) tr(B^α′† Π_E B^α Π_E′)', () => {
  it('against products of whole matrices, complex and real, one to three couplings', () => {
    fc.assert(fc.property(fc.nat(1000), fc.integer({ min: 1, max: 3 }), fc.boolean(), (seed, couplings, real) => {
      const matrices = Array.from({ length: couplings }, (_, coupling) => scatteredMatrix(levels.length, seed + 7 * coupling, real))
      const bath = orThrow(microscopicBath({ levels, couplings: matrices, windowWidth: 0.5 }))
      const correlation = correlate(bath)
      for (const [to, from] of [[1, 0], [0, 1], [2, 0], [1, 2]] as const) {
        const found = strengthOf(correlation, couplings, to, from)
        const volume = (window: number) => windowsOfLevels.filter((each) => each === window).length
        matrices.forEach((left, row) => matrices.forEach((right, column) => {
          const [re, im] = denseTrace(left, right, (i) => windowsOfLevels[i] === to, (j) => windowsOfLevels[j] === from)
          const factor = 4 * Math.PI / Math.sqrt(volume(to) * volume(from))
          expect(found.re[row * couplings + column]).toBeCloseTo(factor * re, 10)
          expect(found.im[row * couplings + column]).toBeCloseTo(factor * im, 10)
        }))
        const mirror = strengthOf(correlation, couplings, from, to)
        expect([...mirror.re]).toEqual([...found.re])
        found.im.forEach((value, at) => expect(value + mirror.im[at]!).toBe(0))
      }
    }), { numRuns: 40 })
  })

  it('is positive: κ^αα κ^α′α′ ≥ |κ^αα′|², with equality where a block has one element', () => {
    const one = [0, 1].map((coupling) => scatteredMatrix(2, 3 + coupling))
    const single = strengthOf(correlate(orThrow(microscopicBath({ levels: [0, 1], couplings: one, windowWidth: 0.5 }))), 2, 1, 0)
    expect(single.re[0]! * single.re[3]!).toBeCloseTo(single.re[1]! ** 2 + single.im[1]! ** 2, 11)
    fc.assert(fc.property(fc.nat(1000), (seed) => {
      const matrices = [0, 1].map((coupling) => scatteredMatrix(levels.length, seed + 7 * coupling))
      const { re, im } = strengthOf(correlate(orThrow(microscopicBath({ levels, couplings: matrices, windowWidth: 0.5 }))), 2, 1, 0)
      expect(re[0]! * re[3]!).toBeGreaterThan(re[1]! ** 2 + im[1]! ** 2)
    }))
  })

  it('the line shape stands for t → ∞ only', () => {
    const bath = orThrow(microscopicBath({ levels: [0, 1], couplings: [scatteredMatrix(2, 1)], windowWidth: 0.5 }))
    expect(correlate(bath)).toMatchObject({ lineShape: { kind: 'flat-window', width: 0.5, finiteTime: false } })
    expect(correlate(bath).transform).toBeUndefined()
    expect(heuristicRates()).toMatchObject({ name: 'heuristic', needs: ['microscopic'], package: '@mesobath/rates-heuristic', recipe: {} })
  })

  it('reads only the pairs asked for, each once', () => {
    const read: string[] = []
    const base = orThrow(randomMatrixBath({ windows: [0, 1, 2].map((energy) => ({ energy, volume: 3 })), windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 1 }))
    const spectral = orThrow(base.can.microscopic!())
    if (spectral.kind !== 'spectral') throw new Error('must be spectral')
    const spied: BathModel = { ...base, can: { microscopic: () => succeed({ ...spectral, block: (coupling, to, from, out) => {
      read.push(`${to}${from}`)
      return spectral.block(coupling, to, from, out)
    } }) } }
    const correlation = correlate(spied)
    expect(read).toEqual([])
    for (const pair of [[1, 0], [0, 1], [1, 0], [2, 1]] as const) strengthOf(correlation, 1, pair[0], pair[1])
    expect(read).toEqual(['10', '21'])
  })
})

describe('within a window', () => {
  const diagonal: ComplexMatrix = { rows: 3, columns: 3, re: Float64Array.of(1, 2, 0, 2, 3, 0.5, 0, 0.5, 8), im: null }
  const bath = orThrow(microscopicBath({ levels: [0, 0.1, 0.2], couplings: [diagonal], windowWidth: 0.5 }))

  it('elements i ≠ j count at ω ≠ 0, i = j do not', () => {
    for (const frequency of [0.1, -1e-3, undefined]) {
      expect(strengthOf(correlate(bath), 1, 0, 0, frequency).re[0]).toBeCloseTo((4 * Math.PI / 3) * 2 * (4 + 0.25), 11)
    }
  })

  it('a diagonal that is left is refused at ω = 0', () => {
    for (const frequency of [0, 1e-12]) {
      const request = { to: Int32Array.of(0, 0), from: Int32Array.of(0, 0), frequency: Float64Array.of(frequency, frequency) }
      const outcome = correlate(bath).strength(request, { re: new Float64Array(2), im: null })
      expect(codes(outcome)).toEqual(['rates-heuristic/undamped-diagonal'])
    }
  })

  it('a diagonal proportional to the window, all mean, is no obstacle', () => {
    const flat = { ...diagonal, re: Float64Array.of(0.1, 2, 0, 2, 0.1, 0.5, 0, 0.5, 0.1) }
    const correlation = correlate(orThrow(microscopicBath({ levels: [0, 0.1, 0.2], couplings: [flat], windowWidth: 0.5 })))
    expect(strengthOf(correlation, 1, 0, 0, 0).re[0]).toBeCloseTo((4 * Math.PI / 3) * 8.5, 11)
  })

  it('a random-matrix bath has no such block', () => {
    const random = orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 3 }, { energy: 1, volume: 3 }], windowWidth: 0.5, spectrum: 'random', seed: 1, deviation: 1 }))
    expect(Math.abs(strengthOf(correlate(random), 1, 1, 1).re[0]!)).toBe(0)
  })
})

describe('issues', () => {
  it('needs a microscopic bath, realisable, in its eigenbasis', () => {
    const windows = [{ energy: 0, volume: 2.5 }]
    expect(codes(heuristicRates().correlate(orThrow(windowBath({ windows, windowWidth: 0.5 }))))).toEqual(['rates-heuristic/needs-microscopic'])
    const fractional = orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 1 }))
    expect(codes(heuristicRates().correlate(fractional))).toEqual(['baths/not-realisable'])
    const local: BathModel = { ...fractional, can: { microscopic: () => succeed({ kind: 'local', siteDimensions: [2], hamiltonian: [], couplings: [[]] }) } }
    expect(codes(heuristicRates().correlate(local))).toEqual(['rates-heuristic/needs-spectral'])
  })
})
