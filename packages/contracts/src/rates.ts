import type { BathModel, Capability } from './bath.js'
import type { Planes, Vector } from './data.js'
import type { Identity } from './identity.js'
import type { Outcome } from './outcome.js'

/** Pairs of windows, row by row: E = `to[i]` ← E' = `from[i]`. Never the product of all windows, so 10⁵ windows stay linear. */
export interface PairRequest {
  readonly to: Int32Array
  readonly from: Int32Array
  /**
   * ω of each row, told where a Markov rate is made of the strength: within a window (E = E') a model may have none at ω = 0, and
   * refuses such a row. Left out where κ alone is wanted (a Lamb shift at ω ≠ 0).
   */
  readonly frequency?: Vector
}

/** Pairs with the frequency ω of each row and the times t of all rows (ascending; `Infinity` is the Markov limit). */
export interface TransformRequest extends PairRequest {
  readonly frequency: Vector
  readonly times: Vector
}

/**
 * How the correlation function depends on time.
 *
 * `flat-window`: C ∝ h(τ) e^{i(E−E')τ}, h(τ) = (δ/2π) sinc²(δτ/2) (Eqs. A7-A8), whose transforms are closed forms (ζ, Ξ, B12);
 * `finiteTime` is false where only the limit t → ∞ is meaningful (the heuristic correlation function does not decay).
 * `own`: the model's `transform` is tabulated; `bandwidth` bounds the frequencies |E_i − E_j| in C, so that a table knows its
 * spacing; `stationary` says whether the limit t = ∞ exists.
 */
export type LineShape =
  | { readonly kind: 'flat-window'; readonly width: number; readonly finiteTime: boolean }
  | { readonly kind: 'own'; readonly bandwidth: number; readonly stationary: boolean }

/** Writes √(V_E'/V_E) ∫₀ᵗ C^{αα'}(E,E';−τ) e^{−iωτ} dτ at λ = 1, row-major [row, time, α, α']. */
export interface TransformWriter {
  (request: TransformRequest, out: Planes): Outcome<void>
  /**
   * The same numbers for whoever lets others run while a large table is made: each call of what is returned writes a part, a few milliseconds' worth,
   * and returns whether there is more; several may be under way at a time. It belongs to the function, so that whoever writes another `transform` does
   * not pass on these parts. Left out where any table is quickly written.
   */
  readonly inParts?: (request: TransformRequest, out: Planes) => Outcome<() => boolean>
}

/**
 * The correlation function of one bath at λ = 1, as tables.
 *
 * C^{αα'}(E,E';−τ) = (λ²/V_E') Σ_{i∈E, j∈E'} conj(B^{α'}_ij) B^α_ij e^{i(E_i−E_j)τ} (Eqs. 12, 13, A1); E' is the source window,
 * E the target.
 */
export interface WindowCorrelation {
  readonly lineShape: LineShape
  /**
   * Writes κ^{αα'}(E,E') = γ^{αα'}(E,E')/√(V_E V_E') at λ = 1, row-major [row, α, α']: Hermitian and positive semidefinite in
   * (α, α'), κ(E',E) = conj κ(E,E'). For an `own` line shape κ carries the weight (2π/δ)·Σ conj(B^{α'}_ij) B^α_ij/√(V_E V_E').
   * Zero where the windows are not coupled.
   */
  strength(request: PairRequest, out: Planes): Outcome<void>
  /** Required of an `own` line shape; a flat window's is known in closed form. */
  readonly transform?: TransformWriter
}

/** A way to know a bath's correlation function. Composition multiplies λ². */
export interface RateModel extends Identity {
  /** Capabilities the bath must have; checked before `correlate` is called. */
  readonly needs: readonly Capability[]
  correlate(bath: BathModel): Outcome<WindowCorrelation>
}
