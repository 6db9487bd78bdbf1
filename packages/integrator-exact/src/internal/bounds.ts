import type { Planes } from '@mesobath/contracts'
import { spectralBounds } from '@mesobath/kernels'
import type { Workshop } from './evolution.js'
import type { Couplings } from './couplings.js'
import { interactionOf } from './couplings.js'
import { PLAIN } from './hamiltonian.js'
import { jointLevels } from './microscopic-model.js'
import type { Pace } from './pace.js'
import { applySingly } from './single-evolution.js'

/** Centre and half-width of the spectrum of each component. */
export interface Bounds {
  readonly centres: Float64Array
  readonly radii: Float64Array
}

/** Segments of a periodic drive come back: bounds of so many settings are kept. */
const REMEMBERED_BOUNDS = 256
/** A component of one level, or of equal ones, still needs a radius: relative to its energy; H = 0 takes any. */
const LEAST_RADIUS = 1e-9
/** A search costs about as much as so many products of one column. */
const SEARCH_COST = 150
/** Ends known to a share r of the width cost about as many products of one column as 2 r R t terms of all of them: the best r is near this over √(R t columns). */
const RESOLUTION = 0.5
const FINEST = 0.01
const COARSEST = 0.05
/** A spectrum found to be too narrow is widened by this, and so often. */
const WIDEN = 1.1
export const WIDENINGS = 8
/** Operations per row of a step of the search beside its product: it is made orthogonal, in plain JavaScript, to some tens of vectors before. */
const OPERATIONS_PER_STEP = 5e3

/** The run was cancelled in the middle of a search. */
class Cancelled extends Error {}

/** Extreme joint levels of each block of a component, which ε_k shifts. */
interface Extremes {
  readonly level: number
  readonly lower: number
  readonly upper: number
}

/** Spectral bounds of H(ε, λ) for all settings of a run. */
export interface BoundsKeeper {
  /** Bounds of one setting over `duration`, null where cancelled: searched for, or composed where a search costs more than it saves. */
  of(couplings: Couplings, duration: number, pace: Pace): Promise<Bounds | null>
  /** Searches the spectrum of every V_ν = Σ S_ν ⊗ B_ν once; false where cancelled. */
  ready(pace: Pace): Promise<boolean>
  /** All bounds become wider: blocks were seen to grow. */
  widen(): void
  /** Largest |energy| of any spectrum so far. */
  readonly scale: number
  /** ‖V_ν‖ [baths] once `ready`, 0 before. */
  readonly interactionNorms: Float64Array
}

const setRange = (bounds: Bounds, at: number, lower: number, upper: number, share: number): number => {
  const size = Math.max(Math.abs(lower), Math.abs(upper))
  const radius = Math.max((share * (upper - lower)) / 2, LEAST_RADIUS * size)
  bounds.centres[at] = (lower + upper) / 2
  bounds.radii[at] = radius === 0 ? 1 : radius
  return size
}

const makeBounds = (components: number): Bounds => ({ centres: new Float64Array(components), radii: new Float64Array(components) })

/** Bounds of a workshop's Hamiltonians; nothing is searched before it is asked for. `columns` of Ψ in all. */
export const boundsKeeper = (shop: Workshop): BoundsKeeper => {
  const { hamiltonians, model, structure } = shop
  const count = hamiltonians.length
  const columns = shop.batches.reduce((sum, { width }) => sum + width, 0)
  const known = new Map<string, Bounds>()
  const interactions = model.baths.map(() => ({ lower: new Float64Array(count), upper: new Float64Array(count) }))
  const interactionNorms = new Float64Array(model.baths.length)
  const extremes: readonly (readonly Extremes[])[] = structure.components.map((component) => component.blocks.map((block) => {
    let lower = Infinity
    let upper = -Infinity
    for (const window of block.windows) {
      for (const level of jointLevels(model, window)) {
        lower = Math.min(lower, level)
        upper = Math.max(upper, level)
      }
    }
    return { level: block.level, lower, upper }
  }))
  let isReady = false
  let widening = 1
  let scale = 0

  /** Runs a search of every component; false where cancelled. */
  const searchAll = async (
    couplings: Couplings, resolution: number, take: (at: number, lower: number, upper: number) => void, pace: Pace,
  ): Promise<boolean> => {
    try {
      for (let at = 0; at < count; at++) {
        const hamiltonian = hamiltonians[at]!
        const { lower, upper } = await spectralBounds({
          dimension: hamiltonian.component.dimension,
          real: model.real,
          apply: async (x: Planes, out: Planes): Promise<void> => {
            const { single } = shop
            const done = single === null ? hamiltonian.apply(x, out, 1, couplings, PLAIN, pace) : applySingly(single, at, x, out, couplings, pace)
            // Half a search is no bound: a cancelled one is thrown away as a whole.
            if (!(await done)) throw new Cancelled()
            if (pace.due(OPERATIONS_PER_STEP * hamiltonian.component.dimension) && !(await pace.breathe())) throw new Cancelled()
          },
        }, shop.backend, resolution)
        take(at, lower, upper)
      }
      return pace.breathe()
    } catch (fault) {
      if (fault instanceof Cancelled) return false
      throw fault
    }
  }

  /** How well the ends need be known for terms over `duration`. */
  const resolutionFor = ({ energies }: Couplings, duration: number): number => {
    let span = 0
    for (const blocks of extremes) {
      let lower = Infinity
      let upper = -Infinity
      for (const block of blocks) {
        lower = Math.min(lower, block.lower + energies[block.level]!)
        upper = Math.max(upper, block.upper + energies[block.level]!)
      }
      span = Math.max(span, upper - lower)
    }
    return Math.min(COARSEST, Math.max(FINEST, RESOLUTION / Math.sqrt((span / 2) * duration * columns)))
  }

  /** H ⊂ hull of all ε_k + ΣE_i + Σ λ_ν·hull of V_ν: bounds of any setting without a product, a little too wide. */
  const compose = ({ energies, strengths }: Couplings, out: Bounds): void => {
    for (let at = 0; at < count; at++) {
      let lower = Infinity
      let upper = -Infinity
      for (const block of extremes[at]!) {
        lower = Math.min(lower, block.lower + energies[block.level]!)
        upper = Math.max(upper, block.upper + energies[block.level]!)
      }
      interactions.forEach((interaction, bath) => {
        const a = strengths[bath]! * interaction.lower[at]!
        const b = strengths[bath]! * interaction.upper[at]!
        lower += Math.min(a, b)
        upper += Math.max(a, b)
      })
      scale = Math.max(scale, setRange(out, at, lower, upper, widening))
    }
  }

  const keeper: BoundsKeeper = {
    interactionNorms,
    get scale() {
      return scale
    },
    ready: async (pace) => {
      if (isReady) return true
      for (let bath = 0; bath < model.baths.length; bath++) {
        const { lower: lowest, upper: highest } = interactions[bath]!
        const done = await searchAll(interactionOf(model, bath), FINEST, (at, lower, upper) => {
          lowest[at] = lower
          highest[at] = upper
          interactionNorms[bath] = Math.max(interactionNorms[bath]!, Math.abs(lower), Math.abs(upper))
        }, pace)
        if (!done) return false
      }
      isReady = true
      return true
    },
    of: async (couplings, duration, pace) => {
      const key = `${couplings.energies.join()};${couplings.strengths.join()}`
      const found = known.get(key)
      if (found !== undefined) return found
      const bounds = makeBounds(count)
      if (isReady) {
        let excess = 0
        for (let at = 0; at < count; at++) {
          let own = 0
          interactions.forEach(({ lower, upper }, bath) => { own += Math.abs(couplings.strengths[bath]!) * (upper[at]! - lower[at]!) / 2 })
          excess = Math.max(excess, own)
        }
        if (excess * duration * columns < SEARCH_COST) {
          compose(couplings, bounds)
          return bounds
        }
      }
      const done = await searchAll(couplings, resolutionFor(couplings, duration), (at, lower, upper) => {
        scale = Math.max(scale, setRange(bounds, at, lower, upper, widening))
      }, pace)
      if (!done) return null
      // A second setting means that more will follow: from now on short segments need no search.
      if (known.size === 1 && !(await keeper.ready(pace))) return null
      if (known.size >= REMEMBERED_BOUNDS) known.clear()
      known.set(key, bounds)
      return bounds
    },
    widen: () => {
      widening *= WIDEN
      for (const { radii } of known.values()) for (let at = 0; at < radii.length; at++) radii[at] = radii[at]! * WIDEN
    },
  }
  return keeper
}
