// The laws as an observer of samples made by hand.
import { thermodynamics } from '@mesobath/thermodynamics'

type Frame = Parameters<ReturnType<typeof thermodynamics>['begin']>[0]

const identity = { contract: 1, name: 'by hand', package: 'a-consumer', version: '1.0.0', citations: [], recipe: null }
const windows = { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(1, 2) }
const frame: Frame = { dimension: 2, baths: [{ label: 'bath', windows }], algorithm: identity, rates: [null], backend: 'none' }
const books = thermodynamics()
books.begin(frame)
books.sample({
  time: 0, side: 'after', energies: Float64Array.of(0, 1), strengths: Float64Array.of(1), conditional: null,
  populations: Float64Array.of(0, 0, 1, 0), populationRates: null, scalars: { work: 0 },
})
if (books.end().baths[0]?.label !== 'bath') throw new Error('the bath was lost')
