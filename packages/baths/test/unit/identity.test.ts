import { CONTRACT, orThrow } from '@mesobath/contracts'
import { microscopicBath, randomMatrixBath, VERSION, windowBath, windowOf } from '@mesobath/baths'
import type { RandomMatrixBathOptions, WindowBathOptions } from '@mesobath/baths'
import { describe, expect, it } from 'vitest'
import { hashBits, readBlock, realise } from '../oracles/read.js'

const options: RandomMatrixBathOptions = {
  windows: [{ energy: 0, volume: 7 }, { energy: 1, logVolume: Math.log(5) }], windowWidth: 0.5, spectrum: 'random', seed: 11, couplings: 2,
  scaledDeviation: 2, means: [[0.5, 0.25], [[0, [1, -2]], [[1, 2], 0]]],
}

describe('identity', () => {
  it('a recipe through JSON remakes the same realisation', () => {
    const bath = orThrow(randomMatrixBath(options))
    expect(bath).toMatchObject({ contract: CONTRACT, name: 'random-matrix', package: '@mesobath/baths', version: VERSION, couplings: 2 })
    const again = orThrow(randomMatrixBath(JSON.parse(JSON.stringify(bath.recipe)) as RandomMatrixBathOptions))
    const [left, right] = [realise(bath), realise(again)]
    expect(hashBits(right.levels)).toBe(hashBits(left.levels))
    for (const coupling of [0, 1]) {
      const [a, b] = [readBlock(left, coupling, 1, 0), readBlock(right, coupling, 1, 0)]
      expect(hashBits(b.re, b.im)).toBe(hashBits(a.re, a.im))
    }
  })

  it('has no recipe where it holds functions', () => {
    const { means: _, ...rest } = options
    expect(orThrow(randomMatrixBath({ ...rest, mean: () => 1 })).recipe).toBeNull()
    expect(orThrow(windowBath({ windows: options.windows, windowWidth: 0.5, spectralFunction: { evaluate: () => undefined } })).recipe).toBeNull()
  })

  it('a bath of windows alone gives back its options and has no capability', () => {
    const bath = orThrow(windowBath({ windows: options.windows, windowWidth: 0.5, meanCouplings: [[1, 2]] }))
    expect(Object.keys(bath.can)).toEqual([])
    expect(orThrow(windowBath(bath.recipe as unknown as WindowBathOptions)).meanCouplings).toEqual([Float64Array.of(1, 2)])
  })

  it('a microscopic bath takes the recipe and name of whoever read it', () => {
    const couplings = [{ rows: 1, columns: 1, re: Float64Array.of(1), im: null }]
    const bath = orThrow(microscopicBath({ levels: [0], couplings, windowWidth: 1, name: 'chain', recipe: { path: 'chain.h5' } }))
    expect(bath).toMatchObject({ name: 'chain', recipe: { path: 'chain.h5' } })
    expect(orThrow(microscopicBath({ levels: [0], couplings, windowWidth: 1 }))).toMatchObject({ name: 'microscopic', recipe: null })
  })

  it('windowOf: half open, −1 in the gaps', () => {
    const windows = { energies: Float64Array.of(0, 1, 1.5), width: 0.5 }
    expect([-0.26, -0.25, 0, 0.249, 0.25, 0.5, 0.75, 1.2499, 1.25, 1.74, 1.75].map((level) => windowOf(windows, level)))
      .toEqual([-1, 0, 0, 0, -1, -1, 1, 1, 2, 2, -1])
  })
})
