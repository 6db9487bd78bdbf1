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

/** Collects the distinct ones among `values`; the smallest of each cluster stands for it. */
export const distinctValues = (values: ArrayLike<number>, tolerance: number): DistinctValues => {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b])
  const index = new Int32Array(values.length)
  const distinct: number[] = []
  for (const at of order) {
    if (distinct.length === 0 || values[at] - distinct[distinct.length - 1] > tolerance) distinct.push(values[at])
    index[at] = distinct.length - 1
  }
  return { values: Float64Array.from(distinct), index }
}

/** Roundings of a difference of two numbers of this size: a common shift of all energies must not split what is equal. */
export const differenceRounding = (values: ArrayLike<number>): number => {
  let largest = 0
  for (let i = 0; i < values.length; i += 1) largest = Math.max(largest, Math.abs(values[i]))
  return 8 * Number.EPSILON * largest
}
