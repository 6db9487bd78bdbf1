import { failIfAny, issue } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import { amountsOf, coefficientOf, compared, efficiencyOf, shareOf } from './internal/balance.js'
import { castRoles } from './internal/cast-roles.js'
import { cycleStart, lastAt } from './internal/sample-times.js'
import type { Ledger } from './ledger.js'
import type { MachineRoles } from './machine-roles.js'
import type { ThermodynamicsColumn } from './thermodynamics-table.js'

/** Options of `machineSeries`. */
export interface MachineSeriesOptions {
  /** Counts over the period that ends with each sample; since the start of the run unless told. */
  readonly period?: number
}

/** Name of one series of a machine. */
export type MachineSeriesName =
  | 'machineWork' | 'storedEnergy' | 'efficiency' | 'convertedShare' | 'coefficientOfPerformance' | 'flowCoefficient'
  | 'carnotEfficiency' | 'initialCarnotEfficiency' | 'meanCarnotEfficiency' | 'carnotCoefficient' | 'initialCarnotCoefficient' | 'meanCarnotCoefficient'

const SERIES: readonly (readonly [name: MachineSeriesName, unit: string, description: string])[] = [
  ['machineWork', 'energy', 'W on the system'],
  ['storedEnergy', 'energy', 'U_S gained by the system'],
  ['efficiency', '1', '-W/Q_hot'],
  ['convertedShare', '1', '-W over all heat taken in'],
  ['coefficientOfPerformance', '1', 'Q_cold/Q_work, or Q_cold/W without a driving bath'],
  ['flowCoefficient', '1', 'the same of the heat flows of the moment'],
  ['carnotEfficiency', '1', "Carnot's efficiency at T*(t), a comparison"],
  ['initialCarnotEfficiency', '1', "Carnot's efficiency at T(0), a comparison"],
  ['meanCarnotEfficiency', '1', "Carnot's efficiency at the mean 1/T*, a comparison"],
  ['carnotCoefficient', '1', 'bound of the coefficient of performance at T*(t), a comparison'],
  ['initialCarnotCoefficient', '1', 'bound of the coefficient of performance at T(0), a comparison'],
  ['meanCarnotCoefficient', '1', 'bound of the coefficient of performance at the mean 1/T*, a comparison'],
]

/** The first of the series count since the start or over a period. */
const COUNTED = 5

/**
 * A machine as series, one number per sample [T]: `machineWork`, `storedEnergy`, `efficiency`, `convertedShare` and
 * `coefficientOfPerformance` as in `MachineBalance`, since the start of the run or over the last period (NaN before one is over and
 * where no sample stands at its beginning); `flowCoefficient` Q̇_cold/Q̇_work of the moment, where a driving bath makes it known; and
 * the bounds of Carnot at T*(t), at T(0) and at the mean 1/T* of the heat that flowed, for comparison.
 */
export interface MachineSeries extends Readonly<Record<MachineSeriesName, Float64Array>> {
  readonly times: Float64Array
  /** Null where it is counted since the start. */
  readonly period: number | null
}

/** Where a period begins, relative to it: rounding of t − period. */
const SAME_TIME = 1e-9

/**
 * A machine along its run: the numbers of `machineBalance` at every sample.
 *
 * Issues: `thermodynamics/machine-role`, `thermodynamics/machine-period`, `thermodynamics/machine-samples`.
 */
export const machineSeries = (ledger: Ledger, roles: MachineRoles, { period }: MachineSeriesOptions = {}): Outcome<MachineSeries> => {
  const { cast, issues } = castRoles(ledger, roles)
  const bad = period !== undefined && !(Number.isFinite(period) && period > 0)
    ? [issue('thermodynamics/machine-period', ['period'], `\`period\` must be finite and positive, but is ${period}`)] : []
  return failIfAny([...issues, ...bad], () => {
    const { times, bounds } = ledger
    const { cold, work } = cast!
    const series = Object.fromEntries(SERIES.map(([name]) => [name, new Float64Array(times.length).fill(NaN)])) as Record<MachineSeriesName, Float64Array>
    for (let end = 0; end < times.length; end++) {
      const now = compared(cast!, end, end, bounds.energy)
      series.carnotEfficiency[end] = now.efficiency.after
      series.carnotCoefficient[end] = now.coefficient.after
      series.initialCarnotEfficiency[end] = now.efficiency.initial
      series.initialCarnotCoefficient[end] = now.coefficient.initial
      const rate = bounds.energy * bounds.perTime
      if (cold !== null && work !== null && work.heatFlow[end] > rate) series.flowCoefficient[end] = cold.heatFlow[end] / work.heatFlow[end]
      const earlier = period === undefined ? 0 : lastAt(times, times[end] - period, SAME_TIME * period)
      const begin = period === undefined || earlier < 0 ? earlier : cycleStart(times, earlier, end)
      if (begin < 0) continue
      const amounts = amountsOf(ledger, cast!, begin, end)
      const over = compared(cast!, begin, end, bounds.energy)
      series.machineWork[end] = amounts.work
      series.storedEnergy[end] = amounts.storedEnergy
      series.efficiency[end] = efficiencyOf(amounts, bounds.energy)
      series.convertedShare[end] = shareOf(amounts, bounds.energy)
      series.coefficientOfPerformance[end] = coefficientOf(amounts, bounds.energy)
      series.meanCarnotEfficiency[end] = over.efficiency.mean
      series.meanCarnotCoefficient[end] = over.coefficient.mean
    }
    return { ...series, times, period: period ?? null }
  })
}

/**
 * A machine as columns [T], to stand beside those of `thermodynamicsTable` in files; what the machine has not (NaN throughout) is left out.
 */
export const machineTable = (series: MachineSeries): readonly ThermodynamicsColumn[] => {
  const span = series.period === null ? 'since the start' : `over the last ${series.period}`
  return SERIES.map(([name, unit, description], at) => ({
    name, unit, description: at < COUNTED ? `${description}, ${span}` : description, values: series[name],
  })).filter(({ values }) => values.some((value) => !Number.isNaN(value)))
}
