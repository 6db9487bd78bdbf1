/** Unknowns that an integrator has besides the state: work along smooth drives, and coarse-graining defect. */
export const BOOK_ENTRIES = 2

/**
 * Writes Σ_k ε̇_k p_k and Σ_{k,E} (ε_k + E) ∂t p from the diagonals of states and of their change by the baths, both [window, k, q].
 *
 * @param out - written at `offset` and after it
 */
export const writeFlows = (
  states: Float64Array, change: Float64Array, energies: Float64Array, slopes: Float64Array, windows: Float64Array, out: Float64Array, offset: number,
): void => {
  const dimension = energies.length
  let power = 0
  let defect = 0
  for (let window = 0; window < windows.length; window += 1) {
    for (let k = 0; k < dimension; k += 1) {
      const at = (window * dimension + k) * dimension + k
      power += slopes[k] * states[at]
      defect += (energies[k] - energies[0] + windows[window]) * change[at]
    }
  }
  out[offset] = power
  out[offset + 1] = defect
}
