import { join } from 'node:path'
import { orThrow, succeed } from '@mesobath/contracts'
import type { Cancellation, Finding, Outcome } from '@mesobath/contracts'
import { ledgerFigure, populationsFigure, samplingBand } from '@mesobath/figures'
import type { Curve } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { bibliography, comparedPopulation, encodeRun, marginalsCsv, populationsCsv, summarise, thermodynamicsCsv } from '@mesobath/results'
import type { LawVerdict, MethodSummary, RunRecord, RunSummary } from '@mesobath/results'
import { writeFiles } from '@mesobath/results/node'
import type { FileContent } from '@mesobath/results/node'
import { driveShades } from './internal/shades.js'
import { CANCELLED, done, failed } from './internal/run-end.js'
import type { RunEnd } from './internal/run-end.js'

/** Pixels across a page of print at 200 dpi. */
const PICTURE_WIDTH = 1400
/** Four panels abreast. */
const LEDGER_WIDTH = 2600

/** What `summary.json` holds. */
export interface RunReport extends Omit<RunSummary, 'methods'> {
  readonly title?: string
  readonly methods: Readonly<Record<string, MethodSummary & { readonly wallTime: number | null; readonly backend: string }>>
  readonly validity: Readonly<Record<string, readonly Finding[]>>
  /** Which laws held, by method; empty where no ledger was kept. */
  readonly laws: Readonly<Record<string, readonly LawVerdict[]>>
  readonly versions: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
}

/** A record and where it goes. */
export interface OutputRequest {
  readonly folder: string
  readonly record: RunRecord
  /** Wall time of each method in seconds. */
  readonly seconds: Readonly<Record<string, number>>
  readonly signal: Cancellation
  readonly title?: string
}

const reportOf = ({ record, seconds, title }: OutputRequest): RunReport => {
  const summary = summarise(record)
  return {
    ...(title === undefined ? {} : { title }),
    ...summary,
    methods: Object.fromEntries(Object.entries(summary.methods).map(([name, each]) =>
      [name, { ...each, wallTime: seconds[name] ?? null, backend: record.methods[name]?.backend ?? 'none' }])),
    validity: Object.fromEntries(Object.entries(record.methods).map(([name, method]) => [name, [...method.validity, ...method.thermodynamics?.findings ?? []]])),
    laws: Object.fromEntries(Object.entries(record.methods).flatMap(([name, { thermodynamics }]) => (thermodynamics === null ? [] : [[name, thermodynamics.laws]]))),
    versions: record.versions,
    environment: record.environment,
  }
}

/** The compared population of every method as curves, styled by the method and named by its label, with a band where it was sampled. */
export const curvesOf = (record: RunRecord): readonly Curve[] => {
  const { state, series } = comparedPopulation(record)
  return Object.entries(series).map(([name, values]) => {
    const band = orThrow(samplingBand(record.methods[name]!.scalars, state))
    return { name, times: Array.from(record.times), values: Array.from(values), ...(band === null ? {} : { band }) }
  })
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉'
const subscript = (index: number): string => String(index).replace(/\d/g, (digit) => SUBSCRIPTS[Number(digit)] ?? digit)

/** The name of the compared population, for the axis of a figure. */
export const comparedName = ({ compared: { level, windowEnergies } }: Pick<RunSummary, 'compared'>): string => {
  const windows = windowEnergies.map((energy, bath) => `E${windowEnergies.length === 1 ? '' : subscript(bath + 1)} = ${Number(energy.toPrecision(6))}`)
  return `probability p(${[`ε${subscript(level)}`, ...windows].join(', ')})`
}

/** JSON for people: indented, with a newline at its end; what JSON has no number for becomes null. */
export const readable = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** What a ledger leaves: thermodynamics.csv and a figure; nothing where none was kept. */
const ledgerFiles = async ({ folder, record, title }: OutputRequest): Promise<Outcome<readonly FileContent[]>> => {
  const csv = thermodynamicsCsv(record)
  if (csv === null) return succeed([])
  const ledgers = Object.entries(record.methods).flatMap(([name, { thermodynamics }]) => (thermodynamics === null ? [] : [{
    name, times: record.times, series: Object.fromEntries(Object.entries(thermodynamics.series).map(([key, { values }]) => [key, values])),
  }]))
  const svg = await ledgerFigure({
    ledgers, baths: record.baths.map(({ label }) => label), shades: driveShades(record), ...(title === undefined ? {} : { title }),
  })
  if (svg._tag === 'Left') return svg
  const png = rasterise(svg.right, { width: LEDGER_WIDTH })
  if (png._tag === 'Left') return png
  return succeed([
    { path: join(folder, 'thermodynamics.csv'), bytes: csv },
    { path: join(folder, 'thermodynamics.svg'), bytes: svg.right },
    { path: join(folder, 'thermodynamics.png'), bytes: png.right },
  ])
}

/**
 * Writes the results of a run into a folder: run.h5, populations.csv (or marginals.csv), figure.svg, figure.png, summary.json,
 * scenario.yaml and citations.bib, and where a ledger was kept thermodynamics.csv, .svg and .png: all of them or none, replacing what is there.
 */
export const writeOutput = async (request: OutputRequest): Promise<RunEnd<RunReport>> => {
  const { folder, record, signal, title } = request
  const report = reportOf(request)
  const bytes = await encodeRun(record)
  if (bytes._tag === 'Left') return failed(bytes.left)
  const svg = await populationsFigure({ curves: curvesOf(record), yTitle: comparedName(report), shades: driveShades(record), ...(title === undefined ? {} : { title }) })
  if (svg._tag === 'Left') return failed(svg.left)
  const png = rasterise(svg.right, { width: PICTURE_WIDTH })
  if (png._tag === 'Left') return failed(png.left)
  const books = await ledgerFiles(request)
  if (books._tag === 'Left') return failed(books.left)
  const marginals = marginalsCsv(record)
  const written = await writeFiles([
    ...books.right,
    { path: join(folder, 'run.h5'), bytes: bytes.right },
    ...(Object.values(record.methods).some(({ populations }) => populations !== null) ? [{ path: join(folder, 'populations.csv'), bytes: populationsCsv(record) }] : []),
    ...(marginals === null ? [] : [{ path: join(folder, 'marginals.csv'), bytes: marginals }]),
    { path: join(folder, 'figure.svg'), bytes: svg.right },
    { path: join(folder, 'figure.png'), bytes: png.right },
    { path: join(folder, 'summary.json'), bytes: readable(report) },
    { path: join(folder, 'citations.bib'), bytes: bibliography(record.citations) },
    ...(record.scenario === null ? [] : [{ path: join(folder, 'scenario.yaml'), bytes: record.scenario }]),
  ], signal)
  if (written._tag === 'Left') return failed(written.left)
  return written.right ? done(report) : CANCELLED
}
