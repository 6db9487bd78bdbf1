import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { touchedGroups } from './internal/active-groups.js'
import { addJumps, axisBound, driftAction } from './internal/apply-tables.js'
import { averageTableInto, emptyAverage } from './internal/axis-table.js'
import type { AxisTable } from './internal/axis-table.js'
import { MovingTable } from './internal/moving-table.js'
import type { MovingRates, MovingStretch } from './moving-rates.js'
import type { Lattice } from './window-lattice.js'

/**
 * The generator of ρ_S(E) in the frame that rotates with H_S(t), while frequencies move; energies and strengths are set, then it is applied
 * to states [re…, im…] of layout [window₁ … windowₙ, k, q].
 */
export interface MovingStates {
  /** 2·size·d². */
  readonly dimension: number
  /** Sets the pairs of levels that share their frequencies. */
  enter(stretch: MovingStretch): Outcome<void>
  /** Sets ε_k(t) [d] and λ_ν(t) [n]. */
  move(energies: Vector, strengths: Vector): void
  /** out = ∂t ρ without −i[H_S, ρ]. */
  apply(state: Vector, out: Float64Array): void
  /** Not less than the 1-norm of the generator at the moment. */
  normBound(): number
}

/** Numbers per unordered pair of windows and frequency that following states keeps, for estimates: coefficients at rest and of the moment. */
export const NUMBERS_PER_PAIR = 12

/** Sets of pairs kept at the same time; a drive that makes more of them builds some anew. */
const MAXIMUM_KEPT = 32

interface Kept {
  readonly axes: readonly MovingTable[]
  /** What is applied: the axes' own tables, or their averages over a bath that never moves. */
  readonly tables: readonly AxisTable[]
  readonly drift: (state: Vector, out: Float64Array) => void
}

const movingStatesOf = (
  rates: MovingRates, counts: Int32Array, strides: Int32Array, size: number, references: readonly Vector[] | null,
): MovingStates => {
  const { dimension, fields } = rates
  const kept = new Map<string, Kept>()
  let now: Kept | null = null
  let held = false

  const make = (stretch: MovingStretch): Outcome<Kept> => {
    const zeroPairs = stretch.groups[(stretch.groups.length - 1) / 2]!.pairs
    const energies = new Float64Array(dimension)
    const axes = fields.map((field) => new MovingTable(field, touchedGroups(field.bath, stretch.groups, dimension), energies, zeroPairs))
    for (const { bath, groups } of axes.map((axis, i) => ({ bath: fields[i]!.bath, groups: axis.groups }))) {
      if (groups.every((group) => group.isFinite())) continue
      return fail(issue('composition/lamb-shift-overflow', ['baths', bath.axis],
        `\`baths.${bath.axis}\`: every jump rate and term of the Lamb shift must fit a double, but some do not: the rate model "${bath.rates.name}" `
        + 'couples windows whose log volumes differ by hundreds; give it a coupling that decays with the distance of windows, or start without coherences'))
    }
    const tables = references === null ? axes.map((axis) => axis.table) : axes.map((axis) => emptyAverage(axis.table, dimension))
    return succeed({ axes, tables, drift: driftAction(tables, counts, size, dimension, zeroPairs) })
  }

  return {
    dimension: 2 * size * dimension * dimension,
    enter: (stretch) => {
      held = stretch.held
      let found = kept.get(stretch.key)
      if (found === undefined) {
        const made = make(stretch)
        if (made._tag === 'Left') return made
        found = made.right
        if (kept.size >= MAXIMUM_KEPT) kept.clear()
        kept.set(stretch.key, found)
      }
      found.axes.forEach((axis, i) => axis.resonances.set(touchedGroups(fields[i]!.bath, stretch.groups, dimension).map((group) => group.resonance)))
      now = found
      return succeed(undefined)
    },
    move: (energies, strengths) => {
      const { axes, tables } = now!
      for (let axis = 0; axis < axes.length; axis += 1) {
        axes[axis]!.move(energies, strengths[axis]!, held)
        if (references !== null) averageTableInto(axes[axis]!.table, dimension, references[axis]!, tables[axis]!)
      }
    },
    apply: (state, out) => {
      const { drift, tables } = now!
      drift(state, out)
      for (let axis = 0; axis < tables.length; axis += 1) addJumps(tables[axis]!, strides[axis]!, size, dimension, state, out)
    },
    normBound: () => now!.tables.reduce((bound, table) => bound + axisBound(table, dimension), 0),
  }
}

/**
 * The Markov, secular equation of ρ_S(E) with jumps, losses and Lamb shift following ω(t) by the line shape, continuous in t; frequencies
 * count as one where they are one for a while, not where they meet at an instant.
 *
 * `move` and `apply` allocate nothing and ask no plug-in; the Lamb shift costs n² multiplications per bath and move.
 *
 * @param rates - made with `coherent`
 * @equation 5
 * @equation 17
 * @equation 75
 */
export const movingStates = (lattice: Lattice, rates: MovingRates): MovingStates =>
  movingStatesOf(rates, lattice.counts, lattice.strides, lattice.size, null)

/**
 * The Born-Markov-secular equation of ρ_S, following ω(t): `movingStates` averaged over bath states p_ref(E_ν) that never move.
 *
 * @param rates - made with `coherent`
 * @param references - p_ref(E_ν) of each bath [n][windows]
 * @equation 3
 */
export const movingAverage = (rates: MovingRates, references: readonly Vector[]): MovingStates => {
  const ones = new Int32Array(references.length).fill(1)
  return movingStatesOf(rates, ones, ones, 1, references)
}
