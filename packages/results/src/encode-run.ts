import { succeed } from '@mesobath/contracts'
import type { Outcome, Planes, Trajectory } from '@mesobath/contracts'
import type { Group } from './internal/hdf5.js'
import { writeHdf5 } from './internal/hdf5.js'
import { annotate, writeArray } from './internal/hdf5-values.js'
import { recordRun } from './record-run.js'
import { seedOf, shapeOf } from './run-record.js'
import { writeNumbers } from './internal/json-numbers.js'
import { seal } from './internal/seal.js'
import type { LedgerRecord, MethodRecord, Realization, RunRecord } from './run-record.js'

/** Raised when an old reader would misread a new file. */
export const RUN_FORMAT = 'mesobath-run'
export const RUN_FORMAT_VERSION = 1

/** `windows` with one bath, `windows_1`, `windows_2`, … with several. */
export const numbered = (name: string, index: number, count: number): string => (count === 1 ? name : `${name}_${index + 1}`)

const writePlanes = (group: Group, name: string, planes: Planes | null, shape: readonly number[]): void => {
  if (planes === null) return
  writeArray(group, `${name}_re`, planes.re, shape)
  if (planes.im !== null) writeArray(group, `${name}_im`, planes.im, shape)
}

/** Series [T] by name in a group of their own; none where there are none. */
const writeSeries = (parent: Group, folder: string, series: Readonly<Record<string, Float64Array>>): void => {
  const entries = Object.entries(series)
  if (entries.length > 0) writeInto(parent.create_group(folder), entries, () => undefined)
}

/** A slash in a name makes a group, as HDF5 has it. */
const writeInto = (root: Group, entries: readonly (readonly [string, Float64Array])[], tell: (dataset: ReturnType<typeof writeArray>, name: string) => void): void => {
  const groups = new Map<string, Group>([['', root]])
  for (const [name, values] of entries) {
    const parts = name.split('/')
    let path = ''
    let group = root
    for (const part of parts.slice(0, -1)) {
      path = `${path}/${part}`
      group = groups.get(path) ?? group.create_group(part)
      groups.set(path, group)
    }
    tell(writeArray(group, parts.at(-1) ?? name, values, [values.length]), name)
  }
}

const writeMethod = (parent: Group, name: string, method: MethodRecord, record: RunRecord): void => {
  const { dimension, counts } = shapeOf(record)
  const samples = record.times.length
  const group = parent.create_group(name)
  annotate(group, 'algorithm', JSON.stringify(method.algorithm))
  annotate(group, 'rates', JSON.stringify(method.rates))
  annotate(group, 'backend', method.backend)
  annotate(group, 'status', method.status)
  annotate(group, 'validity', JSON.stringify(method.validity))
  const joint = [samples, dimension, ...counts]
  if (method.populations !== null) {
    const populations = writeArray(group, 'populations', method.populations, joint)
    populations.create_attribute('axes', ['time', 'level', ...counts.map((_, index) => numbered('window', index, counts.length))], [joint.length], 'S')
  }
  if (method.populationRates !== null) writeArray(group, 'population_rates', method.populationRates, joint)
  method.marginals?.forEach((values, index) => { writeArray(group, numbered('marginal', index, counts.length), values, [samples, counts[index] ?? 0]) })
  writePlanes(group, 'system_states', method.systemStates, [samples, dimension, dimension])
  writePlanes(group, 'conditional_states', method.conditionalStates, [samples, ...counts, dimension, dimension])
  writeSeries(group, 'observables', method.observables)
  writeSeries(group, 'scalars', method.scalars)
}

const writeLedger = (group: Group, { series, laws, findings }: LedgerRecord): void => {
  writeInto(group, Object.entries(series).map(([name, { values }]) => [name, values]), (dataset, name) => {
    dataset.create_attribute('unit', series[name]?.unit ?? '', [], 'S')
    dataset.create_attribute('description', series[name]?.description ?? '', [], 'S')
  })
  annotate(group, 'series_names', Object.keys(series))
  annotate(group, 'laws', writeNumbers(laws))
  annotate(group, 'findings', writeNumbers(findings))
}

const writeRealization = (group: Group, realization: Realization): void => {
  const { energies, window, couplings, seed, hash } = realization
  const count = energies.length
  annotate(group, 'bath', realization.label)
  writeArray(group, 'energies', energies, [count])
  writeArray(group, 'window', window, [count])
  if (seed !== null) annotate(group, 'seed', Float64Array.of(seed))
  if (hash !== null) annotate(group, 'hash', hash)
  couplings?.forEach(({ re, im }, index) => {
    const name = couplings.length === 1 ? 'coupling' : `coupling_${index}`
    writeArray(group, `${name}_re`, re, [count, count])
    writeArray(group, `${name}_im`, im ?? new Float64Array(count * count), [count, count])
  })
}

const writeRecord = (file: Group, record: RunRecord): void => {
  const { baths, times } = record
  const { dimension } = shapeOf(record)
  annotate(file, 'format', RUN_FORMAT)
  annotate(file, 'format_version', Float64Array.of(RUN_FORMAT_VERSION))
  annotate(file, 'energies', record.energies.slice(0, dimension))
  annotate(file, 'baths', baths.map((bath) => bath.label))
  baths.forEach(({ windows }, index) => {
    annotate(file, numbered('windows', index, baths.length), windows.energies)
    annotate(file, numbered('log_volumes', index, baths.length), windows.logVolumes)
    annotate(file, numbered('window_width', index, baths.length), Float64Array.of(windows.width))
  })
  annotate(file, 'bath_models', JSON.stringify(baths.map((bath) => bath.plugin)))
  const seeds = baths.map((bath) => seedOf(bath.plugin))
  if (seeds.some((seed) => seed !== null)) annotate(file, 'seed', Float64Array.from(seeds, (seed) => seed ?? NaN))
  if (record.scenario !== null) annotate(file, 'scenario', record.scenario)
  annotate(file, 'versions', JSON.stringify(record.versions))
  annotate(file, 'environment', JSON.stringify(record.environment))
  annotate(file, 'citations', record.citations.map((citation) => citation.bibtex))
  annotate(file, 'method_names', Object.keys(record.methods))
  writeArray(file, 'times', times, [times.length])
  writeArray(file, 'sides', Uint8Array.from(record.sides, (side) => (side === 'after' ? 1 : 0)), [times.length])
  writeArray(file, 'level_energies', record.energies, [times.length, dimension])
  writeArray(file, 'strengths', record.strengths, [times.length, baths.length])
  const methods = file.create_group('methods')
  for (const [name, method] of Object.entries(record.methods)) writeMethod(methods, name, method, record)
  const ledgers = Object.entries(record.methods).flatMap(([name, { thermodynamics }]) => (thermodynamics === null ? [] : [{ name, thermodynamics }]))
  const shelf = ledgers.length === 0 ? null : file.create_group('thermodynamics')
  for (const { name, thermodynamics } of ledgers) if (shelf !== null) writeLedger(shelf.create_group(name), thermodynamics)
  if (record.realizations.length === 0) return
  const group = file.create_group('realization')
  for (const realization of record.realizations) {
    writeRealization(record.realizations.length === 1 ? group : group.create_group(realization.label), realization)
  }
}

const isRecord = (run: RunRecord | Trajectory): run is RunRecord => 'methods' in run

/**
 * A record of several methods, or one trajectory, → the bytes of an HDF5 file. Works wherever WebAssembly does.
 *
 * `/times` [T], `/methods/<name>/populations` [T, level, window₁ … windowₙ], states, observables and scalars beside it,
 * `/thermodynamics/<name>/<series>` [T] where it was asked for, `/realization` where the record has one; energies, windows, scenario, versions, seed and citations as attributes of `/`.
 * Behind the end of the HDF5 file stands a line with its SHA-256, so that a reader can tell what was damaged. Issues: those of `recordRun`.
 */
export const encodeRun = async (run: RunRecord | Trajectory): Promise<Outcome<Uint8Array>> => {
  const record = isRecord(run) ? succeed(run) : await recordRun({ [run.frame.algorithm.name]: run })
  if (record._tag === 'Left') return record
  const bytes = await writeHdf5((file) => writeRecord(file, record.right))
  return bytes._tag === 'Left' ? bytes : succeed(await seal(bytes.right))
}
