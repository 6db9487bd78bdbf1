import { sinCos } from '@mesobath/kernels'
import type { CorrelationTables } from './correlation-tables.js'
import type { CouplingElements } from './coupling-elements.js'
import { gaussLegendre } from './gauss-legendre.js'
import type { History } from './history.js'
import type { MemorySource } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'
import { HALF_PANEL_PHASE, PANEL_NODES } from './panels.js'
import type { TransformTable } from './transform-table.js'

/**
 * Memory of a line shape of its own as if energies and strengths had always been today's: the table of these energies in a constant
 * stretch, elsewhere λ(t)² [F(a) e^{−iωa} + iω ∫₀^a F(τ) e^{−iωτ} dτ], a = t − t₀, ω = ω(t), by quadrature over the whole age.
 *
 * @param values - scratch for the values of a table
 * @param out - [pair, element, α, α']
 */
export const tabulatedToday = (
  axis: number, bandwidth: number, tables: CorrelationTables, values: FullPlanes, elements: CouplingElements, past: History, memoryStart: number,
  out: FullPlanes,
): MemorySource => {
  const { count, row, column } = elements
  const rule = gaussLegendre(PANEL_NODES)
  const pair = new Float64Array(2)
  const primitive = fullPlanes(tables.primitiveSize)
  const partial = fullPlanes(tables.primitiveSize)
  let table: TransformTable | null = null
  let length = 0
  let panels = 0
  // F at the nodes of whole panels over τ [node, pair, α, α'].
  let known = fullPlanes(0)

  const place = (from: FullPlanes, offset: number): void => {
    for (let i = 0; i < tables.primitiveSize; i += 1) {
      partial.re[i] = from.re[offset + i]
      partial.im[i] = from.im[offset + i]
    }
  }
  const add = (tau: number, weight: number): void => {
    for (let element = 0; element < count; element += 1) {
      const omega = past.energies[row[element]] - past.energies[column[element]]
      if (omega === 0) continue
      sinCos(omega * tau, pair)
      tables.addPrimitive(partial, element, weight * omega * pair[0], weight * omega * pair[1], out)
    }
  }
  const integrate = (factor: number, age: number): void => {
    const whole = Math.min(panels, Math.floor(age / length))
    for (let node = 0; node < whole * PANEL_NODES; node += 1) {
      const j = node % PANEL_NODES
      place(known, node * tables.primitiveSize)
      add(((node - j) / PANEL_NODES) * length + (length * (1 + rule.nodes[j])) / 2, (factor * rule.weights[j] * length) / 2)
    }
    const rest = age - whole * length
    for (let j = 0; j < PANEL_NODES && rest > 0; j += 1) {
      const tau = whole * length + (rest * (1 + rule.nodes[j])) / 2
      tables.primitive(tau, partial)
      add(tau, (factor * rule.weights[j] * rest) / 2)
    }
    tables.primitive(age, primitive)
    for (let element = 0; element < count; element += 1) {
      sinCos((past.energies[row[element]] - past.energies[column[element]]) * age, pair)
      tables.addPrimitive(primitive, element, factor * pair[1], -factor * pair[0], out)
    }
  }

  return {
    enter: () => {
      const newest = past.blocks[past.blocks.length - 1]
      if (newest.setting !== null) {
        table = tables.of(newest.setting.energies)
        return
      }
      table = null
      const spread = past.blocks.reduce((most, { panel }) => Math.max(most, panel === null ? 0 : panel.spread), 0)
      length = (2 * HALF_PANEL_PHASE) / (bandwidth + spread)
      panels = Math.floor((newest.to - memoryStart) / length)
      known = fullPlanes(panels * PANEL_NODES * tables.primitiveSize)
      for (let node = 0; node < panels * PANEL_NODES; node += 1) {
        const j = node % PANEL_NODES
        tables.primitive(((node - j) / PANEL_NODES) * length + (length * (1 + rule.nodes[j])) / 2, primitive)
        known.re.set(primitive.re, node * tables.primitiveSize)
        known.im.set(primitive.im, node * tables.primitiveSize)
      }
    },
    forget: () => undefined,
    update: (time) => {
      const factor = past.strengths[axis] * past.strengths[axis]
      const age = time - memoryStart
      out.re.fill(0)
      out.im.fill(0)
      if (factor === 0 || age <= 0) return
      if (table === null) {
        integrate(factor, age)
        return
      }
      table.table.at(age, values)
      for (let element = 0; element < count; element += 1) tables.addTransform(table, values, element, factor, 0, out)
    },
  }
}
