import { stringify } from 'csv-stringify/sync'
import { shapeOf } from './run-record.js'
import type { RunRecord } from './run-record.js'

/**
 * The marginals of methods that kept no joint populations as CSV: `method,time,side,part,energy,probability`, p(ε_k; t) of the part
 * `system` and p(E; t) of each bath by its label. Numbers read back to the same bits.
 *
 * @returns null where every method kept its populations, which hold the marginals
 */
export const marginalsCsv = (record: RunRecord): string | null => {
  const { dimension } = shapeOf(record)
  const rows: string[][] = [['method', 'time', 'side', 'part', 'energy', 'probability']]
  for (const [name, { marginals, systemStates }] of Object.entries(record.methods)) {
    if (marginals === undefined) continue
    record.times.forEach((time, sample) => {
      const add = (part: string, energy: number | undefined, probability: number | undefined): void => {
        rows.push([name, String(time), record.sides[sample] ?? '', part, String(energy), String(probability)])
      }
      for (let level = 0; level < dimension && systemStates !== null; level++) {
        add('system', record.energies[sample * dimension + level], systemStates.re[(sample * dimension + level) * dimension + level])
      }
      record.baths.forEach(({ label, windows: { energies } }, bath) => {
        energies.forEach((energy, window) => { add(label, energy, marginals[bath]?.[sample * energies.length + window]) })
      })
    })
  }
  return rows.length > 1 ? stringify(rows) : null
}
