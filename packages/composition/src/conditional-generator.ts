import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { sinCos } from '@mesobath/kernels'
import { averageTable, axisTable } from './internal/axis-table.js'
import type { AxisTable } from './internal/axis-table.js'
import type { PreparedBath } from './prepare-baths.js'
import { transitionFrequencies } from './transition-frequencies.js'
import type { Lattice } from './window-lattice.js'

/** A linear map on real vectors with a bound of its norm; complex states travel as [re…, im…]. */
export interface BoundedAction {
  readonly dimension: number
  /** Not less than the 1-norm of the map. */
  readonly normBound: number
  apply(state: Vector, out: Float64Array): void
}

/** The generator of ∂t ρ_S(E), applied without a matrix to states [re…, im…] of layout [window₁ … windowₙ, k, q]. */
export interface ConditionalGenerator extends BoundedAction {
  /** Without −i[H_S, ρ]: its size is that of the rates and shifts, not of the level spacings, and it commutes with `rotate`. */
  readonly rotating: BoundedAction
  /** ρ_S(E) ← e^{−iH_S t} ρ_S(E) e^{iH_S t} in place, so that e^{Lt} = rotate(t) ∘ e^{rotating·t}. */
  rotate(state: Float64Array, time: number): void
}

/** Largest column sum of |M|·2 + |jumps| of one bath over its windows: a bound of the 1-norm on complex entries. */
const axisBound = (table: AxisTable, dimension: number): number => {
  const block = dimension * dimension
  const columns = new Float64Array(table.windows * block)
  for (let window = 0; window < table.windows; window += 1) {
    for (let q = 0; q < dimension; q += 1) {
      let column = 0
      for (let k = 0; k < dimension; k += 1) {
        const at = window * block + k * dimension + q
        column += Math.abs(table.drift.re[at]!) + Math.abs(table.drift.im[at]!)
      }
      for (let r = 0; r < dimension; r += 1) {
        columns[window * block + q * dimension + r]! += column
        columns[window * block + r * dimension + q]! += column
      }
    }
  }
  for (const { from, im, re, source } of table.jumps) {
    for (let row = 0; row < from.length; row += 1) {
      for (let i = 0; i < source.length; i += 1) {
        const at = row * source.length + i
        columns[from[row]! * block + source[i]!]! += Math.abs(re[at]!) + Math.abs(im[at]!)
      }
    }
  }
  let largest = 0
  for (const column of columns) largest = Math.max(largest, column)
  return largest
}

const addJumps = (
  table: AxisTable, stride: number, size: number, dimension: number, state: Vector, out: Float64Array,
): void => {
  const block = dimension * dimension
  const plane = size * block
  const span = table.windows * stride
  for (let b = 0; b < table.jumps.length; b += 1) {
    const { from, im, re, source, target, to } = table.jumps[b]!
    const width = source.length
    for (let row = 0; row < to.length; row += 1) {
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = 0; inner < stride; inner += 1) {
          const there = (outer + to[row]! * stride + inner) * block
          const here = (outer + from[row]! * stride + inner) * block
          for (let i = 0; i < width; i += 1) {
            const coefficientRe = re[row * width + i]!
            const coefficientIm = im[row * width + i]!
            const x = state[here + source[i]!]!
            const y = state[plane + here + source[i]!]!
            out[there + target[i]!]! += coefficientRe * x - coefficientIm * y
            out[plane + there + target[i]!]! += coefficientRe * y + coefficientIm * x
          }
        }
      }
    }
  }
}

/** out = Mρ + ρM† with M = Σ_ν M_ν(E_ν) for every joint window; M has elements inside eigenspaces of H_S only. */
const driftAction = (
  tables: readonly AxisTable[], counts: Int32Array, size: number, dimension: number, zeroPairs: Int32Array,
): ((state: Vector, out: Float64Array) => void) => {
  const block = dimension * dimension
  const plane = size * block
  const axes = tables.length
  const elements = zeroPairs.length / 2
  const positions = new Int32Array(axes)
  const re = new Float64Array(elements)
  const im = new Float64Array(elements)
  return (state, out) => {
    positions.fill(0)
    for (let joint = 0; joint < size; joint += 1) {
      const base = joint * block
      for (let z = 0; z < elements; z += 1) {
        const at = zeroPairs[2 * z]! * dimension + zeroPairs[2 * z + 1]!
        let sumRe = 0
        let sumIm = 0
        for (let axis = 0; axis < axes; axis += 1) {
          const { drift } = tables[axis]!
          sumRe += drift.re[positions[axis]! * block + at]!
          sumIm += drift.im[positions[axis]! * block + at]!
        }
        re[z] = sumRe
        im[z] = sumIm
      }
      for (let i = base; i < base + block; i += 1) {
        out[i] = 0
        out[plane + i] = 0
      }
      for (let z = 0; z < elements; z += 1) {
        const row = zeroPairs[2 * z]!
        const column = zeroPairs[2 * z + 1]!
        const a = re[z]!
        const b = im[z]!
        for (let j = 0; j < dimension; j += 1) {
          const left = base + column * dimension + j
          const leftOut = base + row * dimension + j
          const right = base + j * dimension + column
          const rightOut = base + j * dimension + row
          out[leftOut]! += a * state[left]! - b * state[plane + left]!
          out[plane + leftOut]! += a * state[plane + left]! + b * state[left]!
          out[rightOut]! += a * state[right]! + b * state[plane + right]!
          out[plane + rightOut]! += a * state[plane + right]! - b * state[right]!
        }
      }
      for (let axis = axes - 1; axis >= 0; axis -= 1) {
        positions[axis]! += 1
        if (positions[axis]! < counts[axis]!) break
        positions[axis] = 0
      }
    }
  }
}

const assemble = (
  tables: readonly AxisTable[], counts: Int32Array, strides: Int32Array, size: number, energies: Vector, zeroPairs: Int32Array,
): ConditionalGenerator => {
  const dimension = energies.length
  const block = dimension * dimension
  const plane = size * block
  const drift = driftAction(tables, counts, size, dimension, zeroPairs)
  const apply = (state: Vector, out: Float64Array): void => {
    drift(state, out)
    for (let axis = 0; axis < tables.length; axis += 1) addJumps(tables[axis]!, strides[axis]!, size, dimension, state, out)
  }
  let bound = 0
  for (const table of tables) bound += axisBound(table, dimension)
  let span = 0
  for (const a of energies) for (const b of energies) span = Math.max(span, a - b)
  const pair = new Float64Array(2)
  return {
    dimension: 2 * plane,
    normBound: bound + span,
    rotating: { dimension: 2 * plane, normBound: bound, apply },
    apply: (state, out) => {
      apply(state, out)
      for (let base = 0; base < plane; base += block) {
        for (let k = 0; k < dimension; k += 1) {
          for (let q = 0; q < dimension; q += 1) {
            const at = base + k * dimension + q
            const gap = energies[k]! - energies[q]!
            out[at]! += gap * state[plane + at]!
            out[plane + at]! -= gap * state[at]!
          }
        }
      }
    },
    rotate: (state, time) => {
      for (let k = 0; k < dimension; k += 1) {
        for (let q = 0; q < dimension; q += 1) {
          if (k === q) continue
          sinCos((energies[k]! - energies[q]!) * time, pair)
          const sine = pair[0]!
          const cosine = pair[1]!
          for (let at = k * dimension + q; at < plane; at += block) {
            const re = state[at]!
            const im = state[plane + at]!
            state[at] = cosine * re + sine * im
            state[plane + at] = cosine * im - sine * re
          }
        }
      }
    },
  }
}

const allTables = (baths: readonly PreparedBath[], energies: Vector, strengths: Vector, zeroPairs: Int32Array): Outcome<readonly AxisTable[]> => {
  const issues: Issue[] = []
  const tables: AxisTable[] = []
  for (const bath of baths) {
    const table = axisTable(bath, energies, strengths[bath.axis]!, zeroPairs)
    if (table._tag === 'Left') issues.push(...table.left)
    else tables.push(table.right)
  }
  return failIfAny(issues, () => tables)
}

const degeneratePairs = (energies: Vector): Int32Array => transitionFrequencies(energies).find((group) => group.frequency === 0)!.pairs

/**
 * The Markov, secular extended microcanonical master equation for n baths,
 * ∂t ρ(E) = −i[H'_S(E), ρ(E)] + Σ_ν Σ_ω Σ_E' Σ_αα' { γ^{αα'}(E,E';−ω)/V_E' S^α_ω ρ(E') S^{α'†}_ω − ½ γ^{αα'}(E',E;−ω)/V_E {S^{α'†}_ω S^α_ω, ρ(E)} },
 * H'_S(E) = H_S + δH̄(E) + H_LS(E), degenerate levels and degenerate gaps included.
 *
 * @param lattice - the joint windows
 * @param baths - one entry per bath, in the lattice's order
 * @param energies - ε_k [d]
 * @param strengths - λ_ν [n]
 * @returns the generator on 2·size·d² real numbers. Issues: `composition/rates-not-positive`, `composition/rates-not-finite`,
 * `composition/no-markov-limit`, `composition/rate-overflow`, `composition/lamb-shift-overflow`, and the rate models' own
 * @equation 5
 * @equation 17
 * @equation 18
 * @equation 20
 * @equation 21
 * @equation 22
 * @equation 71
 * @equation 75
 */
export const conditionalGenerator = (
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector,
): Outcome<ConditionalGenerator> => {
  const zeroPairs = degeneratePairs(energies)
  const tables = allTables(baths, energies, strengths, zeroPairs)
  if (tables._tag === 'Left') return tables
  return { _tag: 'Right', right: assemble(tables.right, lattice.counts, lattice.strides, lattice.size, energies, zeroPairs) }
}

/**
 * The Born-Markov-secular equation for ρ_S: the generator of `conditionalGenerator` averaged over a bath state p_ref(E_ν) that never moves,
 * rates Σ_E,E' γ^{αα'}(E,E')/V_E' p_ref(E').
 *
 * @param references - p_ref(E_ν) of each bath [n][windows]
 * @returns the generator on 2·d² real numbers; issues as `conditionalGenerator`
 * @equation 3
 */
export const averagedGenerator = (
  baths: readonly PreparedBath[], energies: Vector, strengths: Vector, references: readonly Vector[],
): Outcome<ConditionalGenerator> => {
  const zeroPairs = degeneratePairs(energies)
  const tables = allTables(baths, energies, strengths, zeroPairs)
  if (tables._tag === 'Left') return tables
  const averaged = tables.right.map((table, axis) => averageTable(table, energies.length, references[axis]!))
  const ones = new Int32Array(averaged.length).fill(1)
  return { _tag: 'Right', right: assemble(averaged, ones, ones, 1, energies, zeroPairs) }
}
