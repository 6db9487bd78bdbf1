import type { Segment, Status } from '@mesobath/contracts'
import { WIDENINGS } from './bounds.js'
import type { Bounds } from './bounds.js'
import { isWholeRun } from './constant-means.js'
import type { ConstantMeans } from './constant-means.js'
import type { Couplings } from './couplings.js'
import { evenWeights } from './diagonal-start.js'
import type { Workshop } from './evolution.js'
import { spreadLevels } from './microscopic-model.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { copyReading, makeReading } from './moments.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'
import { largestOf, nodeRanges } from './node-ranges.js'
import { makePulls, readEven } from './reading.js'
import { preferredSurvival, stopsWithin } from './sizing.js'
import { blockSurvival } from './survival-by-blocks.js'
import { commutatorSurvival } from './survival-by-commutators.js'
import { halvesOf } from './survival-halves.js'
import type { Half } from './survival-halves.js'
import type { SurvivalWay } from './survival-plan.js'
import type { SurvivalCurve } from './survival-reading.js'

/** Share of the accuracy that the one series of the run may use: there is nothing that it must fit on to. */
const SERIES_SHARE = 0.1

/** The survival amplitude of the smaller node of one component, and what it says of both. */
interface Amplitude {
  readonly curve: SurvivalCurve
  readonly small: Side
  readonly large: Side
  /** w_a − w_b. */
  readonly gain: number
  /** tr P_a (H − c). */
  readonly energy: number
}

/** A node as readings see it. */
interface Side {
  readonly node: number
  readonly size: number
  /** Window centre E. */
  readonly window: number
  /** What all of its levels have in H − c beside E_i − E. */
  readonly offset: number
}

/**
 * Crosses the one constant segment of a run that begins with evenly filled nodes, no more than two to a component, by survival amplitudes.
 *
 * ρ(0) = w_a P_a + w_b P_b = w_b 1 + (w_a − w_b) P_a, so that p_a(t) = w_b V_a + (w_a − w_b) f(t), f = tr P_a e^{−iHt} P_a e^{iHt} = ‖A(t)‖²: one
 * node's amplitude A = P_a e^{−iHt} P_a tells everything, the other node has what is left, and so it is with the energy of the bath, since
 * ⟨H⟩ is conserved and Re tr A†i∂_tA is the energy of node a and half of the coupling.
 */
export class SurvivalRoute {
  readonly #means: ConstantMeans
  #segment: Segment | null = null
  #amplitudes: readonly Amplitude[] | null = null
  #start: Reading | null = null

  constructor(means: ConstantMeans) {
    this.#means = means
  }

  /** Leaves the segment it is in. */
  restart(): void {
    this.#segment = null
    this.#amplitudes = null
    this.#start = null
  }

  /** Reads all there is to read at `to`; null where the segment is better crossed in another way. */
  async advance(segment: Segment, to: number, couplings: Couplings, pace: Pace): Promise<Status | null> {
    if (this.#segment !== segment) {
      const status = await this.#enter(segment, couplings, pace)
      if (status !== 'ok') return status
      this.#segment = segment
    }
    if (this.#amplitudes === null || this.#start === null) return null
    const { reading, shop } = this.#means
    copyReading(this.#start, reading)
    for (const amplitude of this.#amplitudes) addAmplitude(shop.model, amplitude, to - segment.from, reading)
    return 'ok'
  }

  async #enter(segment: Segment, couplings: Couplings, pace: Pace): Promise<Status> {
    const { shop, held, bounds } = this.#means
    const way = this.#wayOf(segment, couplings)
    const weights = way === null ? null : evenWeights(shop, held.psi)
    if (way === null || weights === null) return 'ok'
    const duration = segment.to - segment.from
    for (let widening = 0; widening <= WIDENINGS; widening++) {
      const found = way === 'blocks' ? await bounds.of(couplings, duration, pace) : null
      if (found === null && way === 'blocks') return 'cancelled'
      const amplitudes = await this.#expand(weights, found, duration, couplings, pace)
      if (amplitudes === 'cancelled') return amplitudes
      // Another way will tell what is wrong with H.
      if (amplitudes === 'not-finite') return 'ok'
      if (amplitudes !== 'narrow') {
        this.#amplitudes = amplitudes
        this.#start = readLevelled(shop, weights, couplings)
        return 'ok'
      }
      bounds.widen()
    }
    return 'not-converged'
  }

  /** The way to amplitudes where the segment is all of the run, and they are the cheapest way to cross it; null elsewhere. */
  #wayOf(segment: Segment, { energies, strengths }: Couplings): SurvivalWay['kind'] | null {
    const { shop, sizing, times, tolerance } = this.#means
    const { from, to } = segment
    if (!isWholeRun(this.#means, segment) || shop.backend.multiplyAs === undefined) return null
    return preferredSurvival(sizing, sizing.radiusOf(energies, strengths), to - from, stopsWithin(times, from, to), tolerance)?.kind ?? null
  }

  /** By blocks within `bounds`, or by commutators, which need none. */
  async #expand(
    weights: readonly Float64Array[], bounds: Bounds | null, duration: number, couplings: Couplings, pace: Pace,
  ): Promise<readonly Amplitude[] | 'cancelled' | 'narrow' | 'not-finite'> {
    const { shop, accuracy } = this.#means
    const { model, structure } = shop
    const amplitudes: Amplitude[] = []
    for (const [at, component] of structure.components.entries()) {
      const nodes = nodeRanges(model, component)
      if (nodes.length === 1) continue
      const largest = largestOf(nodes)
      const halves = halvesOf(shop, at, couplings)
      const { small, large } = halves
      const spread = spreadLevels(model, small.node % model.windows, 0, (energy) => energy - centreOf(model, small))
      const tolerance = SERIES_SHARE * accuracy
      const curve = bounds === null
        ? await commutatorSurvival(shop, at, small, spread, couplings, duration, tolerance, pace)
        : await blockSurvival(shop, at, halves, spread, { centre: bounds.centres[at]!, radius: bounds.radii[at]! }, couplings, duration, tolerance, pace)
      if (curve === null) return 'cancelled'
      if (curve === 'narrow' || curve === 'not-finite') return curve
      const { centre } = curve
      amplitudes.push({
        curve, small: sideOf(model, small, centre), large: sideOf(model, large, centre), gain: weights[at]![1 - largest]! - weights[at]![largest]!,
        energy: small.diagonal.reduce((sum, energy) => sum + energy - centre, 0),
      })
    }
    return amplitudes
  }
}

const centreOf = ({ windows, baths }: MicroscopicModel, { node }: { readonly node: number }): number => baths[0]!.centres[node % windows]!

const sideOf = (model: MicroscopicModel, half: Half, centre: number): Side => {
  const { node, diagonal } = half
  const level = model.baths[0]!.levels[node % model.windows]![0]!
  return { node, size: diagonal.length, window: centreOf(model, half), offset: diagonal[0]! - level + centreOf(model, half) - centre }
}

/** Σ_n w P_n with one weight in each component, that of its larger node, and ⟨H⟩ of the state itself. */
const readLevelled = (shop: Workshop, weights: readonly Float64Array[], { energies, strengths }: Couplings): Reading => {
  const { model, structure } = shop
  const reading = makeReading(model)
  const pulls = makePulls(model)
  readEven(shop, weights, reading, pulls)
  let energy = 0
  reading.populations.forEach((population, node) => { energy += energies[Math.floor(node / model.windows)]! * population })
  reading.bathEnergies.forEach((own, bath) => { energy += own + strengths[bath]! * pulls.interactions[bath]! })
  const levelled = structure.components.map((component, at) => {
    const rest = weights[at]![largestOf(nodeRanges(model, component))]!
    return weights[at]!.map(() => rest)
  })
  readEven(shop, levelled, reading, pulls)
  reading.energy = energy
  return reading
}

/** Adds (w_a − w_b) times what P_a has become after `time`. */
const addAmplitude = ({ windows, dimension }: MicroscopicModel, { curve, small, large, gain, energy }: Amplitude, time: number, out: Reading): void => {
  const { population, rate, weighted, energy: half } = curve.read(time)
  const { populations, populationRates, re, bathEnergies } = out
  const gone = small.size - population
  const add = (node: number, share: number, speed: number): void => {
    populations[node] = populations[node]! + gain * share
    populationRates[node] = populationRates[node]! + gain * speed
    const level = Math.floor(node / windows)
    re[((node % windows) * dimension + level) * dimension + level] = populations[node]!
  }
  add(small.node, population, rate)
  add(large.node, gone, -rate)
  out.norm += gain * small.size
  // Energies in H − c: of node a; and of node b, what these and the coupling leave of the whole.
  const here = weighted + small.offset * population
  const there = energy - 2 * half + here
  bathEnergies[0] = bathEnergies[0]! + gain * (weighted + small.window * population + there - large.offset * gone + large.window * gone)
}
