import { cos } from '@mesobath/kernels'

/** A quadrature rule on [−1, 1]. */
export interface QuadratureRule {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/** Newton's method doubles its digits: from Tricomi's guess a handful of rounds reaches rounding. */
const ROUNDS = 8

/** Gauss and Legendre's rule of `count` nodes, exact for polynomials of degree 2·count − 1. */
export const gaussLegendre = (count: number): QuadratureRule => {
  const nodes = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let i = 0; i < count; i += 1) {
    let x = cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let slope = 1
    for (let round = 0; round < ROUNDS; round += 1) {
      let last = 1
      let value = x
      for (let n = 2; n <= count; n += 1) {
        const next = ((2 * n - 1) * x * value - (n - 1) * last) / n
        last = value
        value = next
      }
      slope = (count * (x * value - last)) / (x * x - 1)
      x -= value / slope
    }
    nodes[count - 1 - i] = x
    weights[count - 1 - i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}
