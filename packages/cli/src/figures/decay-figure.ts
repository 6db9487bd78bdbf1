import { succeed } from '@mesobath/contracts'
import { pageFigure } from '@mesobath/figures'
import type { Curve, Panel } from '@mesobath/figures'
import { cell } from '../internal/report.js'
import { comparedName, curvesOf } from '../write-output.js'
import type { RunReport } from '../write-output.js'
import type { AtlasFigure, FigureFile, FigureOptions, FigurePanel, PanelOutcome } from './atlas-figure.js'
import { check, checkMedian, median } from './checks.js'
import type { Check, Expectation } from './checks.js'
import { decayScenario, memorySpan, relaxationSpan } from './decay-scenario.js'

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
  /** End of the runs; a number of relaxation times of each row unless told. */
  readonly until?: number
  readonly rows: readonly DecayRow[]
  /** What must come out with fewer levels. */
  readonly reduced: readonly DecayRow[]
  readonly remarks?: readonly string[]
}

/** Volumes this large are divided by it in a reduced figure; λ² grows as much, so that rates stay. */
const SHRINK = 5
const SMALLEST_SHRUNK = 100
/** Realisations of baths of fewer levels differ by a factor of two: what is compared is the median over so many consecutive seeds. */
export const REALISATIONS = 9
/** Runs last so many relaxation times, or so many times the memory of the bath, 2π/δ, where populations relax before the bath forgets. */
const RELAXATION_TIMES = 8
const MEMORY_TIMES = 3
/** What is drawn of a run that lasts for the memory's sake: the transient would be a corner of the whole. */
const SHOWN_MEMORY_TIMES = 1.5
/** Output intervals; a bath of few levels brings its oscillations back, and needs more to show them. */
const INTERVALS = 120
const REDUCED_INTERVALS = 60
const DENSER = 3

const OTHER_SEEDS = { name: 'other-seeds', label: 'exact, other seeds', style: { colour: '#9dbfe0', width: 0.7, dash: [], marker: null, order: -1 } } as const

const isLarge = (volumes: readonly [number, number]): boolean => Math.min(...volumes) >= SMALLEST_SHRUNK

const NAMES: Readonly<Record<Measure, string>> = {
  'finite-time-redfield': 'finite-time Redfield', markov: 'Markov', 'born-markov-secular': 'Born–Markov–secular', plateau: 'plateau of exact',
}

const measured = (report: RunReport | undefined, measure: Measure): number =>
  (measure === 'plateau' ? report?.methods['exact']?.plateau : report?.methods[measure]?.largestDeviation) ?? NaN

const rounded = (value: number): number => Number(value.toPrecision(6))

/** A row as it is run. */
interface Setting {
  readonly volumes: readonly [number, number]
  readonly strength: number
  readonly until: number
  /** End of what is drawn. */
  readonly shown: number
  readonly points: number
}

const settingOf = (figure: DecayFigure, row: DecayRow, reduced: boolean): Setting => {
  const shrunk = reduced && isLarge(row.volumes)
  const volumes: readonly [number, number] = shrunk ? [row.volumes[0] / SHRINK, row.volumes[1] / SHRINK] : row.volumes
  const strength = figure.strength * (shrunk ? Math.sqrt(SHRINK) : 1)
  const relaxed = relaxationSpan(RELAXATION_TIMES, strength, volumes)
  return {
    volumes, strength,
    until: figure.until ?? rounded(Math.max(relaxed, memorySpan(MEMORY_TIMES))),
    shown: figure.until ?? rounded(Math.max(relaxed, memorySpan(SHOWN_MEMORY_TIMES))),
    points: (reduced ? REDUCED_INTERVALS : INTERVALS) * (isLarge(row.volumes) ? 1 : DENSER) + 1,
  }
}

const panelName = ({ volumes }: DecayRow, column: ColumnName): string => `${volumes[0]}-${volumes[1]}-${column}`
const repeatName = (panel: string, seed: number): string => `realisations/${panel}-seed-${seed}`

/** The seeds after the one asked for of which a panel's statistics are made; none where one realisation says enough. */
const furtherSeeds = (row: DecayRow, column: ColumnName, seed: number): readonly number[] =>
  (isLarge(row.volumes) || row.expected[column] === undefined ? [] : Array.from({ length: REALISATIONS - 1 }, (_, i) => seed + 1 + i))

/** A figure of decays: Figs. 2 and 7 to 9. */
export const decayFigure = (figure: DecayFigure): AtlasFigure => {
  const rowsOf = (reduced: boolean): readonly DecayRow[] => (reduced ? figure.reduced : figure.rows)
  const places = figure.rows.flatMap((row, index) => COLUMNS.map((column, at) => ({ row, index, column, at })))
  /** What the statistics of one place are made of: the panel itself, then its other realisations. */
  const seriesOf = (row: DecayRow, column: ColumnName, { seed, reduced }: FigureOptions): readonly string[] => {
    const own = panelName(row, column)
    const checked = rowsOf(reduced).find(({ volumes }) => volumes.join() === row.volumes.join())
    return [own, ...(checked === undefined ? [] : furtherSeeds(checked, column, seed).map((each) => repeatName(own, each)))]
  }
  const panels = (options: FigureOptions): readonly FigurePanel[] => {
    const all = places.map(({ row, column }) => {
      const { shown: _, ...setting } = settingOf(figure, row, options.reduced)
      const name = panelName(row, column.name)
      const title = `V = ${setting.volumes[0]}/${setting.volumes[1]}, ${column.title}`
      const scenario = (seed: number, methods?: readonly string[]) =>
        decayScenario({ ...setting, spectrum: column.spectrum, fill: column.fill, seed, ...(methods === undefined ? {} : { methods }) })
      return {
        own: { name, title, scenario: scenario(options.seed) },
        further: seriesOf(row, column.name, options).slice(1).map((repeat, i): FigurePanel =>
          ({ name: repeat, title: `${title}, seed ${options.seed + 1 + i}`, scenario: scenario(options.seed + 1 + i, ['exact', 'finite-time-redfield']), repeats: name })),
      }
    })
    return [...all.map(({ own }) => own), ...all.flatMap(({ further }) => further)]
  }
  const draw: AtlasFigure['draw'] = async (results, options) => {
    const outcomes = new Map(panels(options).map(({ name }, index) => [name, results[index] as PanelOutcome]))
    const outcome = (name: string): PanelOutcome => outcomes.get(name) as PanelOutcome
    const drawn = places.map(({ index, at, row, column }): Panel => {
      const [own = '', ...further] = seriesOf(row, column.name, options)
      const { record, report } = outcome(own)
      const others = further.map((each): Curve => ({ ...(curvesOf(outcome(each).record).find(({ name }) => name === 'exact') as Curve), ...OTHER_SEEDS }))
      const deviation = measured(report, 'finite-time-redfield')
      return {
        title: report.title ?? own, row: index, column: at, curves: [...curvesOf(record), ...others],
        notes: [`Redfield within ${cell(deviation, 3)}`, ...(others.length === 0 ? [] : [
          `median of ${REALISATIONS} seeds ${cell(median([deviation, ...further.map((each) => measured(outcome(each).report, 'finite-time-redfield'))]), 3)}`])],
        xRange: [0, settingOf(figure, row, options.reduced).shown], yRange: [0, 1],
      }
    })
    const first = results[0]?.report
    const svg = await pageFigure({
      columns: COLUMNS.length, panels: drawn, yRange: [0, 1], ...(first === undefined ? {} : { yTitle: comparedName(first) }),
      ...(figure.until === undefined && figure.rows.length > 1 ? { ownAxes: true, panelHeight: 165, panelWidth: 235 } : {}),
    })
    if (svg._tag === 'Left') return svg
    const checks = rowsOf(options.reduced).flatMap((row) => Object.entries(row.expected).flatMap(([column, measures]) => {
      const series = seriesOf(row, column as ColumnName, options)
      const title = outcome(series[0] as string).report.title ?? series[0]
      return Object.entries(measures).map(([measure, expectation]): Check => {
        const values = series.map((each) => measured(outcome(each).report, measure as Measure))
        const quantity = `${title}: ${NAMES[measure as Measure]}${measure === 'plateau' ? '' : ', largest deviation from exact'}`
        return values.length === 1
          ? check(quantity, values[0] ?? NaN, expectation)
          : checkMedian(`${quantity}, median of seeds ${options.seed} to ${options.seed + values.length - 1}`, values, expectation)
      })
    }))
    const files: FigureFile[] = checks.some(({ realisations }) => realisations !== undefined)
      ? [{ name: 'realisations.csv', bytes: `quantity,seed,value\n${checks.flatMap(({ quantity, realisations = [] }) => realisations.map((value, i) => `"${quantity}",${options.seed + i},${value}\n`)).join('')}` }]
      : []
    return succeed({ svg: svg.right, checks, remarks: figure.remarks ?? [], files })
  }
  return { name: figure.name, title: figure.title, claim: figure.claim, seed: 1, panels, draw }
}
