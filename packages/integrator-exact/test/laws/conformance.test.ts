import { orThrow } from '@mesobath/contracts'
import { integratorLaws } from '@mesobath/conformance'
import { exact } from '@mesobath/integrator-exact'
import { describe, it } from 'vitest'

describe('exact evolution obeys the laws of every algorithm', () => {
  for (const law of integratorLaws(() => exact(), { equation: 'exact' })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
