import type { Drive, Outcome } from '@mesobath/contracts'
import type { DriveBase } from './drive-base.js'
import { driveFromOptions } from './drive-from-options.js'
import type { DriveMove, MoveTarget, PeriodicQuenches } from './drive-options.js'

/** Options of `quenches`: of one level or one coupling strength, periodic or at given times. */
export type QuenchOptions = DriveBase & MoveTarget & (
  | PeriodicQuenches & { readonly times?: undefined }
  | { readonly times: readonly number[]; readonly values: readonly number[]; readonly period?: undefined; readonly origin?: undefined }
)

/**
 * Sudden quenches of one level ε_k, or of one coupling strength λ_ν; everything else stays.
 *
 * With `period`, `values` in equal parts of it for ever; with `times`, values[i] from times[i] on and the level's own energy before.
 * `range`, where given, is the run within which all times must lie; without it quenches beyond the run never come.
 *
 * Issues: those of `driveFromOptions`.
 *
 * @equation 68
 */
export const quenches = (options: QuenchOptions): Outcome<Drive> => {
  const { energies, strengths, range, values } = options
  const target: MoveTarget = options.bath === undefined ? { level: options.level } : { bath: options.bath }
  const move: DriveMove = options.times === undefined
    ? { ...target, quenches: { period: options.period, values, ...(options.origin === undefined ? {} : { origin: options.origin }) } }
    : { ...target, times: options.times, values }
  return driveFromOptions(move, energies, strengths, range === undefined ? {} : { range })
}
