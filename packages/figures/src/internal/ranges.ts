import type { Curve } from '../curve.js'

// A peak above a round number by less than a line's width does not open a new interval of ticks.
const PEAK_OVERSHOOT = 3e-3

const niceCeiling = (value: number): number => {
  if (!(value > 0)) return 1
  let decade = 1
  while (decade < value) decade *= 10
  while (decade >= value * 10) decade /= 10
  return [0.1, 0.2, 0.4, 0.6, 0.8, 1].map((step) => step * decade).find((step) => step >= value * (1 - PEAK_OVERSHOOT)) ?? decade
}

const extent = (curves: readonly Curve[], key: 'times' | 'values', bands = false): [number, number] => {
  let low = Infinity
  let high = -Infinity
  for (const curve of curves) {
    for (let i = 0; i < curve[key].length; i += 1) {
      const value = curve[key][i] ?? 0
      // What is not finite leaves a gap.
      if (!Number.isFinite(value)) continue
      const half = bands ? curve.band?.halfWidths[i] ?? 0 : 0
      low = Math.min(low, value - half)
      high = Math.max(high, value + half)
    }
  }
  return [low, high]
}

export const timeRange = (curves: readonly Curve[]): [number, number] => {
  const [low, high] = extent(curves, 'times')
  return high > low ? [low, high] : [low - 0.5, high + 0.5]
}

/** A band that reaches beyond is cut off: that of a probability of 1 must not open half a panel of emptiness. */
export const valueRange = (curves: readonly Curve[]): [number, number] => {
  const [low, high] = extent(curves, 'values')
  const top = high > 0 ? niceCeiling(high) : 0
  // A dip below zero by rounding or by a few thousandths should not open half a panel of emptiness.
  const bottom = low < -0.02 * (top || 1) ? -niceCeiling(-low) : 0
  return top > bottom ? [bottom, top] : [bottom, bottom + 1]
}

/** Intervals between ticks of an axis of its own: about this many. */
const INTERVALS = 4.5

const niceStep = (size: number): number => {
  let decade = 1
  while (decade > size) decade /= 10
  while (decade * 10 <= size) decade *= 10
  return ([1, 2, 2.5, 5, 10].find((step) => step * decade >= size * (1 - PEAK_OVERSHOOT)) ?? 10) * decade
}

/** Round numbers that hold the curves and nothing more: for a panel that is compared with no other. */
export const snugRange = (curves: readonly Curve[]): [number, number] => {
  const [low, high] = extent(curves, 'values', true)
  if (!(high > low)) return Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1]
  const step = niceStep((high - low) / INTERVALS)
  const slack = PEAK_OVERSHOOT * (high - low)
  return [step * Math.floor((low + slack) / step), step * Math.ceil((high - slack) / step)]
}
