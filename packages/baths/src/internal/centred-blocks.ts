import type { ComplexMatrix, Planes, SpectralBath, Vector } from '@mesobath/contracts'

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

/** Copies elements of some rows to a block; adding 0 makes 0 of −0, adding −0 keeps it. */
const gather = (
  plane: Vector, stride: number, rows: Int32Array, columns: Int32Array, begin: number, end: number, added: 0 | -0, out: Float64Array,
): void => {
  let at = begin * columns.length
  for (let i = begin; i < end; i += 1) {
    const base = (rows[i] as number) * stride
    for (let j = 0; j < columns.length; j += 1) {
      out[at] = (plane[base + (columns[j] as number)] as number) + added
      at += 1
    }
  }
}

/** Elements read in one part, some milliseconds. */
const ELEMENTS_PER_PART = 1 << 20

/** Blocks of given matrices, the microcanonical means taken off the diagonal while reading: the matrices are not copied. */
export const centredBlocks = (
  levels: Vector, window: Int32Array, lists: readonly Int32Array[], couplings: readonly ComplexMatrix[], means: readonly Vector[], real: boolean,
): SpectralBath => {
  const isOccupied = ({ columns: stride, im, re }: ComplexMatrix, rows: Int32Array, columns: Int32Array, mean: number): boolean => {
    for (const row of rows) {
      for (const column of columns) {
        const at = row * stride + column
        if (centre(re[at] as number, row === column ? mean : 0) !== 0 || (im !== null && (im[at] as number) !== 0)) return true
      }
    }
    return false
  }
  const inParts = (coupling: number, to: number, from: number, out: Planes): (() => boolean) | null => {
    const matrix = couplings[coupling] as ComplexMatrix
    const rows = lists[to] as Int32Array
    const columns = lists[from] as Int32Array
    const mean = to === from ? ((means[coupling] as Vector)[to] as number) : 0
    if (!isOccupied(matrix, rows, columns, mean)) return null
    if (!real && out.im === null) throw new TypeError('a complex block must be written into planes with an imaginary part')
    const rowsPerPart = Math.max(1, Math.floor(ELEMENTS_PER_PART / columns.length))
    let read = 0
    return () => {
      const until = Math.min(rows.length, read + rowsPerPart)
      gather(matrix.re, matrix.columns, rows, columns, read, until, 0, out.re)
      if (out.im !== null) {
        if (matrix.im === null) out.im.fill(0, read * columns.length, until * columns.length)
        else gather(matrix.im, matrix.columns, rows, columns, read, until, -0, out.im)
      }
      for (let i = read; to === from && i < until; i += 1) {
        const level = rows[i] as number
        out.re[i * columns.length + i] = centre(matrix.re[level * matrix.columns + level] as number, mean)
        // A Hermitian diagonal is real: what a file holds beyond that is rounding.
        if (out.im !== null) out.im[i * columns.length + i] = 0
      }
      read = until
      return read < rows.length
    }
  }
  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    const next = inParts(coupling, to, from, out)
    if (next === null) return false
    let more = true
    while (more) more = next()
    return true
  }
  return { kind: 'spectral', levels, window, real, block: Object.assign(block, { inParts }) }
}
