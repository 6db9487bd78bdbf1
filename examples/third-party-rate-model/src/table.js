import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'

const ascending = (numbers) => [...new Set(numbers)].sort((a, b) => a - b)

const rowIssues = (rows) => {
  if (!Array.isArray(rows) || rows.length === 0) return [issue('tabulated-bath-rates/rows', ['rows'], `\`rows\` must be a list of [Ē, ω, |f|²], but is ${JSON.stringify(rows)}`)]
  return rows.flatMap((row, index) => {
    const refuse = (must, but) => [issue('tabulated-bath-rates/rows', ['rows', index], `\`rows[${index}]\` must ${must}, but ${but}`)]
    if (!Array.isArray(row) || row.length !== 3 || !row.every(Number.isFinite)) return refuse('be three finite numbers [Ē, ω, |f|²]', `is ${JSON.stringify(row)}`)
    if (row[1] < 0) return refuse('have ω ≥ 0 (|f|² is even in ω)', `has ω = ${row[1]}`)
    return row[2] < 0 ? refuse('have |f|² ≥ 0', `has ${row[2]}`) : []
  })
}

/**
 * Rows → values on a grid [Ē, ω], both ascending, at least two of each.
 *
 * @param {readonly (readonly number[])[]} rows
 */
export const tableOf = (rows) => {
  const faults = rowIssues(rows)
  if (faults.length > 0) return failIfAny(faults, () => null)
  const energies = ascending(rows.map(([energy]) => energy))
  const frequencies = ascending(rows.map(([, frequency]) => frequency))
  const refuse = (must, but) => fail(issue('tabulated-bath-rates/grid', ['rows'], `\`rows\` must ${must}, but ${but}`))
  if (energies.length < 2 || frequencies.length < 2) return refuse('span at least two Ē and two ω', `spans ${energies.length} and ${frequencies.length}`)
  const values = energies.map(() => new Float64Array(frequencies.length).fill(NaN))
  for (const [energy, frequency, weight] of rows) {
    const row = values[energies.indexOf(energy)]
    const at = frequencies.indexOf(frequency)
    if (!Number.isNaN(row[at])) return refuse('hold every point of the grid once', `holds Ē = ${energy}, ω = ${frequency} twice`)
    row[at] = weight
  }
  for (const [index, row] of values.entries()) {
    const gap = row.findIndex(Number.isNaN)
    if (gap >= 0) return refuse('hold every point of the grid', `Ē = ${energies[index]}, ω = ${frequencies[gap]} is missing`)
  }
  return succeed({ energies, frequencies, values })
}
