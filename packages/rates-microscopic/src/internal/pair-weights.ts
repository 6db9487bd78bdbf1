import type { Planes, SpectralBath } from '@mesobath/contracts'

/** conj(B^{α'}_ij) B^α_ij of one pair of windows, as real tables [level of `to`, level of `from`]. */
export interface WeightTable {
  readonly left: number
  readonly right: number
  /** Re or Im of the product; the transposed pair of couplings has the conjugate. */
  readonly part: 're' | 'im'
  readonly values: Float64Array
}

/** Levels of each window, in the order of the bath. */
export const levelsByWindow = (bath: SpectralBath, windows: number): readonly Float64Array[] => {
  const lists: number[][] = Array.from({ length: windows }, () => [])
  bath.window.forEach((index, level) => (lists[index] as number[]).push(bath.levels[level] as number))
  return lists.map((list) => Float64Array.from(list))
}

/** Makes the tables of all pairs of couplings with α ≥ α'; none where the block is zero. */
export const pairWeights = (bath: SpectralBath, couplings: number, to: number, from: number, rows: number, columns: number): readonly WeightTable[] => {
  const size = rows * columns
  const blocks = Array.from({ length: couplings }, (): Planes => ({ re: new Float64Array(size), im: bath.real ? null : new Float64Array(size) }))
  const present = blocks.map((block, coupling) => bath.block(coupling, to, from, block))
  const tables: WeightTable[] = []
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right <= left; right += 1) {
      if (!present[left] || !present[right]) continue
      const a = blocks[left] as Planes
      const b = blocks[right] as Planes
      const re = new Float64Array(size)
      for (let at = 0; at < size; at += 1) re[at] = (a.re[at] as number) * (b.re[at] as number)
      if (a.im !== null && b.im !== null) {
        for (let at = 0; at < size; at += 1) re[at] = (re[at] as number) + (a.im[at] as number) * (b.im[at] as number)
      }
      tables.push({ left, right, part: 're', values: re })
      if (left === right || a.im === null || b.im === null) continue
      const im = new Float64Array(size)
      for (let at = 0; at < size; at += 1) im[at] = (a.im[at] as number) * (b.re[at] as number) - (a.re[at] as number) * (b.im[at] as number)
      tables.push({ left, right, part: 'im', values: im })
    }
  }
  return tables
}
