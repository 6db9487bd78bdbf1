import { atOnce } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'

/** Complex numbers as two planes that are both there. */
export interface FullPlanes {
  readonly re: Float64Array
  readonly im: Float64Array
}

export const fullPlanes = (length: number): FullPlanes => ({ re: new Float64Array(length), im: new Float64Array(length) })

/** Sorted values in which neighbours closer than a tolerance are one, and where each value went. */
export interface DistinctValues {
  readonly values: Float64Array
  readonly index: Int32Array
}

/** Values that are looked at in one part, a few milliseconds. */
const VALUES_PER_PART = 1 << 15

/** Collects the distinct ones among `values`, however often each is met; the smallest of each cluster stands for it. */
export function* distinctInParts(values: ArrayLike<number>, tolerance: number): Parts<DistinctValues> {
  // Distances on a grid are equal to the last bit, nearly all of them: what is left to be sorted is little.
  const places = new Map<number, number>()
  const met: number[] = []
  const index = new Int32Array(values.length)
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0 && i % VALUES_PER_PART === 0) yield
    let place = places.get(values[i])
    if (place === undefined) {
      place = met.length
      places.set(values[i], place)
      met.push(values[i])
    }
    index[i] = place
  }
  const distinct: number[] = []
  const clusters = new Int32Array(met.length)
  for (const place of Array.from(met.keys()).sort((a, b) => met[a] - met[b])) {
    if (distinct.length === 0 || met[place] - distinct[distinct.length - 1] > tolerance) distinct.push(met[place])
    clusters[place] = distinct.length - 1
  }
  for (let i = 0; i < index.length; i += 1) index[i] = clusters[index[i]]
  return { values: Float64Array.from(distinct), index }
}

/** The same in one go, for few values. */
export const distinctValues = (values: ArrayLike<number>, tolerance: number): DistinctValues => atOnce(distinctInParts(values, tolerance))

/** Roundings of a difference of two numbers of this size: a common shift of all energies must not split what is equal. */
export const differenceRounding = (values: ArrayLike<number>): number => {
  let largest = 0
  for (let i = 0; i < values.length; i += 1) largest = Math.max(largest, Math.abs(values[i]))
  return 8 * Number.EPSILON * largest
}
