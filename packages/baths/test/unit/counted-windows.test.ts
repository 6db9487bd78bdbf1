import { randomMatrixBath, windowBath } from '@mesobath/baths'
import type { WindowBathOptions } from '@mesobath/baths'
import { describe, expect, it } from 'vitest'
import { codes, messages } from '../oracles/read.js'

const bath = (windows: unknown, windowWidth = 0.5) => windowBath({ windows, windowWidth } as WindowBathOptions)
const logVolumes = (windows: unknown): readonly number[] => {
  const outcome = bath(windows)
  if (outcome._tag === 'Left') throw new Error(outcome.left.map(({ message }) => message).join('; '))
  return [...outcome.right.windows.logVolumes]
}

/** C(n, k) by the product, in whole numbers. */
const binomial = (n: number, k: number): bigint => {
  let value = 1n
  for (let i = 1; i <= k; i++) value = (value * BigInt(n - k + i)) / BigInt(i)
  return value
}

describe('windows whose levels are counted in closed form', () => {
  it('m quanta in n oscillators: C(m + n − 1, m) levels at m ω', () => {
    const outcome = bath({ oscillators: 7, quantum: 2, quanta: [0, 40] })
    expect(codes(outcome)).toEqual([])
    if (outcome._tag === 'Left') return
    const { energies, logVolumes: volumes } = outcome.right.windows
    expect([...energies]).toEqual(Array.from({ length: 41 }, (_, m) => 2 * m))
    volumes.forEach((value, m) => { expect(value).toBeCloseTo(Math.log(Number(binomial(m + 6, m))), 12) })
  })

  it('m of n spins excited: C(n, m) levels, as many above the middle as below', () => {
    const volumes = logVolumes({ spins: 40, quantum: 1 })
    expect(volumes).toHaveLength(41)
    volumes.forEach((value, m) => { expect(value).toBeCloseTo(Math.log(Number(binomial(40, m))), 12) })
  })

  it('cuts the ladder where told, without moving what is left', () => {
    const whole = logVolumes({ oscillators: 30, quantum: 1, quanta: [0, 90] })
    expect(logVolumes({ oscillators: 30, quantum: 1, quanta: [20, 60] })).toEqual(whole.slice(20, 61))
    expect(logVolumes({ spins: 30, quantum: 1, quanta: [10, 12] })).toEqual(logVolumes({ spins: 30, quantum: 1 }).slice(10, 13))
  })

  it('a degeneracy multiplies every volume and moves no ratio of them', () => {
    const plain = logVolumes({ spins: 9, quantum: 1 })
    logVolumes({ spins: 9, quantum: 1, degeneracy: 1000 }).forEach((value, m) => { expect(value - (plain[m] ?? NaN)).toBeCloseTo(Math.log(1000), 12) })
  })

  it('keeps the rule in the recipe, from which the same bath is made again', () => {
    const windows = { oscillators: 10, quantum: 1, quanta: [0, 12], degeneracy: 10 } as const
    const outcome = randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'regular', scaledDeviation: 1, seed: 1 })
    if (outcome._tag === 'Left') throw new Error('refused')
    expect(outcome.right.recipe).toMatchObject({ windows })
    expect(windowBath({ windows, windowWidth: 0.5 })).toMatchObject({ right: { recipe: { windows } } })
  })

  it.each<[string, unknown, string, string]>([
    ['half an oscillator', { oscillators: 0.5, quantum: 1, quanta: [0, 3] }, 'baths/counted-windows', '`windows.oscillators` must be a positive integer, but is 0.5'],
    ['no spin', { spins: 0, quantum: 1 }, 'baths/counted-windows', '`windows.spins` must be a positive integer, but is 0'],
    ['an endless ladder', { oscillators: 3, quantum: 1 }, 'baths/counted-windows', '`windows.quanta` must be two ascending integers'],
    ['a ladder upside down', { oscillators: 3, quantum: 1, quanta: [4, 2] }, 'baths/counted-windows', 'but is [4, 2]'],
    ['more excited spins than there are', { spins: 3, quantum: 1, quanta: [0, 4] }, 'baths/counted-windows', 'must be at most the number of spins, 3, but is 4'],
    ['a negative quantum', { spins: 3, quantum: -1 }, 'baths/window-energy', '`windows.quantum` must be a positive finite number, but is -1'],
    ['no degeneracy', { spins: 3, quantum: 1, degeneracy: 0 }, 'baths/window-volume', '`windows.degeneracy` must be a positive finite number, but is 0'],
    ['both rules', { spins: 3, oscillators: 3, quantum: 1 }, 'baths/counted-windows', 'but holds both'],
    ['more windows than memory', { oscillators: 3, quantum: 1, quanta: [0, 1e12] }, 'baths/counted-windows', 'make at most'],
    ['windows wider than a quantum', { spins: 3, quantum: 0.25 }, 'baths/window-overlap', 'the windows overlap'],
  ])('refuses %s', (_, windows, code, message) => {
    const outcome = bath(windows)
    expect(codes(outcome)).toContain(code)
    expect(messages(outcome)).toContain(message)
  })
})
