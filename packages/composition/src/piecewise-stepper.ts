import { fail, issue, succeed } from '@mesobath/contracts'
import type {
  Cancellation, Finding, Frame, Host, InitialState, Outcome, Planes, Problem, Sample, Segment, Side, Status, Stepper, Vector,
} from '@mesobath/contracts'
import type { Setting } from './constant-settings.js'

/** A state under a generator that is constant in each segment: what a piecewise stepper moves. */
export interface Mover {
  /** Builds the generator of a setting from tables already prepared. */
  enter(setting: Setting): Outcome<void>
  /** The longest time step that should run without a pause. */
  readonly stride: number
  /** Moves the state by `time` with an absolute error of at most `tolerance` in every probability; false where it left the finite numbers. */
  advance(time: number, tolerance: number): boolean
  /** p [level, window₁ … windowₙ], borrowed. */
  populations(): Vector
  /** ∂t p in the same layout, borrowed. */
  populationRates(): Vector
  /** ρ_S(E) [window₁ … windowₙ, k, q], borrowed; null where coherences are zero throughout. */
  conditional(): Planes | null
  /** ρ_S(E) as `conditional` has it, copied, coherences or not. */
  checkpoint(): Planes
}

/** What a piecewise stepper is made of. */
export interface PiecewiseParts {
  readonly frame: Frame
  readonly problem: Problem
  readonly host: Host
  readonly mover: Mover
  /** The setting that the mover already holds. */
  readonly held: Setting
  /** Bound on the absolute error of every probability over the whole run. */
  readonly tolerance: number
  readonly memoryStart: number
  /** The validity report, asked for at the end. */
  readonly findings: () => readonly Finding[]
  /** Code of the issue where a segment is not constant. */
  readonly smoothDriveCode: string
}

const equal = (a: Float64Array, b: Float64Array): boolean => a.every((value, i) => value === b[i])

/**
 * A stepper for generators that are constant in each segment; quenches do the work Σ Δε_k p_k at an instant (Eq. 47).
 *
 * @equation 47
 */
export const piecewiseStepper = (parts: PiecewiseParts): Stepper => {
  const { findings, frame, host, memoryStart, mover, problem, smoothDriveCode, tolerance } = parts
  const dimension = frame.dimension
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const next = { energies: new Float64Array(dimension), strengths: new Float64Array(frame.baths.length) }
  let setting: Setting = parts.held
  let entered = false
  let time = problem.times[0]!
  let work = 0

  const quenchWork = (from: Vector, to: Vector): number => {
    const populations = mover.populations()
    const size = populations.length / dimension
    let sum = 0
    for (let k = 0; k < dimension; k += 1) {
      let level = 0
      for (let i = k * size; i < (k + 1) * size; i += 1) level += populations[i]!
      sum += (to[k]! - from[k]!) * level
    }
    return sum
  }

  const enter = (segment: Segment): Outcome<void> => {
    if (!segment.constant) {
      return fail(issue(smoothDriveCode, ['drive'],
        `\`drive\` must hold energies and strengths constant between its stops for this method, but they move from ${segment.from} to ${segment.to}`))
    }
    segment.energies(segment.from, next.energies)
    segment.strengths(segment.from, next.strengths)
    const from = setting.energies
    if (!equal(setting.energies, next.energies) || !equal(setting.strengths, next.strengths)) {
      const following: Setting = { energies: next.energies.slice(), strengths: next.strengths.slice() }
      const outcome = mover.enter(following)
      if (outcome._tag === 'Left') return outcome
      setting = following
    }
    // Where the run begins nothing has been done yet: the energies of the first segment are the ones it starts with.
    if (entered) work += quenchWork(from, setting.energies)
    entered = true
    return succeed(undefined)
  }

  const advance = async (to: number, signal?: Cancellation): Promise<Outcome<Status>> => {
    const start = time
    const steps = Math.max(1, Math.ceil((to - start) / mover.stride))
    for (let step = 1; step <= steps; step += 1) {
      if (signal?.aborted === true) return succeed<Status>('cancelled')
      const until = step === steps ? to : start + ((to - start) * step) / steps
      const length = until - time
      if (length > 0 && !mover.advance(length, (tolerance * length) / duration)) return succeed<Status>('not-converged')
      time = until
      if (step < steps) await host.breathe?.()
    }
    return succeed<Status>('ok')
  }

  const sample = (side: Side): Sample => ({
    time, side,
    energies: setting.energies, strengths: setting.strengths,
    populations: mover.populations(), populationRates: mover.populationRates(), conditional: mover.conditional(),
    scalars: { work },
  })

  return {
    frame,
    get time() {
      return time
    },
    enter, advance, sample,
    validity: findings,
    checkpoint: () => succeed<InitialState>({ kind: 'conditional', states: mover.checkpoint(), memoryStart }),
    dispose: () => undefined,
  }
}
