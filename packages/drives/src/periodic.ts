import { failIfAny } from '@mesobath/contracts'
import type { Drive, Outcome } from '@mesobath/contracts'
import { Faults } from './internal/faults.js'
import { repeatedSegments } from './internal/repeat.js'

/** Options of `periodic`. */
export interface PeriodicOptions {
  /** T > 0. */
  readonly period: number
  /** Where the pattern that repeats begins; 0 unless told. */
  readonly origin?: number
}

/**
 * Repeats what a drive does on [origin, origin + period), for ever and before the origin too. Any drive will do, of this package or not.
 *
 * A stop t of the pattern stands at t + n·period, one rounding and no drift; each period's boundary is a stop. A period so late that its
 * pulses fall between two doubles is refused by `solve`, never skipped.
 *
 * Issues: `drives/period`, `drives/not-finite`.
 */
export const periodic = (drive: Drive, { period, origin = 0 }: PeriodicOptions): Outcome<Drive> => {
  const faults = new Faults()
  faults.positive('period', ['period'], period)
  faults.finite(['origin'], origin)
  return failIfAny(faults.issues, () => ({
    recipe: drive.recipe === null ? null : { drive: 'periodic', period, origin, pattern: drive.recipe },
    segments: (from, to) => repeatedSegments(drive, origin, period, from, to),
  }))
}
