import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Trajectory } from '@mesobath/contracts'
import type { Curve } from './curve.js'
import type { PopulationChoice } from './population-choice.js'
import { samplingBand } from './sampling-band.js'

/**
 * The joint probability p(ε_k, E; t) of a run as a curve, named after the run's algorithm, with a band where random vectors stand for
 * the mixture.
 *
 * Issues: `figures/no-populations` where the run saved none, `figures/no-such-state` where level or windows do not exist, `figures/confidence`.
 */
export const populationCurve = (trajectory: Trajectory, choice: PopulationChoice): Outcome<Curve> => {
  const { frame, times, populations } = trajectory
  if (populations === null) {
    return fail(issue('figures/no-populations', ['populations'], '`populations` must be saved for a curve (save: \'populations\'), but are not'))
  }
  const counts = frame.baths.map((bath) => bath.windows.energies.length)
  const inside = (index: number | undefined, size: number): boolean =>
    index !== undefined && Number.isInteger(index) && index >= 0 && index < size
  if (choice.windows.length !== counts.length || !counts.every((count, bath) => inside(choice.windows[bath], count)) || !inside(choice.level, frame.dimension)) {
    return fail(issue('figures/no-such-state', ['windows'],
      `level and windows must lie within [${[frame.dimension, ...counts].join(', ')}], but are [${[choice.level, ...choice.windows].join(', ')}]`))
  }
  const index = counts.reduce((joint, count, bath) => joint * count + (choice.windows[bath] ?? 0), choice.level)
  const size = counts.reduce((product, count) => product * count, frame.dimension)
  const values = Float64Array.from(times, (_, row) => populations[row * size + index] ?? NaN)
  const band = samplingBand(trajectory.scalars, choice, choice.confidence)
  if (band._tag === 'Left') return band
  return succeed({
    name: frame.algorithm.name, times: Float64Array.from(times), values, ...(choice.label === undefined ? {} : { label: choice.label }),
    ...(band.right === null ? {} : { band: band.right }),
  })
}
