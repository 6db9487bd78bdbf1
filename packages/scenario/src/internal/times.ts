import type { Scenario } from '../scenario.js'

/** The output times [T]; an even grid ends on `to` bit for bit. */
export const toTimes = (times: Scenario['times']): Float64Array => {
  if (!('points' in times)) return Float64Array.from(times)
  const { from, to, points } = times
  return Float64Array.from({ length: points }, (_, index) => index === points - 1 ? to : from + ((to - from) * index) / (points - 1))
}
