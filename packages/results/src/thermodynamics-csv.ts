import { stringify } from 'csv-stringify/sync'
import type { RunRecord } from './run-record.js'

/** Series that carry a temperature behind the slash, not a bath. */
const BY_TEMPERATURE = /^relativeEntropy(Rate)?\//

/** `heat/cold` → the series `heat` of the bath `cold`; what belongs to the whole has no bath. */
const split = (name: string): readonly [series: string, bath: string] => {
  const slash = name.indexOf('/')
  return slash < 0 || BY_TEMPERATURE.test(name) ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)]
}

/**
 * The ledgers of a record as CSV, one number per row: `method,time,side,series,bath,unit,value`. A stop stands twice, `before` and
 * `after`, so that a quench is the jump between two rows; numbers read back to the same bits, infinities are `Infinity`.
 *
 * @returns null where no method kept a ledger
 */
export const thermodynamicsCsv = (record: RunRecord): string | null => {
  const rows: string[][] = [['method', 'time', 'side', 'series', 'bath', 'unit', 'value']]
  for (const [method, { thermodynamics }] of Object.entries(record.methods)) {
    for (const [name, { unit, values }] of Object.entries(thermodynamics?.series ?? {})) {
      const [series, bath] = split(name)
      values.forEach((value, sample) => {
        if (!Number.isNaN(value)) rows.push([method, String(record.times[sample]), record.sides[sample] ?? '', series, bath, unit, String(value)])
      })
    }
  }
  return rows.length > 1 ? stringify(rows) : null
}
