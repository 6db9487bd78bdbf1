import { constantDrive } from '@mesobath/contracts'
import type { Algorithm, Drive, Outcome, Problem, Segment, Status, Stepper, Vector } from '@mesobath/contracts'
import { needed } from '../law.js'

/** What the kit keeps of a sample. */
export interface Kept {
  readonly time: number
  readonly populations: Float64Array
  readonly populationRates: Float64Array | null
  readonly scalars: Readonly<Record<string, number>>
}

/** A finished walk. */
export interface Walked {
  readonly stepper: Stepper
  /** At every output time, and before and after each stop. */
  readonly samples: readonly Kept[]
}

/** Two orders finer than what laws ask for. */
export const TOLERANCE = 1e-10

/** As `solve` hands a problem over: the segments of its drive, entered one after the other, every output time landed on. */
export const walk = async (algorithm: Algorithm, problem: Problem, tolerance = TOLERANCE): Promise<Walked> => {
  const stepper = needed('`prepare`', await algorithm.prepare(problem, {}, tolerance))
  const samples: Kept[] = []
  const keep = (): void => {
    const { time, populations, populationRates, scalars } = stepper.sample('after')
    samples.push({ time, populations: populations.slice(), populationRates: populationRates?.slice() ?? null, scalars: { ...scalars } })
  }
  const { times } = problem
  const [from, to] = [times[0]!, times[times.length - 1]!]
  const drive: Drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, (bath) => bath.strength))
  let next = 1
  for (const segment of drive.segments(from, to)) {
    needed('`enter`', stepper.enter(segment))
    keep()
    for (; next < times.length && times[next]! <= segment.to; next += 1) await land(stepper, times[next]!, keep)
    if (stepper.time < segment.to) await land(stepper, segment.to, keep)
  }
  return { stepper, samples }
}

const land = async (stepper: Stepper, time: number, keep: () => void): Promise<void> => {
  const outcome: Outcome<Status> = await stepper.advance(time)
  const status = needed('`advance`', outcome)
  if (status !== 'ok') throw new Error(`the status at t = ${time} is '${status}'`)
  keep()
}

/** Energies before and after a stop at `at`; λ as it is. */
export const quench = (before: Vector, after: Vector, strengths: Vector, at: number): Drive => ({
  recipe: null,
  segments: (from, to) => {
    const part = (start: number, end: number, energies: Vector): Segment => ({
      from: start, to: end, constant: true,
      energies: (_time, out) => { out.set(energies) }, strengths: (_time, out) => { out.set(strengths) },
    })
    return [part(from, at, before), part(at, to, after)]
  },
})
