import { createRates } from '@mesobath/scenario'
import { jumpSampler } from './jump-sampler.js'

/** What a scenario finds under the name of this package. `rates` in the schema says that the method takes rate models. */
export const mesobath = {
  contract: 1,
  algorithms: [{
    name: 'jump-sampler',
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['trajectories', 'seed'],
      properties: {
        rates: {},
        trajectories: { type: 'integer', minimum: 2, description: 'the number of trajectories; errors fall as its square root' },
        seed: { type: 'integer', minimum: 0, description: 'a non-negative integer' },
      },
    },
    create: async ({ rates, ...options }, catalogue, resources) => {
      const made = await createRates(rates, catalogue, resources)
      return made._tag === 'Left' ? made : { _tag: 'Right', right: jumpSampler({ ...options, rates: made.right }) }
    },
  }],
}
