import type { Planes, Segment, Status } from '@mesobath/contracts'
import { exp, log, planesView } from '@mesobath/kernels'
import { addDifferences, correct, realInner, squares } from './adams-sums.js'
import type { AdamsWeights } from './adams-weights.js'
import { adamsWeights, makeAdamsWeights } from './adams-weights.js'
import type { BoundsKeeper } from './bounds.js'
import { DriveFollower } from './drive-follower.js'
import { allocateState, releaseState } from './evolution.js'
import type { State, Workshop } from './evolution.js'
import { interactionOf } from './couplings.js'
import { PLAIN } from './hamiltonian.js'
import type { Couplings } from './couplings.js'
import { jointLevels } from './microscopic-model.js'
import type { Pace } from './pace.js'
import type { RotatingFrame } from './rotating-frame.js'
import { rotatingFrame } from './rotating-frame.js'

/** Predictions of an order beyond this one gain little on the rounding of their growing weights. */
const MOST_ORDER = 12
/** Values kept: those of the highest order, one more to judge it by, and the new one. */
const SLOTS = MOST_ORDER + 2
/** What one product with the history gives: the step predicted, and the value expected at its end in three orders. */
const COMBINATIONS = 4

/** New steps aim below what is allowed, so that few are rejected. */
const SAFETY = 0.85
const GROW_MOST = 4
const SHRINK_LEAST = 0.9
const SHRINK_MOST = 0.1
/** Steps stay as they are where they could grow by less: even ones have the smaller weights. */
const GROW_LEAST = 1.1
/** Differences of this size are rounding, whatever the tolerance. */
const ROUNDING = 2e-15
/** A step shorter than this share of the time passed has no digits left: the drive is not smooth. */
const SHORTEST = 1e-13
/** R·h of a step at most: longer ones would look at the drive too seldom. */
const LONGEST = 8
/** ‖λV‖ h at most: the prediction is not corrected twice, which is stable for short steps only. */
const CALM = 0.3
/** A step counts as so many operations, so that small systems hear a signal too. */
const OPERATIONS_PER_STEP = 1e7

/** States kept beside Ψ: y, the history, its combinations, and room for Ψ on the way and V Ψ. */
export const SMOOTH_STATES = 3 + SLOTS + COMBINATIONS

/**
 * Moves Ψ where ε_k(t) and λ_ν(t) are smooth, in the frame that turns with everything diagonal: what is left, ∂t y = f(t, y) =
 * −i e^{iΦ} Σ λ_ν V_ν e^{−iΦ} y, is weak and no faster than the detunings, so that an Adams method of variable order (up to 12) and step
 * needs one product for each step. The prediction from past values of f is where f is taken anew; the difference to what was expected
 * there corrects the step and measures its error, in the norm of Ψ, over all columns.
 *
 * The phases ∫ε_k dt are integrals of their own, Gauss-Kronrod, so that ε_k(t) need not be slow on the scale of a step. So is work,
 * ∫ (Σ ε̇_k p_k + Σ λ̇_ν ⟨V_ν⟩) dt = [Σ ε_k p_k + Σ λ_ν ⟨V_ν⟩] − ∫ (Σ ε_k ṗ_k + Σ λ_ν ∂t⟨V_ν⟩) dt with p_k and ⟨V_ν⟩ as polynomials in time.
 */
export class AdamsPropagator {
  readonly #shop: Workshop
  readonly #keeper: BoundsKeeper
  readonly #allowedRate: number
  readonly #frame: RotatingFrame
  readonly #interactions: readonly Couplings[]
  readonly #weights: AdamsWeights
  readonly #radius: number
  readonly #matrix: Planes
  readonly #y: State
  readonly #psi: State
  readonly #room: State
  /** Per batch and component: slots one after another; and combinations. */
  readonly #history: State
  readonly #combined: State
  readonly #held: State[] = []

  /** Times of values, newest first, and their slots; the slot behind those known is free. */
  readonly #times = new Float64Array(SLOTS)
  readonly #slots = new Int32Array(SLOTS)
  #known = 0
  readonly #points = new Float64Array(SLOTS)
  #order = 1
  #step = 0

  #origin = 0
  #time = 0
  readonly #drive: DriveFollower
  /** How far the work of the step just tried may be wrong. */
  #workDoubt = 0

  /** `allowedRate`: error of the state per unit time, in the norm of Ψ. */
  constructor(shop: Workshop, keeper: BoundsKeeper, allowedRate: number) {
    const { model, structure } = shop
    this.#shop = shop
    this.#keeper = keeper
    this.#allowedRate = allowedRate
    this.#frame = rotatingFrame(shop)
    this.#interactions = model.baths.map((_, bath) => interactionOf(model, bath))
    this.#weights = makeAdamsWeights(MOST_ORDER)
    this.#drive = new DriveFollower(model.dimension, keeper.interactionNorms, SLOTS)
    let low = Infinity
    let high = -Infinity
    for (const { blocks } of structure.components) {
      for (const { windows } of blocks) {
        for (const window of windows) {
          for (const level of jointLevels(model, window)) {
            low = Math.min(low, level)
            high = Math.max(high, level)
          }
        }
      }
    }
    this.#radius = (high - low) / 2
    const hold = (copies: number): State => {
      const state = shop.batches.map((batch) => batch.components.map((at) =>
        shop.backend.allocate(copies, structure.components[at]!.dimension * batch.width, false)))
      this.#held.push(state)
      return state
    }
    try {
      this.#matrix = shop.backend.allocate(COMBINATIONS, SLOTS, true)
      this.#held.push([[this.#matrix]])
      this.#y = hold(1)
      this.#psi = hold(1)
      this.#room = hold(1)
      this.#history = hold(SLOTS)
      this.#combined = hold(COMBINATIONS)
    } catch (fault) {
      this.dispose()
      throw fault
    }
  }

  get time(): number {
    return this.#time
  }

  /** Begins a segment at Ψ, with no past. */
  take(state: State, time: number): void {
    state.forEach((batch, b) => batch.forEach((planes, order) => {
      const y = this.#y[b]![order]!
      y.re.set(planes.re)
      if (planes.im === null) y.im!.fill(0)
      else y.im!.set(planes.im)
    }))
    this.#origin = time
    this.#time = time
    this.#drive.restart()
    this.#known = 0
    for (let at = 0; at < SLOTS; at++) this.#slots[at] = at
    this.#order = 1
    this.#step = 0
  }

  /** Ψ where this stands; planes of one's own. */
  give(): State {
    const state = allocateState(this.#shop)
    this.#frame.set(this.#time - this.#origin, this.#drive.phases)
    this.#frame.leave(this.#y, null, state)
    return state
  }

  /** Work since `take` or the last call. */
  takeWork(): number {
    return this.#drive.takeWork()
  }

  dispose(): void {
    for (const state of this.#held) releaseState(this.#shop.backend, state)
    this.#held.length = 0
  }

  /** Moves to `to` exactly; cancelled, it stands at the end of its last step, and goes on from there. */
  async advance(segment: Segment, to: number, pace: Pace): Promise<Status> {
    if (!(await this.#keeper.ready(pace))) return 'cancelled'
    if (this.#known === 0 && !(await this.#begin(segment, to, pace))) return 'cancelled'
    while (this.#time !== to) {
      if (pace.due(OPERATIONS_PER_STEP) && !(await pace.breathe())) return 'cancelled'
      const rest = to - this.#time
      const distance = Math.abs(rest)
      const longest = this.#longest()
      if (!(longest > 0)) return 'not-converged'
      let step = Math.min(this.#step, longest)
      // Neither a sliver at the end nor a step that rounding would carry past it.
      const landing = distance <= 1.001 * step
      if (landing) step = distance
      else if (distance < 2 * step) step = distance / 2
      const shortest = SHORTEST * Math.max(Math.abs(this.#time), Math.abs(segment.to - segment.from))
      if (step < shortest && !landing) return 'not-converged'
      const h = rest < 0 ? -step : step
      const end = landing ? to : this.#time + h
      const allowed = Math.max(ROUNDING, this.#allowedRate * step)
      this.#weigh(h)
      // Where the drive itself is not resolved no product is spent; rounding is no excuse for a jump.
      const resolved = (this.#drive.follow(segment, this.#time, h, end, this.#weights, this.#order, this.#slots) / this.#allowedRate) * allowed
      let error = resolved
      if (resolved <= allowed) {
        if (!(await this.#evaluate(end, pace))) return 'cancelled'
        this.#correct(h)
        this.#workDoubt = this.#drive.weighWork(this.#weights, this.#order, this.#slots, this.#free()) / Math.max(1, this.#radius)
        error = Math.max(this.#workDoubt, this.#ownError(step))
        if (error > allowed && this.#order > 1 && this.#lowerError(step) < this.#ownError(step)) this.#order--
      }
      // Not a number: the drive is none there.
      if (Number.isNaN(error)) return 'not-converged'
      if (error > allowed) {
        if (step < shortest) return 'not-converged'
        const factor = SAFETY * root(allowed / error, this.#order)
        this.#step = step * Math.min(SHRINK_LEAST, Math.max(SHRINK_MOST, factor))
        continue
      }
      const meant = this.#step
      const factor = this.#accept(end, step, allowed)
      const next = factor < 1 ? step * Math.max(SHRINK_MOST, factor) : factor < GROW_LEAST ? step : step * Math.min(GROW_MOST, factor)
      // A step cut short by an output says nothing against the length that was meant.
      this.#step = meant > step && factor >= 1 ? Math.max(next, meant) : next
    }
    return 'ok'
  }

  #longest(): number {
    const pull = this.#drive.pull()
    return Math.min(this.#radius > 0 ? LONGEST / this.#radius : Infinity, pull > 0 ? CALM / pull : Infinity)
  }

  /** The first value of f, and a first step so short that order 1 serves. */
  async #begin(segment: Segment, to: number, pace: Pace): Promise<boolean> {
    this.#drive.begin(segment, this.#time)
    if (!(await this.#value(this.#time, null, pace))) return false
    this.#push()
    this.#populations(this.#slots[0]!, this.#y)
    const pull = this.#drive.pull()
    const swing = this.#drive.spread() + this.#radius + pull
    const distance = Math.abs(to - this.#time)
    // An error of h²·swing·pull/2, as far as it is more than rounding.
    const growth = swing * Math.max(pull, this.#allowedRate)
    this.#step = Math.min(distance, growth > 0 ? Math.max(this.#allowedRate / growth, Math.sqrt(ROUNDING / growth)) : distance)
    return true
  }

  /** Weights for a step of h from the times known. */
  #weigh(h: number): void {
    for (let at = 0; at < this.#known; at++) this.#points[at] = (this.#times[at]! - this.#time) / h
    adamsWeights(this.#points, this.#order, this.#known, this.#weights)
  }

  /** The prediction, and f there into a slot that is free. */
  async #evaluate(end: number, pace: Pace): Promise<boolean> {
    const { backend, batches } = this.#shop
    const { predict, ahead } = this.#weights
    const rows = this.#matrix.re
    rows.fill(0)
    const h = end - this.#time
    const filled = this.#filled()
    for (let j = 0; j < this.#known; j++) {
      const slot = this.#slots[j]!
      if (j < this.#order) rows[slot] = h * predict[j]!
      for (let which = 0; which < 3; which++) if (j < ahead[which]!.length) rows[(which + 1) * filled + slot] = ahead[which]![j]!
    }
    for (let b = 0; b < batches.length; b++) {
      for (let order = 0; order < batches[b]!.components.length; order++) {
        const size = this.#y[b]![order]!.re.length
        const pending = backend.multiply(
          planesView(this.#matrix, 0, COMBINATIONS * filled), planesView(this.#history[b]![order]!, 0, filled * size),
          COMBINATIONS, filled, size, this.#combined[b]![order]!, false, pace.breathe)
        if (pending !== undefined) await pending
        if (pace.due(4 * COMBINATIONS * filled * size) && !(await pace.breathe())) return false
      }
    }
    return this.#value(end, this.#combined, pace)
  }

  /** f at `time` and the next phases, of y + step, into the slot that is free; ⟨V_ν⟩ beside it. */
  async #value(time: number, step: State | null, pace: Pace): Promise<boolean> {
    const { batches, hamiltonians, model } = this.#shop
    const slot = this.#free()
    this.#frame.set(time - this.#origin, this.#drive.nextPhases)
    this.#frame.leave(this.#y, step, this.#psi)
    this.#drive.open(slot)
    for (let b = 0; b < batches.length; b++) {
      const { components, width } = batches[b]!
      for (let order = 0; order < components.length; order++) {
        const component = components[order]!
        const psi = this.#psi[b]![order]!
        const room = this.#room[b]![order]!
        const size = psi.re.length
        const out = planesView(this.#history[b]![order]!, slot * size, (slot + 1) * size)
        for (let bath = 0; bath < model.baths.length; bath++) {
          if (!(await hamiltonians[component]!.apply(psi, room, width, this.#interactions[bath]!, PLAIN, pace))) return false
          this.#drive.addInteraction(slot, bath, realInner(psi, room))
          this.#frame.enter(room, component, this.#drive.nextStrength(bath), out, bath > 0)
        }
      }
    }
    return true
  }

  /** ‖f − what order − 1, order and order + 1 values expected‖. */
  readonly #differences = new Float64Array(3)

  /** y at the end of the step in the place of its prediction, and how far f was from what was expected. */
  #correct(h: number): void {
    const { batches } = this.#shop
    const differences = this.#differences
    const gain = h * this.#weights.gains[2]!
    differences.fill(0)
    const slot = this.#free()
    for (let b = 0; b < batches.length; b++) {
      for (let order = 0; order < batches[b]!.components.length; order++) {
        const size = this.#y[b]![order]!.re.length
        const f = planesView(this.#history[b]![order]!, slot * size, (slot + 1) * size)
        const combined = this.#combined[b]![order]!
        const y = this.#y[b]![order]!
        addDifferences(f.re, combined.re, size, differences)
        addDifferences(f.im!, combined.im!, size, differences)
        correct(y.re, f.re, combined.re, size, gain)
        correct(y.im!, f.im!, combined.im!, size, gain)
      }
    }
    for (let which = 0; which < 3; which++) differences[which] = Math.sqrt(differences[which]!)
    this.#populations(slot, this.#combined)
  }

  /** The error of the step just tried, that of an order less than it has. */
  #ownError(step: number): number {
    const { gains } = this.#weights
    return Math.abs(gains[2]! - gains[1]!) * this.#differences[1]! * step
  }

  /** The same, had the order been one less. */
  #lowerError(step: number): number {
    const { gains } = this.#weights
    return Math.abs(gains[1]! - gains[0]!) * this.#differences[0]! * step
  }

  /** Makes the step, books its work, and chooses the next order; by how much the step may grow. */
  #accept(end: number, step: number, allowed: number): number {
    const { batches } = this.#shop
    const { gains } = this.#weights
    for (let b = 0; b < batches.length; b++) {
      for (let order = 0; order < batches[b]!.components.length; order++) {
        const { re, im } = this.#y[b]![order]!
        const combined = this.#combined[b]![order]!
        re.set(combined.re.subarray(0, re.length))
        im!.set(combined.im!.subarray(0, re.length))
      }
    }
    this.#drive.accept()
    this.#time = end
    const higher = this.#differences[2]!
    const target = SAFETY * allowed
    const growth = (order: number, error: number): number => (error === 0 ? GROW_MOST : root(target / error, order))
    const least = growth(this.#order, this.#workDoubt)
    let best = growth(this.#order, this.#ownError(step))
    let order = this.#order
    if (best < GROW_MOST && this.#order > 1) {
      const factor = growth(order - 1, this.#lowerError(step))
      if (factor > best) {
        best = factor
        order--
      }
    }
    if (best < GROW_MOST && this.#order < MOST_ORDER && this.#known > this.#order) {
      const factor = growth(this.#order + 1, Math.abs(gains[3]! - gains[2]!) * higher * step)
      if (factor > best) {
        best = factor
        order = this.#order + 1
      }
    }
    this.#push()
    this.#order = order
    return Math.min(best, least)
  }

  /** p_k of a state. */
  #populations(slot: number, state: State): void {
    const { batches, structure } = this.#shop
    this.#drive.clearPopulations(slot)
    for (let b = 0; b < batches.length; b++) {
      const { components, width } = batches[b]!
      for (let order = 0; order < components.length; order++) {
        const { re, im } = state[b]![order]!
        const { blocks } = structure.components[components[order]!]!
        for (let at = 0; at < blocks.length; at++) {
          const { level, from, to } = blocks[at]!
          this.#drive.addPopulation(slot, level, squares(re, from * width, to * width) + squares(im!, from * width, to * width))
        }
      }
    }
  }

  /** The slot that the next value goes to. */
  #free(): number {
    return this.#slots[this.#known]!
  }

  /** So many slots from the first hold all that is known. */
  #filled(): number {
    return this.#known < SLOTS - 1 ? this.#known : SLOTS
  }

  /** The value just written becomes the newest. */
  #push(): void {
    const slot = this.#free()
    for (let at = this.#known; at > 0; at--) {
      this.#times[at] = this.#times[at - 1]!
      this.#slots[at] = this.#slots[at - 1]!
    }
    this.#times[0] = this.#time
    this.#slots[0] = slot
    this.#known = Math.min(SLOTS - 1, this.#known + 1)
  }
}

/** x^{1/order}: the error of a step per unit time goes with the power `order` of its length. */
const root = (x: number, order: number): number => (x > 0 ? exp(log(x) / order) : 0)
