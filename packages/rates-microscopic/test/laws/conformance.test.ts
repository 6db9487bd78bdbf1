import { orThrow } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { microscopicRates } from '@mesobath/rates-microscopic'
import { describe, it } from 'vitest'

describe('microscopic rates obey the laws of every rate model', () => {
  for (const law of rateModelLaws(microscopicRates, { finiteTime: true, stationary: false })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
