import type { CouplingElements } from './coupling-elements.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'
import type { TransformTable } from './transform-table.js'
import type { WindowPairs } from './window-pairs.js'

/** The tables of one bath with a line shape of its own, and how their values enter sums [pair, element, α, α']. */
export interface CorrelationTables {
  /** Entries of a sum, and of F(τ) = ∫₀^τ C. */
  readonly size: number
  readonly primitiveSize: number
  /** The table of constant energies; throws where they were not tabulated. */
  of(energies: Float64Array): TransformTable
  /** Writes ∫₀^τ C e^{−iωs} ds [pair, frequency, α, α']; τ < 0 goes on backwards. */
  transform(table: TransformTable, tau: number, out: FullPlanes): void
  /** Writes F(τ) = ∫₀^τ C(E,E';−s) ds [pair, α, α']: what memory under moving energies is made of, by parts. */
  primitive(tau: number, out: FullPlanes): void
  /** into += (phaseRe + i phaseIm) · ∫₀^τ C e^{−iωs} ds on one element. */
  addTransform(table: TransformTable, values: FullPlanes, element: number, phaseRe: number, phaseIm: number, into: FullPlanes): void
  /** into += (phaseRe + i phaseIm) · F on one element. */
  addPrimitive(values: FullPlanes, element: number, phaseRe: number, phaseIm: number, into: FullPlanes): void
}

/** @param still - the table of ω = 0, there where a drive moves between its stops */
export const correlationTables = (
  pairs: WindowPairs, elements: CouplingElements, constant: readonly TransformTable[], still: TransformTable | null,
): CorrelationTables => {
  const { count } = elements
  const block = elements.couplings * elements.couplings
  const add = (values: FullPlanes, stride: number, first: number, element: number, phaseRe: number, phaseIm: number, into: FullPlanes): void => {
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const source = pair * stride + first
      const target = (pair * count + element) * block
      for (let entry = 0; entry < block; entry += 1) {
        const re = values.re[source + entry]
        const im = values.im[source + entry]
        into.re[target + entry] += phaseRe * re - phaseIm * im
        into.im[target + entry] += phaseRe * im + phaseIm * re
      }
    }
  }
  const { couplings } = elements
  const at = ({ table, frequencies }: TransformTable, tau: number, out: FullPlanes): void => {
    table.at(Math.abs(tau), out)
    if (tau >= 0) return
    // C^{αα'}(E,E';τ) is the conjugate of C^{α'α}(E,E';−τ).
    const { re, im } = out
    for (let base = 0; base < pairs.count * frequencies * block; base += block) {
      for (let a = 0; a < couplings; a += 1) {
        for (let b = a; b < couplings; b += 1) {
          const here = base + a * couplings + b
          const there = base + b * couplings + a
          const x = re[here]
          const y = im[here]
          re[here] = -re[there]
          im[here] = im[there]
          re[there] = -x
          im[there] = y
        }
      }
    }
  }
  return {
    size: pairs.count * count * block,
    primitiveSize: pairs.count * block,
    of: (energies) => {
      const table = constant.find((each) => each.energies.every((value, k) => value === energies[k]))
      if (table === undefined) throw new Error('a stretch was entered that was not tabulated')
      return table
    },
    primitive: (tau, out) => {
      if (still === null) throw new Error('a smooth segment was entered that was not tabulated')
      at(still, tau, out)
    },
    transform: at,
    addTransform: (table, values, element, phaseRe, phaseIm, into) => {
      add(values, table.frequencies * block, table.frequencyOf[element] * block, element, phaseRe, phaseIm, into)
    },
    addPrimitive: (values, element, phaseRe, phaseIm, into) => add(values, block, 0, element, phaseRe, phaseIm, into),
  }
}

/** Planes for the values of the largest of these tables. */
export const tablePlanes = (pairs: WindowPairs, elements: CouplingElements, tables: readonly TransformTable[]): FullPlanes =>
  fullPlanes(pairs.count * elements.couplings * elements.couplings * tables.reduce((most, { frequencies }) => Math.max(most, frequencies), 0))
