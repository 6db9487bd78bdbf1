import type { Observer, Observers, Trajectory } from '@mesobath/contracts'
import { layoutOf } from './internal/layout.js'

/**
 * Feeds a finished run to an observer, sample by sample, and returns what it makes of it: the same as if it had watched the run.
 *
 * The samples are the saved ones: `conditional` is null unless the run saved 'states', and diagonal where its algorithm moved
 * populations only. Arrays are views into the trajectory. A trajectory without populations cannot be replayed: that is a
 * mistake in the program, and throws a TypeError that names the remedy.
 */
export const fold = <R, O extends Observers = Observers>(trajectory: Trajectory<O>, observer: Observer<R>): R => {
  const { frame, populations, populationRates, conditionalStates, scalars } = trajectory
  if (populations === null) {
    throw new TypeError("`trajectory.populations` must have been saved to fold over it, but is null: solve with save 'states' or 'populations'")
  }
  const { dimension, counts, windows } = layoutOf(frame.dimension, frame.baths.map((each) => each.windows.energies.length))
  const joint = dimension * windows
  const conditional = joint * dimension
  const names = Object.keys(scalars)
  observer.begin(frame)
  for (let at = 0; at < trajectory.times.length; at++) {
    observer.sample({
      time: trajectory.times[at]!,
      side: trajectory.sides[at]!,
      energies: trajectory.energies.subarray(at * dimension, (at + 1) * dimension),
      strengths: trajectory.strengths.subarray(at * counts.length, (at + 1) * counts.length),
      populations: populations.subarray(at * joint, (at + 1) * joint),
      populationRates: populationRates === null ? null : populationRates.subarray(at * joint, (at + 1) * joint),
      conditional: conditionalStates === null ? null : {
        re: conditionalStates.re.subarray(at * conditional, (at + 1) * conditional),
        im: conditionalStates.im === null ? null : conditionalStates.im.subarray(at * conditional, (at + 1) * conditional),
      },
      scalars: Object.fromEntries(names.map((name) => [name, scalars[name]![at]!])),
    })
  }
  return observer.end()
}
