/** A real symmetric tridiagonal matrix. */
export interface Tridiagonal {
  /** [n], and beside it [n − 1]. */
  readonly diagonal: Float64Array
  readonly off: Float64Array
}

/** The ends of a spectrum. */
export interface SpectrumEnds {
  readonly lower: number
  readonly upper: number
}

/** Halvings that bring an end of a spectrum to the last digits. */
const HALVINGS = 60
/** Pivots below this are taken to be it: their signs are rounding. */
const LEAST_PIVOT = Number.EPSILON * Number.EPSILON

/** Eigenvalues below x, of a matrix of about size 1: signs of the pivots of T − x. */
const countBelow = ({ diagonal, off }: Tridiagonal, x: number): number => {
  let count = 0
  let pivot = 1
  for (let i = 0; i < diagonal.length; i++) {
    const beside = i === 0 ? 0 : off[i - 1]!
    pivot = diagonal[i]! - x - (beside * beside) / pivot
    if (Math.abs(pivot) < LEAST_PIVOT) pivot = -LEAST_PIVOT
    if (pivot < 0) count++
  }
  return count
}

/** Where a search between a place that `holds` and one that does not ends, on the side that does. */
const halve = (holding: number, other: number, holds: (x: number) => boolean): number => {
  let found = holding
  let beyond = other
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (found + beyond) / 2
    if (holds(middle)) found = middle
    else beyond = middle
  }
  return found
}

/** The ends of the spectrum of a tridiagonal matrix, by bisection from Gershgorin's: to a few roundings of its norm, outwards. */
export const tridiagonalEnds = ({ diagonal, off }: Tridiagonal): SpectrumEnds => {
  const n = diagonal.length
  const besideOf = (i: number): number => Math.abs(off[i - 1] ?? 0) + Math.abs(off[i] ?? 0)
  const size = diagonal.reduce((most, x, i) => Math.max(most, Math.abs(x) + besideOf(i)), 0)
  if (size === 0) return { lower: 0, upper: 0 }
  const matrix = { diagonal: diagonal.map((x) => x / size), off: off.map((x) => x / size) }
  const rounding = 4 * n * Number.EPSILON
  const lower = halve(-1 - rounding, 1, (x) => countBelow(matrix, x) === 0) - rounding
  const upper = halve(1 + rounding, lower, (x) => countBelow(matrix, x) === n) + rounding
  return { lower: size * lower, upper: size * upper }
}
