import type { Citation, ComplexMatrix, Finding, Outcome, Planes, Status } from '@mesobath/contracts'
import { numbered, RUN_FORMAT, RUN_FORMAT_VERSION } from './encode-run.js'
import type { Group } from './internal/hdf5.js'
import { readHdf5, refuse } from './internal/hdf5.js'
import { groupOf, member, numbersOf, textOf, textsOf } from './internal/hdf5-values.js'
import { readNumbersAgain } from './internal/json-numbers.js'
import { unseal } from './internal/seal.js'
import type { BathRecord, LawVerdict, LedgerRecord, LedgerSeries, MethodRecord, Realization, RunRecord, UsedPlugin } from './run-record.js'

const arrayOf = (group: Group, name: string): Float64Array | null => {
  const object = member(group, name)
  const value = object !== null && 'value' in object ? object.value : null
  return value instanceof Float64Array ? value : null
}

const needed = <A>(value: A | null | undefined, name: string): A =>
  value ?? refuse('results/run-incomplete', [name], `a run file must hold \`${name}\`, but does not`)

const jsonOf = <A>(group: Group, name: string): A => {
  const text = needed(textOf(group, name), name)
  try {
    return JSON.parse(text) as A
  } catch {
    return refuse('results/run-incomplete', [name], `\`${name}\` must hold JSON, but does not`)
  }
}

const planesOf = (group: Group, name: string): Planes | null => {
  const re = arrayOf(group, `${name}_re`)
  return re === null ? null : { re, im: arrayOf(group, `${name}_im`) }
}

const seriesOf = (group: Group | null, prefix = ''): Readonly<Record<string, Float64Array>> => {
  const series: Record<string, Float64Array> = {}
  for (const key of group?.keys() ?? []) {
    const values = group === null ? null : arrayOf(group, key)
    if (values !== null) series[prefix + key] = values
    else if (group !== null) Object.assign(series, seriesOf(groupOf(group, key), `${prefix}${key}/`))
  }
  return series
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Every dataset below a group, a slash between the names of groups. */
const datasetsOf = (group: Group, prefix = ''): Readonly<Record<string, LedgerSeries>> => Object.fromEntries(group.keys().flatMap((key) => {
  const object = member(group, key)
  if (object === null) return []
  if ('keys' in object) return Object.entries(datasetsOf(object, `${prefix}${key}/`))
  if (!('value' in object) || !(object.value instanceof Float64Array)) return []
  const { attrs } = object
  return [[`${prefix}${key}`, { unit: asText(attrs['unit']?.value), description: asText(attrs['description']?.value), values: object.value }]]
}))

const ledgerOf = (group: Group | null): LedgerRecord | null => {
  if (group === null) return null
  const list = (name: string): unknown => readNumbersAgain(needed(textOf(group, name), `thermodynamics/${name}`))
  const order = textsOf(group, 'series_names')
  const found = datasetsOf(group)
  return {
    series: Object.fromEntries(order.map((name) => [name, needed(found[name], `thermodynamics/${name}`)])),
    laws: list('laws') as readonly LawVerdict[], findings: list('findings') as readonly Finding[],
  }
}

const marginalsOf = (group: Group, baths: number): Pick<MethodRecord, 'marginals'> => {
  const marginals = Array.from({ length: baths }, (_, index) => arrayOf(group, numbered('marginal', index, baths))).filter((each) => each !== null)
  return marginals.length === 0 ? {} : { marginals }
}

const methodOf = (group: Group, ledger: Group | null, baths: number): MethodRecord => ({
  algorithm: jsonOf<UsedPlugin>(group, 'algorithm'),
  rates: jsonOf<readonly (UsedPlugin | null)[]>(group, 'rates'),
  backend: needed(textOf(group, 'backend'), 'backend'),
  status: needed(textOf(group, 'status'), 'status') as Status,
  validity: jsonOf<readonly Finding[]>(group, 'validity'),
  populations: arrayOf(group, 'populations'),
  populationRates: arrayOf(group, 'population_rates'),
  ...marginalsOf(group, baths),
  systemStates: planesOf(group, 'system_states'),
  conditionalStates: planesOf(group, 'conditional_states'),
  observables: seriesOf(groupOf(group, 'observables')),
  scalars: seriesOf(groupOf(group, 'scalars')),
  thermodynamics: ledgerOf(ledger),
})

const realizationOf = (group: Group): Realization => {
  const energies = needed(arrayOf(group, 'energies'), 'realization/energies')
  const window = member(group, 'window')
  const couplings: ComplexMatrix[] = []
  const names = group.keys().includes('coupling_re') ? ['coupling'] : Array.from({ length: group.keys().length }, (_, index) => `coupling_${index}`)
  for (const name of names) {
    const re = arrayOf(group, `${name}_re`)
    const im = arrayOf(group, `${name}_im`)
    if (re === null) break
    couplings.push({ rows: energies.length, columns: energies.length, re, im: im !== null && im.some((value) => value !== 0) ? im : null })
  }
  return {
    label: needed(textOf(group, 'bath'), 'realization.bath'),
    energies,
    window: needed(window !== null && 'value' in window ? window.value as Int32Array : null, 'realization/window'),
    couplings: couplings.length === 0 ? null : couplings,
    seed: numbersOf(group, 'seed')?.[0] ?? null,
    hash: textOf(group, 'hash'),
  }
}

const realizationsOf = (group: Group | null): readonly Realization[] => {
  if (group === null) return []
  if (textOf(group, 'bath') !== null) return [realizationOf(group)]
  return group.keys().flatMap((key) => {
    const each = groupOf(group, key)
    return each === null ? [] : [realizationOf(each)]
  })
}

const citationOf = (bibtex: string): Citation => ({ key: /@\w+\s*\{\s*([^,\s]+)/.exec(bibtex)?.[1] ?? '', bibtex })

const readRecord = (file: Group): RunRecord => {
  if (textOf(file, 'format') !== RUN_FORMAT) refuse('results/not-a-run', [], `the file must be a run that was written here (format ${RUN_FORMAT}), but is another HDF5 file`)
  const version = numbersOf(file, 'format_version')?.[0]
  if (version !== RUN_FORMAT_VERSION) {
    const newer = version !== undefined && version > RUN_FORMAT_VERSION ? ': a newer program wrote it, and this one must be updated to read it' : ''
    refuse('results/run-version', [], `the run file must have format version ${RUN_FORMAT_VERSION}, but has ${version}${newer}`)
  }
  const labels = textsOf(file, 'baths')
  const plugins = jsonOf<readonly UsedPlugin[]>(file, 'bath_models')
  const baths = labels.map((label, index): BathRecord => {
    const numbers = (name: string): Float64Array => needed(numbersOf(file, numbered(name, index, labels.length)), name)
    return {
      label,
      windows: { energies: numbers('windows'), logVolumes: numbers('log_volumes'), width: numbers('window_width')[0] ?? NaN },
      plugin: needed(plugins[index], 'bath_models'),
    }
  })
  const sides = member(file, 'sides')
  const methods = needed(groupOf(file, 'methods'), 'methods')
  const shelf = groupOf(file, 'thermodynamics')
  return {
    scenario: textOf(file, 'scenario'),
    baths,
    times: needed(arrayOf(file, 'times'), 'times'),
    sides: Array.from(needed(sides !== null && 'value' in sides ? sides.value as Uint8Array : null, 'sides'), (side) => (side === 1 ? 'after' : 'before')),
    energies: needed(arrayOf(file, 'level_energies'), 'level_energies'),
    strengths: needed(arrayOf(file, 'strengths'), 'strengths'),
    methods: Object.fromEntries(textsOf(file, 'method_names').map((name) => [name, methodOf(needed(groupOf(methods, name), `methods/${name}`), shelf === null ? null : groupOf(shelf, name), labels.length)])),
    realizations: realizationsOf(groupOf(file, 'realization')),
    versions: jsonOf(file, 'versions'),
    environment: jsonOf(file, 'environment'),
    citations: textsOf(file, 'citations').map(citationOf),
  }
}

/**
 * The bytes of a run file → the record it holds.
 *
 * Issues: `results/not-hdf5` (foreign or truncated), `results/not-a-run`, `results/run-version`, `results/run-incomplete`,
 * `results/run-damaged` where its digest does not match.
 */
export const decodeRun = async (bytes: Uint8Array): Promise<Outcome<RunRecord>> => {
  const whole = await unseal(bytes)
  return whole._tag === 'Left' ? whole : readHdf5(whole.right, readRecord)
}
