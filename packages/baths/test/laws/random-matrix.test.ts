import type { Planes } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import type { RandomMatrixBathOptions } from '@mesobath/baths'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashBits, moments, readBlock, realise } from '../oracles/read.js'

/** Standard errors that a statistic may be off: with fixed seeds a pass is a pass for ever. */
const SIGMAS = 4

const windowsOf = (volumes: readonly number[]) => volumes.map((volume, index) => ({ energy: index, volume }))

describe('[Eq. 26] realised coupling', () => {
  const symmetries = ['complex-hermitian', 'real-symmetric'] as const

  it('is Hermitian to the bit, has no block within a window, and is real where it says so', () => {
    fc.assert(fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), fc.nat(), fc.constantFrom(...symmetries), fc.constantFrom('regular' as const, 'random' as const),
      fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }),
      (volumes, seed, symmetry, spectrum, deviation, mean) => {
        const complexMean: [number, number] = [mean, symmetry === 'real-symmetric' ? 0 : 0.5 * mean]
        const bath = realise(orThrow(randomMatrixBath({ windows: windowsOf(volumes), windowWidth: 0.5, spectrum, seed, deviation, mean: complexMean, symmetry, couplings: 2 })))
        expect(bath.real).toBe(symmetry === 'real-symmetric')
        for (let coupling = 0; coupling < 2; coupling += 1) {
          volumes.forEach((_, to) => volumes.forEach((__, from) => {
            const block = readBlock(bath, coupling, to, from)
            const mirror = readBlock(bath, coupling, from, to)
            if (to === from || (deviation === 0 && mean === 0)) expect(block.occupied).toBe(false)
            for (let i = 0; i < block.rows; i += 1) {
              for (let j = 0; j < block.columns; j += 1) {
                const [here, there] = [i * block.columns + j, j * mirror.columns + i]
                expect(block.re[here]).toBe(mirror.re[there])
                expect(block.im[here]! + mirror.im[there]!).toBe(0)
                if (bath.real) expect(block.im[here]! + 0).toBe(0)
              }
            }
          }))
        }
      },
    ), { numRuns: 60 })
  })

  it.each(symmetries)('%s: mean b, E|c|² = a², parts and couplings independent', (symmetry) => {
    const deviation = 1.3
    const mean: [number, number] = [0.7, symmetry === 'real-symmetric' ? 0 : -0.4]
    const bath = realise(orThrow(randomMatrixBath({
      windows: windowsOf([300, 250]), windowWidth: 0.5, spectrum: 'regular', seed: 5, deviation, mean, symmetry, couplings: 2,
    })))
    const first = readBlock(bath, 0, 1, 0)
    const second = readBlock(bath, 1, 1, 0)
    const n = first.re.length
    const partVariance = symmetry === 'real-symmetric' ? deviation ** 2 : deviation ** 2 / 2
    const check = (found: number, expected: number, standardError: number) => expect(Math.abs(found - expected)).toBeLessThan(SIGMAS * standardError)
    check(moments(first.re).mean, mean[0], Math.sqrt(partVariance / n))
    check(moments(first.re).variance, partVariance, partVariance * Math.sqrt(2 / n))
    const product = (a: Float64Array, b: Float64Array, meanA: number, meanB: number) => moments(a.map((value, i) => (value - meanA) * (b[i]! - meanB))).mean
    check(product(first.re, second.re, mean[0], mean[0]), 0, partVariance / Math.sqrt(n))
    if (symmetry === 'real-symmetric') {
      expect(first.im.every((value) => value === 0)).toBe(true)
    } else {
      check(moments(first.im).mean, mean[1], Math.sqrt(partVariance / n))
      check(moments(first.im).variance, partVariance, partVariance * Math.sqrt(2 / n))
      check(product(first.re, first.im, mean[0], mean[1]), 0, partVariance / Math.sqrt(n))
    }
  })

  it('conventions: the mean of the block from the lower to the upper window is b, of the other conj b', () => {
    const bath = realise(orThrow(randomMatrixBath({ windows: windowsOf([2, 3]), windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 0, mean: [2, 5] })))
    expect([...readBlock(bath, 0, 1, 0).im]).toEqual(new Array(6).fill(5))
    expect([...readBlock(bath, 0, 0, 1).im]).toEqual(new Array(6).fill(-5))
  })

  it('a table, a function and a constant of the same b(E, E′) give the same bits', () => {
    const common = { windows: windowsOf([3, 2, 2]), windowWidth: 0.5, spectrum: 'random', seed: 9, deviation: 0.1 } as const
    const b = (to: number, from: number): [number, number] => [to + 2 * from, to * from + 1]
    const table = [0, 1, 2].map((to) => [0, 1, 2].map((from): number | [number, number] => {
      if (to === from) return 0
      const [re, im] = b(Math.max(to, from), Math.min(to, from))
      return [re, to > from ? im : -im]
    }))
    const [one, two] = [realise(orThrow(randomMatrixBath({ ...common, mean: table }))), realise(orThrow(randomMatrixBath({ ...common, mean: b })))]
    for (const [to, from] of [[1, 0], [0, 1], [2, 0], [1, 2]] as const) {
      const [left, right] = [readBlock(one, 0, to, from), readBlock(two, 0, to, from)]
      expect(hashBits(left.re, left.im)).toBe(hashBits(right.re, right.im))
    }
  })

  it('same seed, same bits, whatever the order of calls; another seed, other bits', () => {
    const options: RandomMatrixBathOptions = { windows: windowsOf([5, 4, 6]), windowWidth: 0.5, spectrum: 'random', seed: 42, deviation: 1, couplings: 2 }
    const names = [0, 1].flatMap((coupling) => [0, 1, 2].flatMap((to) => [0, 1, 2].map((from) => [coupling, to, from] as const)))
    const read = (seed: number, order: readonly (readonly [number, number, number])[]) => {
      const bath = realise(orThrow(randomMatrixBath({ ...options, seed })))
      const found = new Map(order.map(([coupling, to, from]) => {
        const { re, im } = readBlock(bath, coupling, to, from)
        return [`${coupling}${to}${from}`, hashBits(re, im)]
      }))
      return [hashBits(bath.levels), ...names.map((name) => found.get(name.join('')))].join(' ')
    }
    const forward = read(42, names)
    expect(read(42, [...names].reverse())).toBe(forward)
    expect(read(42, [...names.slice(7), ...names.slice(0, 7), ...names])).toBe(forward)
    expect(read(43, names)).not.toBe(forward)
  })

  // Mutants: a stream begun anew at each part; the whole block in one part; real numbers that leave the other plane as it was.
  it.each(symmetries)('%s: a large block comes in parts of a few milliseconds, with the bits of the whole', (symmetry) => {
    const bath = realise(orThrow(randomMatrixBath({ windows: windowsOf([150, 900]), windowWidth: 0.5, spectrum: 'random', seed: 3, deviation: 1, mean: [0.5, 0], symmetry })))
    for (const [to, from] of [[1, 0], [0, 1]] as const) {
      const whole = readBlock(bath, 0, to, from)
      const out = { re: new Float64Array(whole.re.length).fill(NaN), im: new Float64Array(whole.im.length).fill(NaN) }
      const next = bath.block.inParts!(0, to, from, out)!
      let before = 0
      for (let more = true; more;) {
        more = next()
        const written = out.re.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
        expect(written - before).toBeGreaterThan(0)
        expect(written - before).toBeLessThanOrEqual(1 << 15)
        before = written
      }
      expect(hashBits(out.re, out.im)).toBe(hashBits(whole.re, whole.im))
    }
    expect(bath.block.inParts!(0, 1, 1, { re: new Float64Array(0), im: null })).toBe(null)
  })
})

describe('levels', () => {
  it('regular: E_i = E − δ/2 + i δ/V, in windows [E − δ/2, E + δ/2)', () => {
    const bath = realise(orThrow(randomMatrixBath({ windows: windowsOf([400, 5]), windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 1 })))
    expect([...bath.levels.subarray(0, 3)]).toEqual([-0.25, -0.24875, -0.2475])
    expect([...bath.levels.subarray(400)].map((level) => Number(level.toFixed(12)))).toEqual([0.75, 0.85, 0.95, 1.05, 1.15])
    expect([...bath.window.subarray(398, 402)]).toEqual([0, 0, 1, 1])
  })

  it('random: ascending, inside their window, uniform', () => {
    const bath = realise(orThrow(randomMatrixBath({ windows: windowsOf([4000, 300]), windowWidth: 0.5, spectrum: 'random', seed: 3, deviation: 1 })))
    bath.levels.forEach((level, i) => {
      const centre = bath.window[i]!
      expect(level >= centre - 0.25 && level < centre + 0.25).toBe(true)
      if (i > 0) expect(level).toBeGreaterThanOrEqual(bath.levels[i - 1]!)
    })
    // Kolmogorov's statistic; 1.95/√n is exceeded once in a thousand.
    const n = 4000
    const distance = Math.max(...Array.from(bath.levels.subarray(0, n), (level, i) => Math.abs((level + 0.25) / 0.5 - (i + 0.5) / n)))
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n))
  })
})

describe('[Eq. 26] ensemble', () => {
  const read = (bath: ReturnType<typeof orThrow<import('@mesobath/contracts').BathModel>>, to: number, from: number) => {
    const size = bath.couplings ** 2
    const out: Planes = { re: new Float64Array(size), im: new Float64Array(size) }
    const scale = bath.can.ensemble!.secondMoment(to, from, out)
    return { re: out.re, im: out.im!, scale }
  }

  it('is conj(b^α′) b^α + a² δ_αα′, with its scale taken out', () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })), { minLength: 1, maxLength: 3 }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      (means, deviation) => {
        const bath = orThrow(randomMatrixBath({ windows: windowsOf([4, 9]), windowWidth: 0.5, spectrum: 'regular', seed: 1, couplings: means.length, means, deviation }))
        const found = read(bath, 1, 0)
        const mirror = read(bath, 0, 1)
        means.forEach(([re, im], row) => means.forEach(([otherRe, otherIm], column) => {
          const at = row * means.length + column
          const factor = Math.exp(found.scale)
          expect(found.re[at]! * factor).toBeCloseTo(otherRe * re + otherIm * im + (row === column ? deviation ** 2 : 0), 12)
          expect(found.im[at]! * factor).toBeCloseTo(otherRe * im - otherIm * re, 12)
          expect(mirror.re[at]).toBe(found.re[at])
          expect(mirror.im[at]! + found.im[at]!).toBe(0)
        }))
        expect(mirror.scale).toBe(found.scale)
        expect([...read(bath, 1, 1).re, read(bath, 0, 0).scale]).toEqual(new Array(means.length ** 2 + 1).fill(0))
      },
    ))
  })

  it('never overflows: ln V up to 1e5, a, ã or ln a²', () => {
    const windows = [{ energy: 0, logVolume: 1e5 }, { energy: 1, logVolume: 1e5 + 0.7 }]
    const common = { windows, windowWidth: 0.5, spectrum: 'regular', seed: 1 } as const
    const scaled = read(orThrow(randomMatrixBath({ ...common, scaledDeviation: 3 })), 1, 0)
    expect(scaled.re[0]).toBe(1)
    expect(scaled.scale).toBeCloseTo(2 * Math.log(3) - 1e5 - 0.35, 9)
    expect(read(orThrow(randomMatrixBath({ ...common, logVariance: -99_000 })), 1, 0)).toMatchObject({ scale: -99_000, re: Float64Array.of(1) })
    const withMean = read(orThrow(randomMatrixBath({ ...common, scaledDeviation: 3, mean: 1e-200 })), 0, 1)
    expect(withMean.re[0]).toBeCloseTo(1, 12)
    expect(withMean.scale).toBeCloseTo(-400 * Math.log(10), 9)
  })
})
