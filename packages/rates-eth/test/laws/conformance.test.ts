import { orThrow } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { eigenstateThermalizationRates } from '@mesobath/rates-eth'
import { describe, it } from 'vitest'

describe('rates of eigenstate thermalization obey the laws of every rate model', () => {
  for (const law of rateModelLaws(() => eigenstateThermalizationRates(), { finiteTime: true, stationary: true })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})

describe('and so do those from samples of |f|², which stand for a bath of their own', () => {
  const sampled = (scale: number) => eigenstateThermalizationRates({
    spectralFunction: { samples: { energies: [0, 3], frequencies: [0, 2, 2.5, 3], values: { re: [1, 0.5, 0, 0, 1, 0.5, 0, 0].map((value) => scale * scale * value) } } },
  })
  for (const law of rateModelLaws(sampled, { finiteTime: true, stationary: true, couplings: [1] })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
