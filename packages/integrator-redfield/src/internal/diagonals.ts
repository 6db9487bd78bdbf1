/** Writes the diagonals of states [joint window, k, q] as [level, joint window]. */
export const diagonals = (re: Float64Array, dimension: number, size: number, out: Float64Array): void => {
  for (let window = 0; window < size; window += 1) {
    for (let k = 0; k < dimension; k += 1) out[k * size + window] = re[(window * dimension + k) * dimension + k]
  }
}
