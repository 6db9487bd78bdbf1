import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Planes, TransformRequest, TransformWriter } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'
import { tabulateInParts } from '@mesobath/kernels'
import type { Parts, TimeTable } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import { differenceRounding, distinctValues, fullPlanes } from './numbers.js'
import type { WindowPairs } from './window-pairs.js'

/** Real numbers that a table holds per component and unit of phase: 24 nodes cover a phase of 10, re and im. */
const NUMBERS_PER_PHASE = 2 * 24 / 10

/** The transforms ∫₀ᵗ C e^{−iωτ} dτ at constant energies [pair, frequency, α, α'] as a table over t. */
export interface TransformTable {
  readonly energies: Float64Array
  readonly table: TimeTable
  readonly frequencies: number
  /** Frequency of each element (q, k): ω_qk = ε_q − ε_k. */
  readonly frequencyOf: Int32Array
}

/** Bytes of a table, while it is made: values, coefficients and the rate model's own layout stand side by side. */
export const tableBytes = (components: number, duration: number, bandwidth: number): number =>
  8 * 3 * components * Math.max(48, NUMBERS_PER_PHASE * bandwidth * duration)

/** Has a table of transforms written, in parts where the rate model makes it in parts. */
function* written(transform: TransformWriter, request: TransformRequest, out: Planes): Parts<Outcome<void>> {
  const { inParts } = transform
  if (inParts === undefined) return transform(request, out)
  const next = inParts(request, out)
  if (next._tag === 'Left') return next
  while (next.right()) yield
  return succeed(undefined)
}

/**
 * Tabulates a rate model's own transforms over [0, `duration`] for one set of energies. `tolerance` is relative to the largest entry.
 *
 * Issues: `integrator-redfield/no-finite-time`, `integrator-redfield/memory`, those of the rate model and of `tabulate`.
 */
export function* transformTable(
  bath: PreparedBath, pairs: WindowPairs, elements: CouplingElements, energies: Float64Array, duration: number, tolerance: number,
  memoryLimit: number | undefined,
): Parts<Outcome<TransformTable>> {
  const { lineShape, transform } = bath.correlation
  if (lineShape.kind !== 'own' || transform === undefined) {
    return fail(issue('integrator-redfield/no-finite-time', ['rates', bath.label],
      `\`rates.${bath.label}\` must give the transform of its correlation function at finite times, but "${bath.rates.name}" has none`))
  }
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
  const evaluate = function* (times: Float64Array, out: Planes): Parts<Outcome<void>> {
    const asked = fullPlanes(components * times.length)
    // A rate model wants its times ascending; a table asks for the nodes of panels in any order.
    const order = Int32Array.from(times, (_, i) => i).sort((a, b) => times[a] - times[b])
    const given = yield* written(transform, { ...request, times: Float64Array.from(order, (i) => times[i]) }, asked)
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
  const table = yield* tabulateInParts(evaluate, components, 0, duration, bandwidth, tolerance)
  if (table._tag === 'Left') return table
  return succeed({ energies, table: table.right, frequencies: frequencies.length, frequencyOf })
}
