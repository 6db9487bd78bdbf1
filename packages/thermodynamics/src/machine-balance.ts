/**
 * What a machine did. `engine`: W \< 0 (of all kinds: with an inverted bath it may cool at once). `refrigerator`: heat leaves the cold bath
 * at the cost of work, or of heat from the driving bath. `accelerator`: work hastens heat from hot to cold. `heater`: work becomes heat
 * in every bath. `conductor`: heat moves without work. `idle`: nothing moves.
 */
export type MachineMode = 'engine' | 'refrigerator' | 'accelerator' | 'heater' | 'conductor' | 'idle'

/** A bound of Carnot at four choices of the baths' temperatures: for comparison, none of them a law for finite baths. */
export interface CarnotComparison {
  /** At the T_ν(0) with which the run began. */
  readonly initial: number
  /** At the T*_ν at the beginning of the stretch. */
  readonly before: number
  /** At the T*_ν at its end. */
  readonly after: number
  /** At the mean 1/T*_ν of the heat that flowed, ∫β* dQ/Q: what the Clausius inequality makes of a closed cycle that stores no entropy. */
  readonly mean: number
}

/** The books of a machine over one stretch of a run. Heat counts into the system, work on it. */
export interface MachineBalance {
  readonly from: number
  readonly to: number
  readonly mode: MachineMode
  /** W; NaN where the algorithm books none. */
  readonly work: number
  /** Q of the hot bath. */
  readonly hotHeat: number
  /** Q of the cold bath; NaN where there is none. */
  readonly coldHeat: number
  /** Q of the driving bath; NaN where there is none. */
  readonly workHeat: number
  /** Q of all other baths. */
  readonly otherHeat: number
  /** ΔU_S, which a closed cycle has none of. */
  readonly storedEnergy: number
  /** Energy that coarse-graining made or lost; 0 on resonance, NaN in exact evolution. */
  readonly coarseGrainingDefect: number
  /** By how much the Clausius sum (Eqs. 60, 74) grew; not negative by law only where the stretch begins with the run. */
  readonly clausius: number
  /** −W/Q_hot; NaN unless Q_hot is positive. Above 1 where an inverted hot bath makes the cold one give heat, too. */
  readonly efficiency: number
  /** −W over the sum of all positive heats: at most 1 in a closed cycle by the first law, whatever the temperatures. */
  readonly convertedShare: number
  /** Q_cold/Q_work, or Q_cold/W without a driving bath; NaN unless the divisor is positive. */
  readonly coefficientOfPerformance: number
  /** 1 − β_hot/β_cold. */
  readonly carnotEfficiency: CarnotComparison
  /** (β_hot − β_work)/(β_cold − β_hot), with β_work = 0 for work. */
  readonly carnotCoefficient: CarnotComparison
  /** What to know when reading the numbers, in words. */
  readonly remarks: readonly string[]
}
