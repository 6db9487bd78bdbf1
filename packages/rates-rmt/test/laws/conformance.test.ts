import { orThrow } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { randomMatrixRates } from '@mesobath/rates-rmt'
import { describe, it } from 'vitest'

describe('random-matrix rates obey the laws of every rate model', () => {
  for (const law of rateModelLaws(randomMatrixRates, { finiteTime: true, stationary: true })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
