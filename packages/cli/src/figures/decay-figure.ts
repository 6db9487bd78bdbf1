import { succeed } from '@mesobath/contracts'
import { pageFigure } from '@mesobath/figures'
import type { Panel } from '@mesobath/figures'
import { cell } from '../internal/report.js'
import { comparedName, curvesOf } from '../write-output.js'
import type { RunReport } from '../write-output.js'
import type { AtlasFigure, FigureOptions, FigurePanel, PanelOutcome } from './atlas-figure.js'
import { check } from './checks.js'
import type { Check, Expectation } from './checks.js'
import { decayScenario, relaxationSpan } from './decay-scenario.js'

const COLUMNS = [
  { name: 'regular', spectrum: 'regular', fill: 1, title: 'regular levels' },
  { name: 'random', spectrum: 'random', fill: 1, title: 'random levels' },
  { name: 'half', spectrum: 'random', fill: 0.5, title: 'half-filled window' },
] as const

export type ColumnName = (typeof COLUMNS)[number]['name']

/** What is measured of one panel: the largest deviation of a method from exact, or the exact plateau. */
export type Measure = 'finite-time-redfield' | 'markov' | 'born-markov-secular' | 'plateau'

/** One row: volumes, and what must come out in which column. */
export interface DecayRow {
  readonly volumes: readonly [number, number]
  readonly expected: Readonly<Partial<Record<ColumnName, Readonly<Partial<Record<Measure, Expectation>>>>>>
}

/** A page of decays with the columns of Fig. 2. */
export interface DecayFigure {
  readonly name: string
  readonly title: string
  readonly claim: string
  readonly strength: number
  /** End of the run; a number of relaxation times of each row unless told. */
  readonly until?: number
  /** 8 unless told. */
  readonly relaxationTimes?: number
  readonly rows: readonly DecayRow[]
  /** What must come out with fewer levels. */
  readonly reduced: readonly DecayRow[]
  readonly remarks?: (reports: Readonly<Record<string, RunReport>>) => readonly string[]
}

/** Volumes this large are divided by it in a reduced figure; λ² grows as much, so that rates stay. */
const SHRINK = 5
const SMALLEST_SHRUNK = 100
const RELAXATION_TIMES = 8
/** Output intervals; a bath of few levels brings its oscillations back, and needs more to show them. */
const INTERVALS = 120
const REDUCED_INTERVALS = 60
const DENSER = 3

const isLarge = (volumes: readonly [number, number]): boolean => Math.min(...volumes) >= SMALLEST_SHRUNK

const NAMES: Readonly<Record<Measure, string>> = {
  'finite-time-redfield': 'finite-time Redfield', markov: 'Markov', 'born-markov-secular': 'Born–Markov–secular', plateau: 'plateau of exact',
}

const measured = (report: RunReport, measure: Measure): number =>
  (measure === 'plateau' ? report.methods['exact']?.plateau : report.methods[measure]?.largestDeviation) ?? NaN

const noteOf = (report: RunReport): readonly string[] => {
  const deviation = report.methods['finite-time-redfield']?.largestDeviation ?? null
  return deviation === null ? [] : [`Redfield within ${cell(deviation, 3)}`]
}

/** A figure of decays: Figs. 2 and 7 to 9. */
export const decayFigure = (figure: DecayFigure): AtlasFigure => {
  const rowsOf = (reduced: boolean): readonly DecayRow[] => (reduced ? figure.reduced : figure.rows)
  const places = figure.rows.flatMap((row, index) => COLUMNS.map((column, at) => ({ row, index, column, at })))
  const panelName = ({ volumes }: DecayRow, column: ColumnName): string => `${volumes[0]}-${volumes[1]}-${column}`
  return {
    name: figure.name, title: figure.title, claim: figure.claim, seed: 1,
    panels: ({ seed, reduced }: FigureOptions): readonly FigurePanel[] => places.map(({ row, column }) => {
      const shrunk = reduced && isLarge(row.volumes)
      const volumes: readonly [number, number] = shrunk ? [row.volumes[0] / SHRINK, row.volumes[1] / SHRINK] : row.volumes
      const strength = figure.strength * (shrunk ? Math.sqrt(SHRINK) : 1)
      return {
        name: panelName(row, column.name), title: `V = ${volumes[0]}/${volumes[1]}, ${column.title}`,
        scenario: decayScenario({
          volumes, spectrum: column.spectrum, fill: column.fill, seed, strength, until: figure.until ?? Number(relaxationSpan(figure.relaxationTimes ?? RELAXATION_TIMES, strength, volumes).toPrecision(6)),
          points: (reduced ? REDUCED_INTERVALS : INTERVALS) * (isLarge(row.volumes) ? 1 : DENSER) + 1,
        }),
      }
    }),
    draw: async (results: readonly PanelOutcome[], { reduced }: FigureOptions) => {
      const drawn = places.map(({ index, at, row, column }, position): Panel => {
        const { record, report } = results[position] as PanelOutcome
        return {
          title: report.title ?? panelName(row, column.name), row: index, column: at, curves: curvesOf(record), notes: noteOf(report),
          xRange: [0, record.times.at(-1) ?? 1], yRange: [0, 1],
        }
      })
      const first = results[0]?.report
      const svg = await pageFigure({
        columns: COLUMNS.length, panels: drawn, yRange: [0, 1], ...(first === undefined ? {} : { yTitle: comparedName(first) }),
        ...(figure.until === undefined && figure.rows.length > 1 ? { ownAxes: true, panelHeight: 165, panelWidth: 235 } : {}),
      })
      if (svg._tag === 'Left') return svg
      const reports = Object.fromEntries(places.map(({ row, column }, position) => [panelName(row, column.name), (results[position] as PanelOutcome).report]))
      const checks = rowsOf(reduced).flatMap((row) => Object.entries(row.expected).flatMap(([column, measures]) =>
        Object.entries(measures).map(([measure, expectation]): Check => {
          const report = reports[panelName(row, column as ColumnName)]
          const title = report?.title ?? panelName(row, column as ColumnName)
          return check(`${title}: ${NAMES[measure as Measure]}${measure === 'plateau' ? '' : ', largest deviation from exact'}`,
            report === undefined ? NaN : measured(report, measure as Measure), expectation)
        })))
      return succeed({ svg: svg.right, checks, remarks: figure.remarks?.(reports) ?? [] })
    },
  }
}
