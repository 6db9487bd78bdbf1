import type { Segment, Status } from '@mesobath/contracts'
import { chebyshevTerms } from '@mesobath/kernels'
import type { Bounds, BoundsKeeper } from './bounds.js'
import { makeBounds } from './bounds.js'
import { allocateState, evolve, releaseState } from './evolution.js'
import type { Ending, Expansion, State, Workshop } from './evolution.js'
import type { Couplings } from './hamiltonian.js'
import type { Occupations } from './occupations.js'
import { readInteraction, readLevels } from './occupations.js'
import type { Pace } from './pace.js'
import { makeProbe } from './probe.js'
import type { Probe } from './probe.js'

/** Gauss points of a step and the weights 1/4 ± √3/6 of the two exponentials. */
const ROOT = Math.sqrt(3) / 6
const EARLY = 0.5 - ROOT
const LATE = 0.5 + ROOT
const HEAVY = 0.25 + ROOT
const LIGHT = 0.25 - ROOT

/** A whole step differs from two halves by its own error and that of the halves, 1/16 of it. */
const WHOLE_SHARE = 16 / 15
/** New steps aim below what is allowed, so that few are rejected. */
const SAFETY = 0.85
const GROW_MOST = 4
const SHRINK_MOST = 0.1
/** Differences of this size are rounding, whatever the tolerance. */
const ROUNDING = 2e-15
/** A step shorter than this share of the time passed has no digits left: the drive is not smooth. */
const SHORTEST = 1e-13
/** R·h of a step at most: longer ones would look at the drive too seldom. */
const LONGEST = 8
/**
 * The phases ∫ ε_k dt of a step are found by its two points and by Simpson's rule in so many parts: a pulse between two points shows, and
 * so does a jump anywhere, for no sum of Simpson's weights is one of Gauss's but at the ends.
 */
const PHASE_PANELS = 4
/** A step counts as so many operations, so that small systems hear a signal too. */
const OPERATIONS_PER_STEP = 1e7
/** Share of a step's error that its series may make, and what a series can reach at all. */
const SERIES_SHARE = 1e-2
const SERIES_LEAST = 2e-16
const SERIES_MOST = 1e-12
/** Spectra may be widened so often. */
const WIDENINGS = 8

interface MovingCouplings extends Couplings {
  readonly energies: Float64Array
  strength: number
}

const makeCouplings = (dimension: number): MovingCouplings => ({ energies: new Float64Array(dimension), strength: 0 })

const assign = (to: MovingCouplings, from: Couplings): void => {
  to.energies.set(from.energies)
  to.strength = from.strength
}

/**
 * Moves Ψ where ε_k(t) and λ(t) are smooth, by the commutator-free Magnus scheme of order 4 with two exponentials:
 *
 * Ψ(t + h) = e^{−i(h/2)H̄₂} e^{−i(h/2)H̄₁} Ψ(t), H̄₁,₂ = (½ ± √3/3) H(t + c₁h) + (½ ∓ √3/3) H(t + c₂h), c₁,₂ = ½ ∓ √3/6.
 *
 * Every H̄ is a setting (ε̄, λ̄) of the same Hamiltonian, so each exponential is a Chebyshev series as on a constant segment. A step is
 * tried on a few random combinations of columns, as a whole and in halves, before the state is moved by it.
 *
 * Work is the sum of the jumps from setting to setting, Σ Δε_k p_k + Δλ ⟨V⟩, at the stages of the step: for a linear drive
 * Simpson's rule for ∫ (Σ ε̇_k p_k + λ̇ ⟨V⟩) dt. It is of the order of the scheme and made of p_k and ⟨V⟩ only.
 */
export class MagnusPropagator {
  readonly #shop: Workshop
  readonly #probe: Probe
  readonly #keeper: BoundsKeeper
  readonly #allowedRate: number
  readonly #unit: Couplings
  readonly #stages: readonly MovingCouplings[]
  readonly #current: MovingCouplings
  readonly #occupations: Occupations
  readonly #bounds: Bounds
  readonly #expansion: Expansion & { readonly terms: Int32Array }
  readonly #early: MovingCouplings
  readonly #late: MovingCouplings
  readonly #strengths = new Float64Array(1)
  readonly #guard: Float64Array
  readonly #probes: readonly State[]
  #spare: readonly [State, State]
  #state: State = []
  #time = 0
  #step = 0
  #work = 0
  #accepted = 0

  /** `allowedRate`: error of the state per unit time, in the norm of Ψ. */
  constructor(shop: Workshop, keeper: BoundsKeeper, allowedRate: number) {
    const { dimension } = shop.model
    this.#shop = shop
    this.#keeper = keeper
    this.#allowedRate = allowedRate
    this.#probe = makeProbe(shop)
    this.#unit = { energies: new Float64Array(dimension), strength: 1 }
    this.#stages = Array.from({ length: 6 }, () => makeCouplings(dimension))
    this.#current = makeCouplings(dimension)
    this.#early = makeCouplings(dimension)
    this.#late = makeCouplings(dimension)
    this.#occupations = { levels: new Float64Array(dimension), interaction: 0 }
    this.#bounds = makeBounds(shop.hamiltonians.length)
    this.#expansion = { centres: this.#bounds.centres, radii: this.#bounds.radii, terms: new Int32Array(shop.hamiltonians.length) }
    this.#guard = new Float64Array(dimension + 1)
    const held: State[] = []
    try {
      for (let i = 0; i < 4; i++) held.push(allocateState(this.#probe.shop))
      held.push(allocateState(shop), allocateState(shop))
    } catch (fault) {
      for (const state of held) releaseState(shop.backend, state)
      throw fault
    }
    this.#probes = held.slice(0, 4)
    this.#spare = [held[4]!, held[5]!]
  }

  get state(): State {
    return this.#state
  }

  get time(): number {
    return this.#time
  }

  /** Steps made so far. */
  get accepted(): number {
    return this.#accepted
  }

  /** Takes over the state, at the values that the drive has there; a real one is laid out anew as complex. */
  take(state: State, time: number, energies: Float64Array, strength: number): void {
    const { backend } = this.#shop
    if (state.some((batch) => batch.some((planes) => planes.im === null))) {
      const complex = allocateState(this.#shop)
      complex.forEach((batch, b) => batch.forEach((planes, order) => {
        const from = state[b]![order]!
        planes.re.set(from.re)
        if (from.im !== null) planes.im!.set(from.im)
      }))
      releaseState(backend, state)
      this.#state = complex
    } else this.#state = state
    this.#time = time
    this.#current.energies.set(energies)
    this.#current.strength = strength
    this.#work = 0
  }

  /** Work since `take` or the last call. */
  takeWork(): number {
    const work = this.#work
    this.#work = 0
    return work
  }

  /** Gives back everything but the state. */
  dispose(): void {
    for (const state of [...this.#probes, ...this.#spare]) releaseState(this.#shop.backend, state)
  }

  /** Moves to `to` exactly; cancelled, it stands at the end of its last step, and goes on from there. */
  async advance(segment: Segment, to: number, pace: Pace): Promise<Status> {
    if (!(await this.#keeper.ready(pace))) return 'cancelled'
    while (this.#time !== to) {
      if (pace.due(OPERATIONS_PER_STEP) && !(await pace.breathe())) return 'cancelled'
      const rest = to - this.#time
      const distance = Math.abs(rest)
      this.#values(segment, this.#time, this.#early)
      this.#keeper.compose(this.#early, this.#bounds)
      let radius = 0
      for (let at = 0; at < this.#bounds.radii.length; at++) radius = Math.max(radius, this.#bounds.radii[at]!)
      if (!(radius < Infinity)) return 'not-converged'
      if (this.#step === 0) this.#step = 1 / radius
      let step = Math.min(this.#step, LONGEST / radius)
      // Neither a sliver at the end nor a step that rounding would carry past it.
      const landing = distance <= 1.001 * step
      if (landing) step = distance
      else if (distance < 2 * step) step = distance / 2
      if (step < SHORTEST * Math.max(Math.abs(this.#time), Math.abs(segment.to - segment.from)) && !landing) return 'not-converged'
      const h = rest < 0 ? -step : step
      const allowed = Math.max(ROUNDING, this.#allowedRate * step)
      let error: number | 'cancelled' | 'narrow' = this.#prepare(segment, h)
      if (error <= allowed) {
        const tried = await this.#tryOut(h, allowed, pace)
        error = typeof tried === 'number' ? Math.max(tried, error) : tried
      }
      if (error === 'cancelled') return 'cancelled'
      if (error === 'narrow' || Number.isNaN(error)) return 'not-converged'
      const factor = error === 0 ? GROW_MOST : SAFETY * power(allowed / error)
      const next = step * Math.min(GROW_MOST, Math.max(SHRINK_MOST, factor))
      if (error > allowed) {
        if (step < SHORTEST * Math.max(Math.abs(this.#time), Math.abs(segment.to - segment.from))) return 'not-converged'
        this.#step = Math.min(next, SAFETY * step)
        continue
      }
      const ending = await this.#make(segment, landing ? to : this.#time + h, h, allowed, landing, pace)
      if (ending === 'cancelled') return 'cancelled'
      if (ending === 'narrow') return 'not-converged'
      // A step cut short by an output says nothing against the length that was meant.
      this.#step = Math.max(next, this.#step > step ? Math.min(this.#step, LONGEST / radius) : 0)
    }
    return 'ok'
  }

  #values(segment: Segment, time: number, out: MovingCouplings): void {
    segment.energies(time, out.energies)
    segment.strengths(time, this.#strengths)
    out.strength = this.#strengths[0]!
  }

  /** H̄₁ and H̄₂ of one step into the stages at `at`. */
  #stage(segment: Segment, time: number, h: number, at: number): void {
    const early = this.#early
    const late = this.#late
    const first = this.#stages[at]!
    const second = this.#stages[at + 1]!
    this.#values(segment, time + EARLY * h, early)
    this.#values(segment, time + LATE * h, late)
    for (let k = 0; k < first.energies.length; k++) {
      first.energies[k] = 2 * (HEAVY * early.energies[k]! + LIGHT * late.energies[k]!)
      second.energies[k] = 2 * (LIGHT * early.energies[k]! + HEAVY * late.energies[k]!)
    }
    first.strength = 2 * (HEAVY * early.strength + LIGHT * late.strength)
    second.strength = 2 * (LIGHT * early.strength + HEAVY * late.strength)
  }

  /** All settings of a step; the error of its phases ∫ ε_k dt and ‖V‖ ∫ λ dt. */
  #prepare(segment: Segment, h: number): number {
    this.#stage(segment, this.#time, h, 0)
    this.#stage(segment, this.#time, h / 2, 2)
    this.#stage(segment, this.#time + h / 2, h / 2, 4)
    const guard = this.#guard
    const d = guard.length - 1
    guard.fill(0)
    const points = 2 * PHASE_PANELS
    for (let point = 0; point <= points; point++) {
      const weight = (point === 0 || point === points ? 1 : point % 2 === 1 ? 4 : 2) / (3 * points)
      this.#values(segment, point === points ? this.#time + h : this.#time + (h * point) / points, this.#early)
      for (let k = 0; k < d; k++) guard[k] = guard[k]! + weight * this.#early.energies[k]!
      guard[d] = guard[d]! + weight * this.#early.strength
    }
    let most = this.#keeper.interactionNorm * Math.abs(guard[d]! - (this.#stages[0]!.strength + this.#stages[1]!.strength) / 2)
    for (let k = 0; k < d; k++) {
      most = Math.max(most, Math.abs(guard[k]! - (this.#stages[0]!.energies[k]! + this.#stages[1]!.energies[k]!) / 2))
    }
    return most * Math.abs(h)
  }

  /** The error of a step, from a few combinations of columns. */
  async #tryOut(h: number, allowed: number, pace: Pace): Promise<number | 'cancelled' | 'narrow'> {
    const [start, whole, halves, spare] = this.#probes as readonly [State, State, State, State]
    const { shop } = this.#probe
    this.#probe.fill(this.#state, this.#accepted, start)
    const path = [
      [start, spare, 0, h / 2], [spare, whole, 1, h / 2],
      [start, spare, 2, h / 4], [spare, halves, 3, h / 4], [halves, spare, 4, h / 4], [spare, halves, 5, h / 4],
    ] as const
    for (const [from, into, stage, duration] of path) {
      const ending = await this.#exponential(shop, from, into, this.#stages[stage]!, duration, allowed, pace)
      if (ending !== 'done') return ending
    }
    return WHOLE_SHARE * this.#probe.distance(whole, halves)
  }

  /** Makes the step and books its work. */
  async #make(segment: Segment, until: number, h: number, allowed: number, landing: boolean, pace: Pace): Promise<Ending> {
    const [middle, end] = this.#spare
    const first = this.#stages[0]!
    const second = this.#stages[1]!
    let work = await this.#jump(this.#current, first, this.#state, pace)
    if (work === null) return 'cancelled'
    let ending = await this.#exponential(this.#shop, this.#state, middle, first, h / 2, allowed, pace)
    if (ending !== 'done') return ending
    const inner = await this.#jump(first, second, middle, pace)
    if (inner === null) return 'cancelled'
    work += inner
    ending = await this.#exponential(this.#shop, middle, end, second, h / 2, allowed, pace)
    if (ending !== 'done') return ending
    let setting: Couplings = second
    if (landing) {
      // Between steps work jumps from setting to setting; where someone looks, it must be that of ε(t) and λ(t).
      this.#values(segment, until, this.#early)
      const last = await this.#jump(second, this.#early, end, pace)
      if (last === null) return 'cancelled'
      work += last
      setting = this.#early
    }
    assign(this.#current, setting)
    this.#spare = [middle, this.#state]
    this.#state = end
    this.#time = until
    this.#work += work
    this.#accepted++
    return 'done'
  }

  /** Σ Δε_k p_k + Δλ ⟨V⟩ at one state; null where cancelled. */
  async #jump(from: Couplings, to: Couplings, state: State, pace: Pace): Promise<number | null> {
    const occupations = this.#occupations
    readLevels(this.#shop, state, occupations)
    let work = 0
    for (let k = 0; k < occupations.levels.length; k++) work += (to.energies[k]! - from.energies[k]!) * occupations.levels[k]!
    const change = to.strength - from.strength
    if (change !== 0) {
      if (!(await readInteraction(this.#shop, state, this.#unit, occupations, pace))) return null
      work += change * occupations.interaction
    }
    return work
  }

  async #exponential(shop: Workshop, from: State, into: State, couplings: Couplings, duration: number, allowed: number, pace: Pace): Promise<Ending> {
    const tolerance = Math.min(SERIES_MOST, Math.max(SERIES_LEAST, SERIES_SHARE * allowed))
    const { radii } = this.#bounds
    for (let widening = 0; widening <= WIDENINGS; widening++) {
      this.#keeper.compose(couplings, this.#bounds)
      for (let at = 0; at < radii.length; at++) {
        if (!(radii[at]! < Infinity)) return 'narrow'
        this.#expansion.terms[at] = chebyshevTerms(radii[at]! * duration, tolerance)
      }
      for (const batch of into) {
        for (const planes of batch) {
          planes.re.fill(0)
          planes.im!.fill(0)
        }
      }
      const ending = await evolve(shop, from, into, null, couplings, this.#expansion, duration, pace)
      if (ending !== 'narrow') return ending
      this.#keeper.widen()
    }
    return 'narrow'
  }
}

/** x^{1/4}: the error of a step per unit time goes with its fourth power. */
const power = (x: number): number => Math.sqrt(Math.sqrt(x))
