import type { Problem, Vector } from '@mesobath/contracts'

/**
 * The lattice of joint windows E = (E_1, …, E_n) of all baths (Eq. 69). Joint window index: Σ_ν e_ν·strides[ν], the last bath fastest.
 *
 * Populations are laid out [level, window₁ … windowₙ] with d·size entries, conditional states [window₁ … windowₙ, k, q] with size·d² complex entries.
 */
export interface Lattice {
  /** d, the number of system levels. */
  readonly dimension: number
  /** Windows of each bath [n]. */
  readonly counts: Int32Array
  /** Distance in the joint index between neighbouring windows of each bath [n]. */
  readonly strides: Int32Array
  /** Number of joint windows, the product of `counts`. */
  readonly size: number
  /** E_ν of each bath [n][windows]. */
  readonly energies: readonly Vector[]
  /** ln V_E of each bath [n][windows]; ln V of a joint window is the sum over the baths. */
  readonly logVolumes: readonly Vector[]
}

/** The lattice of joint windows of a problem. @equation 69 */
export const windowLattice = (problem: Problem): Lattice => {
  const windows = problem.baths.map((attachment) => attachment.bath.windows)
  const counts = Int32Array.from(windows, (each) => each.energies.length)
  const strides = new Int32Array(counts.length)
  let size = 1
  for (let axis = counts.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = size
    size *= counts[axis]!
  }
  return {
    dimension: problem.energies.length, counts, strides, size,
    energies: windows.map((each) => each.energies), logVolumes: windows.map((each) => each.logVolumes),
  }
}
