import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { atOnce, sinCos } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { addJumps, axisBound, driftAction } from './internal/apply-tables.js'
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

function* allTables(baths: readonly PreparedBath[], energies: Vector, strengths: Vector, zeroPairs: Int32Array): Parts<Outcome<readonly AxisTable[]>> {
  const issues: Issue[] = []
  const tables: AxisTable[] = []
  for (const bath of baths) {
    yield
    const table = yield* axisTable(bath, energies, strengths[bath.axis]!, zeroPairs)
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
): Outcome<ConditionalGenerator> => atOnce(conditionalGeneratorInParts(lattice, baths, energies, strengths))

/** The same in parts: all pairs of windows take part in the Lamb shift. */
export function* conditionalGeneratorInParts(
  lattice: Lattice, baths: readonly PreparedBath[], energies: Vector, strengths: Vector,
): Parts<Outcome<ConditionalGenerator>> {
  const zeroPairs = degeneratePairs(energies)
  const tables = yield* allTables(baths, energies, strengths, zeroPairs)
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
): Outcome<ConditionalGenerator> => atOnce(averagedGeneratorInParts(baths, energies, strengths, references))

/** The same in parts. */
export function* averagedGeneratorInParts(
  baths: readonly PreparedBath[], energies: Vector, strengths: Vector, references: readonly Vector[],
): Parts<Outcome<ConditionalGenerator>> {
  const zeroPairs = degeneratePairs(energies)
  const tables = yield* allTables(baths, energies, strengths, zeroPairs)
  if (tables._tag === 'Left') return tables
  const averaged = tables.right.map((table, axis) => averageTable(table, energies.length, references[axis]!))
  const ones = new Int32Array(averaged.length).fill(1)
  return { _tag: 'Right', right: assemble(averaged, ones, ones, 1, energies, zeroPairs) }
}
