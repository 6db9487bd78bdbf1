import { stringify } from 'csv-stringify/sync'
import { shapeOf } from './run-record.js'
import type { RunRecord } from './run-record.js'

/**
 * The populations of a record as CSV: `method,time,level,window_energy,probability`; several baths have `window_energy_1`, … .
 * Numbers are written so that they read back to the same bits. Methods that kept no populations are left out.
 */
export const populationsCsv = (record: RunRecord): string => {
  const { dimension, counts } = shapeOf(record)
  const windows = counts.reduce((product, count) => product * count, 1)
  const names = counts.map((_, index) => (counts.length === 1 ? 'window_energy' : `window_energy_${index + 1}`))
  const rows: string[][] = [['method', 'time', 'level', ...names, 'probability']]
  const energies = Array.from({ length: windows }, (_, joint) => {
    let rest = joint
    return counts.map((count, index) => ({ count, index })).reverse().map(({ count, index }) => {
      const window = rest % count
      rest = Math.floor(rest / count)
      return String(record.baths[index]?.windows.energies[window])
    }).reverse()
  })
  for (const [name, { populations }] of Object.entries(record.methods)) {
    if (populations === null) continue
    record.times.forEach((time, sample) => {
      for (let level = 0; level < dimension; level++) {
        for (let joint = 0; joint < windows; joint++) {
          rows.push([name, String(time), String(level), ...(energies[joint] ?? []), String(populations[(sample * dimension + level) * windows + joint])])
        }
      }
    })
  }
  return stringify(rows)
}
