import type { ComplexMatrix, Planes, Vector } from './data.js'
import type { Identity } from './identity.js'
import type { Outcome } from './outcome.js'

/**
 * The energy windows [E − δ/2, E + δ/2) of a bath, in ascending order of their centres E. They need not tile the spectrum.
 *
 * `energies` [n] centres E; `width` δ > 0; `logVolumes` [n] ln V_E (volumes of large baths overflow a double, so only their
 * logarithms travel). S_mic(E) = ln V_E.
 */
export interface Windows {
  readonly energies: Vector
  readonly width: number
  readonly logVolumes: Vector
}

/**
 * Writes B^α between two windows, row-major [levels of `to`, levels of `from`] in the order of the bath's levels, the
 * microcanonical mean ⟨B^α⟩_E removed from the diagonal. Returns false, `out` untouched, where the block is zero.
 */
export interface BlockReader {
  (coupling: number, to: number, from: number, out: Planes): boolean
  /**
   * The same numbers in the same places for whoever lets others run while a large block is made: each call of what is returned writes a part, a few
   * milliseconds' worth, and returns whether there is more. `out` may hold other arrays at each call, with the same numbers. Null, `out` untouched, where the
   * block is zero. It belongs to the function, so that whoever writes another `block` does not pass on these parts. Left out where blocks are at hand.
   */
  readonly inParts?: (coupling: number, to: number, from: number, out: Planes) => (() => boolean) | null
  /**
   * Mean of |B^α_ij|² over the block, as it is written, for whoever only asks which windows are coupled and how strongly: in no time beside that of reading it. 0 where
   * the block is zero and nowhere else: a block that is written has the least positive number at least. It belongs to the function, too. Left out where it takes
   * the elements to know it: then the block is read.
   */
  readonly meanSquare?: (coupling: number, to: number, from: number) => number
}

/** A microscopic bath in its energy eigenbasis, by blocks between windows: the N × N matrix need never exist. Read while preparing only. */
export interface SpectralBath {
  readonly kind: 'spectral'
  /** E_i, in the order of the bath's own basis [N]. */
  readonly levels: Vector
  /** Index of the window of each level [N]. */
  readonly window: Int32Array
  /** Whether every coupling operator is real in this basis. */
  readonly real: boolean
  readonly block: BlockReader
}

/** One term of a sum of local operators. */
export interface LocalTerm {
  /** Distinct sites, counted from 0. */
  readonly sites: readonly number[]
  /** On the product of these sites in the order listed, the first of them slowest: row = (i₁·d₂ + i₂)·d₃ + …. */
  readonly operator: ComplexMatrix
}

/**
 * A microscopic bath as local terms: plain data, so that kernels apply it without a matrix, in any worker. In the basis of the
 * whole, site 0 is slowest. Couplings are B^α as they stand: their means in the windows are not removed, which takes the energy
 * basis; who evolves them exactly must not add δH(E) again.
 */
export interface LocalBath {
  readonly kind: 'local'
  readonly siteDimensions: readonly number[]
  readonly hamiltonian: readonly LocalTerm[]
  readonly couplings: readonly (readonly LocalTerm[])[]
  /** How its windows are told apart without levels; none where one window holds the whole spectrum. */
  readonly filter?: WindowFilter
}

/**
 * Soft windows f_E(H_B) in place of projectors: the indicator of [E − δ/2, E + δ/2) as a Chebyshev series of `terms` terms over a spectrum
 * that lies within [lower, upper], its edges folded with a Gaussian of width `edge` σ ≪ δ in energy. Windows that touch add up to
 * one. V_E is tr f_E.
 */
export interface WindowFilter {
  readonly lower: number
  readonly upper: number
  readonly edge: number
  readonly terms: number
}

/** A microscopic bath. */
export type MicroscopicBath = SpectralBath | LocalBath

/** The ensemble a random-matrix bath is drawn from (Eq. 26). */
export interface CouplingEnsemble {
  /**
   * Writes M^{αα'} = E[conj(B^{α'}_ij) B^α_ij]·e^{−s} = (conj(b^{α'}) b^α + a² δ_αα')·e^{−s} for i in window `to` and j in
   * window `from`, row-major [α, α'], and returns the log scale s: a² underflows where volumes are e^1000.
   * M is zero (s = 0) where the ensemble has no block.
   */
  secondMoment(to: number, from: number, out: Planes): number
}

/** The smooth functions of the eigenstate thermalization hypothesis (Eqs. 28, A12-A15). */
export interface SpectralFunction {
  /** Writes F^{αα'}(Ē, ω) row-major [α, α']; Hermitian, F(Ē, −ω) = conj F(Ē, ω). */
  evaluate(meanEnergy: number, frequency: number, out: Planes): void
}

/** The weight of couplings between windows of a bath whose single elements cannot be had. */
export interface CouplingSums {
  /**
   * Writes Σ_{i∈E, j∈E', i≠j} conj(B^{α'}_ij) B^α_ij for E = `to` and E' = `from`, row-major [α, α']: Hermitian and positive semidefinite. Returns
   * Σ_α Σ_i |B^α_ii|² of what is left on the diagonal once its mean is removed, which is 0 between different windows.
   */
  offDiagonal(to: number, from: number, out: Planes): number
}

/**
 * What a bath can give beyond its windows; absent means that it cannot. Third parties add keys by declaration merging, and
 * a rate model or algorithm names the keys that it needs.
 */
export interface BathCapabilities {
  /** The same realisation at every call: the seed belongs to the bath. */
  readonly microscopic?: () => Outcome<MicroscopicBath>
  readonly ensemble?: CouplingEnsemble
  readonly spectralFunction?: SpectralFunction
  /** For a bath of local terms too large for its levels; may take long at the first call. */
  readonly couplingSums?: () => Outcome<CouplingSums>
}

/** The name of a capability. */
export type Capability = keyof BathCapabilities

/** A finite bath: windows always, everything else a capability. */
export interface BathModel extends Identity {
  readonly windows: Windows
  /** Number of coupling operators B^α. */
  readonly couplings: number
  /** ⟨B^α⟩_E per coupling α, one number per window; gives δH(E) = λ Σ_α ⟨B^α⟩_E S^α (Eq. 8). */
  readonly meanCouplings: readonly Vector[]
  readonly can: BathCapabilities
}
