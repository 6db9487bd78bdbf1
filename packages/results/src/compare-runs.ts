import type { Vector } from '@mesobath/contracts'
import type { MethodRecord, RunRecord } from './run-record.js'

/** How far one quantity of a method moved. */
export interface QuantityDifference {
  /** `populations`, `observables/<name>`, … */
  readonly quantity: string
  /** Largest |after − before|; null where one of them does not hold it or has another shape. */
  readonly largest: number | null
  /** Whether every number is the same to the last bit. */
  readonly identical: boolean
}

/** How far one method moved. */
export interface MethodDifference {
  readonly quantities: readonly QuantityDifference[]
  readonly backends: readonly [before: string, after: string]
  readonly identical: boolean
}

/** A run against its repetition. */
export interface RunDifference {
  /** By name; null where only one of the runs has the method. */
  readonly methods: Readonly<Record<string, MethodDifference | null>>
  /** Packages whose version is not the same: null where a run did not use it. */
  readonly versions: Readonly<Record<string, readonly [before: string | null, after: string | null]>>
  /** Whether every number of every method is the same to the last bit, whatever the versions. */
  readonly identical: boolean
}

/** Equal numbers, and NaN with NaN: it stands where a run did not say. */
const same = (a: number, b: number | undefined): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

const allSame = (a: Vector, b: Vector): boolean => a.length === b.length && a.every((value, index) => same(value, b[index]))

const distance = (a: number, b: number): number => (same(a, b) ? 0 : Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Infinity)

const difference = (quantity: string, before: Vector | undefined, after: Vector | undefined): QuantityDifference => {
  if (before === undefined || after === undefined || before.length !== after.length) return { quantity, largest: null, identical: false }
  let largest = 0
  for (let index = 0; index < before.length; index++) largest = Math.max(largest, distance(before[index]!, after[index]!))
  return { quantity, largest, identical: allSame(before, after) }
}

const quantitiesOf = (method: MethodRecord): Readonly<Record<string, Vector>> => {
  const named = (prefix: string, series: Readonly<Record<string, Vector>>) => Object.entries(series).map(([name, values]) => [`${prefix}/${name}`, values] as const)
  const ledger = Object.fromEntries(Object.entries(method.thermodynamics?.series ?? {}).map(([name, { values }]) => [name, values]))
  return Object.fromEntries([
    ...(method.populations === null ? [] : [['populations', method.populations] as const]),
    ...(method.marginals ?? []).map((values, bath) => [`marginal_${bath + 1}`, values] as const),
    ...(method.systemStates === null ? [] : [['system_states_re', method.systemStates.re] as const]),
    // A plane of zeros may be left out of a file.
    ...(method.systemStates === null ? [] : [['system_states_im', method.systemStates.im ?? new Float64Array(method.systemStates.re.length)] as const]),
    ...named('observables', method.observables), ...named('scalars', method.scalars), ...named('thermodynamics', ledger),
  ])
}

const keysOf = (...records: readonly Readonly<Record<string, unknown>>[]): readonly string[] => [...new Set(records.flatMap((record) => Object.keys(record)))]

const methodDifference = (before: MethodRecord, after: MethodRecord): MethodDifference => {
  const [old, now] = [quantitiesOf(before), quantitiesOf(after)]
  const quantities = keysOf(old, now).map((name) => difference(name, old[name], now[name]))
  return { quantities, backends: [before.backend, after.backend], identical: quantities.every(({ identical }) => identical) }
}

/** Compares a run with its repetition, quantity by quantity: what moved, by how much, and which packages changed in between. */
export const compareRuns = (before: RunRecord, after: RunRecord): RunDifference => {
  const methods = Object.fromEntries(keysOf(before.methods, after.methods).map((name) => {
    const [old, now] = [before.methods[name], after.methods[name]]
    return [name, old === undefined || now === undefined ? null : methodDifference(old, now)]
  }))
  const times = allSame(before.times, after.times)
  return {
    methods,
    versions: Object.fromEntries(keysOf(before.versions, after.versions)
      .map((name) => [name, [before.versions[name] ?? null, after.versions[name] ?? null]] as const).filter(([, [old, now]]) => old !== now)),
    identical: times && Object.values(methods).every((each) => each?.identical === true),
  }
}
