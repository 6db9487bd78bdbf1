import type { Frame } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'
import type { BathLedger, Books, LedgerBounds } from '../ledger.js'
import type { BathSeries } from './bath-book.js'
import { clausiusChain, finiteBathCorrection } from './derived-series.js'
import { ledgerFindings } from './findings.js'
import type { Recorded } from './recorder.js'
import { largest, minus, plusBaths, sinceStart } from './series.js'

/** An energy is a sum over probabilities that each err by the tolerance; the errors of a few add up. */
const TOLERANCES_PER_ENERGY = 10

/** Rounding of an energy relative to the largest one in the books. */
const ENERGY_ROUNDING = 1e-14

/** What rounding and an error `tolerance` of the probabilities may do to energies, entropies and their rates. */
const boundsOf = ({ frame, joint, extremes }: Recorded, internalEnergy: Float64Array, tolerance: number): LedgerBounds => {
  const spans = frame.baths.reduce((sum, { windows }) => sum + windows.energies[windows.energies.length - 1] - windows.energies[0], 0)
  const levels = Math.max(0, extremes.highestLevel - extremes.lowestLevel)
  const { times } = joint
  const duration = times.length > 1 ? times[times.length - 1] - times[0] : 0
  return {
    energy: TOLERANCES_PER_ENERGY * tolerance * (spans + levels + largest(joint.work))
      + ENERGY_ROUNDING * Math.max(largest(internalEnergy), largest(joint.totalEnergy)),
    // dS = Σ dp (ln V − ln p − 1): an error of p weighs as much as the logarithms that it meets.
    entropy: tolerance * (1 + Math.abs(log(tolerance)) + extremes.volumeReach),
    perTime: Math.max(extremes.change, duration > 0 ? 1 / duration : 0),
    negativity: -extremes.leastProbability > tolerance ? -extremes.leastProbability : 0,
  }
}

const bathLedger = (frame: Frame, axis: number, { referenceLogVolume, ...series }: BathSeries): BathLedger => {
  const heat = sinceStart(series.energy).map((change) => 0 - change)
  return {
    ...series, label: frame.baths[axis].label, heat,
    entropy: series.entropy.map((value) => value + referenceLogVolume),
    canonicalEntropy: series.canonicalEntropy.map((value) => value + referenceLogVolume),
    finiteBathCorrection: finiteBathCorrection(series.inverseTemperature, heat, series.canonicalEntropy),
  }
}

/** Draws up the books: sums over baths, changes since the start, the chain of Eq. 67. */
export const closeBooks = (recorded: Recorded, tolerance: number): Books => {
  const { frame, joint, relativeEntropies } = recorded
  const baths = recorded.baths.map((series, axis) => bathLedger(frame, axis, series))
  const reference = recorded.baths.reduce((sum, { referenceLogVolume }) => sum + referenceLogVolume, 0)
  const exact = !Number.isNaN(joint.interactionEnergy[0] ?? NaN)
  const internalEnergy = plusBaths(joint.systemEnergy, baths, (bath) => bath.energy)
  const parts = plusBaths(joint.systemEnergy, baths, (bath) => bath.microscopicEnergy).map((energy, i) => energy + joint.interactionEnergy[i])
  // A continued run books the work of a quench at its very start in its first sample, a state that has that quench behind it.
  const work = sinceStart(joint.work)
  const residual = minus(sinceStart(exact ? parts : internalEnergy), work)
  // Differences are taken before the reference is added back: next to ln V = 10⁶ they would lose ten digits.
  const relative = recorded.baths.map((series, axis) => ({ ...series, finiteBathCorrection: baths[axis].finiteBathCorrection }))
  return {
    ...joint,
    work,
    internalEnergy,
    systemHeat: minus(sinceStart(joint.systemEnergy), work),
    firstLawResidual: residual.map((value, i) => value - (Number.isNaN(joint.coarseGrainingDefect[i]) ? 0 : joint.coarseGrainingDefect[i])),
    exactEnergyResidual: minus(parts, joint.totalEnergy),
    observationalEntropy: joint.observationalEntropy.map((value) => value + reference),
    projectedEntropy: joint.projectedEntropy.map((value) => value + reference),
    entropyProduction: sinceStart(joint.observationalEntropy),
    relativeEntropies,
    ...clausiusChain(joint.systemEntropy, relative),
    baths, bathCorrelations: recorded.bathCorrelations, exact,
    guarantees: frame.guarantees ?? [],
    bounds: boundsOf(recorded, internalEnergy, tolerance),
    findings: ledgerFindings(recorded, tolerance),
  }
}
