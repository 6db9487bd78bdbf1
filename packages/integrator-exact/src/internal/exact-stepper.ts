import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Frame, Host, InitialState, Outcome, Problem, Sample, Segment, Side, Status, Stepper } from '@mesobath/contracts'
import { chebyshevTerms, spectralBounds } from '@mesobath/kernels'
import { allocateState, evolve, releaseState } from './evolution.js'
import type { Ending, Expansion, State } from './evolution.js'
import type { Couplings } from './hamiltonian.js'
import { emptyMoments, evaluateMoments, makeReading } from './moments.js'
import type { Moments, Reading } from './moments.js'
import { makePace } from './pace.js'
import type { Pace } from './pace.js'
import { planRoute } from './plan.js'
import type { Route } from './plan.js'
import type { Sizing } from './sizing.js'
import { stopsWithin } from './sizing.js'
import { exactFindings } from './validity.js'
import type { OwnedWorkshop } from './workshop.js'
import { OutOfMemory } from './workshop.js'

/** Segments of a periodic drive come back: bounds of so many settings are kept. */
const REMEMBERED_BOUNDS = 256
/** A spectrum found to be too narrow is widened by this, so often. */
const WIDEN = 1.1
const WIDENINGS = 8
/** A component of one level, or of equal ones, still needs a radius: relative to its energy; H = 0 takes any. */
const LEAST_RADIUS = 1e-9

/** Centre and half-width of the spectrum of each component. */
interface Bounds {
  readonly centres: Float64Array
  readonly radii: Float64Array
}

/** A stretch of a segment whose moments are known. */
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
  readonly tolerance: number
}

/** Moves the exact state; see `exact`. */
export class ExactStepper implements Stepper {
  readonly frame: Frame
  readonly #given: Preparation
  readonly #bounds = new Map<string, Bounds>()
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
  #route: Route | null = null
  #stretch: Stretch | null = null
  #energy = 0
  /** ⟨H_int⟩ at λ = 1. */
  #unitInteraction = 0
  #work = 0
  #firstNorm = 1
  #firstEnergy = 0
  #normDrift = 0
  #energyDrift = 0
  #energyScale = 0

  private constructor(given: Preparation, reading: Reading) {
    const { problem, shop } = given
    this.#given = given
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
    if (!segment.constant) {
      return fail(issue('integrator-exact/smooth-drive', ['drive'],
        '`drive` must consist of segments of constant energies and strengths for exact evolution, ' +
        `but energies or strengths change smoothly from ${segment.from} to ${segment.to}; replace them by a train of small quenches`))
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
    this.#route = null
    this.#stretch = null
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
      },
    }
  }

  validity(): ReturnType<Stepper['validity']> {
    const { problem } = this.#given
    return exactFindings(problem.baths[0]!.bath.windows, this.#populated, this.#time - problem.times[0]!, {
      norm: this.#normDrift, energy: this.#energyDrift, energyScale: this.#energyScale,
    })
  }

  checkpoint(): Outcome<InitialState> {
    return fail(issue('integrator-exact/checkpoint', [],
      'a checkpoint must hold ρ_S(E), but the state of an exact run is that of the whole bath; run it in one piece'))
  }

  dispose(): void {
    releaseState(this.#given.shop.backend, this.#state)
    this.#state = []
    this.#given.shop.dispose()
  }

  async #move(segment: Segment, to: number, pace: Pace): Promise<Status> {
    const { sizing, problem, tolerance } = this.#given
    const bounds = await this.#boundsOf(pace)
    if (bounds === null) return 'cancelled'
    if (this.#route === null) {
      const radius = bounds.radii.reduce((most, each) => Math.max(most, each), 0)
      const stops = stopsWithin(problem.times, segment.from, segment.to)
      this.#route = planRoute(sizing.work, radius, segment.to - segment.from, stops, tolerance)
    }
    const status = this.#route.moments ? await this.#moveByMoments(segment, this.#route, to, pace) : await this.#moveInSteps(to, pace)
    if (status !== 'ok') return status
    this.#time = to
    if (this.#strengths[0] === 0 && to === segment.to && to < this.#end) {
      // Nothing was coupled: what a next segment would couple is asked of the state itself.
      await this.#probe(makePace(this.#given.host))
    } else this.#settle()
    this.#keepBooks()
    return 'ok'
  }

  async #moveByMoments(segment: Segment, route: Route, to: number, pace: Pace): Promise<Status> {
    while (this.#stretch === null || to > this.#stretch.to) {
      const index = this.#stretch === null ? 0 : this.#stretch.index + 1
      const from = this.#stretch === null ? segment.from : this.#stretch.to
      const share = ((segment.to - segment.from) * (index + 1)) / route.stretches
      const until = index + 1 === route.stretches ? segment.to : segment.from + share
      const status = await this.#evolve(until - from, until < this.#end, true, pace)
      if (status.ending !== 'done' || status.moments === null) return status.ending === 'cancelled' ? 'cancelled' : 'not-converged'
      this.#stretch = { index, from, to: until, moments: status.moments }
      if (until < this.#end) this.#stateTime = until
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
      const bounds = await this.#boundsOf(pace)
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
      for (let at = 0; at < bounds.radii.length; at++) bounds.radii[at] = bounds.radii[at]! * WIDEN
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
    this.#reading.populationRates.fill(0)
    this.#energy = this.#systemEnergy() + this.#reading.bathEnergy
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

  /** Spectral bounds of the present H, null where cancelled. */
  async #boundsOf(pace: Pace): Promise<Bounds | null> {
    const key = `${this.#energies.join()};${this.#strengths[0]}`
    const known = this.#bounds.get(key)
    if (known !== undefined) return known
    const { shop, host } = this.#given
    const centres = new Float64Array(shop.hamiltonians.length)
    const radii = new Float64Array(shop.hamiltonians.length)
    // The search is short and breathes, but is not cut in the middle: half a search is no bound.
    const steady = makePace(host)
    for (const [at, hamiltonian] of shop.hamiltonians.entries()) {
      const action = {
        dimension: hamiltonian.component.dimension,
        real: shop.model.real,
        apply: async (x: Parameters<typeof hamiltonian.apply>[0], out: typeof x): Promise<void> => {
          await hamiltonian.apply(x, out, 1, this.#couplings(), { factor: 1, centre: 0, before: null }, steady)
        },
      }
      const { lower, upper } = await spectralBounds(action, shop.backend)
      const size = Math.max(Math.abs(lower), Math.abs(upper))
      centres[at] = (lower + upper) / 2
      const radius = Math.max((upper - lower) / 2, LEAST_RADIUS * size)
      radii[at] = radius > 0 ? radius : 1
      this.#energyScale = Math.max(this.#energyScale, size)
      if (!(await pace.breathe())) return null
    }
    if (this.#bounds.size >= REMEMBERED_BOUNDS) this.#bounds.clear()
    const bounds = { centres, radii }
    this.#bounds.set(key, bounds)
    return bounds
  }
}
