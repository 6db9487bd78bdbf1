// What a scenario names, and the schema of one for a catalogue of one's own.
import { packageReferences, parseScenario, parseSize, scenarioSchema } from '@mesobath/scenario'

type Catalogue = Parameters<typeof parseScenario>[1]

const schema = { type: 'object', properties: { levels: { type: 'integer' } } }
const mine: Catalogue = {
  baths: [{ name: 'mine', optionsSchema: schema, create: async () => ({ _tag: 'Left', left: [{ code: 'a-consumer/none', path: [], message: 'none' }] }) }],
  rates: [], algorithms: [], drives: [],
}
const parsed = parseScenario('bath: { model: mine, levels: many }', mine)
if (parsed._tag === 'Right' || !parsed.left.some(({ path }) => path.join('.') === 'bath.levels')) throw new Error('levels that are no number were accepted')
if (!JSON.stringify(scenarioSchema(mine)).includes('mine')) throw new Error('the schema lacks the bath')
if (packageReferences('bath: { package: theirs }')[0]?.package !== 'theirs') throw new Error('the package was not found')
const size = parseSize('2GiB')
if (size._tag === 'Left' || size.right !== 2 ** 31) throw new Error('2 GiB are 2³¹ bytes')
