import type { Vector } from '@mesobath/contracts'
import type { SegmentCourse } from '../segment-course.js'

/** Samples per panel between which a function counts as monotonic: four times the nodes that resolve it. */
const SAMPLES = 96

/** Halvings of a sample's length that reach rounding. */
const HALVINGS = 52

/** First index with values[index] > value. */
const upperBound = (values: Vector, value: number): number => {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Times inside (from, to) at which functions of time pass through given values, ascending, each once. A value that is only touched
 * may be missed.
 *
 * @param evaluate - writes `count` functions, made of a course
 * @param values - ascending, one list per function
 */
export const crossingTimes = (
  course: SegmentCourse, from: number, to: number, count: number, evaluate: (time: number, out: Float64Array) => void, values: readonly Vector[],
): Float64Array => {
  const found: number[] = []
  if (values.every((list) => list.length === 0)) return new Float64Array(0)
  const { panelEnds } = course
  const trial = new Float64Array(count)
  let before = new Float64Array(count)
  let after = new Float64Array(count)
  const locate = (index: number, value: number, start: number, end: number, rising: boolean): number => {
    let low = start
    let high = end
    for (let i = 0; i < HALVINGS; i += 1) {
      const middle = low + (high - low) / 2
      if (middle <= low || middle >= high) break
      evaluate(middle, trial)
      if (trial[index]! < value === rising) low = middle
      else high = middle
    }
    return high
  }
  for (let panel = 0; panel + 1 < panelEnds.length; panel += 1) {
    const start = Math.max(from, panelEnds[panel]!)
    const end = Math.min(to, panelEnds[panel + 1]!)
    if (!(end > start)) continue
    let time = start
    evaluate(start, before)
    for (let sample = 1; sample <= SAMPLES; sample += 1) {
      const next = sample === SAMPLES ? end : start + ((end - start) * sample) / SAMPLES
      evaluate(next, after)
      for (let index = 0; index < count; index += 1) {
        const list = values[index]!
        const rising = after[index]! > before[index]!
        const first = upperBound(list, Math.min(before[index]!, after[index]!))
        const last = upperBound(list, Math.max(before[index]!, after[index]!))
        for (let i = first; i < last; i += 1) found.push(locate(index, list[i]!, time, next, rising))
      }
      time = next
      const swap = before
      before = after
      after = swap
    }
  }
  found.sort((a, b) => a - b)
  return Float64Array.from(found.filter((time, i) => time > from && time < to && (i === 0 || time > found[i - 1]!)))
}
