import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { energyGained } from './energy-books.js'
import { touchedGroups } from './internal/active-groups.js'
import { frequencyNow } from './internal/frequency-now.js'
import { MovingGroup } from './internal/moving-group.js'
import type { RateField } from './internal/rate-field.js'
import type { MovingRates, MovingStretch } from './moving-rates.js'
import type { Lattice } from './window-lattice.js'

/** The generator of the rate equation of populations while frequencies move; energies and strengths are set, then it is applied. */
export interface MovingPopulations {
  /** Sets the pairs of levels that share their frequencies. */
  enter(stretch: MovingStretch): Outcome<void>
  /** Sets ε_k(t) [d] and λ_ν(t) [n]. */
  move(energies: Vector, strengths: Vector): void
  /**
   * out = ∂t p for p [level, window₁ … windowₙ]; returns Σ(ε_k + E) ∂t p, summed jump by jump over what each does not conserve: rounding
   * on resonance.
   */
  apply(populations: Vector, out: Float64Array): number
  /** Not less than any state's exit rate at the moment. */
  exitRateBound(): number
}

/** The moving groups of one bath for one set of pairs. */
interface Axis {
  readonly field: RateField
  readonly groups: readonly MovingGroup[]
  /** What each group is sent to where frequencies are not followed. */
  readonly resonances: Float64Array
}

/** Sets of pairs kept at the same time; a drive that makes more of them builds some anew. */
const MAXIMUM_KEPT = 32

/**
 * ∂t p(ε_k,E) = Σ_ν Σ_q,E' [W_kq(E,E')/V_E' p(ε_q,E') − W_qk(E',E)/V_E p(ε_k,E)] with W following ω_kq(t) by the line shape, continuous in t.
 *
 * `apply` and `move` allocate nothing and ask no plug-in.
 *
 * @equation 30
 * @equation G8
 */
export const movingPopulations = (lattice: Lattice, rates: MovingRates): MovingPopulations => {
  const { counts, dimension, size, strides } = lattice
  const kept = new Map<string, readonly Axis[]>()
  const now = { energies: new Float64Array(dimension), strengths: new Float64Array(counts.length), held: false }
  let axes: readonly Axis[] = []

  const enter = (stretch: MovingStretch): Outcome<void> => {
    now.held = stretch.held
    let found = kept.get(stretch.key)
    if (found === undefined) {
      found = rates.fields.map((field): Axis => {
        const groups = touchedGroups(field.bath, stretch.groups, dimension).map((group, index) => new MovingGroup(field, group, index, true))
        return { field, groups, resonances: new Float64Array(groups.length) }
      })
      for (const { field, groups } of found) {
        if (groups.every((group) => group.isFinite())) continue
        return fail(issue('composition/rate-overflow', ['baths', field.bath.axis],
          `\`baths.${field.bath.axis}\`: every jump rate must fit a double, but some do not; log volumes of neighbouring windows differ too much`))
      }
      if (kept.size >= MAXIMUM_KEPT) kept.clear()
      kept.set(stretch.key, found)
    }
    // What a group is sent to belongs to the stretch, not to its pairs.
    for (const { field, resonances } of found) resonances.set(touchedGroups(field.bath, stretch.groups, dimension).map((group) => group.resonance))
    axes = found
    return succeed(undefined)
  }

  const move = (energies: Vector, strengths: Vector): void => {
    now.energies.set(energies)
    now.strengths.set(strengths)
    for (let axis = 0; axis < axes.length; axis += 1) {
      const { groups, resonances } = axes[axis]!
      for (let g = 0; g < groups.length; g += 1) groups[g]!.move(now.held ? resonances[g]! : frequencyNow(groups[g]!.group, g, energies))
    }
  }

  /** Net currents of one row and pair through all joint windows, added to `out`; returns their sum. */
  const addCurrents = (
    populations: Vector, out: Float64Array, source: number, target: number, span: number, stride: number, forward: number, backward: number,
  ): number => {
    let sum = 0
    for (let outer = 0; outer < size; outer += span) {
      for (let inner = outer; inner < outer + stride; inner += 1) {
        const current = forward * populations[source + inner]! - backward * populations[target + inner]!
        out[source + inner]! -= current
        out[target + inner]! += current
        sum += current
      }
    }
    return sum
  }

  const apply = (populations: Vector, out: Float64Array): number => {
    out.fill(0)
    let defect = 0
    for (let axis = 0; axis < axes.length; axis += 1) {
      const { field, groups } = axes[axis]!
      const { from, to } = field
      const centres = field.bath.windows.energies
      const stride = strides[axis]!
      const span = counts[axis]! * stride
      const lambdaSquared = now.strengths[axis]! * now.strengths[axis]!
      if (lambdaSquared === 0) continue
      for (let g = 0; g < groups.length; g += 1) {
        const { first, group, last, rates: coefficients, weight, width } = groups[g]!
        const { pairs } = group
        for (let row = first; row < last; row += 1) {
          const scale = lambdaSquared * weight[row]!
          if (scale === 0) continue
          for (let p = 0; p < width; p += 1) {
            const forward = scale * coefficients.forwardRe[row * width + p]!
            const backward = scale * coefficients.backwardRe[row * width + p]!
            if (forward === 0 && backward === 0) continue
            const k = pairs[2 * p]!
            const q = pairs[2 * p + 1]!
            if (k === q && to[row] === from[row]) continue
            const source = q * size + from[row]! * stride
            const target = k * size + to[row]! * stride
            const current = addCurrents(populations, out, source, target, span, stride, forward, backward)
            defect += current * energyGained(now.energies[k]!, now.energies[q]!, centres[to[row]!]!, centres[from[row]!]!)
          }
        }
      }
    }
    return defect
  }

  const exitRateBound = (): number => {
    let bound = 0
    axes.forEach(({ field, groups }, axis) => {
      const windows = counts[axis]!
      const exits = new Float64Array(dimension * windows)
      const lambdaSquared = now.strengths[axis]! * now.strengths[axis]!
      for (const { first, group, last, rates: coefficients, weight, width } of groups) {
        for (let row = first; row < last; row += 1) {
          for (let p = 0; p < width; p += 1) {
            const at = row * width + p
            if (group.pairs[2 * p] === group.pairs[2 * p + 1] && field.to[row] === field.from[row]) continue
            exits[group.pairs[2 * p + 1]! * windows + field.from[row]!]! += lambdaSquared * weight[row]! * coefficients.forwardRe[at]!
            exits[group.pairs[2 * p]! * windows + field.to[row]!]! += lambdaSquared * weight[row]! * coefficients.backwardRe[at]!
          }
        }
      }
      bound += exits.reduce((largest, exit) => Math.max(largest, exit), 0)
    })
    return bound
  }

  return { enter, move, apply, exitRateBound }
}
