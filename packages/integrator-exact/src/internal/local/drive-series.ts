import type { Segment } from '@mesobath/contracts'
import { KRONROD, NODES } from '../adams-weights.js'

/** Steps over which a drive needs a polynomial of more than this degree are halved. */
export const MOST_DEGREE = 8
/** Coefficients per row. */
export const ROW = MOST_DEGREE + 1
/** Of a value: what no polynomial of any degree comes closer than. */
const ROUNDING = 1e-15

/** C(n, k). */
export const binomial = (n: number, k: number): number => {
  let product = 1
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i
  return product
}

/** Legendre's polynomials on [0, 1] at the nodes [degree, node], and their coefficients [degree, power]. */
const VALUES = new Float64Array(ROW * NODES.length)
const POWERS = new Float64Array(ROW * ROW)
for (let m = 0; m < ROW; m++) {
  for (let k = 0; k <= m; k++) POWERS[m * ROW + k] = ((m + k) % 2 === 0 ? 1 : -1) * binomial(m, k) * binomial(m + k, k)
  for (let node = 0; node < NODES.length; node++) {
    const y = 2 * NODES[node]! - 1
    VALUES[m * NODES.length + node] = m === 0 ? 1 : m === 1 ? y
      : ((2 * m - 1) * y * VALUES[(m - 1) * NODES.length + node]! - (m - 1) * VALUES[(m - 2) * NODES.length + node]!) / m
  }
}
const SHIFTS = Float64Array.from({ length: ROW * ROW }, (_, at) => binomial(at % ROW, Math.floor(at / ROW)))

/** ε_k(t) and λ_ν(t) over one step as polynomials of x = (t − t₀)/h, rows [ε_k … | λ_ν …]. */
export class DriveSeries {
  /** Of each row, as low as the bound allows. */
  readonly degrees: Int32Array
  /** Σ_m c_m x^m, and Σ_m c_m (x − 1)^m [row, ROW]. */
  readonly atStart: Float64Array
  readonly atEnd: Float64Array
  /** Whether any row moves. */
  moving = false
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  /** [node, row], the two ends behind the nodes. */
  readonly #values: Float64Array
  readonly #rest = new Float64Array(NODES.length + 2)

  constructor(dimension: number, baths: number) {
    const rows = dimension + baths
    this.degrees = new Int32Array(rows)
    this.atStart = new Float64Array(rows * ROW)
    this.atEnd = new Float64Array(rows * ROW)
    this.#energies = new Float64Array(dimension)
    this.#strengths = new Float64Array(baths)
    this.#values = new Float64Array((NODES.length + 2) * rows)
  }

  /**
   * Looks at a step of h from `time` to `end`: whether polynomials go through ε_k at all nodes and at both ends to within `allowed`, and through
   * λ_ν to within that over `norms`. A jump is far from every polynomial; so is what is not a number.
   */
  fit(segment: Segment, time: number, h: number, end: number, norms: Float64Array, allowed: number): boolean {
    for (let node = 0; node < NODES.length; node++) this.#look(segment, time + NODES[node]! * h, node)
    this.#look(segment, time, NODES.length)
    this.#look(segment, end, NODES.length + 1)
    const d = this.#energies.length
    this.moving = false
    for (let row = 0; row < this.degrees.length; row++) {
      if (!this.#fitRow(row, row < d ? allowed : allowed / norms[row - d]!)) return false
      if (this.degrees[row]! > 0) this.moving = true
    }
    return true
  }

  #fitRow(row: number, allowed: number): boolean {
    const rows = this.degrees.length
    const count = NODES.length
    const rest = this.#rest
    const first = this.#values[count * rows + row]!
    const from = row * ROW
    let size = Math.abs(first)
    for (let at = 0; at < count + 2; at++) {
      // Relative to what it was: what does not move is a constant to the last bit.
      rest[at] = this.#values[at * rows + row]! - first
      size = Math.max(size, Math.abs(first) + Math.abs(rest[at]!))
    }
    this.atStart.fill(0, from, from + ROW)
    const bound = Math.max(allowed, ROUNDING * size)
    for (let m = 0; m < ROW; m++) {
      // What is left of lower degrees is orthogonal to this one: the rule is exact for their products.
      let weight = 0
      for (let node = 0; node < count; node++) weight += KRONROD[node]! * rest[node]! * VALUES[m * count + node]!
      weight *= 2 * m + 1
      for (let node = 0; node < count; node++) rest[node] = rest[node]! - weight * VALUES[m * count + node]!
      rest[count] = rest[count]! - (m % 2 === 0 ? weight : -weight)
      rest[count + 1] = rest[count + 1]! - weight
      for (let k = 0; k <= m; k++) this.atStart[from + k] = this.atStart[from + k]! + weight * POWERS[m * ROW + k]!
      if (!this.#within(bound)) continue
      this.atStart[from] = this.atStart[from]! + first
      this.degrees[row] = m
      for (let k = 0; k < ROW; k++) {
        let sum = 0
        for (let power = k; power <= m; power++) sum += SHIFTS[k * ROW + power]! * this.atStart[from + power]!
        this.atEnd[from + k] = sum
      }
      return true
    }
    return false
  }

  /** Not where anything is not a number. */
  #within(bound: number): boolean {
    for (let at = 0; at < this.#rest.length; at++) if (!(Math.abs(this.#rest[at]!) <= bound)) return false
    return true
  }

  #look(segment: Segment, time: number, at: number): void {
    segment.energies(time, this.#energies)
    segment.strengths(time, this.#strengths)
    this.#values.set(this.#energies, at * this.degrees.length)
    this.#values.set(this.#strengths, at * this.degrees.length + this.#energies.length)
  }
}
