import type { Planes, SpectralBath } from '@mesobath/contracts'

/** tr(B^{α'†} Π_E B^α Π_E') between two windows. */
export interface BlockTrace {
  /** Row-major [α, α'], without the elements i = j. */
  readonly re: Float64Array
  readonly im: Float64Array
  /** Σ_α Σ_i |B^α_ii|² (only where E = E'). */
  readonly diagonal: number
  /** Σ_α Σ_ij |B^α_ij|², the diagonal included. */
  readonly total: number
}

/** Sets the (real) diagonal of a square block to zero and returns the sum of its squares. */
const takeDiagonal = ({ re }: Planes, rows: number): number => {
  let sum = 0
  for (let row = 0; row < rows; row += 1) {
    const element = re[row * rows + row] as number
    sum += element * element
    re[row * rows + row] = 0
  }
  return sum
}

/** Makes a function that traces blocks, with scratch that grows to the largest pair asked for. */
export const blockTraces = (bath: SpectralBath, couplings: number, windows: number): ((to: number, from: number) => BlockTrace) => {
  const counts = new Int32Array(windows)
  for (const index of bath.window) counts[index] = (counts[index] as number) + 1
  let blocks: Planes[] = []
  let room = -1
  return (to, from) => {
    const rows = counts[to] as number
    const columns = counts[from] as number
    const size = rows * columns
    if (size > room) {
      blocks = Array.from({ length: couplings }, () => ({ re: new Float64Array(size), im: bath.real ? null : new Float64Array(size) }))
      room = size
    }
    const present = blocks.map((block, coupling) => bath.block(coupling, to, from, block))
    const re = new Float64Array(couplings * couplings)
    const im = new Float64Array(couplings * couplings)
    let diagonal = 0
    let total = 0
    if (to === from) {
      blocks.forEach((block, coupling) => {
        if (present[coupling]) diagonal += takeDiagonal(block, rows)
      })
      total = diagonal
    }
    for (let left = 0; left < couplings; left += 1) {
      for (let right = 0; right <= left; right += 1) {
        if (!present[left] || !present[right]) continue
        const a = blocks[left] as Planes
        const b = blocks[right] as Planes
        let sumRe = 0
        let sumIm = 0
        // Row sums first: the error then grows with a row's length, not with the block's.
        for (let row = 0; row < rows; row += 1) {
          let rowRe = 0
          let rowIm = 0
          for (let at = row * columns; at < (row + 1) * columns; at += 1) {
            const aRe = a.re[at] as number
            const bRe = b.re[at] as number
            const aIm = a.im === null ? 0 : (a.im[at] as number)
            const bIm = b.im === null ? 0 : (b.im[at] as number)
            rowRe += aRe * bRe + aIm * bIm
            rowIm += aIm * bRe - aRe * bIm
          }
          sumRe += rowRe
          sumIm += rowIm
        }
        if (left === right) total += sumRe
        re[left * couplings + right] = sumRe
        re[right * couplings + left] = sumRe
        im[left * couplings + right] = left === right ? 0 : sumIm
        im[right * couplings + left] = left === right ? 0 : -sumIm
      }
    }
    return { re, im, diagonal, total }
  }
}
