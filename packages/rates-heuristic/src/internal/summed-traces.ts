import type { CouplingSums } from '@mesobath/contracts'
import type { BlockTrace } from './block-traces.js'

/** The traces of a bath that gives them as such. */
export const summedTraces = (sums: CouplingSums, couplings: number): ((to: number, from: number) => BlockTrace) => (to, from) => {
  const re = new Float64Array(couplings * couplings)
  const im = new Float64Array(couplings * couplings)
  const diagonal = sums.offDiagonal(to, from, { re, im })
  let total = diagonal
  for (let coupling = 0; coupling < couplings; coupling += 1) total += re[coupling * (couplings + 1)]!
  return { re, im, diagonal, total }
}
