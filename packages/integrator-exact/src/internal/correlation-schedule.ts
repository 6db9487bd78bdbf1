import type { Segment, Vector } from '@mesobath/contracts'

/** At which samples the mutual information is wanted, for which the state itself must be there. */
export interface CorrelationSchedule {
  wanted(time: number): boolean
  /** Where a stretch of a segment that begins at `from` must end; `to` is asked for next. */
  next(segment: Segment, from: number, to: number): number
}

/** Nowhere. */
export const NEVER: CorrelationSchedule = { wanted: () => false, next: (segment) => segment.to }

/** Every sample where `every` is null, else every n-th output time. */
export const correlationSchedule = (times: Vector, every: number | null): CorrelationSchedule => ({
  wanted: (time) => {
    if (every === null) return true
    const at = times.indexOf(time)
    return at >= 0 && at % every === 0
  },
  next: (segment, from, to) => {
    if (every === null) return to
    const next = times.findIndex((time, at) => at % every === 0 && time > from)
    return next < 0 ? segment.to : Math.min(segment.to, times[next]!)
  },
})
