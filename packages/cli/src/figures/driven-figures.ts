import { succeed } from '@mesobath/contracts'
import { LEDGER_STYLES, pageFigure, populationsFigure } from '@mesobath/figures'
import type { Curve, Panel } from '@mesobath/figures'
import type { RunRecord } from '@mesobath/results'
import { driveShades } from '../internal/shades.js'
import type { AtlasFigure, FigureOptions, PanelOutcome } from './atlas-figure.js'
import { check, largestGap, smallestDifference, smallestStep } from './checks.js'
import type { Expectation } from './checks.js'
import { COMPARED, drivenScenario, earlyScenario } from './driven-scenario.js'

/** Rounding of entropies that are sums of a few terms of order one. */
const ROUNDING = 1e-10
/** S_obs of one sample after another: rounding alone. */
const STEP_ROUNDING = 1e-12

const TITLE = 'V = 100/200/400, a quenched spin'

const theorem = (least: number): Expectation => ({ least, source: 'theorem' })

const ledgerOf = (record: RunRecord, method: string, series: string): Float64Array =>
  Float64Array.from(record.methods[method]?.thermodynamics?.series[series]?.values ?? new Float64Array(record.times.length).fill(NaN))

const first = (results: readonly PanelOutcome[]): PanelOutcome => {
  const [run] = results
  if (run === undefined) throw new Error('a figure of a driven spin is drawn from its runs')
  return run
}

/** A series as a curve through the samples at which it is a number. */
const line = (record: RunRecord, values: ArrayLike<number>, name: string, label: string, style: number): Curve => {
  const rows = Array.from(values, (value, i) => [record.times[i] ?? NaN, value] as const).filter(([, value]) => Number.isFinite(value))
  return { name, label, times: rows.map(([time]) => time), values: rows.map(([, value]) => value), style: LEDGER_STYLES[style] ?? {} }
}

interface Bounds { readonly kernel: Expectation; readonly restarted: Expectation; readonly fromStart: Expectation; readonly markov: Expectation }

/** Largest deviations of all p(ε_k, E), with 700 levels. */
const FIG3: Bounds = { kernel: { most: 0.03 }, restarted: { most: 0.03 }, fromStart: { least: 0.03, most: 0.06 }, markov: { least: 0.05, most: 0.09 } }

/**
 * With the 140 levels of a reduced figure, 20 of them in the lowest window, exact curves fluctuate as much as a master equation errs.
 * Over seven seeds: kernel and restarted 0.095 (0.059 to 0.123), from t = 0 0.121 (0.083 to 0.146), Markov 0.122 (0.084 to 0.147).
 */
const seen = (least: number, most: number): Expectation => ({ least, most, source: 'other seeds' })
const FIG3_REDUCED: Bounds = { kernel: seen(0, 0.18), restarted: seen(0, 0.18), fromStart: seen(0.05, 0.2), markov: seen(0.05, 0.2) }

/** Places among the styles: that of the kernel, drawn last and with circles, and that of what is not known here. */
const KERNEL = 2
const REST = 5

const LEVELS = ['₀', '₁'] as const
const STATES = [
  { level: 1, window: 0 }, { level: 1, window: 1 }, { level: 1, window: 2 }, { level: 0, window: 0 }, { level: 0, window: 1 }, { level: 0, window: 2 },
] as const
const WINDOWS = 3

/** Fig. 3: all p(ε_k, E) of a quenched spin, exactly and by five master equations. */
export const fig3: AtlasFigure = {
  name: 'fig3', title: 'Fig. 3: a periodically quenched spin', seed: 1,
  claim: 'The master equation reproduces the exact dynamics accurately also when the levels of the system are periodically quenched.',
  panels: (options: FigureOptions) => [{ name: 'run', title: TITLE, scenario: drivenScenario({ ...options, methods: COMPARED }) }],
  draw: async (results, { reduced }) => {
    const { record, report } = first(results)
    const shades = driveShades(record)
    const styles: Readonly<Record<string, { readonly label: string; readonly style: number }>> = {
      exact: { label: 'exact', style: 0 }, 'finite-time-redfield': { label: 'Redfield, full kernel', style: KERNEL },
      'redfield-restarted': { label: 'memory restarted', style: 4 }, 'redfield-from-start': { label: 'memory from t = 0', style: 3 }, markov: { label: 'Markov', style: 1 },
    }
    const panels = STATES.map(({ level, window }): Panel => ({
      title: `p(ε${LEVELS[level]}, E = ${window})`, shades,
      curves: Object.entries(record.methods).filter(([name]) => name in styles).map(([name, { populations }]) => line(record,
        Float64Array.from(record.times, (_, row) => populations?.[row * 2 * WINDOWS + level * WINDOWS + window] ?? NaN), name, styles[name]?.label ?? name, styles[name]?.style ?? REST)).map((curve) => (curve.name === 'finite-time-redfield' ? { ...curve, style: { ...curve.style, marker: 'circle' as const, order: REST } } : curve)),
    }))
    const svg = await pageFigure({ columns: WINDOWS, panels, yRange: [0, 1], yTitle: 'joint probability', panelWidth: 250, panelHeight: 175 })
    if (svg._tag === 'Left') return svg
    const bounds = reduced ? FIG3_REDUCED : FIG3
    const deviation = (method: string): number => report.methods[method]?.largestDeviationOfAll ?? NaN
    return succeed({
      svg: svg.right,
      checks: [
        check('Redfield with the full kernel: largest deviation of any p(ε_k, E) from exact', deviation('finite-time-redfield'), bounds.kernel),
        check('Redfield with memory restarted at quenches: largest deviation', deviation('redfield-restarted'), bounds.restarted),
        check('Redfield with memory counted from t = 0: largest deviation', deviation('redfield-from-start'), bounds.fromStart),
        check('Markov: largest deviation', deviation('markov'), bounds.markov),
      ],
      remarks: ['The paper states no λ for its Figs. 3 to 5; 3·10⁻³, that of its Fig. 2, relaxes well within half a period.'],
    })
  },
}

/** Values at the ends of the half periods: the last sample before each quench, and the end of the run. */
const atStops = (record: RunRecord, values: ArrayLike<number>): readonly number[] =>
  [0, ...record.sides.flatMap((side, row) => (side === 'before' && (record.times[row] ?? 0) > (record.times[0] ?? 0) ? [row] : [])), record.times.length - 1]
    .map((row) => values[row] ?? NaN)

/** Fig. 4: the chain of Eq. 67 and the effective temperature of the bath. */
export const fig4: AtlasFigure = {
  name: 'fig4', title: 'Fig. 4: second law, Clausius inequality and the temperature of the bath', seed: 1,
  claim: 'The Clausius inequality and the second law remain valid at all times although system and bath develop nonequilibrium features; the effective temperature of the bath starts at zero and is far from constant.',
  panels: (options: FigureOptions) => [{ name: 'run', title: TITLE, scenario: drivenScenario({ ...options, methods: ['markov'] }) }],
  draw: async (results) => {
    const { record } = first(results)
    const series = (name: string): Float64Array => ledgerOf(record, 'markov', name)
    const [production, sum, clausius, temperature] = [series('entropyProduction'), series('entropySum'), series('clausius'), series('effectiveTemperature/bath')]
    const stops = atStops(record, temperature)
    const change = (index: number): number => (stops[index + 1] ?? NaN) - (stops[index] ?? NaN)
    const svg = await populationsFigure({
      curves: [
        line(record, production, 'production', 'ΔS of the whole', 0), line(record, sum, 'sum', 'ΔS system + ΔS bath', 1), line(record, clausius, 'clausius', 'ΔS system − ∫Q̇/T*', 2),
      ],
      shades: driveShades(record), yTitle: 'entropy since the start (nat)', panelWidth: 560, panelHeight: 340, yRange: [0, 3],
      inset: { left: 0.56, top: 0.6, width: 0.4, height: 0.3, title: 'T* of the bath', curves: [line(record, temperature, 'temperature', 'T*', 0)] },
    })
    if (svg._tag === 'Left') return svg
    return succeed({
      svg: svg.right,
      checks: [
        check('ΔS system − ∫Q̇/T* less (ΔS system + ΔS bath), smallest', smallestDifference(clausius, sum), theorem(-ROUNDING)),
        check('ΔS system + ΔS bath less ΔS, smallest', smallestDifference(sum, production), theorem(-ROUNDING)),
        check('ΔS, smallest', Math.min(...production), theorem(-ROUNDING)),
        check('step of S from one time to the next, smallest', smallestStep(production), theorem(-STEP_ROUNDING)),
        check('first law: largest residual', Math.max(...series('firstLawResidual').map(Math.abs)), { most: ROUNDING, source: 'theorem' }),
        check('T* at t = 0', temperature[0] ?? NaN, { least: 0, most: 0, source: 'paper', words: '0' }),
        check('T* gained in the first half period', change(0), { least: 0, words: 'rises' }),
        check('T* gained in the second half period', change(1), { least: 0, words: 'rises' }),
        check('T* gained in the third half period', change(2), { most: 0, words: 'falls' }),
        check('T* gained in the fourth half period', change(3), { least: 0, words: 'rises' }),
      ],
      remarks: [`T* at the ends of the half periods: ${stops.slice(1).map((value) => value.toFixed(3)).join(', ')}.`],
    })
  },
}

/** How far the coarse-grained correlations of the master equations may be from the exact ones. */
const FIG5 = { redfield: { most: 0.06 }, markov: { most: 0.18 } }
/** With a fifth of the levels, over seven seeds: 0.098 (0.077 to 0.151) and 0.146 (0.139 to 0.157). */
const FIG5_REDUCED = { redfield: seen(0, 0.25), markov: seen(0, 0.2) }

/** The mutual informations of a run: the quantum one of the exact state where it was computed, and the coarse-grained ones. */
const correlationsOf = ({ record }: PanelOutcome) => {
  const quantum = ledgerOf(record, 'exact', 'exactMutualInformation')
  const coarse = (method: string): Float64Array => ledgerOf(record, method, 'mutualInformation')
  return {
    times: record.times, quantum, exact: coarse('exact'), redfield: coarse('finite-time-redfield'), markov: coarse('markov'),
    curves: [
      line(record, quantum, 'quantum', 'quantum, exact state', 0), line(record, coarse('exact'), 'coarse', 'coarse-grained, exact state', 1),
      line(record, coarse('finite-time-redfield'), 'redfield', 'coarse-grained, finite-time Redfield', 2), line(record, coarse('markov'), 'markov', 'coarse-grained, Markov', 3),
    ],
  }
}
type Correlations = ReturnType<typeof correlationsOf>

/** Whether and when a master equation says more correlation than there is. */
const exceeds = (who: string, runs: readonly Correlations[], valuesOf: (run: Correlations) => Float64Array): string => {
  const compared = new Set(runs.flatMap(({ times, quantum }) => Array.from(times).filter((_, row) => !Number.isNaN(quantum[row]))))
  const above = [...new Set(runs.flatMap((run) => Array.from(run.times).filter((_, row) => (valuesOf(run)[row] ?? NaN) > (run.quantum[row] ?? NaN) + ROUNDING)))].sort((a, b) => a - b)
  return above.length === 0
    ? `The coarse-grained mutual information of the ${who} equation never exceeds the quantum one of the exact state, at ${compared.size} times compared.`
    : `The coarse-grained mutual information of the ${who} equation exceeds the quantum one of the exact state at ${above.length} of ${compared.size} times compared, from t = ${above[0]} to t = ${above.at(-1)}.`
}

/** Fig. 5: mutual informations, exact and coarse-grained. */
export const fig5: AtlasFigure = {
  name: 'fig5', title: 'Fig. 5: correlations between system and bath', seed: 1,
  claim: 'The quantum mutual information of the exact state bounds the coarse-grained one from above; the master equation approximates the latter well, but its prediction can exceed the bound. Correlations come close to ln 2.',
  panels: (options: FigureOptions) => [
    { name: 'run', title: TITLE, scenario: drivenScenario({ ...options, methods: COMPARED }) },
    { name: 'early', title: `${TITLE}, the first instants`, scenario: earlyScenario(options) },
  ],
  draw: async (results, { reduced }) => {
    const { record } = first(results)
    const runs = results.map(correlationsOf)
    const [whole, early] = runs as [Correlations, Correlations]
    const svg = await populationsFigure({
      curves: whole.curves, shades: driveShades(record), yTitle: 'mutual information (nat)', panelWidth: 560, panelHeight: 380, yRange: [0, 2],
      inset: { left: 0.56, top: 0.07, width: 0.4, height: 0.24, title: 'the first instants', curves: early.curves },
    })
    if (svg._tag === 'Left') return svg
    const bounds = reduced ? FIG5_REDUCED : FIG5
    return succeed({
      svg: svg.right,
      checks: [
        check('times at which the quantum mutual information was computed', Array.from(whole.quantum).filter((value) => !Number.isNaN(value)).length, { least: 25 }),
        check('quantum less coarse-grained mutual information of the exact state, smallest', Math.min(...runs.map(({ quantum, exact }) => smallestDifference(quantum, exact))), theorem(-ROUNDING)),
        check('finite-time Redfield: largest deviation of the coarse-grained one from exact', largestGap(whole.redfield, whole.exact), bounds.redfield),
        check('Markov: largest deviation of the coarse-grained one from exact', largestGap(whole.markov, whole.exact), bounds.markov),
        check('largest coarse-grained mutual information of the exact state', Math.max(...whole.exact), { least: 0.55, most: Math.LN2 + 0.01, source: 'paper', words: 'close to ln 2 = 0.693' }),
      ],
      remarks: [
        exceeds('finite-time Redfield', runs, ({ redfield }) => redfield),
        exceeds('Markov', runs, ({ markov }) => markov),
      ],
    })
  },
}
