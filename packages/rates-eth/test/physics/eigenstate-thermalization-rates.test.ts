import type { BathModel, ComplexMatrix } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { densityOfStatesBath, randomMatrixBath, windowBath } from '@mesobath/baths'
import { eigenstateThermalizationRates } from '@mesobath/rates-eth'
import type { SpectralChoice } from '@mesobath/rates-eth'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codes, smallestForm, strengthOf } from '../../../../test/fixtures/read-rates.js'

const windows = [{ energy: 0, volume: 40 }, { energy: 0.5, volume: 70 }, { energy: 1, volume: 90 }]
const plain = (couplings = 1): BathModel => orThrow(windowBath({ windows, windowWidth: 0.5, couplings }))
const correlate = (bath: BathModel, spectralFunction?: SpectralChoice) =>
  orThrow(eigenstateThermalizationRates(spectralFunction === undefined ? {} : { spectralFunction }).correlate(bath))
const ask = (bath: BathModel, spectralFunction: SpectralChoice, to = 1, from = 0) => {
  const size = bath.couplings ** 2
  return correlate(bath, spectralFunction).strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, { re: new Float64Array(size), im: new Float64Array(size) })
}
const f = (mean: number, omega: number): [number, number] => [Math.exp(-omega * omega) * (1 + mean), 0.3 * omega]

describe('[Eqs. 29, A17] γ = (2πλ²/δ) V_E V_E′ F(Ē, E − E′)/V_Ē', () => {
  it('Ē on a window, and between windows with ln V_Ē linear in S_mic; E = E′ included', () => {
    const correlation = correlate(plain(), { f })
    const volume = (energy: number) => (energy === 0.25 ? Math.sqrt(40 * 70) : energy === 0.75 ? Math.sqrt(70 * 90) : windows.find((each) => each.energy === energy)!.volume)
    for (const [to, from] of [[1, 0], [2, 1], [2, 0], [0, 0], [2, 2], [0, 2]] as const) {
      const [upper, lower] = [windows[to]!, windows[from]!]
      const mean = (upper.energy + lower.energy) / 2
      const [re, im] = f(mean, upper.energy - lower.energy)
      const gamma = 4 * Math.PI * upper.volume * lower.volume * (re * re + im * im) / volume(mean)
      expect(strengthOf(correlation, 1, to, from).re[0]! * Math.sqrt(upper.volume * lower.volume)).toBeCloseTo(gamma, 9)
    }
    expect(correlation.lineShape).toEqual({ kind: 'flat-window', width: 0.5, finiteTime: true })
  })

  it('log volumes up to 1e5 with S linear: κ = 2πF/δ', () => {
    const bath = orThrow(densityOfStatesBath({ logDensity: (e) => 5e4 * (1 + e), windows: { from: -0.25, to: 1.25 }, windowWidth: 0.5 }))
    expect(strengthOf(correlate(bath, { f: () => 0.5 }), 1, 2, 0).re[0]! / (4 * Math.PI * 0.25)).toBeCloseTo(1, 9)
  })

  it('a single window has its own volume', () => {
    const bath = orThrow(windowBath({ windows: [{ energy: 3, volume: 8 }], windowWidth: 0.5 }))
    expect(strengthOf(correlate(bath, { f: () => 2 }), 1, 0, 0).re[0]).toBeCloseTo(4 * Math.PI * 4, 11)
  })

  it('laws: Hermitian, positive, conjugate when windows are exchanged, for random F', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), { minLength: 4, maxLength: 4 }), (parts) => {
      // F = A A†, A having odd imaginary parts: Eq. A15.
      const matrix = (_mean: number, omega: number): ComplexMatrix => {
        const a = parts.map(([re, im]) => [re, im * omega] as const)
        const re = new Float64Array(4)
        const im = new Float64Array(4)
        for (const [i, j, k] of [0, 1].flatMap((p) => [0, 1].flatMap((q) => [0, 1].map((r) => [p, q, r] as const)))) {
          const [x, y] = [a[i * 2 + k]!, a[j * 2 + k]!]
          re[i * 2 + j]! += x[0] * y[0] + x[1] * y[1]
          im[i * 2 + j]! += x[1] * y[0] - x[0] * y[1]
        }
        return { rows: 2, columns: 2, re, im }
      }
      const correlation = correlate(plain(2), { matrix })
      const [up, down] = [strengthOf(correlation, 2, 2, 0), strengthOf(correlation, 2, 0, 2)]
      expect([...down.re]).toEqual([...up.re])
      up.im.forEach((value, at) => expect(value + down.im[at]!).toBe(0))
      expect([up.re[1], up.im[1]! + up.im[2]!, Math.abs(up.im[0]!)]).toEqual([up.re[2], 0, 0])
      expect(smallestForm(up, 2)).toBeGreaterThan(-1e-9)
    }))
  })
})

describe('[App. A4] RMT = ETH where |b|² + a² = F/V_Ē', () => {
  it('for two couplings and complex means, with ln V_Ē interpolated', () => {
    const means: readonly [readonly [number, number], readonly [number, number]] = [[0.4, -0.2], [0.1, 0.7]]
    const deviation = 0.6
    const bath = orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'regular', seed: 1, couplings: 2, means, deviation }))
    const volumeAt = (mean: number) => {
      const position = mean / 0.5
      const [low, fraction] = [Math.min(Math.floor(position), 1), position - Math.min(Math.floor(position), 1)]
      return windows[low]!.volume ** (1 - fraction) * windows[low + 1]!.volume ** fraction
    }
    const matrix = (mean: number, omega: number): ComplexMatrix => {
      const re = new Float64Array(4)
      const im = new Float64Array(4)
      means.forEach(([x, y], row) => means.forEach(([u, v], column) => {
        re[row * 2 + column] = volumeAt(mean) * (x * u + y * v + (row === column ? deviation ** 2 : 0))
        im[row * 2 + column] = volumeAt(mean) * (y * u - x * v) * Math.sign(omega)
      }))
      return { rows: 2, columns: 2, re, im }
    }
    const [eth, rmt] = [correlate(bath, { matrix }), orThrow(randomMatrixRates().correlate(bath))]
    for (const [to, from] of [[1, 0], [0, 1], [2, 0], [2, 1], [0, 2]] as const) {
      const [a, b] = [strengthOf(eth, 2, to, from), strengthOf(rmt, 2, to, from)]
      a.re.forEach((value, at) => expect(value / b.re[at]!).toBeCloseTo(1, 12))
      a.im.forEach((value, at) => expect(value).toBeCloseTo(b.im[at]!, 9))
    }
  })
})

describe('samples', () => {
  const energies = [-1, 0.3, 2]
  const frequencies = [0, 0.4, 1.5]
  /** Bilinear, so that interpolation must be exact. */
  const bilinear = (mean: number, omega: number) => 5 + mean + 0.5 * omega + 0.25 * mean * omega
  const re = energies.flatMap((mean) => frequencies.map((omega) => bilinear(mean, omega)))

  it('are interpolated bilinearly, and continued to −ω', () => {
    const correlation = correlate(plain(), { samples: { energies, frequencies, values: { re } } })
    const exact = correlate(plain(), { matrix: (mean, omega) => ({ rows: 1, columns: 1, re: Float64Array.of(bilinear(mean, Math.abs(omega))), im: null }) })
    for (const [to, from] of [[0, 0], [1, 0], [0, 1], [2, 0], [2, 1]] as const) {
      expect(strengthOf(correlation, 1, to, from).re[0]).toBeCloseTo(strengthOf(exact, 1, to, from).re[0]!, 10)
    }
  })

  it('of two couplings keep Eq. A15: imaginary parts change sign with ω', () => {
    const values = { re: new Float64Array(4 * 4), im: new Float64Array(4 * 4) }
    for (let point = 0; point < 4; point += 1) {
      values.re.set([2, 0.5, 0.5, 1], point * 4)
      // F(Ē, 0) is real by Eq. A15.
      if (point % 2 === 1) values.im.set([0, 0.3, -0.3, 0], point * 4)
    }
    const correlation = correlate(plain(2), { samples: { energies: [0, 1], frequencies: [0, 1], values } })
    const [up, down] = [strengthOf(correlation, 2, 2, 0), strengthOf(correlation, 2, 0, 2)]
    expect(up.im[1]! / up.re[1]!).toBeCloseTo(0.6, 12)
    expect(down.im[1]).toBe(-up.im[1]!)
    expect(strengthOf(correlation, 2, 1, 0).im[1]! / up.im[1]!).toBeGreaterThan(0)
  })

  it('make a recipe that gives the same rates; functions make none', () => {
    const model = eigenstateThermalizationRates({ spectralFunction: { samples: { energies, frequencies, values: { re } } } })
    const again = eigenstateThermalizationRates(JSON.parse(JSON.stringify(model.recipe)) as { spectralFunction: SpectralChoice })
    expect(strengthOf(orThrow(again.correlate(plain())), 1, 2, 0)).toEqual(strengthOf(orThrow(model.correlate(plain())), 1, 2, 0))
    expect(eigenstateThermalizationRates({ spectralFunction: { f } }).recipe).toBeNull()
    expect(eigenstateThermalizationRates()).toMatchObject({ recipe: {}, needs: ['spectralFunction'], name: 'eigenstate-thermalization' })
    expect(model.needs).toEqual([])
  })

  it('outside the grid, and faulty grids, are issues', () => {
    const grid = (changes: object) => ({ samples: { energies, frequencies, values: { re }, ...changes } }) as SpectralChoice
    expect(codes(ask(plain(), { samples: { energies: [0.6, 1], frequencies: [0, 1], values: { re: [1, 1, 1, 1] } } }))).toEqual(['rates-eth/outside-samples'])
    expect(codes(ask(plain(), { samples: { energies: [0, 1], frequencies: [0.6, 1], values: { re: [1, 1, 1, 1] } } }))).toEqual(['rates-eth/outside-samples'])
    const faults = (choice: SpectralChoice) => codes(eigenstateThermalizationRates({ spectralFunction: choice }).correlate(plain()))
    expect(faults(grid({ energies: [0, 0, NaN] }))).toEqual(['rates-eth/samples', 'rates-eth/samples'])
    expect(faults(grid({ frequencies: [-1, 0, 1] }))).toEqual(['rates-eth/samples'])
    expect(faults(grid({ values: { re: [1] } }))).toEqual(['rates-eth/samples'])
    expect(faults(grid({ energies: [], values: { re: [] } }))).toEqual(['rates-eth/samples'])
    expect(faults(grid({ values: { re: [...re.slice(1), Infinity], im: [0] } }))).toEqual(['rates-eth/samples', 'rates-eth/samples'])
  })
})

describe('[Eq. A15] checked where it is used', () => {
  const constant = (re: readonly number[], im: readonly number[] | null = null): SpectralChoice =>
    ({ matrix: () => ({ rows: 2, columns: 2, re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) }) })
  it.each<[string, number, SpectralChoice, string]>([
    ['f(Ē, −ω) ≠ conj f(Ē, ω)', 1, { f: (_mean, omega) => 2 + omega }, 'rates-eth/asymmetric'],
    ['F not Hermitian', 2, constant([1, 0.5, 0.4, 1]), 'rates-eth/not-hermitian'],
    ['F complex at all frequencies', 2, constant([1, 0, 0, 1], [0, 0.1, -0.1, 0]), 'rates-eth/asymmetric'],
    ['F not positive', 2, constant([1, 2, 2, 1]), 'rates-eth/not-positive'],
    ['F negative', 1, { evaluate: (_mean, _omega, out) => { out.re[0] = -1 } }, 'rates-eth/not-positive'],
    ['f = NaN', 1, { f: () => NaN }, 'rates-eth/not-finite'],
    ['F of the wrong size', 1, constant([1, 0, 0, 1]), 'rates-eth/shape'],
  ])('refuses %s', (_, couplings, choice, code) => {
    expect(codes(ask(plain(couplings), choice))).toEqual([code])
  })

  it('needs a spectral function, and f one coupling', () => {
    expect(codes(eigenstateThermalizationRates().correlate(plain()))).toEqual(['rates-eth/needs-spectral-function'])
    expect(codes(eigenstateThermalizationRates({ spectralFunction: { f } }).correlate(plain(2)))).toEqual(['rates-eth/shape'])
  })

  it("takes the bath's own function unless told otherwise", () => {
    const bath = orThrow(windowBath({ windows, windowWidth: 0.5, spectralFunction: { evaluate: (_mean, _omega, out) => { out.re[0] = 1 } } }))
    const own = strengthOf(correlate(bath), 1, 1, 0).re[0]!
    expect(strengthOf(correlate(bath, { f: () => 2 }), 1, 1, 0).re[0]! / own).toBeCloseTo(4, 12)
  })

  it('tells a volume that is far from log-linear', () => {
    const steep = orThrow(windowBath({ windows: [{ energy: 0, logVolume: 2000 }, { energy: 0.5, logVolume: 0 }, { energy: 1, logVolume: 2000 }], windowWidth: 0.5 }))
    expect(codes(ask(steep, { f: () => 1 }, 2, 0))).toEqual(['rates-eth/overflow'])
  })
})
