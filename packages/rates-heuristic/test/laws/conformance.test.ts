import { orThrow } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { heuristicRates } from '@mesobath/rates-heuristic'
import { describe, it } from 'vitest'

describe('heuristic rates obey the laws of every rate model', () => {
  for (const law of rateModelLaws(heuristicRates, { finiteTime: false, stationary: true })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
