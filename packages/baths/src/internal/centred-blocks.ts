import type { ComplexMatrix, SpectralBath, Vector } from '@mesobath/contracts'

/** Indices of the levels of each window, in the order of the levels. */
export const levelsByWindow = (window: Int32Array, windows: number): readonly Int32Array[] => {
  const counts = new Int32Array(windows)
  for (const index of window) counts[index] = (counts[index] as number) + 1
  const lists = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  window.forEach((index, level) => {
    const list = lists[index] as Int32Array
    list[counts[index] as number] = level
    counts[index] = (counts[index] as number) + 1
  })
  return lists
}

/** ⟨B⟩_E = tr(B Π_E)/V_E of a Hermitian matrix, one number per window. */
export const microcanonicalMeans = (coupling: ComplexMatrix, lists: readonly Int32Array[]): Float64Array =>
  Float64Array.from(lists, (list) => {
    let sum = 0
    for (const level of list) sum += coupling.re[level * coupling.columns + level] as number
    return sum / list.length
  })

/** B_ii − ⟨B⟩ this small beside ⟨B⟩ is rounding of the mean: a coupling proportional to Π_E must come out as no block at all. */
const CENTRING_ROUNDING = 1e-14

const centre = (element: number, mean: number): number => {
  const rest = element - mean
  return Math.abs(rest) <= CENTRING_ROUNDING * Math.abs(mean) ? 0 : rest
}

/** Blocks of given matrices, the microcanonical means taken off the diagonal while reading: the matrices are not copied. */
export const centredBlocks = (
  levels: Vector, window: Int32Array, lists: readonly Int32Array[], couplings: readonly ComplexMatrix[], means: readonly Vector[], real: boolean,
): SpectralBath => ({
  kind: 'spectral',
  levels,
  window,
  real,
  block: (coupling, to, from, out) => {
    const matrix = couplings[coupling] as ComplexMatrix
    const rows = lists[to] as Int32Array
    const columns = lists[from] as Int32Array
    const { re, im } = matrix
    const mean = to === from ? ((means[coupling] as Vector)[to] as number) : 0
    let occupied = false
    for (const row of rows) {
      const base = row * matrix.columns
      for (const column of columns) {
        if (centre(re[base + column] as number, row === column ? mean : 0) !== 0 || (im !== null && (im[base + column] as number) !== 0)) {
          occupied = true
          break
        }
      }
      if (occupied) break
    }
    if (!occupied) return false
    if (!real && out.im === null) throw new TypeError('a complex block must be written into planes with an imaginary part')
    let at = 0
    for (const row of rows) {
      const base = row * matrix.columns
      for (const column of columns) {
        out.re[at] = centre(re[base + column] as number, row === column ? mean : 0)
        // A Hermitian diagonal is real: what a file holds beyond that is rounding.
        if (out.im !== null) out.im[at] = im === null || row === column ? 0 : (im[base + column] as number)
        at += 1
      }
    }
    return true
  },
})
