import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { finiteBathCorrection } from './internal/derived-series.js'
import { judgeLaws } from './internal/laws.js'
import { largest, plusBaths } from './internal/series.js'
import type { BathLedger, Books, Ledger, RelativeEntropySeries } from './ledger.js'

/** Series that say what is so at a time. */
const STATES = [
  'times', 'internalEnergy', 'systemEnergy', 'power', 'systemHeatFlow', 'totalEnergy', 'interactionEnergy', 'exactEnergyResidual', 'observationalEntropy',
  'entropyProductionRate', 'systemEntropy', 'vonNeumannEntropy', 'projectedEntropy', 'mutualInformation', 'totalCorrelation', 'exactMutualInformation',
] as const
const BATH_STATES = ['energy', 'heatFlow', 'microscopicEnergy', 'entropy', 'inverseTemperature', 'canonicalEntropy', 'mutualInformation'] as const
/** Series that count from the start of their run. */
const SINCE_START = [
  'work', 'systemHeat', 'coarseGrainingDefect', 'firstLawResidual', 'entropyProduction', 'entropySum', 'clausius',
] as const

const joinFaults = (first: Ledger, second: Ledger): readonly Issue[] => {
  const issues: Issue[] = []
  const fault = (what: string, path: readonly (string | number)[], message: string): void => { issues.push(issue(`thermodynamics/${what}`, path, message)) }
  const [end, begin] = [first.times[first.times.length - 1], second.times[0]]
  if (first.times.length === 0 || second.times.length === 0) fault('join-empty', ['times'], 'both ledgers must have samples, but one has none')
  else if (end !== begin) fault('join-time', ['times', 0], `\`second.times[0]\` must be the last time of the first ledger (${end}), but is ${begin}`)
  const labels = (ledger: Ledger): string => ledger.baths.map((bath) => bath.label).join(', ')
  if (labels(first) !== labels(second)) {
    fault('join-baths', ['baths'], `\`second.baths\` must be those of the first ledger (${labels(first)}), but are ${labels(second)}`)
  }
  const temperatures = (ledger: Ledger): string => ledger.relativeEntropies.map((each) => each.inverseTemperature).join(', ')
  if (temperatures(first) !== temperatures(second)) {
    fault('join-temperatures', ['relativeEntropies'],
      `\`second.relativeEntropies\` must be those of the first ledger (${temperatures(first)}), but are ${temperatures(second)}`)
  }
  if (first.exact !== second.exact) fault('join-exact', ['exact'], `\`second.exact\` must be ${first.exact} as in the first ledger, but is ${second.exact}`)
  return issues
}

/** `second` behind `first` from its sample `skip` on, each raised by `offset`. */
const append = (first: Float64Array, second: Float64Array, skip: number, offset = 0): Float64Array => {
  const joined = new Float64Array(first.length + second.length - skip)
  joined.set(first)
  for (let i = skip; i < second.length; i++) joined[first.length + i - skip] = second[i] + offset
  return joined
}

const last = (values: Float64Array): number => values[values.length - 1]

/** A state handed from run to run comes out the same to this share of its energy: what differs by more was quenched. */
const JOINT_ROUNDING = 1e-13

/** The state's energies jump where a quench falls on the joint: that is work of neither run. 0 where nothing but rounding differs. */
const workAtJoint = (first: Ledger, second: Ledger): number => {
  const energies = [second.systemEnergy[0], last(first.systemEnergy), ...(first.exact ? [second.interactionEnergy[0], last(first.interactionEnergy)] : [])]
  const jump = energies.reduce((sum, energy, i) => (i % 2 === 0 ? sum + energy : sum - energy), 0)
  const scale = energies.reduce((most, energy) => Math.max(most, Math.abs(energy)), Math.abs(last(first.internalEnergy)))
  return Math.abs(jump) <= JOINT_ROUNDING * scale ? 0 : jump
}

/** Slopes of two readings of one smooth drive are the same to this share of the largest power: beyond it the drive turns a corner. */
const SLOPE_ROUNDING = 1e-6

/** Whether a corner of the drive falls on the joint: a stop of the whole run, where power has two values. */
const turnsAtJoint = (first: Ledger, second: Ledger): boolean =>
  Math.abs(second.power[0] - last(first.power)) > SLOPE_ROUNDING * Math.max(largest(first.power), largest(second.power))

/**
 * The ledger of a run that was made in two, the second continuing the state of the first: what counts from the start counts from
 * the start of the first, the sample at the joint stands once, or twice where a quench falls on it, whose work is then booked, or a corner of the drive.
 * Premises are judged by the first run's start.
 *
 * Issues: `thermodynamics/join-time` (the second must begin when the first ends), `thermodynamics/join-baths`,
 * `thermodynamics/join-temperatures`, `thermodynamics/join-exact`, `thermodynamics/join-empty`.
 */
export const joinLedgers = (first: Ledger, second: Ledger): Outcome<Ledger> => failIfAny(joinFaults(first, second), () => {
  const jump = workAtJoint(first, second)
  const skip = jump === 0 && !turnsAtJoint(first, second) ? 1 : 0
  const states = Object.fromEntries(STATES.map((name) =>
    [name, append(first[name], second[name], skip)])) as Record<(typeof STATES)[number], Float64Array>
  const counted = Object.fromEntries(SINCE_START.map((name) =>
    [name, append(first[name], second[name], skip, last(first[name]) + (name === 'work' ? jump : 0))])) as Record<(typeof SINCE_START)[number], Float64Array>
  const baths = first.baths.map((bath, axis): BathLedger => {
    const next = second.baths[axis]
    const series = Object.fromEntries(BATH_STATES.map((name) =>
      [name, append(bath[name], next[name], skip)])) as Record<(typeof BATH_STATES)[number], Float64Array>
    const heat = append(bath.heat, next.heat, skip, last(bath.heat))
    return { ...series, label: bath.label, heat, finiteBathCorrection: finiteBathCorrection(series.inverseTemperature, heat, series.canonicalEntropy) }
  })
  const relativeEntropies = first.relativeEntropies.map((each, at): RelativeEntropySeries => ({
    inverseTemperature: each.inverseTemperature,
    values: append(each.values, second.relativeEntropies[at].values, skip),
    rates: append(each.rates, second.relativeEntropies[at].rates, skip),
  }))
  const books: Books = {
    ...states, ...counted, baths, relativeEntropies,
    bathCorrelations: first.bathCorrelations.map((each, at) => ({ ...each, values: append(each.values, second.bathCorrelations[at].values, skip) })),
    clausiusConstantTemperature: plusBaths(counted.clausius, baths, (bath) => bath.finiteBathCorrection),
    exact: first.exact,
    guarantees: first.guarantees.filter((each) => second.guarantees.includes(each)),
    bounds: {
      energy: first.bounds.energy + second.bounds.energy,
      entropy: first.bounds.entropy + second.bounds.entropy,
      perTime: Math.max(first.bounds.perTime, second.bounds.perTime),
      negativity: Math.max(first.bounds.negativity, second.bounds.negativity),
    },
    findings: [...first.findings, ...second.findings],
  }
  return { ...books, laws: judgeLaws(books) }
})
