import { constantDrive, fail, issue, succeed } from '@mesobath/contracts'
import type { Drive, Outcome, Problem, Segment } from '@mesobath/contracts'

const untiled = (at: number, must: string, but: string): Outcome<never> =>
  fail(issue('solve/drive', ['drive', 'segments', at], `\`drive.segments[${at}]\` must ${must}, but ${but}`))

/** The drive of a problem: an undriven one is a single constant segment, the same path as every other. */
export const driveOf = (problem: Problem): Drive =>
  problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, (each) => each.strength))

/**
 * The segments of a run, each checked against the one before it: they must tile [from, to] bit for bit. Nothing is asked of
 * the drive once `to` is reached, so that it may go on for ever.
 */
export function* checkedSegments(drive: Drive, from: number, to: number): Generator<Outcome<Segment>, void, undefined> {
  let reached = from
  let at = 0
  for (const segment of drive.segments(from, to)) {
    if (segment.from !== reached) {
      yield untiled(at, `begin at ${reached}, where ${at === 0 ? 'the run begins' : 'the segment before it ends'}`, `begins at ${segment.from}`)
      return
    }
    if (!(segment.to > segment.from || (from === to && segment.to === to))) {
      yield untiled(at, 'end after it begins', `runs from ${segment.from} to ${segment.to}`)
      return
    }
    if (segment.to > to) {
      yield untiled(at, `end no later than the run (${to})`, `ends at ${segment.to}`)
      return
    }
    reached = segment.to
    yield succeed(segment)
    if (reached === to) return
    at += 1
  }
  yield untiled(at, `continue the drive from ${reached} to the end of the run (${to})`, 'is missing')
}

const valueFault = (at: number, name: string, values: Float64Array, time: number, negative: boolean): Outcome<never> | null => {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || (!negative && values[i]! < 0)) {
      return untiled(at, `give finite${negative ? '' : ', not negative'} ${name}`, `gives ${values[i]} for entry ${i} at ${time}`)
    }
  }
  return null
}

/** Walks a drive once before the run: the number of stops inside it, or the first fault of tiling or of a value at a boundary. */
export const surveyDrive = (problem: Problem): Outcome<number> => {
  const energies = new Float64Array(problem.energies.length)
  const strengths = new Float64Array(problem.baths.length)
  let segments = 0
  for (const checked of checkedSegments(driveOf(problem), problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    if (checked._tag === 'Left') return checked
    const { from, to } = checked.right
    for (let side = 0; side < 2; side++) {
      const time = side === 0 ? from : to
      checked.right.energies(time, energies)
      checked.right.strengths(time, strengths)
      const fault = valueFault(segments, 'energies', energies, time, true) ?? valueFault(segments, 'strengths', strengths, time, false)
      if (fault !== null) return fault
    }
    segments += 1
  }
  return succeed(segments - 1)
}
