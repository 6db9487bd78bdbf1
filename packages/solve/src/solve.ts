import { succeed } from '@mesobath/contracts'
import type { Algorithm, Observer, Observers, Outcome, Problem, Side, SolveOptions, Status, Stepper, Trajectory } from '@mesobath/contracts'
import { DEFAULT_SAVE, prepareRun } from './internal/prepare-run.js'
import { recorder } from './internal/recorder.js'
import type { Recorder } from './internal/recorder.js'
import { checkedSegments, driveOf } from './internal/tiling.js'

/** Stops between two pauses for the event loop: a train of pulses need not pay for a pause each. */
const STOPS_PER_BREATH = 64

/** Hands samples on and moves the stepper: what the walk over segments repeats. */
interface Run {
  readonly stepper: Stepper
  readonly emit: (side: Side) => void
  readonly advance: (to: number) => Promise<Outcome<Status>>
  readonly breathe: () => Promise<void>
  readonly progress: (time: number) => void
}

const makeRun = (problem: Problem, stepper: Stepper, options: SolveOptions, tables: Recorder): Run => {
  const observers: readonly Observer<unknown>[] = Object.values(options.observers ?? {})
  const from = problem.times[0]!
  const range = problem.times[problem.times.length - 1]! - from
  return {
    stepper,
    emit: (side) => {
      const sample = stepper.sample(side)
      tables.add(sample)
      for (const observer of observers) observer.sample(sample)
    },
    advance: async (to) => {
      if (options.signal?.aborted === true) return succeed('cancelled')
      const status = await stepper.advance(to, options.signal)
      if (status._tag === 'Right' && status.right === 'ok' && stepper.time !== to) {
        throw new Error(`the algorithm "${stepper.frame.algorithm.name}" was sent to ${to} and stopped at ${stepper.time}`)
      }
      return status
    },
    breathe: async () => { if (options.host?.breathe !== undefined) await options.host.breathe() },
    progress: (time) => options.onProgress?.({ time, fraction: range > 0 ? (time - from) / range : 1 }),
  }
}

/** Lands on every output time and every stop inside the run; ends early with the status of the advance that did not succeed. */
const walk = async (problem: Problem, run: Run): Promise<Outcome<Status>> => {
  const { times } = problem
  const { stepper } = run
  const end = times[times.length - 1]!
  let next = 1
  let stops = 0
  for (const checked of checkedSegments(driveOf(problem), times[0]!, end)) {
    if (checked._tag === 'Left') return checked
    const segment = checked.right
    const entered = stepper.enter(segment)
    if (entered._tag === 'Left') return entered
    run.emit('after')
    if (stops === 0) {
      run.progress(times[0]!)
      await run.breathe()
    }
    while (next < times.length && (times[next]! < segment.to || segment.to === end)) {
      const time = times[next]!
      const status = await run.advance(time)
      if (status._tag === 'Left' || status.right !== 'ok') return status
      run.emit('after')
      run.progress(time)
      await run.breathe()
      next += 1
    }
    if (segment.to === end) break
    const status = await run.advance(segment.to)
    if (status._tag === 'Left' || status.right !== 'ok') return status
    run.emit('before')
    stops += 1
    if (stops % STOPS_PER_BREATH === 0) await run.breathe()
    if (times[next] === segment.to) {
      run.progress(segment.to)
      next += 1
    }
  }
  return succeed('ok')
}

/**
 * Solves a problem with an algorithm: checks everything at once, prepares, walks segments and output times exactly, and
 * returns a trajectory of the same shape from every algorithm.
 *
 * An output time is one sample (`after`); a stop inside the run is two of equal time (`before`, `after`), and an output time
 * that coincides with a stop is those two. A cancelled run, or one that did not converge, is a trajectory with that `status`
 * and the samples so far; its `checkpoint` is null, because no sample stands at the time it was left. One that was cancelled before its
 * first sample is the issue `solve/cancelled`. `save` is 'states'
 * unless told; where an algorithm moves populations only, the saved states are their diagonal matrices.
 * The drive is read twice, once before the run to check it and to count its stops.
 *
 * Issues: those of `checkProblem`; `solve/contract`, `solve/missing-capability`, `solve/tolerance`, `solve/save`,
 * `solve/observable`, `solve/drive`, `solve/memory` (with both figures, before anything starts), `solve/cancelled`; the algorithm's own.
 */
export const solve = async <O extends Observers = Observers>(
  problem: Problem, algorithm: Algorithm, options: SolveOptions<O> = {},
): Promise<Outcome<Trajectory<O>>> => {
  const ready = await prepareRun(problem, algorithm, options, true)
  if (ready._tag === 'Left') return ready
  const { stepper, samples } = ready.right
  try {
    const { frame } = stepper
    const tables = recorder(frame, options.save ?? DEFAULT_SAVE, options.observables ?? {}, samples)
    const observers = Object.entries(options.observers ?? {})
    for (const [, observer] of observers) observer.begin(frame)
    const run = makeRun(problem, stepper, options, tables)
    await run.breathe()
    const status = await walk(problem, run)
    if (status._tag === 'Left') return status
    const checkpoint = status.right === 'ok' ? stepper.checkpoint() : null
    return succeed({
      frame,
      problem,
      status: status.right,
      validity: stepper.validity(),
      ...tables.finish(),
      // Each observer stands under its own name: the mapped type says what a loop over entries cannot.
      observed: Object.fromEntries(observers.map(([name, observer]) => [name, observer.end()])) as Trajectory<O>['observed'],
      checkpoint: checkpoint !== null && checkpoint._tag === 'Right' ? checkpoint.right : null,
    })
  } finally {
    stepper.dispose()
  }
}
