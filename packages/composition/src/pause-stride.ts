/** Generator applications times state entries between two pauses: a few tenths of a second at some ten operations per entry. */
const WORK_PER_PAUSE = 1e7

/** Shorter steps than this, in units of 1/bound, cost more in series that begin anew than a pause is worth. */
const SHORTEST_STRIDE = 16

/** The longest step of a state of `dimension` numbers under a generator of norm `bound` that should run without a pause. */
export const pauseStride = (dimension: number, bound: number): number =>
  bound === 0 ? Infinity : Math.max(SHORTEST_STRIDE, WORK_PER_PAUSE / dimension) / bound
