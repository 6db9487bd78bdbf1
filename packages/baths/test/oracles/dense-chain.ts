// Levels and couplings of a chain from the whole matrix by ml-matrix, and soft windows from their definition; shares nothing with what it checks.
import { EigenvalueDecomposition } from 'ml-matrix'
import type { Matrix } from 'ml-matrix'

export interface DenseChain {
  /** Ascending. */
  readonly levels: readonly number[]
  /** In the basis of levels. */
  readonly coupling: Matrix
}

/** H and B real, as matrices of the whole. */
export const diagonaliseDense = (hamiltonian: Matrix, coupling: Matrix): DenseChain => {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(hamiltonian, { assumeSymmetric: true })
  const order = realEigenvalues.map((_, index) => index).sort((a, b) => realEigenvalues[a] - realEigenvalues[b])
  const vectors = eigenvectorMatrix.subMatrixColumn(order)
  return { levels: order.map((index) => realEigenvalues[index]), coupling: vectors.transpose().mmul(coupling).mmul(vectors) }
}

const STEPS = 400

/** Indicator of angles between `low` and `high`, folded with a Gaussian of width `softness`, by the midpoint rule over the indicator. */
export const softWindow = (energy: number, centre: number, width: number, spectrum: { lower: number; upper: number }, edge: number): number => {
  const middle = 0.5 * (spectrum.lower + spectrum.upper)
  const radius = 0.5 * (spectrum.upper - spectrum.lower)
  const angle = (x: number): number => Math.acos(Math.max(-1, Math.min(1, (x - middle) / radius)))
  const [low, high, at] = [angle(centre + 0.5 * width), angle(centre - 0.5 * width), angle(energy)]
  const softness = edge / radius
  const step = (high - low) / STEPS
  let sum = 0
  for (let index = 0; index < STEPS; index += 1) {
    const theta = low + (index + 0.5) * step
    // As a function of cos θ the window is even in θ and has the period 2π.
    for (const image of [theta, -theta, 2 * Math.PI - theta]) sum += Math.exp(-0.5 * ((at - image) / softness) ** 2)
  }
  return (sum * step) / (softness * Math.sqrt(2 * Math.PI))
}
