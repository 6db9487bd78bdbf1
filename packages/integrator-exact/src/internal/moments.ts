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

/** The sum of readings, errors aside. */
export const sumReadings = (parts: readonly Reading[], out: Reading): void => {
  for (const key of ['populations', 'populationRates', 're', 'im', 'bathEnergies'] as const) {
    out[key].fill(0)
    for (const part of parts) for (let at = 0; at < out[key].length; at++) out[key][at] = out[key][at]! + part[key][at]!
  }
  out.norm = parts.reduce((sum, { norm }) => sum + norm, 0)
  out.energy = parts.reduce((sum, { energy }) => sum + energy, 0)
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

/** Room for the moments of a node, the sums over a component shared. */
export const nodeMoments = (component: ComponentMoments, node: number): NodeMoments => ({
  overlap: component.overlaps.get(node)!,
  weighted: component.weighted,
  turned: component.turned,
})

/** Empty moments of a structure; `terms`, `centre`, `radius` per component. */
export const emptyMoments = (
  model: MicroscopicModel, structure: Structure, pairs: readonly (readonly [number, number, number])[],
  centres: Vector, radii: Vector, terms: Int32Array,
): Moments => ({
  components: structure.components.map((component, at) => {
    const size = terms[at]! * terms[at]!
    const nodes = component.blocks.flatMap((block) => block.windows.map((window) => block.level * model.windows + window))
    return {
      centre: centres[at]!,
      radius: radii[at]!,
      terms: terms[at]!,
      overlaps: new Map(nodes.map((node) => [node, new Float64Array(size)])),
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

/** Reads populations, rates, coherences and energies off moments, `time` after their beginning. */
export const evaluateMoments = (model: MicroscopicModel, moments: Moments, time: number, out: Reading): void => {
  const { dimension, windows, baths } = model
  clearReading(out)
  const weights = moments.components.map((each) => momentWeights(each.radius, each.terms, time))
  moments.components.forEach((component, at) => {
    const { values, rates } = weights[at]!
    let norm = 0
    for (const [node, overlap] of component.overlaps) {
      const population = bilinear(overlap, values, values)
      const window = node % windows
      const level = Math.floor(node / windows)
      out.populations[node] = population
      out.populationRates[node] = 2 * bilinear(overlap, rates, values)
      out.re[(window * dimension + level) * dimension + level] = population
      for (let bath = 0; bath < baths.length; bath++) {
        out.bathEnergies[bath] = out.bathEnergies[bath]! + baths[bath]!.centres[windowOf(model, window, bath)]! * population
      }
      norm += population
    }
    out.norm += norm
    for (let bath = 0; bath < baths.length; bath++) {
      out.bathEnergies[bath] = out.bathEnergies[bath]! + bilinear(component.weighted[bath]!, values, values)
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
