/** The times between which a run moves, where they are known already: what lies beyond them is then an issue. */
export interface RunRange {
  readonly from: number
  readonly to: number
}

/** What a protocol leaves as it is. */
export interface DriveBase {
  /** ε_k where nothing drives them [d]. */
  readonly energies: ArrayLike<number>
  /** λ_ν where nothing drives them [baths]. */
  readonly strengths: ArrayLike<number>
  readonly range?: RunRange
}

/** One row of numbers for every time, or one row for all times. */
export type Rows = ArrayLike<number> | readonly ArrayLike<number>[]
