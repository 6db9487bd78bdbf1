import { constantDrive } from '@mesobath/contracts'
import type { Cancellation, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { strengthsOf } from './sizing.js'

/** Output times that a pilot looks at, at most. */
const LOOKS = 16
/** The spread of a few vectors is itself uncertain: so many times as many are taken as it says. */
const MARGIN = 1.25

/** Some of the output times, the first and the last among them. */
const coarse = (times: Problem['times']): Float64Array => {
  const step = Math.max(1, Math.ceil((times.length - 1) / (LOOKS - 1)))
  const last = times.length - 1
  return times.filter((_, at) => at === last || (at % step === 0 && last - at >= step / 2))
}

/** Runs through a problem and gives the largest scalar `samplingError` that it meets. */
const largestError = async (stepper: Stepper, problem: Problem, signal?: Cancellation): Promise<Outcome<number>> => {
  const { times } = problem
  const end = times[times.length - 1]!
  const drive = problem.drive ?? constantDrive(problem.energies, strengthsOf(problem))
  let most = stepper.sample('after').scalars.samplingError!
  for (const segment of drive.segments(times[0]!, end)) {
    const entered = stepper.enter(segment)
    if (entered._tag === 'Left') return entered
    for (const time of [...times.filter((each) => each > segment.from && each < segment.to), segment.to]) {
      const moved = await stepper.advance(time, signal)
      if (moved._tag === 'Left') return moved
      // What does not converge, or was cancelled, is told by the run itself.
      if (moved.right !== 'ok') return { _tag: 'Right', right: most }
      most = Math.max(most, stepper.sample('after').scalars.samplingError!)
    }
  }
  return { _tag: 'Right', right: most }
}

/** How many random vectors leave `targetError`, from the spread of `tried` of them at a few times; `most` do for certain. */
export const vectorsFor = async (
  open: (problem: Problem, vectors: number) => Promise<Outcome<Stepper>>, problem: Problem, tried: number, most: number, targetError: number, signal?: Cancellation,
): Promise<Outcome<number>> => {
  const pilot = { ...problem, times: coarse(problem.times) }
  const stepper = await open(pilot, tried)
  if (stepper._tag === 'Left') return stepper
  try {
    const found = await largestError(stepper.right, pilot, signal)
    if (found._tag === 'Left') return found
    const share = found.right / targetError
    return { _tag: 'Right', right: Math.min(most, Math.max(tried, Math.ceil(MARGIN * tried * share * share))) }
  } finally {
    stepper.right.dispose()
  }
}
