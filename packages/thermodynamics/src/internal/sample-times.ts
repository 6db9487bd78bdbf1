/** Index of the last sample at `time`, or within `slack` of it; −1 where there is none. */
export const lastAt = (times: Float64Array, time: number, slack: number): number => {
  let low = -1
  let high = times.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (times[middle] <= time + slack) low = middle
    else high = middle
  }
  return low >= 0 && times[low] >= time - slack ? low : -1
}

/** Whether a sample is the second of two at one time: what a quench has left. */
const afterQuench = (times: Float64Array, at: number): boolean => at > 0 && times[at - 1] === times[at]

/** Whether a sample is the first of two at one time. */
const beforeQuench = (times: Float64Array, at: number): boolean => at + 1 < times.length && times[at + 1] === times[at]

/**
 * The sample at which a closed cycle begins that ends with `end`, given the last one at that time: both after their quench, or both
 * before it where the end is seen before its own only, as in the middle of a stop and at the end of a run. −1 where the quench at the
 * end is still to come and none was seen at the beginning.
 */
export const cycleStart = (times: Float64Array, begin: number, end: number): number => {
  const quenched = afterQuench(times, begin)
  if (beforeQuench(times, end)) return quenched ? begin - 1 : -1
  return quenched && end === times.length - 1 && !afterQuench(times, end) ? begin - 1 : begin
}
