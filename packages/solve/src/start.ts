import type { Algorithm, Outcome, Problem, SolveOptions, Stepper } from '@mesobath/contracts'
import { prepareRun } from './internal/prepare-run.js'
import { checkedSegments, driveOf } from './internal/tiling.js'

/**
 * Starts a run by hand: checked and prepared as by `solve`, standing at `times[0]` inside the first segment of the drive, so
 * that `sample` and `advance` work at once. Of the options only `host`, `tolerance` and, until it stands there, `signal` matter; output times after the first are
 * not walked, further segments are entered by the caller, who also calls `dispose`.
 *
 * Issues: those of `solve`.
 */
export const start = async (problem: Problem, algorithm: Algorithm, options: SolveOptions = {}): Promise<Outcome<Stepper>> => {
  const ready = await prepareRun(problem, algorithm, options, false)
  if (ready._tag === 'Left') return ready
  const { stepper } = ready.right
  for (const first of checkedSegments(driveOf(problem), problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    const entered = first._tag === 'Left' ? first : stepper.enter(first.right)
    if (entered._tag === 'Left') {
      stepper.dispose()
      return entered
    }
    break
  }
  return { _tag: 'Right', right: stepper }
}
