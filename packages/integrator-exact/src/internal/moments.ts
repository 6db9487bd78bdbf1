import type { Vector } from '@mesobath/contracts'
import { chebyshevWeights, cos, sin } from '@mesobath/kernels'
import type { NodeMoments } from './gram.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { windowOf } from './microscopic-model.js'
import type { Structure } from './structure.js'

/** Moments of one component over a stretch of time that begins at its own time 0. */
export interface ComponentMoments {
  /** H of the component lies in [centre − radius, centre + radius]. */
  readonly centre: number
  readonly radius: number
  /** K. */
  readonly terms: number
  /** Re⟨V_l|V_m⟩ per node of the component [K × K], keyed by node. */
  readonly overlaps: ReadonlyMap<number, Float64Array>
  /** The same of each random vector alone; none where the mixture itself is moved. */
  readonly shares: readonly ReadonlyMap<number, Float64Array>[]
  /** Whether populations are even in time, p(−t) = p(t): then overlaps of unequal parity of l and m are noise of the vectors, and are left out. */
  readonly even: boolean
  /** Over all nodes: Re⟨V_l|E_i − E|V_m⟩ of each bath, and Im⟨V_l|V_m⟩. */
  readonly weighted: readonly Float64Array[]
  readonly turned: Float64Array
}

/** Moments between two system levels k < q in one window. */
export interface PairMoments {
  readonly window: number
  readonly k: number
  readonly q: number
  readonly left: number
  readonly right: number
  /** Σ V_k,m conj V_q,l at [m, l]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Everything an output time is made from, at O(K²) a number. */
export interface Moments {
  readonly components: readonly ComponentMoments[]
  readonly pairs: readonly PairMoments[]
}

/** What is read off a state. Written anew at each evaluation. */
export interface Reading {
  /** p(ε_k, E) [level, joint window]. */
  readonly populations: Float64Array
  readonly populationRates: Float64Array
  /** ρ_S(E) [joint window, k, q]. */
  readonly re: Float64Array
  readonly im: Float64Array
  norm: number
  /** ⟨H⟩. */
  energy: number
  /** tr ρ H_B of each bath. */
  readonly bathEnergies: Float64Array
  /** Standard errors of populations, where random vectors stand for the mixture. */
  readonly errors: Float64Array
}

/** Room for a reading. */
export const makeReading = ({ dimension, windows, baths }: MicroscopicModel): Reading => ({
  populations: new Float64Array(dimension * windows),
  populationRates: new Float64Array(dimension * windows),
  re: new Float64Array(windows * dimension * dimension),
  im: new Float64Array(windows * dimension * dimension),
  norm: 0,
  energy: 0,
  bathEnergies: new Float64Array(baths.length),
  errors: new Float64Array(dimension * windows),
})

/** Zeroes all of a reading but its errors. */
export const clearReading = (reading: Reading): Reading => {
  for (const key of ['populations', 'populationRates', 're', 'im', 'bathEnergies'] as const) reading[key].fill(0)
  reading.norm = 0
  reading.energy = 0
  return reading
}

/** Copies all of a reading. */
export const copyReading = (from: Reading, to: Reading): void => {
  to.populations.set(from.populations)
  to.populationRates.set(from.populationRates)
  to.re.set(from.re)
  to.im.set(from.im)
  to.norm = from.norm
  to.energy = from.energy
  to.bathEnergies.set(from.bathEnergies)
  to.errors.set(from.errors)
}

/** Room for the moments of a node, of one random vector or, with null, of all columns; the sums over a component shared. */
export const nodeMoments = (component: ComponentMoments, node: number, vector: number | null): NodeMoments => ({
  overlap: (vector === null ? component.overlaps : component.shares[vector]!).get(node)!,
  weighted: component.weighted,
  turned: component.turned,
})

/** Takes out what is not even in time, and sums the overlaps of all vectors. */
export const completeMoments = ({ components }: Moments): void => {
  for (const { shares, overlaps, even, terms } of components) {
    for (const share of shares) {
      for (const [node, own] of share) {
        const sum = overlaps.get(node)!
        for (let l = 0, at = 0; l < terms; l++) {
          for (let m = 0; m < terms; m++, at++) {
            if (even && (l + m) % 2 === 1) own[at] = 0
            sum[at] = sum[at]! + own[at]!
          }
        }
      }
    }
  }
}

/** Empty moments of a structure; `terms`, `centre`, `radius`, `even` per component, `vectors` of them read apart. */
export const emptyMoments = (
  model: MicroscopicModel, structure: Structure, pairs: readonly (readonly [number, number, number])[],
  centres: Vector, radii: Vector, terms: Int32Array, vectors: number, even: readonly boolean[],
): Moments => ({
  components: structure.components.map((component, at) => {
    const size = terms[at]! * terms[at]!
    const nodes = component.blocks.flatMap((block) => block.windows.map((window) => block.level * model.windows + window))
    return {
      centre: centres[at]!,
      radius: radii[at]!,
      terms: terms[at]!,
      overlaps: new Map(nodes.map((node) => [node, new Float64Array(size)])),
      shares: Array.from({ length: vectors }, () => new Map(nodes.map((node) => [node, new Float64Array(size)]))),
      even: even[at]!,
      weighted: model.baths.map(() => new Float64Array(size)),
      turned: new Float64Array(size),
    }
  }),
  pairs: pairs.map(([window, k, q]) => {
    const left = structure.componentOf[k * model.windows + window]!
    const right = structure.componentOf[q * model.windows + window]!
    const size = terms[left]! * terms[right]!
    return { window, k, q, left, right, re: new Float64Array(size), im: new Float64Array(size) }
  }),
})

/** Coefficients ±a_m(Rt) of the blocks V_m, their time derivatives, and the phase. */
interface Weights {
  readonly values: Float64Array
  readonly rates: Float64Array
}

const bilinear = (matrix: Float64Array, left: Float64Array, right: Float64Array): number => {
  const rows = left.length
  const columns = right.length
  let sum = 0
  for (let l = 0; l < rows; l++) {
    let part = 0
    for (let m = 0; m < columns; m++) part += matrix[l * columns + m]! * right[m]!
    sum += left[l]! * part
  }
  return sum
}

/** Σ c_l M_lm c_m of a symmetric M: half of it is read, and half of that where entries of unequal parity vanish. */
const quadratic = (matrix: Float64Array, values: Float64Array, even: boolean): number => {
  const n = values.length
  const step = even ? 2 : 1
  let sum = 0
  for (let l = 0; l < n; l++) {
    let part = 0
    for (let m = even ? l % 2 : 0; m < l; m += step) part += matrix[l * n + m]! * values[m]!
    sum += values[l]! * (2 * part + matrix[l * n + l]! * values[l]!)
  }
  return sum
}

/** √[R Σ_r (p_r − p/R)²/(R − 1)], the standard error of p = Σ_r p_r over R random vectors, each of which carries its share of the norm. */
const standardError = (shares: ComponentMoments['shares'], node: number, population: number, values: Float64Array, even: boolean): number => {
  const count = shares.length
  let squares = 0
  for (const share of shares) {
    const off = quadratic(share.get(node)!, values, even) - population / count
    squares += off * off
  }
  return Math.sqrt((count * squares) / (count - 1))
}

/** Weights of one component at `time`. */
export const momentWeights = (radius: number, terms: number, time: number): Weights => {
  const values = new Float64Array(terms)
  const rates = new Float64Array(terms)
  chebyshevWeights(radius * time, values, rates, new Float64Array(terms + 1))
  for (let m = 0; m < terms; m++) {
    // (−i)^m T_m = V_m for m = 0, 1 and −V_m for m = 2, 3 (mod 4).
    const sign = m % 4 < 2 ? 1 : -1
    values[m] = sign * values[m]!
    rates[m] = sign * radius * rates[m]!
  }
  return { values, rates }
}

/** Reads populations, their errors and rates, coherences and energies off moments, `time` after their beginning. */
export const evaluateMoments = (model: MicroscopicModel, moments: Moments, time: number, out: Reading): void => {
  const { dimension, windows, baths } = model
  clearReading(out)
  const weights = moments.components.map((each) => momentWeights(each.radius, each.terms, time))
  moments.components.forEach((component, at) => {
    const { values, rates } = weights[at]!
    let norm = 0
    for (const [node, overlap] of component.overlaps) {
      const population = quadratic(overlap, values, component.even)
      const window = node % windows
      const level = Math.floor(node / windows)
      out.populations[node] = population
      if (component.shares.length > 0) out.errors[node] = standardError(component.shares, node, population, values, component.even)
      out.populationRates[node] = 2 * bilinear(overlap, rates, values)
      out.re[(window * dimension + level) * dimension + level] = population
      for (let bath = 0; bath < baths.length; bath++) {
        out.bathEnergies[bath] = out.bathEnergies[bath]! + baths[bath]!.centres[windowOf(model, window, bath)]! * population
      }
      norm += population
    }
    out.norm += norm
    for (let bath = 0; bath < baths.length; bath++) {
      out.bathEnergies[bath] = out.bathEnergies[bath]! + quadratic(component.weighted[bath]!, values, false)
    }
    // ⟨H⟩ = Re⟨Ψ|i ∂t Ψ⟩, from the recursion H T_m = R (T_{m+1} + T_{m−1})/2 + c T_m and not from the norm.
    out.energy += component.centre * norm - bilinear(component.turned, values, rates)
  })
  for (const pair of moments.pairs) {
    const left = weights[pair.left]!.values
    const right = weights[pair.right]!.values
    const re = bilinear(pair.re, left, right)
    const im = bilinear(pair.im, left, right)
    const angle = (moments.components[pair.left]!.centre - moments.components[pair.right]!.centre) * time
    const c = pair.left === pair.right ? 1 : cos(angle)
    const s = pair.left === pair.right ? 0 : -sin(angle)
    const upper = (pair.window * dimension + pair.k) * dimension + pair.q
    const lower = (pair.window * dimension + pair.q) * dimension + pair.k
    out.re[upper] = re * c - im * s
    out.im[upper] = re * s + im * c
    out.re[lower] = out.re[upper]!
    out.im[lower] = -out.im[upper]!
  }
}
