import type { RunRange } from './drive-base.js'

/** What is moved: one level ε_k, or the coupling strength of one bath, by its index or its label. */
export type MoveTarget =
  | { readonly level: number; readonly bath?: undefined }
  | { readonly bath: number | string; readonly level?: undefined }

/** Equal parts of a period, one for each value, for ever; period 0 begins at `origin`, 0 unless told. */
export interface PeriodicQuenches {
  readonly period: number
  readonly values: readonly number[]
  readonly origin?: number
}

/** Values that are taken at times. */
export interface TimedValues {
  readonly times: readonly number[]
  readonly values: readonly number[]
  /**
   * `quench` (unless told): values[i] from times[i] on, the level's own energy before. `linear`: straight lines between, values[0]
   * before and the last value after; two equal times are a jump.
   */
  readonly shape?: 'quench' | 'linear'
  /** Repeats the pattern on [origin, origin + period); without it nothing repeats. */
  readonly period?: number
  readonly origin?: number
}

/**
 * One move of a drive as a scenario file holds it: plain JSON. `{ level: 1, quenches: { period: 240, values: [1, 2] } }`,
 * `{ level: 1, times: [0, 120], values: [1, 2], shape: 'linear' }`.
 */
export type DriveMove = MoveTarget & (
  | ({ readonly quenches: PeriodicQuenches } & { readonly [K in keyof TimedValues]?: undefined })
  | (TimedValues & { readonly quenches?: undefined })
)

/** A drive as a scenario file holds it: a move, or several that each drive something else. */
export type DriveOptions = DriveMove | readonly DriveMove[]

/** What a scenario knows beside the drive itself. */
export interface DriveContext {
  /** Labels of the baths, by which a move may name them. */
  readonly labels?: readonly string[]
  readonly range?: RunRange
}
