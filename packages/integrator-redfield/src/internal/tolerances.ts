/**
 * Share of the run's tolerance that one step of the integrator may take: local errors add up over the hundreds of steps of a
 * relaxation, which damps the older ones.
 */
const STEP_SHARE = 0.01

/** Below this a step's error estimate is the rounding of its own sum. */
const SMALLEST_STEP_TOLERANCE = 1e-15

/** The error per step that keeps a whole run within `tolerance`. */
export const stepTolerance = (tolerance: number): number => Math.max(STEP_SHARE * tolerance, SMALLEST_STEP_TOLERANCE)

/** Relative error of tabulated transforms: as small against the run's tolerance as a step is, and not below their rounding. */
export const tableTolerance = (tolerance: number): number => Math.max(STEP_SHARE * tolerance, 1e-13)
