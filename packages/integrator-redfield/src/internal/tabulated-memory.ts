import type { CorrelationTables } from './correlation-tables.js'
import type { CouplingElements } from './coupling-elements.js'
import { gaussLegendre } from './gauss-legendre.js'
import type { Block, History } from './history.js'
import type { MemorySource } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'
import { PANEL_NODES, panelPhase, panelValue } from './panels.js'
import type { Panel } from './panels.js'
import { remoteTable } from './remote-table.js'
import type { TransformTable } from './transform-table.js'
import { unitPhases } from './unit-phases.js'

/** What a block is remembered by: the table of its energies, or quadrature nodes. */
interface Remembered {
  readonly table: TransformTable | null
  readonly times: Float64Array
  /** weight × (λ' + iωλ) e^{i(Φ(s) − Φ(from))} [node, element]. */
  readonly factors: FullPlanes
  /** λ and Φ − Φ(from) [d] where the panel ends, λ where it begins. */
  readonly first: number
  readonly last: number
  readonly lastPhases: Float64Array
}

const NOTHING = fullPlanes(0)

/**
 * All the memory of a line shape of its own with the phases that the levels had. Constant stretches take differences of their tables; on a
 * panel of a smooth segment [a, b] the correlation function is integrated by parts, so that only its integral F is ever needed:
 * ∫_a^b λ C(t−s) e^{iΦ(s)} ds = F(t−a) λ(a) e^{iΦ(a)} − F(t−b) λ(b) e^{iΦ(b)} + ∫_a^b F(t−s) (λ' + iωλ) e^{iΦ(s)} ds.
 * What lies before the block at hand is interpolated in t.
 *
 * @param end - of the run
 * @param values - scratch for the values of a table
 * @param out - [pair, element, α, α']
 */
export const tabulatedMemory = (
  axis: number, bandwidth: number, tables: CorrelationTables, values: FullPlanes, elements: CouplingElements, past: History, dimension: number,
  end: number, out: FullPlanes,
): MemorySource => {
  const { count, row, column } = elements
  const rule = gaussLegendre(PANEL_NODES)
  const phasesOf = unitPhases(elements, dimension)
  const remembered: Remembered[] = []
  const levels = new Float64Array(dimension)
  const slopes = new Float64Array(dimension)
  const unit = fullPlanes(count)
  const factor = fullPlanes(count)
  const part = fullPlanes(tables.size)
  const primitive = fullPlanes(tables.primitiveSize)

  /** weight × (λ' + iωλ) e^{iΦ} at x of a panel, into planes at `offset`; ω from the panel's own energies. */
  const writeFactors = (panel: Panel, x: number, weight: number, into: FullPlanes, offset: number): void => {
    for (let k = 0; k < dimension; k += 1) {
      levels[k] = panelPhase(panel, k, x)
      slopes[k] = panelValue(panel.energies, k, x)
    }
    phasesOf.write(levels, into, offset)
    const strength = weight * panelValue(panel.strengths, axis, x)
    const growth = weight * panelValue(panel.strengthSlopes, axis, x)
    for (let element = 0; element < count; element += 1) {
      const turning = (slopes[row[element]] - slopes[column[element]]) * strength
      const re = into.re[offset + element]
      const im = into.im[offset + element]
      into.re[offset + element] = growth * re - turning * im
      into.im[offset + element] = growth * im + turning * re
    }
  }
  const addPrimitive = (tau: number, by: FullPlanes, offset: number, scale: number, into: FullPlanes): void => {
    tables.primitive(tau, primitive)
    for (let element = 0; element < count; element += 1) {
      tables.addPrimitive(primitive, element, scale * by.re[offset + element], scale * by.im[offset + element], into)
    }
  }
  const addTable = (table: TransformTable, tau: number, by: FullPlanes, scale: number, into: FullPlanes): void => {
    if (tau === 0) return
    tables.transform(table, tau, values)
    for (let element = 0; element < count; element += 1) {
      tables.addTransform(table, values, element, scale * by.re[element], scale * by.im[element], into)
    }
  }

  /** out += scale · unit[element] · part */
  const addTurned = (scale: number): void => {
    const block = elements.couplings * elements.couplings
    for (let first = 0; first < tables.size; first += block) {
      const element = (first / block) % count
      const x = scale * unit.re[element]
      const y = scale * unit.im[element]
      for (let at = first; at < first + block; at += 1) {
        out.re[at] += x * part.re[at] - y * part.im[at]
        out.im[at] += x * part.im[at] + y * part.re[at]
      }
    }
  }

  const rememberPanel = (panel: Panel): Remembered => {
    const length = panel.to - panel.from
    const times = new Float64Array(PANEL_NODES)
    const factors = fullPlanes(PANEL_NODES * count)
    for (let j = 0; j < PANEL_NODES; j += 1) {
      times[j] = panel.from + (length * (1 + rule.nodes[j])) / 2
      writeFactors(panel, rule.nodes[j], (rule.weights[j] * length) / 2, factors, j * count)
    }
    return {
      table: null, times, factors, first: panelValue(panel.strengths, axis, -1), last: panelValue(panel.strengths, axis, 1),
      lastPhases: Float64Array.from({ length: dimension }, (_, k) => panelPhase(panel, k, 1)),
    }
  }

  /** ∫ over a block of λ C(t−s) e^{iΦ(s)}, added. */
  const contribute = (index: number, _origin: number, time: number, into: FullPlanes): void => {
    const there: Block = past.blocks[index]
    const { table, times, factors, first, last, lastPhases } = remembered[index]
    if (table !== null) {
      const setting = there.setting as NonNullable<Block['setting']>
      const age = time - there.from
      for (let k = 0; k < dimension; k += 1) levels[k] = there.phases[k] + (setting.energies[k] - setting.energies[0]) * age
      phasesOf.write(levels, unit, 0)
      addTable(table, age, unit, setting.strengths[axis], into)
      addTable(table, time - there.to, unit, -setting.strengths[axis], into)
      return
    }
    phasesOf.write(there.phases, unit, 0)
    addPrimitive(time - there.from, unit, 0, first, into)
    for (let j = 0; j < PANEL_NODES; j += 1) {
      for (let element = 0; element < count; element += 1) {
        const re = factors.re[j * count + element]
        const im = factors.im[j * count + element]
        factor.re[element] = re * unit.re[element] - im * unit.im[element]
        factor.im[element] = re * unit.im[element] + im * unit.re[element]
      }
      addPrimitive(time - times[j], factor, 0, 1, into)
    }
    for (let k = 0; k < dimension; k += 1) levels[k] = there.phases[k] + lastPhases[k]
    phasesOf.write(levels, unit, 0)
    addPrimitive(time - there.to, unit, 0, -last, into)
  }
  const remote = remoteTable(tables.size, bandwidth, past, end, contribute)

  /** The same integral, phases counted from the beginning of the panel, over its part before `time`. */
  const fillNear = (panel: Panel, time: number, into: FullPlanes): void => {
    into.re.fill(0)
    into.im.fill(0)
    const passed = time - panel.from
    if (passed <= 0) return
    unit.re.fill(1)
    unit.im.fill(0)
    addPrimitive(passed, unit, 0, panelValue(panel.strengths, axis, -1), into)
    for (let j = 0; j < PANEL_NODES; j += 1) {
      const since = (passed * (1 + rule.nodes[j])) / 2
      writeFactors(panel, (2 * since) / (panel.to - panel.from) - 1, (rule.weights[j] * passed) / 2, factor, 0)
      addPrimitive(passed - since, factor, 0, 1, into)
    }
  }

  return {
    enter: () => {
      for (let index = remembered.length; index < past.blocks.length; index += 1) {
        const { setting, panel } = past.blocks[index]
        remembered.push(setting === null ? rememberPanel(panel as Panel)
          : { table: tables.of(setting.energies), times: NOTHING.re, factors: NOTHING, first: 0, last: 0, lastPhases: NOTHING.re })
      }
      if (past.blocks.length > 1) remote.open()
    },
    forget: () => {
      remembered.length = 0
      remote.forget()
    },
    update: (time) => {
      const strength = past.strengths[axis]
      out.re.fill(0)
      out.im.fill(0)
      if (strength === 0) return
      const { block } = past
      const { from, setting, panel, phases } = past.blocks[block]
      if (block > 0) {
        remote.look(block, time)
        remote.read(part)
        // Back to the picture in which today's phases are zero.
        for (let k = 0; k < dimension; k += 1) levels[k] = -phases[k] - past.phases[k]
        phasesOf.write(levels, unit, 0)
        addTurned(strength)
      }
      if (panel !== null) {
        fillNear(panel, time, part)
        for (let k = 0; k < dimension; k += 1) levels[k] = -past.phases[k]
        phasesOf.write(levels, unit, 0)
        addTurned(strength)
      }
      if (setting === null) return
      unit.re.fill(1)
      unit.im.fill(0)
      addTable(remembered[block].table as TransformTable, time - from, unit, strength * setting.strengths[axis], out)
    },
  }
}
