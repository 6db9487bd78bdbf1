/** Disjoint closed intervals, ascending: lo0, hi0, lo1, hi1, … */
export type Intervals = readonly number[]

/** More pieces than this are one: what lies between costs little. */
const MAXIMUM_PIECES = 64

/** The union with [low, high]. */
export const withInterval = (intervals: Intervals, low: number, high: number): Intervals => {
  const out: number[] = []
  let from = low
  let to = high
  for (let i = 0; i < intervals.length; i += 2) {
    if (intervals[i + 1]! < from || intervals[i]! > to) {
      out.push(intervals[i]!, intervals[i + 1]!)
    } else {
      from = Math.min(from, intervals[i]!)
      to = Math.max(to, intervals[i + 1]!)
    }
  }
  let at = 0
  while (at < out.length && out[at]! < from) at += 2
  out.splice(at, 0, from, to)
  return out.length > 2 * MAXIMUM_PIECES ? [out[0]!, out[out.length - 1]!] : out
}

/** The union of two unions. */
export const joined = (first: Intervals, second: Intervals): Intervals => {
  let all = first
  for (let i = 0; i < second.length; i += 2) all = withInterval(all, second[i]!, second[i + 1]!)
  return all
}

/** Whether a value lies in the intervals, or closer than `margin`. */
export const contains = (intervals: Intervals, value: number, margin: number): boolean => {
  for (let i = 0; i < intervals.length; i += 2) {
    if (value >= intervals[i]! - margin && value <= intervals[i + 1]! + margin) return true
  }
  return false
}

/** The value of the intervals that is closest to the given one. */
export const closest = (intervals: Intervals, value: number): number => {
  let best = Infinity
  for (let i = 0; i < intervals.length; i += 2) {
    const here = Math.min(Math.max(value, intervals[i]!), intervals[i + 1]!)
    if (Math.abs(here - value) < Math.abs(best - value)) best = here
  }
  return best
}
