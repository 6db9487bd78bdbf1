import type { BathModel, BlockReader, ComplexMatrix, SpectralBath } from '@mesobath/contracts'
import { orThrow, succeed } from '@mesobath/contracts'
import { microscopicBath, randomMatrixBath, windowBath } from '@mesobath/baths'
import { microscopicRates } from '@mesobath/rates-microscopic'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codes, directTransform, flatWindowIntegral, scatteredMatrix, transformOf } from '../oracles/direct-sum.js'

const correlate = (bath: BathModel) => orThrow(microscopicRates().correlate(bath))
const levels = [0.1, -0.2, 0.5, 0.6, 0.4, 1.1, 0.9, 1.2, 0.05]
const member = levels.map((level) => Math.floor(level / 0.5 + 0.5))
const indices = (window: number) => member.flatMap((each, level) => (each === window ? [level] : []))
const pairs = [[1, 0], [0, 1], [2, 0], [0, 0], [1, 1], [1, 2]] as const

/** Takes the microcanonical means off the diagonal, as a bath does. */
const centred = (matrix: ComplexMatrix): ComplexMatrix => {
  const re = Float64Array.from(matrix.re)
  for (const window of new Set(member)) {
    const rows = indices(window)
    const mean = rows.reduce((sum, i) => sum + matrix.re[i * matrix.columns + i]!, 0) / rows.length
    for (const i of rows) re[i * matrix.columns + i]! -= mean
  }
  return { ...matrix, re }
}

describe('[Eqs. 13, A1] ∫₀ᵗ C e^{−iωτ} dτ of one realised bath', () => {
  it('against the sum term by term: any couplings, windows, frequencies, times', () => {
    fc.assert(fc.property(
      fc.nat(1000), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.constantFrom(...pairs),
      // Frequencies on exact differences of levels are resonances of single terms.
      fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 0.4, -0.4, 0.5, levels[3]! - levels[0]!, levels[3]! - levels[0]! + 1e-7)),
      fc.array(fc.oneof(fc.double({ min: 0, max: 300, noNaN: true }), fc.constantFrom(0, 1e-9, 1e-4, 1)), { minLength: 1, maxLength: 3 }),
      (seed, couplings, real, [to, from], frequency, times) => {
        const matrices = Array.from({ length: couplings }, (_, coupling) => scatteredMatrix(levels.length, seed + 7 * coupling, real))
        const found = transformOf(correlate(orThrow(microscopicBath({ levels, couplings: matrices, windowWidth: 0.5 }))), couplings, to, from, frequency, times)
        times.forEach((time, index) => matrices.forEach((left, row) => matrices.forEach((right, column) => {
          const at = (index * couplings + row) * couplings + column
          const [re, im] = directTransform(levels, centred(left), centred(right), indices(to), indices(from), frequency, time)
          const tolerance = 2e-11 * Math.max(time, 1e-12)
          expect(Math.abs(found.re[at]! - re)).toBeLessThan(tolerance)
          expect(Math.abs(found.im[at]! - im)).toBeLessThan(tolerance)
        })))
      },
    ), { numRuns: 200 })
  })

  it('laws: G(E′,E;ω) = conj G(E,E′;−ω), to the bit; κ(E′,E) = conj κ(E,E′)', () => {
    const bath = orThrow(microscopicBath({ levels, couplings: [scatteredMatrix(9, 4), scatteredMatrix(9, 5)], windowWidth: 0.5 }))
    const [up, down] = [transformOf(correlate(bath), 2, 1, 0, 0.37, [0.5, 9]), transformOf(correlate(bath), 2, 0, 1, -0.37, [0.5, 9])]
    expect([...down.re]).toEqual([...up.re])
    up.im.forEach((value, at) => expect(value + down.im[at]!).toBe(0))
    const strength = (to: number, from: number) => {
      const out = { re: new Float64Array(4), im: new Float64Array(4) }
      orThrow(correlate(bath).strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, out))
      return out
    }
    const [forth, back] = [strength(2, 1), strength(1, 2)]
    expect([...back.re]).toEqual([...forth.re])
    forth.im.forEach((value, at) => expect(value + back.im[at]!).toBe(0))
    expect(forth.im[1]! + forth.im[2]!).toBe(0)
    expect(forth.re[0]! * forth.re[3]!).toBeGreaterThan(forth.re[1]! ** 2 + forth.im[1]! ** 2)
    // At short times C is constant: G = κ δ/(2π) t.
    const early = transformOf(correlate(bath), 2, 2, 1, 0.1, [1e-8])
    const unit = (0.5 / (2 * Math.PI)) * 1e-8
    early.re.forEach((value, at) => expect(value / unit).toBeCloseTo(forth.re[at]!, 6))
    early.im.forEach((value, at) => expect(value / unit).toBeCloseTo(forth.im[at]!, 6))
  })

  it('rows of one request, shuffled, repeated and exchanged, are those of single requests', () => {
    const bath = orThrow(microscopicBath({ levels, couplings: [scatteredMatrix(9, 4), scatteredMatrix(9, 5)], windowWidth: 0.5 }))
    const rows = [[1, 0, 0.3], [0, 1, -0.3], [0, 0, 0], [1, 0, 0.3], [2, 1, 0.4], [0, 1, 0.3]] as const
    const times = Float64Array.of(0.2, 3, 40)
    const out = { re: new Float64Array(6 * 3 * 4).fill(NaN), im: new Float64Array(6 * 3 * 4).fill(NaN) }
    orThrow(correlate(bath).transform!({
      to: Int32Array.from(rows, ([to]) => to), from: Int32Array.from(rows, ([, from]) => from), frequency: Float64Array.from(rows, ([, , frequency]) => frequency), times,
    }, out))
    rows.forEach(([to, from, frequency], row) => {
      const single = transformOf(correlate(bath), 2, to, from, frequency, [...times])
      expect([...out.re.subarray(row * 12, (row + 1) * 12)]).toEqual([...single.re])
      single.im.forEach((value, at) => expect(out.im[row * 12 + at]! - value).toBe(0))
    })
  })

  it('the diagonal of a window at ω = 0 grows as t: it never decays', () => {
    const diagonal: ComplexMatrix = { rows: 2, columns: 2, re: Float64Array.of(1, 0, 0, 3), im: null }
    const found = transformOf(correlate(orThrow(microscopicBath({ levels: [0, 0.1], couplings: [diagonal], windowWidth: 0.5 }))), 1, 0, 0, 0, [1, 1000])
    expect([...found.re]).toEqual([1, 1000])
  })
})

describe('line shape', () => {
  it('bandwidth is the largest |E_i − E_j| between coupled windows', () => {
    const coupled = (entries: readonly (readonly [number, number])[]): ComplexMatrix => {
      const re = new Float64Array(81)
      for (const [i, j] of entries) re[i * 9 + j] = re[j * 9 + i] = 1
      return { rows: 9, columns: 9, re, im: null }
    }
    const shapeOf = (bath: BathModel) => {
      const { lineShape } = correlate(bath)
      if (lineShape.kind !== 'own') throw new Error('must be its own')
      expect(lineShape.stationary).toBe(false)
      return lineShape.bandwidth
    }
    const bandwidth = (matrix: ComplexMatrix) => {
      const bath = orThrow(microscopicBath({ levels, couplings: [matrix], windowWidth: 0.5 }))
      const spectral = orThrow(bath.can.microscopic!()) as SpectralBath
      let read = 0
      const block = (...given: Parameters<BlockReader>) => {
        read += 1
        return spectral.block(...given)
      }
      const having = (own: BlockReader): BathModel => ({ ...bath, can: { microscopic: () => succeed({ ...spectral, block: own }) } })
      const found = shapeOf(having(block))
      expect(read).toBeGreaterThan(0)
      read = 0
      // The same without a look at any block, where the bath knows which there are.
      expect(shapeOf(having(Object.assign(block, { meanSquare: spectral.block.meanSquare! })))).toBe(found)
      expect(read).toBe(0)
      return found
    }
    expect(bandwidth(scatteredMatrix(9, 1))).toBeCloseTo(1.4, 14)
    // Window 1 holds 0.4, 0.5, 0.6 and window 0 −0.2 … 0.1: coupled by one element, the windows' extent counts.
    expect(bandwidth(coupled([[2, 0]]))).toBeCloseTo(0.8, 14)
    expect(bandwidth(coupled([[2, 3]]))).toBeCloseTo(0.2, 14)
    expect(bandwidth(coupled([]))).toBe(0)
  })
})

describe('[Eqs. A6-A8, B4] realised transforms average to the random-matrix line shape', () => {
  it('with random levels the expectation is exact: within four standard errors over 40 seeds, on resonance and off', () => {
    const seeds = 40
    const windows = [{ energy: 0, volume: 25 }, { energy: 1, volume: 30 }]
    const cases = [[1, 2], [1, 12], [0.8, 6], [1.6, 9]] as const
    const bathOf = (seed: number) => orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'random', seed, deviation: 1.2, mean: 0.3 }))
    const samples = Array.from({ length: seeds }, (_, seed) => {
      const correlation = correlate(bathOf(seed))
      return cases.map(([frequency, time]) => transformOf(correlation, 1, 1, 0, frequency, [time]))
    })
    const kappa = ((2 * Math.PI) / 0.5) * Math.sqrt(25 * 30) * (1.2 ** 2 + 0.3 ** 2)
    cases.forEach(([frequency, time], index) => {
      const [hRe, hIm] = flatWindowIntegral(frequency - 1, time, 0.5)
      for (const [part, expected] of [['re', kappa * hRe], ['im', kappa * hIm]] as const) {
        const values = samples.map((sample) => sample[index]![part][0]!)
        const average = values.reduce((sum, each) => sum + each, 0) / seeds
        const error = Math.sqrt(values.reduce((sum, each) => sum + (each - average) ** 2, 0) / (seeds * (seeds - 1)))
        expect(Math.abs(average - expected)).toBeLessThan(4 * error)
        expect(error).toBeLessThan(0.02 * kappa)
      }
    })
  })
})

describe('cost', () => {
  it('300 × 300 levels at 500 times take well under three seconds', () => {
    const bath = orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 300 }, { energy: 1, volume: 300 }], windowWidth: 0.5, spectrum: 'random', seed: 1, deviation: 1 }))
    const correlation = correlate(bath)
    const started = performance.now()
    transformOf(correlation, 1, 1, 0, 1, Array.from({ length: 500 }, (_, k) => 0.12 * k))
    const elapsed = performance.now() - started
    expect(elapsed).toBeLessThan(3000)
  })
})

describe('issues', () => {
  const windows = [{ energy: 0, volume: 3 }, { energy: 1, volume: 3 }]
  const bath = orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 1 }))
  const ask = (frequency: number, ...times: number[]) => correlate(bath).transform!(
    { to: Int32Array.of(1), from: Int32Array.of(0), frequency: Float64Array.of(frequency), times: Float64Array.from(times) },
    { re: new Float64Array(times.length), im: new Float64Array(times.length) },
  )
  it('no limit t → ∞, times and frequencies that are numbers', () => {
    expect(codes(ask(1, 2, Infinity))).toEqual(['rates-microscopic/no-stationary-limit'])
    expect(codes(ask(NaN, -1))).toEqual(['rates-microscopic/time', 'rates-microscopic/frequency'])
  })
  it('needs a microscopic bath', () => {
    expect(codes(microscopicRates().correlate(orThrow(windowBath({ windows, windowWidth: 0.5 }))))).toEqual(['rates-microscopic/needs-microscopic'])
    expect(microscopicRates()).toMatchObject({ name: 'microscopic', needs: ['microscopic'], package: '@mesobath/rates-microscopic', recipe: {} })
  })
})
