import { expect, it } from 'vitest'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { expectHeard } from '../../../../test/fixtures/hearing.js'
import { attach, makeProblem, spinCoupling, spinRates, toyBath } from '../../../../test/fixtures/toy-baths.js'

// Mutants: preparing in one go, or without a turn for others; a signal that is not handed on.
it('is not prepared where a signal is heard on the way, between generator and report', async () => {
  const bath = toyBath({ energies: [0, 0.5, 1], width: 0.5, logVolumes: [1, 2, 3] })
  const problem = makeProblem([0, 0.5], [attach('bath', bath, 0.1, [spinCoupling])])
  // That of the generator, whose Lamb shift takes all nine pairs of windows; the report asks for less.
  const { breaths } = await expectHeard((rates) => bornMarkovSecular({ rates }), spinRates(), problem, 15)
  expect(breaths).toBeGreaterThan(2)
})
