import type { BathModel, ComplexMatrix, RateModel } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { microscopicBath, randomMatrixBath } from '@mesobath/baths'
import { eigenstateThermalizationRates } from '@mesobath/rates-eth'
import { heuristicRates } from '@mesobath/rates-heuristic'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { describe, expect, it } from 'vitest'
import { strengthOf } from '../oracles/dense.js'

const windows = [{ energy: 0, volume: 12 }, { energy: 0.5, volume: 20 }, { energy: 1, volume: 9 }]
const pairs = [[1, 0], [0, 1], [2, 0], [0, 2], [2, 1]] as const
const kappa = (model: RateModel, bath: BathModel, to: number, from: number) => strengthOf(orThrow(model.correlate(bath)), bath.couplings, to, from)

/** Two couplings b^α(E, E') of whole windows, complex, Hermitian by construction. */
const means = [
  (to: number, from: number): [number, number] => [1 + to + from, to - 2 * from],
  (to: number, from: number): [number, number] => [0.3 * to - from, 0.5],
] as const

const expectSame = (left: { re: Float64Array; im: Float64Array }, right: { re: Float64Array; im: Float64Array }): void => {
  const scale = Math.max(...right.re.map(Math.abs), ...right.im.map(Math.abs))
  expect(scale).toBeGreaterThan(0)
  left.re.forEach((value, at) => expect(Math.abs(value - right.re[at]!)).toBeLessThan(1e-12 * scale))
  left.im.forEach((value, at) => expect(Math.abs(value - right.im[at]!)).toBeLessThan(1e-12 * scale))
}

describe('[App. A4, Eqs. A19-A21] heuristic = RMT for a coupling of coarse-grained components', () => {
  const bathOf = (deviation: number) => orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'random', seed: 8, couplings: 2, means, deviation }))

  it('at a = 0, from the blocks on one side and from the ensemble on the other', () => {
    for (const [to, from] of pairs) expectSame(kappa(heuristicRates(), bathOf(0), to, from), kappa(randomMatrixRates(), bathOf(0), to, from))
  })

  it('as a → 0: the difference falls as a', () => {
    const difference = (deviation: number) => Math.max(...pairs.flatMap(([to, from]) => {
      const [heuristic, rmt] = [kappa(heuristicRates(), bathOf(deviation), to, from), kappa(randomMatrixRates(), bathOf(deviation), to, from)]
      return [...heuristic.re].map((value, at) => Math.abs(value - rmt.re[at]!))
    }))
    const errors = [1e-1, 1e-2, 1e-3, 1e-4].map(difference)
    for (let i = 1; i < errors.length; i += 1) expect(errors[i - 1]! / errors[i]!).toBeGreaterThan(5)
    expect(errors[0]!).toBeGreaterThan(0)
  })
})

describe('[App. A4, Eqs. A22, A23] heuristic = ETH for B_ij = f(Ē, E − E′) R_ij/√V_Ē', () => {
  it('with F = conj(f^α′) f^α · mean of conj(R^α′) R^α over the block, for erratic complex R of two couplings', () => {
    const levels = windows.flatMap(({ energy, volume }) => Array.from({ length: volume }, (_, i) => energy - 0.25 + (0.5 * i) / volume))
    const member = windows.flatMap(({ volume }, window) => new Array<number>(volume).fill(window))
    const n = levels.length
    const f = [(mean: number, omega: number): [number, number] => [1 + mean, 0.7 * omega], (mean: number, omega: number): [number, number] => [Math.exp(-omega * omega), -mean * omega]] as const
    // Erratic, not independent: the second coupling shares half of the first one's numbers.
    const erratic = (i: number, j: number): readonly [number, number][] => {
      const [a, b, c] = [Math.sin(12.9898 * i + 78.233 * j) * 437.5, Math.sin(39.3 * i + 11.7 * j) * 911.1, Math.sin(5.1 * i * j + 1) * 713.3].map((x) => 2 * (x - Math.floor(x)) - 1) as [number, number, number]
      return [[a, b], [(a + c) / 2, b / 2]]
    }
    const logVolume = (mean: number) => {
      const position = Math.min(mean / 0.5, 1.9999)
      const low = Math.floor(position)
      return Math.log(windows[low]!.volume) * (1 - (mean / 0.5 - low)) + Math.log(windows[low + 1]!.volume) * (mean / 0.5 - low)
    }
    const re = [new Float64Array(n * n), new Float64Array(n * n)]
    const im = [new Float64Array(n * n), new Float64Array(n * n)]
    const average = new Map<string, { re: Float64Array; im: Float64Array }>()
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const [to, from] = [member[i]!, member[j]!]
        if (to === from) continue
        const [mean, omega] = [(windows[to]!.energy + windows[from]!.energy) / 2, windows[to]!.energy - windows[from]!.energy]
        const r = erratic(i, j)
        const root = Math.exp(-0.5 * logVolume(mean))
        f.forEach((each, coupling) => {
          const [x, y] = each(mean, omega)
          const [u, v] = r[coupling]!
          re[coupling]![i * n + j] = re[coupling]![j * n + i] = root * (x * u - y * v)
          im[coupling]![i * n + j] = root * (x * v + y * u)
          im[coupling]![j * n + i] = -im[coupling]![i * n + j]!
        })
        const key = `${to}${from}`
        const sums = average.get(key) ?? { re: new Float64Array(4), im: new Float64Array(4) }
        average.set(key, sums)
        const size = windows[to]!.volume * windows[from]!.volume
        r.forEach(([a, b], row) => r.forEach(([c, d], column) => {
          sums.re[row * 2 + column]! += (c * a + d * b) / size
          sums.im[row * 2 + column]! += (c * b - d * a) / size
        }))
      }
    }
    const couplings = [0, 1].map((coupling): ComplexMatrix => ({ rows: n, columns: n, re: re[coupling]!, im: im[coupling]! }))
    const bath = orThrow(microscopicBath({ levels, couplings, windowWidth: 0.5, windows: windows.map(({ energy }) => energy) }))
    // F^{αα'} = conj(f^{α'}) f^α · average; at −ω its conjugate, as the R_ji are.
    const matrix = (mean: number, omega: number): ComplexMatrix => {
      const [to, from] = [Math.round((mean + Math.abs(omega) / 2) / 0.5), Math.round((mean - Math.abs(omega) / 2) / 0.5)]
      const sums = average.get(`${to}${from}`)!
      const out = { re: new Float64Array(4), im: new Float64Array(4) }
      f.forEach((left, row) => f.forEach((right, column) => {
        const [[x, y], [u, v]] = [left(mean, Math.abs(omega)), right(mean, Math.abs(omega))]
        const [productRe, productIm] = [u * x + v * y, u * y - v * x]
        const [r, s] = [sums.re[row * 2 + column]!, sums.im[row * 2 + column]!]
        out.re[row * 2 + column] = productRe * r - productIm * s
        out.im[row * 2 + column] = Math.sign(omega) * (productRe * s + productIm * r)
      }))
      return { rows: 2, columns: 2, ...out }
    }
    const eth = eigenstateThermalizationRates({ spectralFunction: { matrix } })
    for (const [to, from] of pairs) expectSame(kappa(heuristicRates(), bath, to, from), kappa(eth, bath, to, from))
  })
})

describe('[Eqs. 25, 27] heuristic rates of realisations average to the ensemble\'s', () => {
  it.each(['complex-hermitian', 'real-symmetric'] as const)('%s, within four standard errors over 60 seeds', (symmetry) => {
    const seeds = 60
    const mean = symmetry === 'real-symmetric' ? 0.6 : ([0.6, -0.3] as const)
    const options = { windows, windowWidth: 0.5, spectrum: 'regular', couplings: 2, mean, deviation: 0.9, symmetry } as const
    const samples = Array.from({ length: seeds }, (_, seed) => kappa(heuristicRates(), orThrow(randomMatrixBath({ ...options, seed })), 1, 0))
    const expected = kappa(randomMatrixRates(), orThrow(randomMatrixBath({ ...options, seed: 0 })), 1, 0)
    for (const part of ['re', 'im'] as const) {
      for (let at = 0; at < 4; at += 1) {
        const values = samples.map((sample) => sample[part][at]!)
        const average = values.reduce((sum, each) => sum + each, 0) / seeds
        const error = Math.sqrt(values.reduce((sum, each) => sum + (each - average) ** 2, 0) / (seeds * (seeds - 1)))
        expect(Math.abs(average - expected[part][at]!)).toBeLessThanOrEqual(4 * error)
      }
    }
    // The test can fail: a single realisation's error is a few per cent, the average's a factor √60 smaller.
    const errors = samples.map((sample) => sample.re[0]! / expected.re[0]! - 1)
    expect(Math.max(...errors.map(Math.abs))).toBeGreaterThan(0.03)
  })
})
