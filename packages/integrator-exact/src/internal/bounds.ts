import type { Host, Planes } from '@mesobath/contracts'
import { spectralBounds } from '@mesobath/kernels'
import type { Workshop } from './evolution.js'
import type { ComponentHamiltonian, Couplings } from './hamiltonian.js'
import { makePace } from './pace.js'
import type { Pace } from './pace.js'

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
/** A spectrum found to be too narrow is widened by this. */
const WIDEN = 1.1

/** The run was cancelled in the middle of a search. */
class Cancelled extends Error {}

/** Extreme levels E_i of each block of a component, which ε_k shifts. */
interface Extremes {
  readonly level: number
  readonly lower: number
  readonly upper: number
}

/** Spectral bounds of H(ε, λ) for all settings of a run. */
export interface BoundsKeeper {
  /** Bounds of one setting over `duration`, null where cancelled: searched for, or composed where a search costs more than it saves. */
  of(couplings: Couplings, duration: number, pace: Pace): Promise<Bounds | null>
  /** Searches the spectrum of V = Σ S ⊗ B once, for `compose`; false where cancelled. */
  ready(pace: Pace): Promise<boolean>
  /** H ⊂ [ε_k + E_i]'s hull + λ·hull of V: bounds of any setting without a product, a little too wide. */
  compose(couplings: Couplings, out: Bounds): void
  /** All bounds become wider: blocks were seen to grow. */
  widen(): void
  /** Largest |energy| of any spectrum so far. */
  readonly scale: number
  /** ‖V‖ once `ready`, 0 before. */
  readonly interactionNorm: number
}

const setRange = (bounds: Bounds, at: number, lower: number, upper: number, share: number): number => {
  const size = Math.max(Math.abs(lower), Math.abs(upper))
  const radius = Math.max((share * (upper - lower)) / 2, LEAST_RADIUS * size)
  bounds.centres[at] = (lower + upper) / 2
  bounds.radii[at] = radius === 0 ? 1 : radius
  return size
}

/** Room for the bounds of every component. */
export const makeBounds = (components: number): Bounds => ({ centres: new Float64Array(components), radii: new Float64Array(components) })

/** Bounds of a workshop's Hamiltonians; nothing is searched before it is asked for. `columns` of Ψ in all. */
export const boundsKeeper = (shop: Workshop, host: Host): BoundsKeeper => {
  const { hamiltonians, model, structure } = shop
  const count = hamiltonians.length
  const columns = shop.batches.reduce((sum, { width }) => sum + width, 0)
  const known = new Map<string, Bounds>()
  const interaction = { lower: new Float64Array(count), upper: new Float64Array(count), known: false }
  const extremes: readonly (readonly Extremes[])[] = structure.components.map((component) => component.blocks.map((block) => {
    const levels = block.windows.flatMap((window) => Array.from(model.levels[window]!))
    return { level: block.level, lower: levels.reduce((a, b) => Math.min(a, b), Infinity), upper: levels.reduce((a, b) => Math.max(a, b), -Infinity) }
  }))
  const silent: Couplings = { energies: new Float64Array(model.dimension), strength: 0 }
  const unit: Couplings = { energies: new Float64Array(model.dimension), strength: 1 }
  let widening = 1
  let scale = 0
  let interactionNorm = 0

  const search = async (hamiltonian: ComponentHamiltonian, couplings: Couplings, free: boolean, pace: Pace): Promise<{ lower: number; upper: number }> => {
    const steady = makePace(host)
    const { dimension } = hamiltonian.component
    const diagonal = free ? null : shop.backend.allocate(dimension, 1, model.real)
    const action = {
      dimension,
      real: model.real,
      apply: async (x: Planes, out: Planes): Promise<void> => {
        // Half a search is no bound: a cancelled one is thrown away as a whole.
        if (!(await hamiltonian.apply(x, out, 1, couplings, { factor: 1, centre: 0, before: null }, pace))) throw new Cancelled()
        if (diagonal === null) return
        // V = (H_B + V) − H_B.
        await hamiltonian.apply(x, diagonal, 1, silent, { factor: 1, centre: 0, before: null }, steady)
        const outRe = out.re, outIm = out.im, re = diagonal.re, im = diagonal.im
        for (let i = 0; i < dimension; i++) outRe[i] = outRe[i]! - re[i]!
        if (outIm !== null && im !== null) for (let i = 0; i < dimension; i++) outIm[i] = outIm[i]! - im[i]!
      },
    }
    try {
      return await spectralBounds(action, shop.backend)
    } finally {
      if (diagonal !== null) shop.backend.release(diagonal)
    }
  }

  /** Runs a search of every component; false where cancelled. */
  const searchAll = async (couplings: Couplings, free: boolean, take: (at: number, lower: number, upper: number) => void, pace: Pace): Promise<boolean> => {
    try {
      for (let at = 0; at < count; at++) {
        const { lower, upper } = await search(hamiltonians[at]!, couplings, free, pace)
        take(at, lower, upper)
      }
      return pace.breathe()
    } catch (fault) {
      if (fault instanceof Cancelled) return false
      throw fault
    }
  }

  const keeper: BoundsKeeper = {
    get scale() {
      return scale
    },
    get interactionNorm() {
      return interactionNorm
    },
    ready: async (pace) => {
      if (interaction.known) return true
      interaction.known = await searchAll(unit, false, (at, lower, upper) => {
        interaction.lower[at] = lower
        interaction.upper[at] = upper
        interactionNorm = Math.max(interactionNorm, Math.abs(lower), Math.abs(upper))
      }, pace)
      return interaction.known
    },
    compose: (couplings, out) => {
      const { energies, strength } = couplings
      for (let at = 0; at < count; at++) {
        let lower = Infinity
        let upper = -Infinity
        const blocks = extremes[at]!
        for (let b = 0; b < blocks.length; b++) {
          const block = blocks[b]!
          lower = Math.min(lower, block.lower + energies[block.level]!)
          upper = Math.max(upper, block.upper + energies[block.level]!)
        }
        const a = strength * interaction.lower[at]!
        const b = strength * interaction.upper[at]!
        scale = Math.max(scale, setRange(out, at, lower + Math.min(a, b), upper + Math.max(a, b), widening))
      }
    },
    of: async (couplings, duration, pace) => {
      const key = `${couplings.energies.join()};${couplings.strength}`
      const found = known.get(key)
      if (found !== undefined) return found
      const bounds = makeBounds(count)
      if (interaction.known) {
        let excess = 0
        for (let at = 0; at < count; at++) {
          excess = Math.max(excess, Math.abs(couplings.strength) * (interaction.upper[at]! - interaction.lower[at]!) / 2)
        }
        if (excess * duration * columns < SEARCH_COST) {
          keeper.compose(couplings, bounds)
          return bounds
        }
      }
      const done = await searchAll(couplings, true, (at, lower, upper) => {
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
