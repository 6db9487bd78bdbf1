import type { Segment, Status } from '@mesobath/contracts'
import { chebyshevTerms, chebyshevTermsNeeded } from '@mesobath/kernels'
import { WIDENINGS } from './bounds.js'
import type { ConstantMeans } from './constant-means.js'
import { EigenRoute } from './eigen-route.js'
import { allocateState, evolve, releaseState } from './evolution.js'
import type { Ending, Expansion, State } from './evolution.js'
import type { Couplings } from './couplings.js'
import { evaluateMoments } from './moments.js'
import type { Moments } from './moments.js'
import type { Pace } from './pace.js'
import { planRoute } from './plan.js'
import type { Route } from './plan.js'
import { momentsOf, twoTerms } from './reading.js'
import { singleEvolution } from './single-evolution.js'
import { stopsWithin } from './sizing.js'
import { SurvivalRoute } from './survival-route.js'

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

/**
 * Crosses segments of constant ε_k and λ_ν: in the eigenbasis of H where that is cheaper, else by Chebyshev series, in stretches whose
 * moments give every time inside, or from stop to stop.
 */
export class ConstantPropagator {
  readonly #means: ConstantMeans
  readonly #end: number
  readonly #eigen: EigenRoute
  readonly #survival: SurvivalRoute
  #leg: Leg | null = null
  #stretch: Stretch | null = null

  constructor(means: ConstantMeans) {
    this.#means = means
    this.#end = means.times[means.times.length - 1]!
    this.#eigen = new EigenRoute(means)
    this.#survival = new SurvivalRoute(means)
  }

  /** A new segment begins where the state stands. */
  restart(): void {
    this.#leg = null
    this.#stretch = null
    this.#eigen.restart()
    this.#survival.restart()
  }

  dispose(): void {
    this.#eigen.dispose()
  }

  /** Reads all there is to read at `to`; the state itself follows only as far as it is needed. */
  async advance(segment: Segment, to: number, couplings: Couplings, pace: Pace): Promise<Status> {
    const survived = await this.#survival.advance(segment, to, couplings, pace)
    if (survived !== null) return survived
    const moved = await this.#eigen.advance(segment, to, couplings, pace)
    if (moved !== null) return moved
    const { sizing, times, tolerance, bounds } = this.#means
    while (this.#leg === null || to > this.#leg.to) {
      const from = this.#leg === null ? segment.from : this.#leg.to
      const until = this.#means.schedule.next(segment, from, to)
      const found = await bounds.of(couplings, until - from, pace)
      if (found === null) return 'cancelled'
      const radius = found.radii.reduce((most, each) => Math.max(most, each), 0)
      const stops = stopsWithin(times, from, until)
      this.#stretch = null
      this.#leg = { from, to: until, route: planRoute(sizing.work, radius, until - from, stops, tolerance) }
    }
    return this.#leg.route.moments ? this.#byMoments(this.#leg, to, couplings, pace) : this.#inSteps(to, couplings, pace)
  }

  async #byMoments(leg: Leg, to: number, couplings: Couplings, pace: Pace): Promise<Status> {
    const { route } = leg
    const { held, schedule, shop, reading } = this.#means
    while (this.#stretch === null || to > this.#stretch.to) {
      const index = this.#stretch === null ? 0 : this.#stretch.index + 1
      const from = this.#stretch === null ? leg.from : this.#stretch.to
      const share = ((leg.to - leg.from) * (index + 1)) / route.stretches
      const until = index + 1 === route.stretches ? leg.to : leg.from + share
      const keep = until < this.#end || schedule.wanted(until)
      const { ending, moments } = await this.#evolve(until - from, keep, true, couplings, pace)
      if (ending !== 'done' || moments === null) return ending === 'cancelled' ? 'cancelled' : 'not-converged'
      this.#stretch = { index, from, to: until, moments }
      if (keep) held.time = until
    }
    evaluateMoments(shop.model, this.#stretch.moments, to - this.#stretch.from, reading)
    return 'ok'
  }

  async #inSteps(to: number, couplings: Couplings, pace: Pace): Promise<Status> {
    const { held, shop, sizing, reading } = this.#means
    const expansion = twoTerms(shop)
    const moments = momentsOf(shop, sizing, expansion)
    const read = async (end: State): Promise<boolean> => (await evolve(shop, end, null, moments, couplings, expansion, 0, pace)) === 'done'
    const { ending } = await this.#evolve(to - held.time, true, false, couplings, pace, read)
    if (ending !== 'done') return ending === 'cancelled' ? 'cancelled' : 'not-converged'
    held.time = to
    evaluateMoments(shop.model, moments, 0, reading)
    return 'ok'
  }

  /**
   * Moves the state by `duration` where `keep`, collecting moments where asked; the state is untouched unless all went well, and what is still to `read` of
   * where it arrives was read: false where that was cancelled.
   */
  async #evolve(
    duration: number, keep: boolean, collect: boolean, couplings: Couplings, pace: Pace, read: ((end: State) => Promise<boolean>) | null = null,
  ): Promise<{ ending: Ending; moments: Moments | null }> {
    const { shop, sizing, bounds, held, times, tolerance } = this.#means
    for (let widening = 0; widening <= WIDENINGS; widening++) {
      const found = await bounds.of(couplings, duration, pace)
      if (found === null) return { ending: 'cancelled', moments: null }
      // Remainders of stretches add up; the last one may stop where its own is small enough.
      const termsFor = keep ? chebyshevTerms : chebyshevTermsNeeded
      const expansion: Expansion = {
        centres: found.centres,
        radii: found.radii,
        terms: Int32Array.from(found.radii, (radius) => termsFor(radius * duration, tolerance)),
      }
      const end = keep ? allocateState(shop) : null
      // What is even in time is so about the start, and only where no other stretch has to fit on.
      const whole = held.time === times[0] && !keep
      const moments = collect ? momentsOf(shop, sizing, expansion, whole ? sizing.even : undefined) : null
      let done = false
      try {
        const ending = await evolve(shop, held.psi, end, moments, couplings, expansion, duration, pace, shop.single === null ? null : singleEvolution(shop, shop.single))
        if (ending === 'cancelled') return { ending, moments: null }
        if (ending === 'done') {
          if (read !== null && end !== null && !(await read(end))) return { ending: 'cancelled', moments: null }
          done = true
          if (end !== null) {
            releaseState(shop.backend, held.psi)
            held.psi = end
          }
          return { ending, moments }
        }
      } finally {
        if (!done && end !== null) releaseState(shop.backend, end)
      }
      bounds.widen()
    }
    return { ending: 'narrow', moments: null }
  }
}
