import { cos, sin } from '@mesobath/kernels'

/** What is left out of a band-limited function of phase a by n nodes is below 2(a/2)ⁿ/n!. */
const LEFT_OUT = 1e-16

/** Interpolation of a band-limited function on an interval, between the zeros of a Chebyshev polynomial on [−1, 1]. */
export interface IntervalNodes {
  readonly count: number
  readonly nodes: Float64Array
  /** Length of an interval on which the nodes resolve the band. */
  readonly length: number
  /** The weight of each node at x, one array that the next call overwrites; their sum is 1. */
  weightsAt(x: number): Float64Array
}

const nodesFor = (phase: number): number => {
  let term = 2
  let count = 0
  while (term > LEFT_OUT) {
    count += 1
    term *= phase / 2 / count
  }
  // Two more for what grows with t besides: an integral of C that does not decay.
  return count + 2
}

/**
 * @param bandwidth - bound of the frequencies of the function
 * @param halfPhase - largest phase over half an interval
 */
export const intervalNodes = (bandwidth: number, halfPhase: number): IntervalNodes => {
  const count = nodesFor(halfPhase)
  const nodes = Float64Array.from({ length: count }, (_, j) => cos((Math.PI * (2 * j + 1)) / (2 * count)))
  // Barycentric weights of the zeros of T_n.
  const factors = nodes.map((_, j) => (j % 2 === 0 ? 1 : -1) * sin((Math.PI * (2 * j + 1)) / (2 * count)))
  const weights = new Float64Array(count)
  return {
    count, nodes, length: (2 * halfPhase) / Math.max(bandwidth, Number.MIN_VALUE / LEFT_OUT),
    weightsAt: (x) => {
      let sum = 0
      for (let j = 0; j < count; j += 1) {
        const distance = x - nodes[j]
        if (distance === 0) {
          weights.fill(0)
          weights[j] = 1
          return weights
        }
        weights[j] = factors[j] / distance
        sum += weights[j]
      }
      for (let j = 0; j < count; j += 1) weights[j] /= sum
      return weights
    },
  }
}
