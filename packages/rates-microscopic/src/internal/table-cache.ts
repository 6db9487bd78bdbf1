import type { WeightTable } from './pair-weights.js'

/** Weights kept between calls; beyond this they are made again each time (a table of times is filled in many calls). */
const CACHE_BYTES = 268_435_456

/** Remembers the weights of pairs of windows as long as they fit. */
export const tableCache = (make: (upper: number, lower: number) => readonly WeightTable[], windows: number): ((upper: number, lower: number) => readonly WeightTable[]) => {
  const kept = new Map<number, readonly WeightTable[]>()
  let bytes = 0
  return (upper, lower) => {
    const key = upper * windows + lower
    const found = kept.get(key)
    if (found !== undefined) return found
    const made = make(upper, lower)
    const size = made.reduce((sum, { values }) => sum + values.byteLength, 0)
    if (bytes + size <= CACHE_BYTES) {
      kept.set(key, made)
      bytes += size
    }
    return made
  }
}
