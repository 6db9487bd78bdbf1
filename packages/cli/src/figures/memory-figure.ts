import { succeed } from '@mesobath/contracts'
import { LEDGER_STYLES, pageFigure } from '@mesobath/figures'
import type { Curve, Panel } from '@mesobath/figures'
import type { Scenario } from '@mesobath/scenario'
import { driveShades } from '../internal/shades.js'
import { curvesOf } from '../write-output.js'
import type { AtlasFigure, FigureOptions, FigurePanel, PanelOutcome } from './atlas-figure.js'
import { check } from './checks.js'
import type { Expectation } from './checks.js'
import { COMPARED, drivenScenario, MEMORIES } from './driven-scenario.js'
import { shortNumber } from './figure-text.js'

/** Quenches much smaller than the window's width and much more frequent than the memory 2π/δ. */
const FREQUENT: NonNullable<Scenario['drive']> = { level: 1, quenches: { period: 10, values: [1, 1.05] } }
/** Long enough for the decay that small quenches are said to freeze. */
const UNTIL = 120

const METHODS = [
  { name: 'finite-time-redfield', label: 'full kernel' }, { name: 'redfield-restarted', label: 'memory restarted' },
  { name: 'redfield-from-start', label: 'memory from t = 0' }, { name: 'finite-time-secular', label: 'finite-time secular' }, { name: 'markov', label: 'Markov' },
] as const
type Method = (typeof METHODS)[number]['name']

/** Places among the styles of curves; the kernel's has circles, drawn last. */
const STYLES: Readonly<Record<Method, number>> = { 'finite-time-redfield': 2, 'redfield-restarted': 4, 'redfield-from-start': 3, 'finite-time-secular': 5, markov: 1 }
const LAST = 6

interface Drive {
  readonly panel: string
  readonly title: string
  readonly words: string
  readonly scenario: (options: FigureOptions) => Scenario
  readonly expected: Readonly<Partial<Record<Method, Expectation>>>
  /** With fewer levels, whose exact curves fluctuate more. */
  readonly reduced: Readonly<Partial<Record<Method, Expectation>>>
}

const GOOD: Expectation = { most: 0.03 }
const FROZEN: Expectation = { least: 0.15 }
/**
 * With a fifth of the levels, over seven seeds: 0.095 (0.059 to 0.123) for the drive of Fig. 3, 0.023 (0.011 to 0.025) and 0.092 (0.051
 * to 0.149) for the frequent ones in two and three windows, where restarting gives 0.180 (0.171 to 0.184) and 0.212 (0.171 to 0.239).
 * Twenty levels in the lowest window fluctuate by themselves as much as restarting errs: only two windows tell the memories apart.
 */
const seen = (least: number, most: number): Expectation => ({ least, most, source: 'other seeds' })

const DRIVES: readonly Drive[] = [
  {
    panel: 'fig3', title: 'ε₁ = 1 ↔ 2 every 120', words: 'Fig. 3: ε₁ = 1 ↔ 2 every 120, three windows',
    scenario: (options) => drivenScenario({ ...options, methods: COMPARED }),
    expected: { 'finite-time-redfield': GOOD, 'redfield-restarted': GOOD, 'redfield-from-start': { least: 0.03, most: 0.06 } },
    reduced: { 'finite-time-redfield': seen(0, 0.18), 'redfield-restarted': seen(0, 0.18) },
  },
  {
    panel: 'frequent-two', title: 'ε₁ = 1.00 ↔ 1.05 every 5, two windows', words: 'ε₁ = 1.00 ↔ 1.05 every 5, two windows',
    scenario: (options) => drivenScenario({ ...options, methods: ['exact', ...MEMORIES], volumes: [400, 600], drive: FREQUENT, times: { from: 0, to: UNTIL / 2, points: UNTIL + 1 } }),
    expected: { 'finite-time-redfield': GOOD, 'redfield-restarted': FROZEN },
    reduced: { 'finite-time-redfield': seen(0, 0.05), 'redfield-restarted': seen(0.15, 0.21) },
  },
  {
    panel: 'frequent-three', title: 'ε₁ = 1.00 ↔ 1.05 every 5, three windows', words: 'ε₁ = 1.00 ↔ 1.05 every 5, three windows',
    scenario: (options) => drivenScenario({ ...options, methods: ['exact', ...MEMORIES], drive: FREQUENT, times: { from: 0, to: UNTIL, points: UNTIL + 1 } }),
    expected: { 'finite-time-redfield': GOOD, 'redfield-restarted': FROZEN },
    reduced: {},
  },
]

const curves = ({ record }: PanelOutcome): readonly Curve[] => curvesOf(record).map((curve) => {
  const method = METHODS.find(({ name }) => name === curve.name)
  if (method === undefined) return curve
  const style = LEDGER_STYLES[STYLES[method.name]] ?? {}
  return { ...curve, label: method.label, style: method.name === 'finite-time-redfield' ? { ...style, marker: 'circle', order: LAST } : { ...style, marker: null } }
})

/** The forms of finite-time memory across quenches, compared with exact evolution: not a figure of the paper, but what its Fig. 3 rests on. */
export const memoryFigure: AtlasFigure = {
  name: 'memory', title: 'Memory across quenches', seed: 1,
  claim: 'The printed finite-time equation counts memory from t = 0 with the energies of today. The paper does not compare this with a memory that remembers what the energies were (the full second-order kernel), or with one that restarts at each quench.',
  panels: (options): readonly FigurePanel[] => DRIVES.map(({ panel, title, scenario }) => ({ name: panel, title, scenario: scenario(options) })),
  draw: async (results, { reduced }) => {
    const svg = await pageFigure({
      columns: DRIVES.length, ownAxes: true, panelWidth: 260, panelHeight: 190, yTitle: 'probability p(ε₁, E = 0)',
      panels: results.map((outcome): Panel => ({ title: outcome.report.title ?? '', curves: curves(outcome), shades: driveShades(outcome.record), yRange: [0, 1] })),
    })
    if (svg._tag === 'Left') return svg
    const deviation = (index: number, method: Method): number => results[index]?.report.methods[method]?.largestDeviationOfAll ?? NaN
    return succeed({
      svg: svg.right,
      checks: DRIVES.flatMap(({ words, expected, reduced: few }, index) => METHODS.flatMap(({ name, label }) => {
        const expectation = (reduced ? few : expected)[name]
        return expectation === undefined ? [] : [check(`${words}: ${label}, largest deviation of any p(ε_k, E) from exact`, deviation(index, name), expectation)]
      })),
      remarks: ['Memory that restarts at each quench is good where the quench moves ω by much more than δ, and nearly freezes the decay under small, frequent ones: rates need 2π/δ = 12.6 to build up, and get 5.'],
      table: {
        caption: 'Largest deviation of any p(ε_k, E) from exact:',
        head: ['drive', ...METHODS.map(({ label }) => label)],
        rows: DRIVES.map(({ words }, index) => [words, ...METHODS.map(({ name }) => shortNumber(Number(deviation(index, name).toFixed(3))))]),
      },
    })
  },
}
