import { carnotCoefficient, carnotEfficiency } from '../carnot.js'
import type { BathLedger, Ledger } from '../ledger.js'
import type { CarnotComparison, MachineBalance, MachineMode } from '../machine-balance.js'
import type { Cast } from './cast-roles.js'
import { machineRemarks } from './machine-remarks.js'

/** Heats, work and the rest of a stretch, before anything is divided. */
export type Amounts = Pick<MachineBalance, 'work' | 'hotHeat' | 'coldHeat' | 'workHeat' | 'otherHeat' | 'storedEnergy' | 'coarseGrainingDefect'>

const gain = (values: Float64Array, begin: number, end: number): number => values[end] - values[begin]

const heatOf = (bath: BathLedger | null, begin: number, end: number): number => (bath === null ? NaN : gain(bath.heat, begin, end))

export const amountsOf = (ledger: Ledger, { hot, cold, work, others }: Cast, begin: number, end: number): Amounts => ({
  work: gain(ledger.work, begin, end),
  hotHeat: heatOf(hot, begin, end),
  coldHeat: heatOf(cold, begin, end),
  workHeat: heatOf(work, begin, end),
  otherHeat: others.reduce((sum, bath) => sum + heatOf(bath, begin, end), 0),
  storedEnergy: gain(ledger.systemEnergy, begin, end),
  coarseGrainingDefect: gain(ledger.coarseGrainingDefect, begin, end),
})

/** a/b where b is more than rounding, else NaN. */
const perPositive = (a: number, b: number, rounding: number): number => (b > rounding ? a / b : NaN)

export const efficiencyOf = ({ work, hotHeat }: Amounts, rounding: number): number => perPositive(0 - work, hotHeat, rounding)

export const shareOf = ({ work, hotHeat, coldHeat, workHeat, otherHeat }: Amounts, rounding: number): number => {
  let taken = 0
  for (const heat of [hotHeat, coldHeat, workHeat, otherHeat]) if (heat > 0) taken += heat
  return perPositive(0 - work, taken, rounding)
}

export const coefficientOf = ({ work, coldHeat, workHeat }: Amounts, rounding: number): number =>
  perPositive(coldHeat, Number.isNaN(workHeat) ? work : workHeat, rounding)

const modeOf = ({ work, hotHeat, coldHeat, workHeat, otherHeat }: Amounts, rounding: number): MachineMode => {
  if (work < -rounding) return 'engine'
  const driven = Number.isNaN(workHeat) ? work > rounding : workHeat > rounding
  if (driven && coldHeat > rounding) return 'refrigerator'
  const heats = [hotHeat, coldHeat, workHeat, otherHeat]
  if (work > rounding) return heats.some((heat) => heat > rounding) ? 'accelerator' : 'heater'
  return heats.some((heat) => Math.abs(heat) > rounding) ? 'conductor' : 'idle'
}

/**
 * ∫β* dQ/Q of one bath over a stretch, by Eq. 65: the fall of its canonical entropy over the heat it gave. Of a bath that gave none it
 * is β* itself.
 */
const meanInverseTemperature = (bath: BathLedger, begin: number, end: number, rounding: number): number => {
  const heat = gain(bath.heat, begin, end)
  return Math.abs(heat) > rounding ? -gain(bath.canonicalEntropy, begin, end) / heat : bath.inverseTemperature[end]
}

/** A bound at each choice of temperatures; NaN where a bath that it needs is missing. */
export const compared = (cast: Cast, begin: number, end: number, rounding: number): {
  readonly efficiency: CarnotComparison
  readonly coefficient: CarnotComparison
} => {
  const at = (beta: (bath: BathLedger) => number): readonly [number, number] => {
    const hot = beta(cast.hot)
    const cold = cast.cold === null ? NaN : beta(cast.cold)
    return [carnotEfficiency(hot, cold), carnotCoefficient(hot, cold, cast.work === null ? 0 : beta(cast.work))]
  }
  const choices = [
    at((bath) => bath.inverseTemperature[0]), at((bath) => bath.inverseTemperature[begin]), at((bath) => bath.inverseTemperature[end]),
    at((bath) => meanInverseTemperature(bath, begin, end, rounding)),
  ] as const
  const row = (which: 0 | 1): CarnotComparison => ({ initial: choices[0][which], before: choices[1][which], after: choices[2][which], mean: choices[3][which] })
  return { efficiency: row(0), coefficient: row(1) }
}

/** The balance of the stretch between two samples. */
export const balanceOf = (ledger: Ledger, cast: Cast, begin: number, end: number): MachineBalance => {
  const amounts = amountsOf(ledger, cast, begin, end)
  const rounding = ledger.bounds.energy
  const carnot = compared(cast, begin, end, rounding)
  const balance = {
    from: ledger.times[begin], to: ledger.times[end], mode: modeOf(amounts, rounding),
    ...amounts,
    clausius: gain(ledger.clausius, begin, end),
    efficiency: efficiencyOf(amounts, rounding),
    convertedShare: shareOf(amounts, rounding),
    coefficientOfPerformance: coefficientOf(amounts, rounding),
    carnotEfficiency: carnot.efficiency,
    carnotCoefficient: carnot.coefficient,
  }
  return { ...balance, remarks: machineRemarks(balance, cast, begin, end, rounding) }
}
