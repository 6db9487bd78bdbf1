import { orThrow } from '@mesobath/contracts'
import { integratorLaws } from '@mesobath/conformance'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { describe, it } from 'vitest'

describe('born-markov-secular obeys the laws of every algorithm', () => {
  for (const law of integratorLaws((rates) => bornMarkovSecular({ rates }), { equation: 'reference' })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
