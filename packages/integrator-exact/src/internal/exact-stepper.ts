import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Frame, Host, InitialState, Outcome, Problem, Sample, Segment, Side, Status, Stepper } from '@mesobath/contracts'
import { chebyshevTerms } from '@mesobath/kernels'
import type { BoundsKeeper } from './bounds.js'
import { boundsKeeper } from './bounds.js'
import { allocateState, evolve, releaseState } from './evolution.js'
import type { Ending, Expansion, State } from './evolution.js'
import type { Couplings } from './hamiltonian.js'
import { MagnusPropagator } from './magnus.js'
import { emptyMoments, evaluateMoments, makeReading } from './moments.js'
import type { Moments, Reading } from './moments.js'
import type { CorrelationMeter } from './mutual-information.js'
import { makePace } from './pace.js'
import type { Pace } from './pace.js'
import { planRoute } from './plan.js'
import type { Route } from './plan.js'
import type { Sizing } from './sizing.js'
import { stopsWithin } from './sizing.js'
import { exactFindings } from './validity.js'
import type { OwnedWorkshop } from './workshop.js'
import { OutOfMemory } from './workshop.js'

/** A spectrum found to be too narrow is widened so often. */
const WIDENINGS = 8
/** Probabilities err by at most twice what Ψ does, and half of the tolerance is left for everything else. */
const STEP_SHARE = 0.25

/** A part of a constant segment at whose end the state itself is wanted, or all of it. */
interface Leg {
  readonly from: number
  readonly to: number
  readonly route: Route
}

/** A stretch of a leg whose moments are known. */
interface Stretch {
  readonly index: number
  readonly from: number
  readonly to: number
  readonly moments: Moments
}

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
  readonly #reading: Reading
  readonly #unitRates: Float64Array
  #populated: readonly number[] = []
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  readonly #end: number
  #state: State
  #stateTime: number
  #time: number
  #segment: Segment | null = null
  #leg: Leg | null = null
  #stretch: Stretch | null = null
  #energy = 0
  /** ⟨H_int⟩ at λ = 1. */
  #unitInteraction = 0
  #work = 0
  #firstNorm = 1
  #firstEnergy = 0
  #normDrift = 0
  #energyDrift = 0
  #magnus: MagnusPropagator | null = null
  /** Whether the state is with the propagator of smooth segments. */
  #moving = false
  #mutualInformation = Number.NaN

  private constructor(given: Preparation, reading: Reading) {
    const { problem, shop } = given
    this.#given = given
    this.#bounds = boundsKeeper(shop, given.host)
    this.frame = given.frame
    this.#state = given.state
    this.#time = problem.times[0]!
    this.#stateTime = this.#time
    this.#end = problem.times[problem.times.length - 1]!
    this.#energies = Float64Array.from(problem.energies)
    this.#strengths = Float64Array.of(problem.baths[0]!.strength)
    this.#reading = reading
    this.#unitRates = new Float64Array(shop.model.dimension * shop.model.centres.length)
  }

  /** Reads the initial state, so that a sample can be taken before the first step. */
  static async begin(given: Preparation): Promise<ExactStepper> {
    const { model } = given.shop
    const windows = model.centres.length
    const stepper = new ExactStepper(given, makeReading(model.dimension, windows))
    await stepper.#probe(makePace(given.host))
    await stepper.#correlate(stepper.#time)
    const { populations, norm } = stepper.#reading
    stepper.#firstNorm = norm
    stepper.#populated = Array.from(model.centres, (_, at) => at)
      .filter((at) => Array.from({ length: model.dimension }, (_, k) => populations[k * windows + at]!).some((p) => p > 0))
    return stepper
  }

  get time(): number {
    return this.#time
  }

  enter(segment: Segment): Outcome<void> {
    if (segment.from !== this.#time || this.#stateTime !== this.#time) {
      if (this.#segment !== null && this.#time === this.#segment.to && this.#time === this.#end) {
        return fail(issue('integrator-exact/beyond-run', ['times'], `a segment must begin before the end of the run, ${this.#end}, but begins at ${segment.from}`))
      }
      throw new Error(`a segment must begin where the last one ended, at ${this.#time}, but begins at ${segment.from}`)
    }
    const { dimension, centres } = this.#given.shop.model
    const windows = centres.length
    const energies = new Float64Array(dimension)
    const strengths = new Float64Array(1)
    segment.energies(segment.from, energies)
    segment.strengths(segment.from, strengths)
    const { populations, populationRates, bathEnergy } = this.#reading
    let systemEnergy = 0
    let work = (strengths[0]! - this.#strengths[0]!) * this.#unitInteraction
    for (let k = 0; k < dimension; k++) {
      let population = 0
      for (let at = 0; at < windows; at++) population += populations[k * windows + at]!
      work += (energies[k]! - this.#energies[k]!) * population
      systemEnergy += energies[k]! * population
    }
    this.#energies.set(energies)
    this.#strengths.set(strengths)
    for (let node = 0; node < populationRates.length; node++) populationRates[node] = strengths[0]! * this.#unitRates[node]!
    this.#energy = systemEnergy + bathEnergy + strengths[0]! * this.#unitInteraction
    // The drive's first values are the start of the run, not a quench.
    if (this.#segment === null) this.#firstEnergy = this.#energy
    else this.#work += work
    this.#segment = segment
    this.#leg = null
    this.#stretch = null
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
      throw fault
    }
  }

  sample(side: Side): Sample {
    const { populations, populationRates, re, im, norm, bathEnergy } = this.#reading
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
        norm,
        energy: this.#energy,
        interactionEnergy: this.#strengths[0]! * this.#unitInteraction,
        [`bathEnergy/${this.#given.shop.model.label}`]: bathEnergy,
        ...(this.#given.correlation === null ? {} : { systemBathMutualInformation: this.#mutualInformation }),
      },
    }
  }

  validity(): ReturnType<Stepper['validity']> {
    const { problem } = this.#given
    return exactFindings(problem.baths[0]!.bath.windows, this.#populated, this.#time - problem.times[0]!, {
      norm: this.#normDrift, energy: this.#energyDrift, energyScale: this.#bounds.scale,
    })
  }

  checkpoint(): Outcome<InitialState> {
    return fail(issue('integrator-exact/checkpoint', [],
      'a checkpoint must hold ρ_S(E), but the state of an exact run is that of the whole bath; run it in one piece'))
  }

  dispose(): void {
    releaseState(this.#given.shop.backend, this.#state)
    this.#state = []
    this.#magnus?.dispose()
    this.#magnus = null
    this.#given.shop.dispose()
  }

  async #move(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const status = segment.constant ? await this.#moveConstantly(segment, to, pace) : await this.#moveSmoothly(segment, to, pace)
    if (status !== 'ok') return status
    this.#time = to
    // Nothing interrupts what follows: time and state are to agree.
    if (!segment.constant || (this.#strengths[0] === 0 && to === segment.to && to < this.#end)) {
      // Nothing was coupled, or what is coupled has changed: what a next segment would couple is asked of the state itself.
      await this.#probe(makePace(this.#given.host))
    } else this.#settle()
    await this.#correlate(to)
    this.#keepBooks()
    return 'ok'
  }

  async #moveConstantly(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const { sizing, problem, tolerance } = this.#given
    while (this.#leg === null || to > this.#leg.to) {
      const from = this.#leg === null ? segment.from : this.#leg.to
      const until = this.#legEnd(segment, from, to)
      const bounds = await this.#bounds.of(this.#couplings(), until - from, pace)
      if (bounds === null) return 'cancelled'
      const radius = bounds.radii.reduce((most, each) => Math.max(most, each), 0)
      const stops = stopsWithin(problem.times, from, until)
      this.#stretch = null
      this.#leg = { from, to: until, route: planRoute(sizing.work, radius, until - from, stops, tolerance) }
    }
    return this.#leg.route.moments ? this.#moveByMoments(this.#leg, to, pace) : this.#moveInSteps(to, pace)
  }

  async #moveSmoothly(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const { shop, accuracy, problem } = this.#given
    const length = this.#end - problem.times[0]!
    this.#magnus ??= new MagnusPropagator(shop, this.#bounds, (STEP_SHARE * accuracy) / length)
    const magnus = this.#magnus
    if (!this.#moving) {
      magnus.take(this.#state, this.#time, this.#energies, this.#strengths[0]!)
      this.#moving = true
    }
    let status: Status
    try {
      status = await magnus.advance(segment, to, pace)
    } finally {
      this.#state = magnus.state
      this.#stateTime = magnus.time
    }
    if (status !== 'ok') return status
    segment.energies(to, this.#energies)
    segment.strengths(to, this.#strengths)
    this.#work += magnus.takeWork()
    return 'ok'
  }

  /** Where the state itself is wanted next. */
  #legEnd(segment: Segment, from: number, to: number): number {
    const { correlation, problem } = this.#given
    if (correlation === null) return segment.to
    const { every } = correlation
    if (every === null) return to
    const next = problem.times.findIndex((time, at) => at % every === 0 && time > from)
    return next < 0 ? segment.to : Math.min(segment.to, problem.times[next]!)
  }

  #correlationWanted(time: number): boolean {
    const { correlation, problem } = this.#given
    if (correlation === null) return false
    const { every } = correlation
    if (every === null) return true
    const at = problem.times.indexOf(time)
    return at >= 0 && at % every === 0
  }

  /** The mutual information of the state, which stands at `time` where it is wanted. */
  async #correlate(time: number): Promise<void> {
    this.#mutualInformation = Number.NaN
    if (!this.#correlationWanted(time)) return
    const found = await this.#given.correlation!.meter.measure(this.#state, this.#reading, makePace(this.#given.host))
    if (found !== null) this.#mutualInformation = found
  }

  async #moveByMoments(leg: Leg, to: number, pace: Pace): Promise<Status> {
    const { route } = leg
    while (this.#stretch === null || to > this.#stretch.to) {
      const index = this.#stretch === null ? 0 : this.#stretch.index + 1
      const from = this.#stretch === null ? leg.from : this.#stretch.to
      const share = ((leg.to - leg.from) * (index + 1)) / route.stretches
      const until = index + 1 === route.stretches ? leg.to : leg.from + share
      const keep = until < this.#end || this.#correlationWanted(until)
      const status = await this.#evolve(until - from, keep, true, pace)
      if (status.ending !== 'done' || status.moments === null) return status.ending === 'cancelled' ? 'cancelled' : 'not-converged'
      this.#stretch = { index, from, to: until, moments: status.moments }
      if (keep) this.#stateTime = until
    }
    evaluateMoments(this.#given.shop.model, this.#stretch.moments, to - this.#stretch.from, this.#reading)
    this.#energy = this.#reading.energy
    return 'ok'
  }

  async #moveInSteps(to: number, pace: Pace): Promise<Status> {
    const { ending } = await this.#evolve(to - this.#stateTime, true, false, pace)
    if (ending !== 'done') return ending === 'cancelled' ? 'cancelled' : 'not-converged'
    this.#stateTime = to
    const expansion = this.#twoTerms()
    const moments = this.#emptyMoments(expansion)
    // The state has moved already: this last part is not interrupted, so that time and state agree.
    await evolve(this.#given.shop, this.#state, null, moments, this.#couplings(), expansion, 0, makePace(this.#given.host))
    evaluateMoments(this.#given.shop.model, moments, 0, this.#reading)
    this.#energy = this.#reading.energy
    return 'ok'
  }

  /** Moves the state by `duration` where `keep`, collecting moments where asked; the state is untouched unless all went well. */
  async #evolve(duration: number, keep: boolean, collect: boolean, pace: Pace): Promise<{ ending: Ending; moments: Moments | null }> {
    const { shop, tolerance } = this.#given
    for (let widening = 0; widening <= WIDENINGS; widening++) {
      const bounds = await this.#bounds.of(this.#couplings(), duration, pace)
      if (bounds === null) return { ending: 'cancelled', moments: null }
      const expansion: Expansion = {
        centres: bounds.centres,
        radii: bounds.radii,
        terms: Int32Array.from(bounds.radii, (radius) => chebyshevTerms(radius * duration, tolerance)),
      }
      const end = keep ? allocateState(shop) : null
      const moments = collect ? this.#emptyMoments(expansion) : null
      let done = false
      try {
        const ending = await evolve(shop, this.#state, end, moments, this.#couplings(), expansion, duration, pace)
        if (ending === 'cancelled') return { ending, moments: null }
        if (ending === 'done') {
          done = true
          if (end !== null) {
            releaseState(shop.backend, this.#state)
            this.#state = end
          }
          return { ending, moments }
        }
      } finally {
        if (!done && end !== null) releaseState(shop.backend, end)
      }
      this.#bounds.widen()
    }
    return { ending: 'narrow', moments: null }
  }

  /** Reads the state with the interaction at λ = 1 and nothing else of the system: rates and ⟨H_int⟩ per λ. */
  async #probe(pace: Pace): Promise<void> {
    const { shop } = this.#given
    const expansion = this.#twoTerms()
    const moments = this.#emptyMoments(expansion)
    const couplings = { energies: new Float64Array(shop.model.dimension), strength: 1 }
    await evolve(shop, this.#state, null, moments, couplings, expansion, 0, pace)
    evaluateMoments(shop.model, moments, 0, this.#reading)
    this.#unitRates.set(this.#reading.populationRates)
    this.#unitInteraction = this.#reading.energy - this.#reading.bathEnergy
    const strength = this.#strengths[0]!
    for (let node = 0; node < this.#unitRates.length; node++) this.#reading.populationRates[node] = strength * this.#unitRates[node]!
    this.#energy = this.#systemEnergy() + this.#reading.bathEnergy + strength * this.#unitInteraction
  }

  /** Rates and ⟨H_int⟩ per λ from the reading of a coupled run. */
  #settle(): void {
    const strength = this.#strengths[0]!
    if (strength === 0) return
    const { populationRates, bathEnergy } = this.#reading
    for (let node = 0; node < populationRates.length; node++) this.#unitRates[node] = populationRates[node]! / strength
    this.#unitInteraction = (this.#energy - this.#systemEnergy() - bathEnergy) / strength
  }

  #systemEnergy(): number {
    const { populations } = this.#reading
    const windows = this.#given.shop.model.centres.length
    let sum = 0
    for (let node = 0; node < populations.length; node++) sum += this.#energies[Math.floor(node / windows)]! * populations[node]!
    return sum
  }

  #keepBooks(): void {
    this.#normDrift = Math.max(this.#normDrift, Math.abs(this.#reading.norm - this.#firstNorm))
    this.#energyDrift = Math.max(this.#energyDrift, Math.abs(this.#energy - this.#work - this.#firstEnergy))
  }

  #couplings(): Couplings {
    return { energies: this.#energies, strength: this.#strengths[0]! }
  }

  /** Two blocks, Ψ and HΨ: all that rates and energy at one time take. */
  #twoTerms(): Expansion {
    const count = this.#given.shop.structure.components.length
    return { centres: new Float64Array(count), radii: new Float64Array(count).fill(1), terms: new Int32Array(count).fill(2) }
  }

  #emptyMoments({ centres, radii, terms }: Expansion): Moments {
    const { shop, sizing } = this.#given
    return emptyMoments(shop.structure, shop.model.centres.length, sizing.pairs, Float64Array.from(centres), Float64Array.from(radii), terms)
  }
}
