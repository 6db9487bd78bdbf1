import { constantDrive, succeed } from '@mesobath/contracts'
import type { Algorithm, Cancellation, Host, Observer, Outcome, Problem, Segment, Side, Status, Stepper } from '@mesobath/contracts'

/** What a walk gives back. */
export interface Walked {
  readonly status: Status
  readonly stepper: Stepper
}

/** Options of `walk`. */
export interface WalkOptions {
  readonly observers?: readonly Observer<unknown>[]
  readonly host?: Host
  readonly signal?: Cancellation
  /** Called as each segment is entered. */
  readonly onSegment?: (segment: Segment) => void
}

/**
 * The whole of a run in one loop: segments, output times, observers. Output times are one sample, `after`; stops inside the
 * run are two of equal time, `before` and `after`.
 */
export const walk = async (problem: Problem, algorithm: Algorithm, options: WalkOptions = {}): Promise<Outcome<Walked>> => {
  const { times } = problem
  const prepared = await algorithm.prepare(problem, options.host ?? {}, 1e-10)
  if (prepared._tag === 'Left') return prepared
  const stepper = prepared.right
  const observers = options.observers ?? []
  for (const observer of observers) observer.begin(stepper.frame)
  const show = (side: Side): void => {
    const sample = stepper.sample(side)
    for (const observer of observers) observer.sample(sample)
  }
  const end = times[times.length - 1]
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, (each) => each.strength))
  let output = 1
  for (const segment of drive.segments(times[0], end)) {
    if (segment.from !== times[0]) show('before')
    options.onSegment?.(segment)
    const entered = stepper.enter(segment)
    if (entered._tag === 'Left') return entered
    show('after')
    while (stepper.time < segment.to) {
      const next = output < times.length && times[output] < segment.to ? times[output] : segment.to
      const advanced = await stepper.advance(next, options.signal)
      if (advanced._tag === 'Left') return advanced
      if (advanced.right !== 'ok') return succeed({ status: advanced.right, stepper })
      if (output < times.length && times[output] === next) output += 1
      if (next < segment.to || next === end) show('after')
    }
  }
  return succeed({ status: 'ok', stepper })
}
