import { command } from 'cmd-ts'
import { DONE } from '../io.js'
import type { Io } from '../io.js'

/** `mesobath schema`. */
export const schemaCommand = (io: Io) => command({
  name: 'schema',
  description: 'Print the JSON Schema of scenarios, for completion in an editor',
  args: {},
  examples: [{ description: 'store it where a scenario\'s `$schema` points', command: 'mesobath schema > mesobath.schema.json' }],
  handler: async (): Promise<number> => {
    const [{ scenarioSchema }, { catalogue }] = await Promise.all([import('@mesobath/scenario'), import('../catalogue.js')])
    io.stdout.write(`${JSON.stringify(scenarioSchema(catalogue, { packages: 'any' }), null, 2)}\n`)
    return DONE
  },
})
