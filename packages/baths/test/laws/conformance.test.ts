import { densityOfStatesBath, localTermsBath, microscopicBath, randomMatrixBath, spinChainBath, windowBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { BathModel, Capability } from '@mesobath/contracts'
import { bathModelLaws, referenceBath } from '@mesobath/conformance'
import { describe, it } from 'vitest'

const windows = [{ energy: 0, volume: 30 }, { energy: 1, volume: 50 }]
const means = [0.2, [0.1, 0.3]] as const
const BATHS: readonly (readonly [string, readonly Capability[], () => BathModel])[] = [
  ['random matrices', ['microscopic', 'ensemble'], () => orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 3 }))],
  ['real random matrices with means', ['microscopic', 'ensemble'], () => orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'regular', deviation: 0.7, mean: 0.3, symmetry: 'real-symmetric', seed: 3 }))],
  ['two random couplings', ['microscopic', 'ensemble'], () => orThrow(randomMatrixBath({ windows, windowWidth: 0.5, spectrum: 'random', deviation: 1, means, couplings: 2, seed: 3 }))],
  ['levels and couplings of its own', ['microscopic'], () => orThrow(microscopicBath({
    levels: Float64Array.of(-0.2, 0.1, 0.2, 0.9, 1.1), windowWidth: 0.5, windows: [0, 1],
    couplings: [{ rows: 5, columns: 5, re: Float64Array.from({ length: 25 }, (_, i) => 1 / (1 + Math.floor(i / 5) + (i % 5))), im: null }],
  }))],
  ['a chain of spins', ['microscopic', 'couplingSums'], () => orThrow(spinChainBath({
    spins: 6, bonds: { zz: 1, yy: 0.4 }, fields: { x: 1, y: 0.3 }, couplings: [{ site: 0, operator: 'x' }, { site: 3, operator: 'y' }], windowWidth: 3,
  }))],
  ['local terms on sites of three levels', ['microscopic', 'couplingSums'], () => orThrow(localTermsBath({
    sites: 3, localDimension: 3, windowWidth: 2, couplings: [[{ sites: [2], operator: { rows: 3, columns: 3, re: Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0), im: null } }]],
    terms: [0, 1, 2].map((site) => ({ sites: [site], operator: { rows: 3, columns: 3, re: Float64Array.of(1, 0.3, 0, 0.3, 0.1, 0, 0, 0, -1), im: null } })),
  }))],
  ['a density of states', [], () => orThrow(densityOfStatesBath({ density: (energy) => 20 + energy, windows: [0, 1, 2], windowWidth: 1 }))],
  ['windows alone', [], () => orThrow(windowBath({ windows, windowWidth: 0.5 }))],
  ['the bath of the kit itself', ['microscopic', 'ensemble', 'spectralFunction'], () => referenceBath({ couplings: 2 })],
]

describe.each(BATHS)('%s obey the laws of every bath', (_name, can, make) => {
  for (const law of bathModelLaws(make, { can })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
