import { orThrow } from '@mesobath/contracts'
import { integratorLaws } from '@mesobath/conformance'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { describe, it } from 'vitest'

describe.each([['finite-time-redfield', finiteTimeRedfield], ['finite-time-secular', finiteTimeSecular]] as const)('%s obeys the laws of every algorithm', (_name, method) => {
  for (const law of integratorLaws((rates) => method({ rates }), { equation: 'finite-time' })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})
