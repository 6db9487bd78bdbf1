import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Planes } from '@mesobath/contracts'
import type { PreparedBath, Setting } from '@mesobath/composition'
import { tabulate } from '@mesobath/kernels'
import type { TimeTable } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import type { History } from './history.js'
import type { MemoryKernel } from './memory-kernel.js'
import { differenceRounding, distinctValues, fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'
import type { WindowPairs } from './window-pairs.js'

/** Real numbers that a table holds per component and unit of phase: 24 nodes cover a phase of 10, re and im. */
const NUMBERS_PER_PHASE = 2 * 24 / 10

/** The transforms ∫₀ᵗ C e^{−iωτ} dτ of one setting [pair, frequency, α, α'] as a table over t. */
export interface TransformTable {
  readonly setting: Setting
  readonly table: TimeTable
  readonly frequencies: number
  /** Frequency of each element (q, k): ω_qk = ε_q − ε_k. */
  readonly frequencyOf: Int32Array
}

/** Bytes of a table, while it is made: values, coefficients and the rate model's own layout stand side by side. */
export const tableBytes = (components: number, duration: number, bandwidth: number): number =>
  8 * 3 * components * Math.max(48, NUMBERS_PER_PHASE * bandwidth * duration)

/**
 * Tabulates a rate model's own transforms over [0, `duration`] for one setting. `tolerance` is relative to the largest entry.
 *
 * Issues: `integrator-redfield/no-finite-time`, `integrator-redfield/memory`, those of the rate model and of `tabulate`.
 */
export const transformTable = (
  bath: PreparedBath, pairs: WindowPairs, elements: CouplingElements, setting: Setting, duration: number, tolerance: number,
  memoryLimit: number | undefined,
): Outcome<TransformTable> => {
  const { lineShape, transform } = bath.correlation
  if (lineShape.kind !== 'own' || transform === undefined) {
    return fail(issue('integrator-redfield/no-finite-time', ['rates', bath.label],
      `\`rates.${bath.label}\` must give the transform of its correlation function at finite times, but "${bath.rates.name}" has none`))
  }
  const { energies } = setting
  const block = elements.couplings * elements.couplings
  const { values: frequencies, index: frequencyOf } = distinctValues(
    Float64Array.from(elements.row, (row, element) => energies[row] - energies[elements.column[element]]), differenceRounding(energies))
  const rows = pairs.count * frequencies.length
  const components = rows * block
  let bandwidth = lineShape.bandwidth
  for (const frequency of frequencies) bandwidth = Math.max(bandwidth, lineShape.bandwidth + Math.abs(frequency))
  const bytes = tableBytes(components, duration, bandwidth)
  if (memoryLimit !== undefined && bytes > memoryLimit) {
    return fail(issue('integrator-redfield/memory', ['options', 'host', 'memoryLimit'],
      `the table of the correlation function of the bath "${bath.label}" must fit into ${(memoryLimit / 1048576).toFixed(1)} MiB, `
      + `but would take about ${(bytes / 1048576).toFixed(1)} MiB; shorten the run or take wider windows`))
  }
  const request = { to: new Int32Array(rows), from: new Int32Array(rows), frequency: new Float64Array(rows) }
  for (let row = 0; row < rows; row += 1) {
    const pair = Math.floor(row / frequencies.length)
    request.to[row] = pairs.to[pair]
    request.from[row] = pairs.from[pair]
    request.frequency[row] = frequencies[row % frequencies.length]
  }
  const evaluate = (times: Float64Array, out: Planes): Outcome<void> => {
    const asked = fullPlanes(components * times.length)
    // A rate model wants its times ascending; a table asks for the nodes of panels in any order.
    const order = Int32Array.from(times, (_, i) => i).sort((a, b) => times[a] - times[b])
    const given = transform({ ...request, times: Float64Array.from(order, (i) => times[i]) }, asked)
    if (given._tag === 'Left') return given
    for (let row = 0; row < rows; row += 1) {
      for (let i = 0; i < times.length; i += 1) {
        const source = (row * times.length + i) * block
        const target = order[i] * components + row * block
        for (let entry = 0; entry < block; entry += 1) {
          out.re[target + entry] = asked.re[source + entry]
          if (out.im !== null) out.im[target + entry] = asked.im[source + entry]
        }
      }
    }
    return succeed(undefined)
  }
  const table = tabulate(evaluate, components, 0, duration, bandwidth, tolerance)
  if (table._tag === 'Left') return table
  return succeed({ setting, table: table.right, frequencies: frequencies.length, frequencyOf })
}

/** Memory of a correlation function with a line shape of its own, from one table per setting of the run. */
export const tabulatedKernel = (
  bath: PreparedBath, pairs: WindowPairs, elements: CouplingElements, past: History, dimension: number, tables: readonly TransformTable[],
): MemoryKernel => {
  const { axis } = bath
  const { count, couplings } = elements
  const block = couplings * couplings
  const used: TransformTable[] = []
  const sum = fullPlanes(pairs.count * count * block)
  const turn = fullPlanes(dimension)
  let late = fullPlanes(0)
  let early = fullPlanes(0)

  const add = (from: FullPlanes, table: TransformTable, element: number, phaseRe: number, phaseIm: number): void => {
    const stride = table.frequencies * block
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const source = pair * stride + table.frequencyOf[element] * block
      const target = (pair * count + element) * block
      for (let entry = 0; entry < block; entry += 1) {
        const re = from.re[source + entry]
        const im = from.im[source + entry]
        sum.re[target + entry] += phaseRe * re - phaseIm * im
        sum.im[target + entry] += phaseRe * im + phaseIm * re
      }
    }
  }

  return {
    axis, pairs, elements,
    enter: () => {
      const { setting } = past.stretches[past.stretches.length - 1]
      const table = tables.find((each) => each.setting.energies.every((value, k) => value === setting.energies[k]))
      if (table === undefined) throw new Error('a stretch was entered that was not tabulated')
      used.push(table)
      const components = pairs.count * table.frequencies * block
      if (components > late.re.length) {
        late = fullPlanes(components)
        early = fullPlanes(components)
      }
    },
    update: (time) => {
      sum.re.fill(0)
      sum.im.fill(0)
      const { stretches } = past
      const newest = stretches.length - 1
      const strengthNow = stretches[newest].setting.strengths[axis]
      if (strengthNow === 0) return
      for (let stretch = 0; stretch <= newest; stretch += 1) {
        const strength = strengthNow * stretches[stretch].setting.strengths[axis]
        const reach = time - stretches[stretch].from
        if (strength === 0 || reach <= 0) continue
        const table = used[stretch]
        const ends = stretch === newest ? 0 : time - stretches[stretch + 1].from
        table.table.at(reach, late)
        if (ends > 0) table.table.at(ends, early)
        past.turn(stretch, time, turn)
        for (let element = 0; element < count; element += 1) {
          const q = elements.row[element]
          const k = elements.column[element]
          const phaseRe = stretch === newest ? strength : strength * (turn.re[q] * turn.re[k] + turn.im[q] * turn.im[k])
          const phaseIm = stretch === newest ? 0 : strength * (turn.re[q] * turn.im[k] - turn.im[q] * turn.re[k])
          add(late, table, element, phaseRe, phaseIm)
          if (ends > 0) add(early, table, element, -phaseRe, -phaseIm)
        }
      }
    },
    write: (pair, outRe, outIm) => {
      const factor = pairs.entropyFactor[pair]
      for (let a = 0; a < couplings; a += 1) {
        for (let element = 0; element < count; element += 1) {
          let re = 0
          let im = 0
          const at = (pair * count + element) * block + a * couplings
          for (let b = 0; b < couplings; b += 1) {
            const s = b * count + element
            re += sum.re[at + b] * elements.re[s] - sum.im[at + b] * elements.im[s]
            im += sum.re[at + b] * elements.im[s] + sum.im[at + b] * elements.re[s]
          }
          outRe[a * count + element] = factor * re
          outIm[a * count + element] = factor * im
        }
      }
    },
  }
}
