import { orThrow } from '@mesobath/contracts'
import { integratorLaws } from '@mesobath/conformance'
import { markov } from '@mesobath/integrator-markov'
import { describe, it } from 'vitest'

describe.each(['shared', 'nearest'] as const)('markov (off resonance: %s) obeys the laws of every algorithm', (offResonance) => {
  for (const law of integratorLaws((rates) => markov({ rates, offResonance }), { equation: 'markov' })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
