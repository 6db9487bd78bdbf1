import { test } from 'node:test'
import { orThrow } from '@mesobath/contracts'
import { integratorLaws } from '@mesobath/conformance'
import { jumpSampler } from 'mesobath-jump-sampler'

const TRAJECTORIES = 20000
// Five standard errors of a probability of one half, the least certain one.
const SAMPLING_ERROR = 2.5 / Math.sqrt(TRAJECTORIES)

for (const law of integratorLaws((rates) => jumpSampler({ rates, trajectories: TRAJECTORIES, seed: 11 }), { equation: 'markov', samplingError: SAMPLING_ERROR })) {
  test(law.name, async () => { orThrow(await law.check()) })
}
