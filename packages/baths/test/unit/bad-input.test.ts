import type { ComplexMatrix } from '@mesobath/contracts'
import { densityOfStatesBath, microscopicBath, randomMatrixBath, windowBath } from '@mesobath/baths'
import type { MicroscopicBathOptions, RandomMatrixBathOptions, WindowBathOptions } from '@mesobath/baths'
import { describe, expect, it } from 'vitest'
import { codes, messages, realise } from '../oracles/read.js'

const windows = [{ energy: 0, volume: 4 }, { energy: 1, volume: 6 }]
const good: RandomMatrixBathOptions = { windows, windowWidth: 0.5, spectrum: 'regular', seed: 1, deviation: 1 }
const loose = (changes: Record<string, unknown>): RandomMatrixBathOptions => ({ ...good, ...changes }) as RandomMatrixBathOptions

describe('windows given by hand', () => {
  const at = (...energies: number[]) => energies.map((energy) => ({ energy, volume: 2 }))
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a width of zero', { windowWidth: 0 }, 'baths/window-width', '`windowWidth` must be a positive finite number, but is 0'],
    ['an infinite width', { windowWidth: Infinity }, 'baths/window-width', 'is Infinity'],
    ['no window', { windows: [] }, 'baths/no-windows', '`windows` must hold at least one window'],
    ['a centre that is no number', { windows: at(0, NaN) }, 'baths/window-energy', '`windows[1].energy` must be a finite number, but is NaN'],
    ['centres out of order', { windows: at(1, 0) }, 'baths/window-order', '`windows[1].energy` must be above the centre before it, 1, but is 0'],
    ['a centre twice', { windows: at(0, 0) }, 'baths/window-order', 'repeats 0'],
    ['overlapping windows', { windows: at(0, 0.49) }, 'baths/window-overlap', 'the windows overlap'],
    ['a volume of zero', { windows: [{ energy: 0, volume: 0 }] }, 'baths/window-volume', '`windows[0].volume` must be a positive finite number, but is 0'],
    ['a negative volume', { windows: [{ energy: 0, volume: -3 }] }, 'baths/window-volume', 'is -3'],
    ['no volume', { windows: [{ energy: 0 }] }, 'baths/window-volume', '`windows[0]` must give either a volume or a logVolume, but gives neither'],
    ['two volumes', { windows: [{ energy: 0, volume: 1, logVolume: 0 }] }, 'baths/window-volume', 'gives both'],
    ['an infinite logVolume', { windows: [{ energy: 0, logVolume: Infinity }] }, 'baths/window-volume', '`windows[0].logVolume`'],
    ['half a coupling', { couplings: 0.5 }, 'baths/couplings', '`couplings` must be a positive integer, but is 0.5'],
  ])('refuses %s', (_, changes, code, message) => {
    for (const outcome of [randomMatrixBath(loose(changes)), windowBath({ ...good, ...changes } as WindowBathOptions)]) {
      expect(codes(outcome)).toEqual([code])
      expect(messages(outcome)).toContain(message)
    }
  })

  it('accepts windows that touch, rounding of m·δ included', () => {
    const touching = Array.from({ length: 30 }, (_, m) => ({ energy: m * 0.1, volume: 3 }))
    expect(codes(windowBath({ windows: touching, windowWidth: 0.1 }))).toEqual([])
  })

  it('tells every fault at once', () => {
    const outcome = randomMatrixBath(loose({
      windows: [{ energy: NaN, volume: 0 }, { energy: 1, volume: -1 }, { energy: 0.9, volume: 1 }], windowWidth: -1, seed: 0.5, spectrum: 'chaotic',
      couplings: 0, deviation: -1, symmetry: 'none', mean: [NaN, 0],
    }))
    expect([...codes(outcome)].sort()).toEqual([
      'baths/couplings', 'baths/deviation', 'baths/mean', 'baths/seed', 'baths/spectrum', 'baths/symmetry', 'baths/window-energy', 'baths/window-order',
      'baths/window-volume', 'baths/window-volume', 'baths/window-width',
    ])
  })

  it('refuses mean couplings of the wrong shape or value', () => {
    expect(codes(windowBath({ windows, windowWidth: 0.5, meanCouplings: [[1], [2, 3]] }))).toEqual(['baths/mean-couplings', 'baths/mean-couplings'])
    expect(messages(windowBath({ windows, windowWidth: 0.5, meanCouplings: [[1, NaN]] }))).toContain('`meanCouplings[0][1]` must be a finite number, but is NaN')
  })
})

describe('random-matrix bath', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a negative seed', { seed: -1 }, 'baths/seed', '`seed` must be a non-negative integer, but is -1'],
    ['an unknown spectrum', { spectrum: 'goe' }, 'baths/spectrum', "is 'goe'"],
    ['an unknown symmetry', { symmetry: 'symplectic' }, 'baths/symmetry', "is 'symplectic'"],
    ['a negative deviation', { deviation: -1 }, 'baths/deviation', '`deviation` must be a non-negative finite number, but is -1'],
    ['no deviation', { deviation: undefined }, 'baths/deviation', 'but none of them is'],
    ['two deviations', { scaledDeviation: 1 }, 'baths/deviation', 'but deviation and scaledDeviation are'],
    ['a log variance that is no number', { deviation: undefined, logVariance: NaN }, 'baths/deviation', '`logVariance` must be a finite number'],
    ['a mean that is no number', { mean: 'x' }, 'baths/mean', "`mean` must be a finite number or a pair [re, im] of them, but is 'x'"],
    ['an infinite mean', { mean: [0, Infinity] }, 'baths/mean', 'Infinity'],
    ['a complex mean of a real bath', { mean: [0, 1], symmetry: 'real-symmetric' }, 'baths/mean', 'must be real'],
    ['a table of the wrong shape', { mean: [[0, 1]] }, 'baths/mean', '2 rows [target] by 2 columns'],
    ['a table that is not Hermitian', { mean: [[0, [1, 1]], [[1, 1], 0]] }, 'baths/mean', 'complex conjugate of entry [0][1]'],
    ['a table with a diagonal', { mean: [[1, 0], [0, 0]] }, 'baths/mean', '`mean[0][0]` must be 0'],
    ['a function that gives NaN', { mean: () => NaN }, 'baths/mean', '`mean[1][0]`'],
    ['means beside a mean', { mean: 1, means: [1] }, 'baths/mean', 'both are given'],
    ['too many means', { means: [1, 2] }, 'baths/mean', 'hold one entry per coupling, 1, but holds 2'],
  ])('refuses %s', (_, changes, code, message) => {
    const outcome = randomMatrixBath(loose(changes))
    expect(codes(outcome)).toEqual([code])
    expect(messages(outcome)).toContain(message)
  })

  const unrealisable = (changes: Record<string, unknown>) => {
    const bath = randomMatrixBath(loose(changes))
    if (bath._tag === 'Left' || bath.right.can.microscopic === undefined) throw new Error('must be a bath')
    return bath.right.can.microscopic()
  }

  it('is a bath but not a realisable one where volumes are not integers, or too many', () => {
    const fractional = unrealisable({ windows: [{ energy: 0, volume: 2.5 }, { energy: 1, logVolume: 0.3 }] })
    expect(codes(fractional)).toEqual(['baths/not-realisable', 'baths/not-realisable'])
    expect(messages(fractional)).toContain('its volume is 2.5')
    const large = unrealisable({ windows: [{ energy: 0, volume: 15_000 }, { energy: 1, volume: 15_000 }] })
    expect(codes(large)).toEqual(['baths/not-realisable'])
    expect(messages(large)).toContain('at most 25000 levels')
    expect(messages(large)).toContain('N = 30000')
    const huge = unrealisable({ windows: [{ energy: 0, logVolume: 1e5 }], deviation: undefined, scaledDeviation: 1 })
    expect(codes(huge)).toEqual(['baths/not-realisable'])
    expect(codes(unrealisable({ deviation: undefined, logVariance: 1e4 }))).toEqual(['baths/not-realisable'])
  })

  it('realises volumes given as logarithms of integers', () => {
    const bath = randomMatrixBath(loose({ windows: [{ energy: 0, logVolume: Math.log(400) }, { energy: 1, logVolume: Math.log(600) }] }))
    if (bath._tag === 'Left') throw new Error('must be a bath')
    expect(realise(bath.right).levels.length).toBe(1000)
  })
})

describe('microscopic bath', () => {
  const matrix = (n: number, re: readonly number[], im: readonly number[] | null = null): ComplexMatrix =>
    ({ rows: n, columns: n, re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) })
  const sound: MicroscopicBathOptions = { levels: [0, 1], couplings: [matrix(2, [0, 1, 1, 0])], windowWidth: 0.5 }
  it.each<[string, Partial<MicroscopicBathOptions>, string, string]>([
    ['no level', { levels: [], couplings: [matrix(0, [])] }, 'baths/levels', '`levels` must hold at least one level'],
    ['a level that is no number', { levels: [0, NaN] }, 'baths/levels', '`levels[1]` must be a finite number, but is NaN'],
    ['no coupling', { couplings: [] }, 'baths/couplings', '`couplings` must hold at least one coupling operator'],
    ['a coupling of the wrong size', { couplings: [matrix(1, [0])] }, 'baths/coupling-shape', '`couplings[0]` must be a matrix of 2 × 2, one row per level, but is 1 × 1'],
    ['a coupling that is no number', { couplings: [matrix(2, [0, NaN, 1, 0])] }, 'baths/coupling-value', '`couplings[0][0][1]` must be a finite number, but is NaN'],
    ['an imaginary part that is no number', { couplings: [matrix(2, [0, 1, 1, 0], [0, 0, Infinity, 0])] }, 'baths/coupling-value', '`couplings[0][1][0]`'],
    ['an asymmetric coupling', { couplings: [matrix(2, [0, 1, 1 + 1e-8, 0])] }, 'baths/coupling-not-hermitian', '`couplings[0]` must be Hermitian'],
    ['a symmetric imaginary part', { couplings: [matrix(2, [0, 1, 1, 0], [0, 1, 1, 0])] }, 'baths/coupling-not-hermitian', '[1][0] and [0][1]'],
    ['an imaginary diagonal', { couplings: [matrix(2, [0, 1, 1, 0], [1, 0, 0, 0])] }, 'baths/coupling-not-hermitian', '[0][0]'],
    ['an infinite origin', { origin: Infinity }, 'baths/origin', '`origin` must be a finite number, but is Infinity'],
    ['overlapping windows', { windows: [0, 0.3, 1] }, 'baths/window-overlap', '`windows[1]`'],
    ['no windows', { windows: [] }, 'baths/no-windows', '`windows` must hold at least one centre'],
    ['levels outside every window', { windows: [0] }, 'baths/level-outside', '1 of 2 do not: levels[1] = 1'],
  ])('refuses %s', (_, changes, code, message) => {
    const outcome = microscopicBath({ ...sound, ...changes })
    expect(codes(outcome)).toEqual([code])
    expect(messages(outcome)).toContain(message)
  })

  it('names the first few of many levels outside', () => {
    const levels = Array.from({ length: 9 }, (_, i) => i)
    const outcome = microscopicBath({ levels, couplings: [matrix(9, new Array<number>(81).fill(0))], windowWidth: 0.5, windows: [0, 1] })
    expect(messages(outcome)).toContain('7 of 9 do not: levels[2] = 2, levels[3] = 3, levels[4] = 4, …')
  })

  it('tells faults of levels, windows and couplings together', () => {
    const outcome = microscopicBath({ levels: [0, 5], windowWidth: 0.5, windows: [0], couplings: [matrix(2, [0, 1, 2, 0]), matrix(1, [1])] })
    expect(codes(outcome)).toEqual(['baths/level-outside', 'baths/coupling-not-hermitian', 'baths/coupling-shape'])
  })
})

describe('density-of-states bath', () => {
  const sound = { density: () => 1, windows: [0, 1], windowWidth: 0.5 }
  it.each<[string, Partial<Parameters<typeof densityOfStatesBath>[0]>, string, string]>([
    ['no density', { density: undefined } as object, 'baths/density', 'neither is'],
    ['two densities', { logDensity: () => 0 }, 'baths/density', 'both are'],
    ['a negative density', { density: (e: number) => 0.9 - e }, 'baths/density-value', '`density` must give a positive finite number in every window, but gives -'],
    ['a density of NaN', { density: () => NaN }, 'baths/density-value', 'gives NaN at energy'],
    ['a density that is not integrable', { density: (e: number) => 2 + Math.sin(1e9 * e) }, 'baths/density-not-integrable', 'did not converge'],
    ['a range that the width does not divide', { windows: { from: 0, to: 1.2 } }, 'baths/window-range', '2.4'],
    ['a range the wrong way round', { windows: { from: 1, to: 0 } }, 'baths/window-energy', '`windows.to`'],
    ['overlapping centres', { windows: [0, 0.1] }, 'baths/window-overlap', '`windows[1]`'],
    ['no centres', { windows: [] }, 'baths/no-windows', 'at least one centre'],
  ])('refuses %s', (_, changes, code, message) => {
    const outcome = densityOfStatesBath({ ...sound, ...changes })
    expect(new Set(codes(outcome))).toEqual(new Set([code]))
    expect(messages(outcome)).toContain(message)
  })
  it('refuses an infinite log density', () => {
    expect(codes(densityOfStatesBath({ logDensity: () => -Infinity, windows: [0], windowWidth: 1 }))).toEqual(['baths/density-value'])
  })
})
