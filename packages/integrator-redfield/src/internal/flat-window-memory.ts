import { flatWindowTransform, sinCos } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import { mismatchTable } from './flat-window-gaps.js'
import type { MismatchTable, WindowGaps } from './flat-window-gaps.js'
import { gaussLegendre } from './gauss-legendre.js'
import type { QuadratureRule } from './gauss-legendre.js'
import { heldTransforms, worthHolding } from './held-transforms.js'
import type { Block, History } from './history.js'
import type { MemorySource } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'
import { PANEL_NODES, panelPhase, panelValue } from './panels.js'
import type { Panel } from './panels.js'
import { remoteTable } from './remote-table.js'
import { unitPhases } from './unit-phases.js'

/** What a block is remembered by: closed transforms at the distinct mismatches, or quadrature nodes. */
interface Remembered {
  readonly mismatches: MismatchTable | null
  /** Whether transforms are tabulated while the block is the newest. */
  readonly held: boolean
  /** Times of the nodes, and weight × λ × e^{i(Φ(s) − Φ(from))} [node, element]. */
  readonly times: Float64Array
  readonly factors: FullPlanes
  /** e^{i(E'−E)(s − from)} [node, distance]; panels of one length share it. */
  readonly turns: FullPlanes
}

const NOTHING = fullPlanes(0)

/**
 * All the memory of a flat window with the phases that the levels had:
 * λ(t) ∫ ds λ(s) h(t−s) e^{−iΔ(t−s)} e^{−i[Φ(t) − Φ(s)]}, Δ = E' − E, Φ = φ_q − φ_k. Constant stretches give closed partial transforms,
 * panels of smooth segments a Gauss rule that resolves every phase; what lies before the block at hand is interpolated in t.
 *
 * Per time: (nodes of one rule and of one interpolation) × distances × elements, whatever the length of the past. Per block and interval of the
 * interpolation after it: nodes of both × distances × elements once.
 *
 * @param axis - the bath, whose λ it takes
 * @param end - of the run
 * @param out - [distance, element]
 */
export const flatWindowMemory = (
  axis: number, gaps: WindowGaps, elements: CouplingElements, past: History, dimension: number, end: number, out: FullPlanes,
): MemorySource => {
  const { width } = gaps
  const distances = gaps.values.length
  const { count } = elements
  const size = distances * count
  const held = heldTransforms(width)
  const phasesOf = unitPhases(elements, dimension)
  const remembered: Remembered[] = []
  const turnsByLength = new Map<number, FullPlanes>()
  const levels = new Float64Array(dimension)
  const unit = fullPlanes(count)
  const turn = fullPlanes(distances)
  const part = fullPlanes(size)
  const pair = new Float64Array(2)
  let partial = fullPlanes(0)
  // Made when the first panel is remembered.
  let rule: QuadratureRule = { nodes: NOTHING.re, weights: NOTHING.re }

  const shape = (tau: number): number => {
    const x = (width * tau) / 2
    if (x < 1e-8) return width / (2 * Math.PI)
    sinCos(x, pair)
    const sinc = pair[0] / x
    return (width / (2 * Math.PI)) * sinc * sinc
  }
  /** e^{iΔx} for every distance. */
  const writeTurns = (x: number, into: FullPlanes, offset: number): void => {
    for (let d = 0; d < distances; d += 1) {
      sinCos(gaps.values[d] * x, pair)
      into.re[offset + d] = pair[1]
      into.im[offset + d] = pair[0]
    }
  }
  /** ∫₀^age h e^{−iΩτ} dτ in `pair`; a negative age goes on backwards, h being even. */
  const transform = (size: number, age: number): void => {
    flatWindowTransform(size, Math.abs(age), width, pair)
    if (age < 0) pair[0] = -pair[0]
  }
  /** ∫ h e^{−iΩτ} between two ages, at every distinct |Ω| of a constant block. */
  const fillPartial = (sizes: Float64Array, early: number, late: number): void => {
    for (let i = 0; i < sizes.length; i += 1) {
      transform(sizes[i], late)
      const re = pair[0]
      const im = pair[1]
      partial.re[i] = re
      partial.im[i] = im
      if (early === 0) continue
      transform(sizes[i], early)
      partial.re[i] = re - pair[0]
      partial.im[i] = im - pair[1]
    }
  }
  /** into[distance, element] += weight · factor[element] · turns[distance] */
  const addProduct = (weight: number, factor: FullPlanes, atFactor: number, turns: FullPlanes, atTurn: number, into: FullPlanes): void => {
    for (let element = 0; element < count; element += 1) {
      const x = weight * factor.re[atFactor + element]
      const y = weight * factor.im[atFactor + element]
      for (let d = 0, at = element; d < distances; d += 1, at += count) {
        const c = turns.re[atTurn + d]
        const s = turns.im[atTurn + d]
        into.re[at] += x * c - y * s
        into.im[at] += x * s + y * c
      }
    }
  }
  /** into += (unit × turn × factor of the block) · source */
  const addTurned = (source: FullPlanes, weight: number, into: FullPlanes): void => {
    for (let element = 0; element < count; element += 1) {
      const x = weight * unit.re[element]
      const y = weight * unit.im[element]
      for (let d = 0, at = element; d < distances; d += 1, at += count) {
        const re = x * turn.re[d] - y * turn.im[d]
        const im = x * turn.im[d] + y * turn.re[d]
        into.re[at] += re * source.re[at] - im * source.im[at]
        into.im[at] += re * source.im[at] + im * source.re[at]
      }
    }
  }
  const spreadPartial = ({ slot, sign }: MismatchTable, into: FullPlanes): void => {
    for (let at = 0; at < size; at += 1) {
      into.re[at] = partial.re[slot[at]]
      into.im[at] = sign[at] * partial.im[slot[at]]
    }
  }

  const rememberPanel = (panel: Panel): Remembered => {
    const length = panel.to - panel.from
    const times = new Float64Array(PANEL_NODES)
    const factors = fullPlanes(PANEL_NODES * count)
    let turns = turnsByLength.get(length)
    const known = turns !== undefined
    turns ??= fullPlanes(PANEL_NODES * distances)
    for (let j = 0; j < PANEL_NODES; j += 1) {
      const x = rule.nodes[j]
      const since = (length * (1 + x)) / 2
      times[j] = panel.from + since
      for (let k = 0; k < dimension; k += 1) levels[k] = panelPhase(panel, k, x)
      phasesOf.write(levels, factors, j * count)
      const weight = (rule.weights[j] * length * panelValue(panel.strengths, axis, x)) / 2
      for (let element = j * count; element < (j + 1) * count; element += 1) {
        factors.re[element] *= weight
        factors.im[element] *= weight
      }
      if (!known) writeTurns(since, turns, j * distances)
    }
    turnsByLength.set(length, turns)
    return { mismatches: null, held: false, times, factors, turns }
  }

  /** ∫ over a block of λ h(t−s) e^{iΔ(s − origin)} e^{iΦ(s)}, added. */
  const contribute = (index: number, origin: number, time: number, into: FullPlanes): void => {
    const there: Block = past.blocks[index]
    const { mismatches, times, factors, turns } = remembered[index]
    if (mismatches === null) {
      part.re.fill(0)
      part.im.fill(0)
      for (let j = 0; j < PANEL_NODES; j += 1) addProduct(shape(Math.abs(time - times[j])), factors, j * count, turns, j * distances, part)
      phasesOf.write(there.phases, unit, 0)
      writeTurns(there.from - origin, turn, 0)
      addTurned(part, 1, into)
      return
    }
    const setting = there.setting as NonNullable<Block['setting']>
    if (setting.strengths[axis] === 0) return
    const age = time - there.from
    fillPartial(mismatches.sizes, time - there.to, age)
    spreadPartial(mismatches, part)
    for (let k = 0; k < dimension; k += 1) levels[k] = there.phases[k] + (setting.energies[k] - setting.energies[0]) * age
    phasesOf.write(levels, unit, 0)
    writeTurns(time - origin, turn, 0)
    addTurned(part, setting.strengths[axis], into)
  }
  const remote = remoteTable(size, width, past, end, contribute)

  /** The same integral, phases and distances counted from the beginning of the panel, over its part before `time`. */
  const fillNear = (panel: Panel, time: number, into: FullPlanes): void => {
    into.re.fill(0)
    into.im.fill(0)
    const passed = time - panel.from
    if (passed <= 0) return
    const length = panel.to - panel.from
    for (let j = 0; j < PANEL_NODES; j += 1) {
      const since = (passed * (1 + rule.nodes[j])) / 2
      const x = (2 * since) / length - 1
      for (let k = 0; k < dimension; k += 1) levels[k] = panelPhase(panel, k, x)
      phasesOf.write(levels, unit, 0)
      writeTurns(since, turn, 0)
      addProduct((rule.weights[j] * passed * panelValue(panel.strengths, axis, x) * shape(passed - since)) / 2, unit, 0, turn, 0, into)
    }
  }

  return {
    enter: () => {
      for (let index = remembered.length; index < past.blocks.length; index += 1) {
        const { from, to, setting, panel } = past.blocks[index]
        if (setting === null) {
          if (rule.nodes.length === 0) rule = gaussLegendre(PANEL_NODES)
          remembered.push(rememberPanel(panel as Panel))
          continue
        }
        const mismatches = mismatchTable(gaps, elements, setting.energies)
        if (mismatches.sizes.length > partial.re.length) partial = fullPlanes(mismatches.sizes.length)
        const long = worthHolding(to - from, width)
        if (long) held.open(mismatches.sizes.length)
        remembered.push({ mismatches, held: long, times: NOTHING.re, factors: NOTHING, turns: NOTHING })
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
        // Back to the picture in which today's phases are zero: e^{−iΦ(t)} e^{−iΔ(t − origin)}.
        for (let k = 0; k < dimension; k += 1) levels[k] = -phases[k] - past.phases[k]
        phasesOf.write(levels, unit, 0)
        writeTurns(remote.origin - time, turn, 0)
        addTurned(part, strength, out)
      }
      if (panel !== null) {
        fillNear(panel, time, part)
        for (let k = 0; k < dimension; k += 1) levels[k] = -past.phases[k]
        phasesOf.write(levels, unit, 0)
        writeTurns(from - time, turn, 0)
        addTurned(part, strength, out)
      }
      if (setting === null || time <= from) return
      const mismatches = remembered[block].mismatches as MismatchTable
      if (remembered[block].held) held.write(mismatches.sizes, time - from, partial)
      else fillPartial(mismatches.sizes, 0, time - from)
      spreadPartial(mismatches, part)
      for (let at = 0; at < size; at += 1) {
        out.re[at] += strength * strength * part.re[at]
        out.im[at] += strength * strength * part.im[at]
      }
    },
  }
}
