import type { Vector } from '@mesobath/contracts'
import { shapeOf } from './run-record.js'
import type { MethodRecord, RunRecord } from './run-record.js'

/** The state whose population is compared: the joint one the run begins in, or the level where no joint populations were kept. */
export interface ComparedState {
  readonly level: number
  /** One window index per bath; none where the level is compared, whatever the windows. */
  readonly windows: readonly number[]
}

/** One method against the exact one. */
export interface MethodSummary {
  readonly status: string
  /** max over times of |Δp| of the compared state; null without an exact method. */
  readonly largestDeviation: number | null
  readonly rootMeanSquareDeviation: number | null
  /** max over times and all p(ε_k, E). */
  readonly largestDeviationOfAll: number | null
  /** Mean of the compared population over the last sixth of the time range. */
  readonly plateau: number | null
}

/** What a run says in numbers. */
export interface RunSummary {
  readonly compared: ComparedState & { readonly levelEnergy: number; readonly windowEnergies: readonly number[] }
  /** The name of the exact method, or null. */
  readonly reference: string | null
  readonly methods: Readonly<Record<string, MethodSummary>>
}

const LAST_PART = 1 / 6

const jointSize = (record: RunRecord): number => {
  const { dimension, counts } = shapeOf(record)
  return counts.reduce((product, count) => product * count, dimension)
}

const referenceOf = (record: RunRecord): readonly [string, MethodRecord] | undefined =>
  Object.entries(record.methods).find(([, method]) => method.algorithm.name === 'exact')

const mostLikely = (probabilities: Vector): number =>
  probabilities.reduce((best, value, index) => (value > (probabilities[best] ?? -Infinity) ? index : best), 0)

/** p(ε_k; t) of one level, from ρ_S(t). */
const levelSeries = ({ systemStates }: MethodRecord, level: number, dimension: number, samples: number): Float64Array | null =>
  (systemStates === null ? null : Float64Array.from({ length: samples }, (_, sample) => systemStates.re[(sample * dimension + level) * dimension + level] ?? NaN))

/** The most likely joint state at the start, and its index; the most likely level where no joint populations were kept. */
const beginning = (record: RunRecord): { readonly state: ComparedState; readonly joint: number | null } => {
  const method = referenceOf(record)?.[1] ?? Object.values(record.methods).find((each) => each.populations !== null)
  if (method === undefined || method.populations === null) {
    const { dimension } = shapeOf(record)
    const states = Object.values(record.methods).find((each) => each.systemStates !== null)
    const levels = Float64Array.from({ length: dimension }, (_, k) => (states === undefined ? NaN : levelSeries(states, k, dimension, 1)?.[0] ?? NaN))
    return { state: { level: mostLikely(levels), windows: [] }, joint: null }
  }
  const joint = mostLikely(method.populations.subarray(0, jointSize(record)))
  let rest = joint
  const windows = [...shapeOf(record).counts].reverse().map((count) => {
    const window = rest % count
    rest = Math.floor(rest / count)
    return window
  }).reverse()
  return { state: { level: rest, windows }, joint }
}

const seriesAt = (method: MethodRecord, joint: number, size: number, samples: number): Float64Array | null => {
  const { populations } = method
  return populations === null ? null : Float64Array.from({ length: samples }, (_, sample) => populations[sample * size + joint] ?? NaN)
}

/** The compared population of every method that kept it, as series [T]. */
export const comparedPopulation = (record: RunRecord): { readonly state: ComparedState; readonly series: Readonly<Record<string, Vector>> } => {
  const { state, joint } = beginning(record)
  const size = jointSize(record)
  const series: Record<string, Vector> = {}
  for (const [name, method] of Object.entries(record.methods)) {
    const values = joint === null ? levelSeries(method, state.level, shapeOf(record).dimension, record.times.length)
      : seriesAt(method, joint, size, record.times.length)
    if (values !== null) series[name] = values
  }
  return { state, series }
}

/** Time average by the trapezoidal rule: output times need not be even. */
const plateauOf = (times: Vector, values: Vector): number => {
  const end = times.at(-1) ?? 0
  const from = end - (end - (times[0] ?? 0)) * LAST_PART
  // The grid point on the edge belongs to it, rounding or not.
  const first = times.findIndex((time) => time >= from - 1e-9 * Math.abs(end))
  let area = 0
  for (let index = first + 1; index < times.length; index++) {
    area += 0.5 * ((values[index] ?? 0) + (values[index - 1] ?? 0)) * ((times[index] ?? 0) - (times[index - 1] ?? 0))
  }
  const span = end - (times[first] ?? end)
  return span > 0 ? area / span : values.at(-1) ?? NaN
}

const largest = (a: Vector, b: Vector): number => a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0)

const square = (x: number): number => x * x

const rootMeanSquare = (a: Vector, b: Vector): number =>
  Math.sqrt(a.reduce((sum, value, index) => sum + square(value - (b[index] ?? NaN)), 0) / Math.max(1, a.length))

/**
 * Largest and root-mean-square deviation of every method from the exact one, and plateaus, of the population of the state the
 * run begins in. Null where there is nothing to compare: no exact method, no populations, or a run that ended early.
 */
export const summarise = (record: RunRecord): RunSummary => {
  const { state, series } = comparedPopulation(record)
  const reference = referenceOf(record)
  const exact = reference === undefined ? undefined : series[reference[0]]
  return {
    compared: {
      ...state,
      levelEnergy: record.energies[state.level] ?? NaN,
      windowEnergies: state.windows.map((window, bath) => record.baths[bath]?.windows.energies[window] ?? NaN),
    },
    reference: reference?.[0] ?? null,
    methods: Object.fromEntries(Object.entries(record.methods).map(([name, method]): [string, MethodSummary] => {
      const values = series[name]
      const comparable = exact !== undefined && values !== undefined && name !== reference?.[0] && method.status === 'ok'
      const all = reference?.[1].populations
      return [name, {
        status: method.status,
        largestDeviation: comparable ? largest(values, exact) : null,
        rootMeanSquareDeviation: comparable ? rootMeanSquare(values, exact) : null,
        largestDeviationOfAll: comparable && method.populations !== null && all !== null && all !== undefined ? largest(method.populations, all) : null,
        plateau: values === undefined || method.status !== 'ok' ? null : plateauOf(record.times, values),
      }]
    })),
  }
}
