import type { BathModel } from '@mesobath/contracts'
import { law, thrown } from '../law.js'
import type { Fault, Law } from '../law.js'
import type { RateModelCapabilities, RateModelFactory } from '../rate-model-capabilities.js'
import type { Subject } from './correlation-table.js'

/** The model without any capability of the bath beyond its windows. */
const bare = (bath: BathModel): BathModel => ({ ...bath, can: {} })

const refusal = (factory: RateModelFactory, bath: BathModel): readonly Fault[] => {
  const must = 'refuse a bath that lacks what it `needs` with an issue'
  try {
    const outcome = factory(1).correlate(bare(bath))
    return outcome._tag === 'Left' ? [] : [{ must, but: 'takes it' }]
  } catch (cause) {
    return [{ must, but: `throws ${thrown(cause)}` }]
  }
}

const lineShapeFaults = ({ bath, correlation }: Subject, { finiteTime, stationary }: RateModelCapabilities): readonly Fault[] => {
  const { lineShape, transform } = correlation
  const yes = (value: boolean): string => (value ? 'does' : 'does not')
  if (lineShape.kind === 'flat-window') {
    return [
      ...(lineShape.width === bath.windows.width ? [] : [{ must: 'have the line shape of windows as wide as the bath\'s', but: `has width ${lineShape.width} where δ = ${bath.windows.width}` }]),
      ...(lineShape.finiteTime === finiteTime ? [] : [{ must: `declare whether it serves finite times (here: it ${yes(finiteTime)})`, but: `its line shape says that it ${yes(lineShape.finiteTime)}` }]),
      ...(stationary ? [] : [{ must: 'have a limit t → ∞ where its line shape is the flat window\'s', but: 'declares that it has none' }]),
    ]
  }
  if (lineShape.kind !== 'own') return [{ must: 'have a line shape `flat-window` or `own`', but: `has ${JSON.stringify(lineShape)}` }]
  return [
    ...(typeof transform === 'function' ? [] : [{ must: 'have a `transform` where its line shape is its own', but: 'has none' }]),
    ...(Number.isFinite(lineShape.bandwidth) && lineShape.bandwidth >= 0 ? [] : [{ must: 'bound the frequencies of its correlation function', but: `has bandwidth ${lineShape.bandwidth}` }]),
    ...(lineShape.stationary === stationary ? [] : [{ must: `declare whether its limit t → ∞ exists (here: it ${yes(stationary)})`, but: `its line shape says that it ${yes(lineShape.stationary)}` }]),
  ]
}

/** A limit that does not exist is an issue, not a number. */
const limitFaults = ({ correlation, couplings }: Subject): readonly Fault[] => {
  const { lineShape, transform } = correlation
  if (lineShape.kind !== 'own' || lineShape.stationary || transform === undefined) return []
  const size = couplings * couplings
  const outcome = transform.call(correlation,
    { to: Int32Array.of(1), from: Int32Array.of(0), frequency: Float64Array.of(1), times: Float64Array.of(Infinity) },
    { re: new Float64Array(size), im: new Float64Array(size) })
  return outcome._tag === 'Left' ? [] : [{ must: 'refuse t = ∞ where its limit does not exist', but: 'gives numbers' }]
}

/** The model serves the baths it says it serves, in the way it says. */
export const servingLaws = (
  factory: RateModelFactory, capabilities: RateModelCapabilities, bath: (couplings: 1 | 2) => BathModel, couplings: readonly (1 | 2)[], subjects: () => readonly Subject[],
): { readonly laws: readonly Law[]; readonly serves: readonly Law[] } => {
  const serves = law({
    name: 'serves a bath that has what it needs', code: 'serves',
    examine: () => (subjects().length > 0 ? [] : [{ must: 'serve at least one number of couplings', but: 'serves none' }]),
  })
  const tells = law({
    name: 'tells the truth about its line shape', code: 'line-shape', restsOn: [serves],
    examine: () => subjects().flatMap((each) => [...lineShapeFaults(each, capabilities), ...limitFaults(each)]),
  })
  const refuses = law({
    name: 'refuses a bath that lacks what it needs', code: 'needs', restsOn: [serves],
    examine: () => {
      const { needs } = factory(1)
      const first = couplings[0]
      if (!Array.isArray(needs)) return [{ must: 'list in `needs` the capabilities that a bath must have', but: `has ${JSON.stringify(needs)}` }]
      return needs.length === 0 || first === undefined ? [] : refusal(factory, bath(first))
    },
  })
  return { laws: [serves, tells, refuses], serves: [serves, tells] }
}
