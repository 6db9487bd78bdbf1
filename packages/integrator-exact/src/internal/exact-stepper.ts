import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Frame, Host, InitialState, Outcome, Problem, Sample, Segment, Side, Status, Stepper } from '@mesobath/contracts'
import { ThreadLost } from '@mesobath/kernels'
import { AdamsPropagator } from './adams-propagator.js'
import type { BoundsKeeper } from './bounds.js'
import { boundsKeeper } from './bounds.js'
import { ConstantPropagator } from './constant-propagator.js'
import { correlationSchedule, NEVER } from './correlation-schedule.js'
import type { CorrelationSchedule } from './correlation-schedule.js'
import { DrivePower } from './drive-power.js'
import { releaseState } from './evolution.js'
import type { State } from './evolution.js'
import type { HeldState } from './held-state.js'
import { samplingFinding } from './local/sampling-error.js'
import { makeReading } from './moments.js'
import type { Reading } from './moments.js'
import type { CorrelationMeter } from './mutual-information.js'
import { makePace } from './pace.js'
import type { Pace } from './pace.js'
import { makePulls, readState } from './reading.js'
import { samplingScalars } from './sampling-scalars.js'
import type { Pulls } from './reading.js'
import type { Sizing } from './sizing.js'
import { strengthsOf } from './sizing.js'
import { exactFindings, populatedWindows } from './validity.js'
import type { OwnedWorkshop } from './workshop.js'
import { OutOfMemory } from './workshop.js'

/** Probabilities err by at most twice what Ψ does, and half of the tolerance is left for everything else. */
const STEP_SHARE = 0.25

/** What a run was prepared with. */
export interface Preparation {
  readonly problem: Problem
  readonly host: Host
  readonly frame: Frame
  readonly shop: OwnedWorkshop
  readonly sizing: Sizing
  readonly state: State
  /** Of one series. */
  readonly tolerance: number
  /** Of every probability over the run. */
  readonly accuracy: number
  readonly correlation: CorrelationRequest | null
  /** The error that random vectors may leave in a probability, null where the whole mixture is moved or none was named. */
  readonly targetError: number | null
}

/** Where the mutual information is wanted: at every sample, or at every n-th output time only. */
export interface CorrelationRequest {
  readonly meter: CorrelationMeter
  readonly every: number | null
}

/** Moves the exact state; see `exact`. */
export class ExactStepper implements Stepper {
  readonly frame: Frame
  readonly #given: Preparation
  readonly #bounds: BoundsKeeper
  readonly #schedule: CorrelationSchedule
  readonly #reading: Reading
  readonly #pulls: Pulls
  readonly #held: HeldState
  readonly #constant: ConstantPropagator
  readonly #power: DrivePower
  #smooth: AdamsPropagator | null = null
  /** Whether the state is with the propagator of smooth segments. */
  #moving = false
  #populated: readonly (readonly number[])[] = []
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  readonly #start: number
  readonly #end: number
  #time: number
  #segment: Segment | null = null
  #energy = 0
  /** Σ λ_ν ⟨V_ν⟩. */
  #interaction = 0
  #work = 0
  #firstNorm = 1
  #firstEnergy = 0
  #normDrift = 0
  #energyDrift = 0
  /** Whether a smooth segment has been entered: from then on the tolerance counts, not rounding; of random vectors it always does. */
  #driven = false
  #mutualInformation = Number.NaN
  #samplingError = 0

  private constructor(given: Preparation) {
    const { problem, shop, host, sizing, tolerance, accuracy, correlation } = given
    this.#given = given
    this.frame = given.frame
    this.#bounds = boundsKeeper(shop)
    this.#schedule = correlation === null ? NEVER : correlationSchedule(problem.times, correlation.every)
    this.#reading = makeReading(shop.model)
    this.#pulls = makePulls(shop.model)
    this.#start = problem.times[0]!
    this.#time = this.#start
    this.#end = problem.times[problem.times.length - 1]!
    this.#held = { psi: given.state, time: this.#time }
    this.#energies = Float64Array.from(problem.energies)
    this.#strengths = strengthsOf(problem)
    this.#power = new DrivePower(this.#energies.length, this.#strengths.length)
    this.#constant = new ConstantPropagator({
      shop, sizing, host, tolerance, accuracy, bounds: this.#bounds, held: this.#held, reading: this.#reading, times: problem.times, schedule: this.#schedule,
    })
  }

  /** Reads the initial state, so that a sample can be taken before the first step; null where cancelled. */
  static async begin(given: Preparation, pace: Pace): Promise<ExactStepper | null> {
    const stepper = new ExactStepper(given)
    if (!(await stepper.#probe(pace)) || !(await stepper.#correlate(stepper.#time, pace))) return null
    stepper.#firstNorm = stepper.#reading.norm
    stepper.#populated = populatedWindows(given.shop.model, stepper.#reading.populations)
    return stepper
  }

  get time(): number {
    return this.#time
  }

  enter(segment: Segment): Outcome<void> {
    if (segment.from !== this.#time || this.#held.time !== this.#time) {
      if (this.#segment !== null && this.#time === this.#segment.to && this.#time === this.#end) {
        return fail(issue('integrator-exact/beyond-run', ['times'], `a segment must begin before the end of the run, ${this.#end}, but begins at ${segment.from}`))
      }
      throw new Error(`a segment must begin where the last one ended, at ${this.#time}, but begins at ${segment.from}`)
    }
    const read = this.#power.enter(segment)
    if (read._tag === 'Left') return read
    const before = this.#energy
    segment.energies(segment.from, this.#energies)
    segment.strengths(segment.from, this.#strengths)
    this.#compose()
    // The drive's first values are the start of the run, not a quench.
    if (this.#segment === null) this.#firstEnergy = this.#energy
    else this.#work += this.#energy - before
    this.#segment = segment
    this.#constant.restart()
    this.#moving = false
    return succeed(undefined)
  }

  async advance(to: number, signal?: Cancellation): Promise<Outcome<Status>> {
    const segment = this.#segment
    if (segment === null) throw new Error('`enter` must come before `advance`')
    if (!(to >= this.#time && to <= segment.to)) throw new RangeError(`\`to\` must lie in [${this.#time}, ${segment.to}], but is ${to}`)
    if (to === this.#time) return succeed('ok')
    if (signal?.aborted === true) return succeed('cancelled')
    try {
      return succeed(await this.#move(segment, to, makePace(this.#given.host, signal)))
    } catch (fault) {
      if (fault instanceof OutOfMemory) return fail(issue('integrator-exact/memory', [], `the run must fit into the memory of the backend, but ${fault.message}`))
      if (fault instanceof ThreadLost) return fail(issue('integrator-exact/thread-lost', [], `all threads must live until the run ends, but ${fault.message}`))
      throw fault
    }
  }

  sample(side: Side): Sample {
    const { populations, populationRates, re, im, norm, bathEnergies } = this.#reading
    const { model } = this.#given.shop
    return {
      time: this.#time,
      side,
      energies: this.#energies,
      strengths: this.#strengths,
      populations,
      populationRates,
      conditional: { re, im },
      scalars: {
        work: this.#work,
        power: this.#power.at(this.#time, this.#energies, this.#strengths, populations, this.#pulls.interactions),
        norm,
        energy: this.#energy,
        interactionEnergy: this.#interaction,
        ...Object.fromEntries(model.baths.map(({ label }, bath) => [`bathEnergy/${label}`, bathEnergies[bath]!])),
        ...(this.#given.correlation === null ? {} : { systemBathMutualInformation: this.#mutualInformation }),
        ...(this.#given.sizing.vectors === 1 ? {} : samplingScalars(model, this.#reading.errors, this.#given.sizing.vectors)),
      },
    }
  }

  validity(): ReturnType<Stepper['validity']> {
    const { problem, accuracy, sizing, shop, targetError } = this.#given
    return [
      ...exactFindings(problem.baths.map(({ bath }) => bath.windows), this.#populated, this.#time - this.#start, {
        norm: this.#normDrift, energy: this.#energyDrift, energyScale: this.#bounds.scale, accuracy: this.#driven || sizing.vectors > 1 ? accuracy : 0,
      }),
      ...(sizing.vectors === 1 ? [] : [samplingFinding(this.#samplingError, sizing.vectors, targetError ?? undefined, shop.single !== null)]),
    ]
  }

  checkpoint(): Outcome<InitialState> {
    return fail(issue('integrator-exact/checkpoint', [],
      'a checkpoint must hold ρ_S(E), but the state of an exact run is that of the whole bath; run it in one piece'))
  }

  dispose(): void {
    releaseState(this.#given.shop.backend, this.#held.psi)
    this.#held.psi = []
    this.#constant.dispose()
    this.#smooth?.dispose()
    this.#smooth = null
    this.#given.shop.dispose()
  }

  async #move(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const couplings = { energies: this.#energies, strengths: this.#strengths }
    const status = segment.constant ? await this.#constant.advance(segment, to, couplings, pace) : await this.#moveSmoothly(segment, to, pace)
    if (status !== 'ok') return status
    if (!segment.constant) {
      if (!(await this.#probe(pace))) return 'cancelled'
    } else {
      this.#settle()
      // A next segment may pull at each bath anew: by how much is asked of the state itself.
      if (to === segment.to && to < this.#end && !this.#settled() && !(await this.#probe(pace))) return 'cancelled'
    }
    if (!(await this.#correlate(to, pace))) return 'cancelled'
    // Only now: a cancelled advance that is taken up again finds the state there already.
    this.#time = to
    this.#keepBooks()
    return 'ok'
  }

  async #moveSmoothly(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const { shop, accuracy } = this.#given
    this.#smooth ??= new AdamsPropagator(shop, this.#bounds, (STEP_SHARE * accuracy) / (this.#end - this.#start))
    const smooth = this.#smooth
    if (!this.#moving) {
      smooth.take(this.#held.psi, this.#time)
      this.#moving = true
      this.#driven = true
    }
    const status = await smooth.advance(segment, to, pace)
    if (status !== 'ok') return status
    const reached = smooth.give()
    releaseState(shop.backend, this.#held.psi)
    this.#held.psi = reached
    this.#held.time = to
    segment.energies(to, this.#energies)
    segment.strengths(to, this.#strengths)
    this.#work += smooth.takeWork()
    return 'ok'
  }

  /** The mutual information of the state, which stands at `time` where it is wanted; false where cancelled. */
  async #correlate(time: number, pace: Pace): Promise<boolean> {
    this.#mutualInformation = Number.NaN
    if (!this.#schedule.wanted(time)) return true
    const found = await this.#given.correlation!.meter.measure(this.#held.psi, this.#reading, pace)
    if (found === null) return false
    this.#mutualInformation = found
    return true
  }

  /** Reads the state itself, and what each bath does to it; false where cancelled. */
  async #probe(pace: Pace): Promise<boolean> {
    const { shop, sizing } = this.#given
    if (!(await readState(shop, sizing, this.#held.psi, this.#reading, this.#pulls, pace))) return false
    this.#compose()
    return true
  }

  /** Rates and energies at the present ε_k and λ_ν from what each bath does. */
  #compose(): void {
    const { populationRates, bathEnergies } = this.#reading
    populationRates.fill(0)
    this.#interaction = 0
    for (let bath = 0; bath < this.#strengths.length; bath++) {
      const strength = this.#strengths[bath]!
      const rates = this.#pulls.rates[bath]!
      for (let node = 0; node < rates.length; node++) populationRates[node] = populationRates[node]! + strength * rates[node]!
      this.#interaction += strength * this.#pulls.interactions[bath]!
    }
    this.#energy = this.#systemEnergy() + this.#interaction
    for (const energy of bathEnergies) this.#energy += energy
  }

  /** Whether one reading of a coupled run tells what the bath does to it: there is one, and it was coupled. */
  #settled(): boolean {
    return this.#strengths.length === 1 && this.#strengths[0] !== 0
  }

  /** The interaction from the energy of a coupled run; what one bath does to it at λ = 1. */
  #settle(): void {
    const { populationRates, bathEnergies, energy } = this.#reading
    this.#energy = energy
    this.#interaction = energy - this.#systemEnergy()
    for (const own of bathEnergies) this.#interaction -= own
    if (!this.#settled()) return
    const strength = this.#strengths[0]!
    const rates = this.#pulls.rates[0]!
    for (let node = 0; node < rates.length; node++) rates[node] = populationRates[node]! / strength
    this.#pulls.interactions[0] = this.#interaction / strength
  }

  #systemEnergy(): number {
    const { populations } = this.#reading
    const { windows } = this.#given.shop.model
    let sum = 0
    for (let node = 0; node < populations.length; node++) sum += this.#energies[Math.floor(node / windows)]! * populations[node]!
    return sum
  }

  #keepBooks(): void {
    this.#samplingError = this.#reading.errors.reduce((most, each) => Math.max(most, each), this.#samplingError)
    this.#normDrift = Math.max(this.#normDrift, Math.abs(this.#reading.norm - this.#firstNorm))
    this.#energyDrift = Math.max(this.#energyDrift, Math.abs(this.#energy - this.#work - this.#firstEnergy))
  }
}
