import type { Outcome } from '@mesobath/contracts'
import type { Curve, Panel } from './curve.js'
import type { LineStyle } from './line-style.js'
import { pageFigure } from './page-figure.js'

/** The thermodynamic ledger of one run as series by name [T], named as `thermodynamicsTable` of `@mesobath/thermodynamics` names them. */
export interface DrawnLedger {
  /** Stands above the panels of this run: the name of its method. */
  readonly name: string
  readonly times: ArrayLike<number>
  readonly series: Readonly<Record<string, ArrayLike<number>>>
}

/** Options of `ledgerFigure`. */
export interface LedgerFigureOptions {
  readonly title?: string
  /** One row of panels each. */
  readonly ledgers: readonly DrawnLedger[]
  /** Labels of the baths. */
  readonly baths: readonly string[]
  /** Stretches of time that are shaded, such as every other half period of a drive. */
  readonly shades?: readonly (readonly [number, number])[]
}

/** How one series of a ledger figure is drawn. */
export type LedgerStyle = Partial<Omit<LineStyle, 'label'>>

/** In the order of a journal's four lines: solid blue, dashed orange, dash-dotted green, dotted red. */
export const LEDGER_STYLES: readonly LedgerStyle[] = [
  { colour: '#0055aa', width: 2.2, dash: [], marker: null, order: 0 },
  { colour: '#ee7733', width: 1.9, dash: [8, 4], marker: null, order: 1 },
  { colour: '#009988', width: 1.9, dash: [7, 2.5, 1.5, 2.5], marker: null, order: 2 },
  { colour: '#cc3311', width: 1.9, dash: [1.8, 2.6], marker: null, order: 3 },
  { colour: '#aa3377', width: 1.6, dash: [12, 3], marker: null, order: 4 },
  { colour: '#333333', width: 1.4, dash: [4, 2], marker: null, order: 5 },
]

const NOTHING: readonly string[] = []

/** The curve of a series that a run has; what it says only at some samples is drawn through those. */
const curve = (ledger: DrawnLedger, series: string, label: string, index: number, change = false, gaps = false): readonly Curve[] => {
  const values = ledger.series[series]
  if (values === undefined) return []
  const start = change ? values[0] ?? 0 : 0
  const rows = Array.from(values, (value, i) => ({ time: ledger.times[i] ?? NaN, value: value - start }))
  const kept = gaps ? rows : rows.filter(({ value }) => Number.isFinite(value))
  if (!kept.some(({ value }) => Number.isFinite(value))) return []
  return [{
    name: series, label, times: kept.map(({ time }) => time), values: kept.map(({ value }) => value), ...(gaps ? { gaps: true } : {}),
    style: LEDGER_STYLES[index % LEDGER_STYLES.length] ?? {},
  }]
}

const isFlat = ({ values }: Curve): boolean => Array.from(values).every((value) => value === values[0])

/** Half of all values lie within this share of what is shown of a quantity that diverges. */
const SHOWN = 4

/** Round ends that show most of a quantity that may diverge at some times. */
const diverging = (curves: readonly Curve[]): readonly [number, number] | undefined => {
  const sizes = curves.flatMap(({ values }) => Array.from(values).filter((value) => Number.isFinite(value)).map((value) => Math.abs(value))).sort((a, b) => a - b)
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 0
  const reach = SHOWN * middle
  if (!(reach > 0) || (sizes.at(-1) ?? 0) <= reach) return undefined
  const negative = curves.some(({ values }) => Array.from(values).some((value) => value < 0))
  return [negative ? -reach : 0, reach]
}

/** T* where it is positive throughout; else β* = 1/T*, for which population inversion is nothing special. */
const temperaturePanel = (ledger: DrawnLedger, baths: readonly string[]): { readonly yTitle: string; readonly curves: readonly Curve[] } => {
  const inverted = baths.some((bath) => Array.from(ledger.series[`inverseTemperature/${bath}`] ?? []).some((beta) => beta <= 0))
  const one = baths.length === 1
  const [series, symbol, yTitle] = inverted ? ['inverseTemperature', '1/T*', '1/T* (1/energy)'] : ['effectiveTemperature', 'T*', 'effective temperature T* (energy)']
  return { yTitle, curves: baths.flatMap((bath, index) => curve(ledger, `${series}/${bath}`, one ? symbol : `${symbol}, ${bath}`, index, false, true)) }
}

const panelsOf = (ledger: DrawnLedger, baths: readonly string[]): readonly (Panel | null)[] => {
  const one = baths.length === 1
  const heats = baths.flatMap((bath, index) => curve(ledger, `heat/${bath}`, one ? 'Q' : `Q, ${bath}`, 2 + index))
  const defect = curve(ledger, 'coarseGrainingDefect', 'defect', 5)
  const temperature = temperaturePanel(ledger, baths)
  const range = diverging(temperature.curves)
  const drawn: readonly (Panel & { readonly curves: readonly Curve[] })[] = [
    {
      title: 'first law', yTitle: 'energy since the start',
      curves: [...curve(ledger, 'systemEnergy', 'ΔU of the system', 0, true), ...curve(ledger, 'work', 'W', 1), ...heats, ...defect.filter((each) => !isFlat(each))],
    },
    {
      title: 'second law', yTitle: 'entropy since the start (nat)',
      curves: [
        ...curve(ledger, 'entropyProduction', 'ΔS', 0), ...curve(ledger, 'entropySum', 'ΔS system + ΔS bath', 1), ...curve(ledger, 'clausius', 'ΔS system − ∫Q̇/T*', 2),
      ],
    },
    { title: 'bath temperature', ...temperature, ...(range === undefined ? {} : { yRange: range }) },
    {
      title: 'correlations', yTitle: 'mutual information (nat)',
      curves: [
        ...curve(ledger, 'exactMutualInformation', 'exact', 0), ...curve(ledger, 'mutualInformation', 'coarse-grained', 1),
        ...(one ? [] : curve(ledger, 'totalCorrelation', 'all parts', 2)),
      ],
    },
  ]
  return drawn.map((panel) => (panel.curves.length === 0 ? null : { ...panel, title: `${panel.title}, ${ledger.name}` }))
}

/**
 * Draws thermodynamic ledgers as SVG text: for each run a row of panels with energies, entropies (the chain of Eq. 67), the baths'
 * effective temperatures (Eq. 62) and mutual informations (Eqs. 40, 41). What a run does not say is left out.
 *
 * Issues: `figures/no-panels` where no run says anything, and those of `pageFigure`.
 */
export const ledgerFigure = async ({ title, ledgers, baths, shades }: LedgerFigureOptions): Promise<Outcome<string>> => {
  const panels = ledgers.flatMap((ledger, row) => panelsOf(ledger, baths.length === 0 ? NOTHING : baths).flatMap((panel, column): readonly Panel[] =>
    (panel === null ? [] : [{ ...panel, row, column, ...(shades === undefined ? {} : { shades }) }])))
  return pageFigure({
    columns: 4, panels, ownAxes: true, legend: 'panels', panelWidth: 270, panelHeight: 190, ...(title === undefined ? {} : { title }),
  })
}
