import { failIfAny, issue } from '@mesobath/contracts'

/** A first line that holds no number names the columns. */
const isHeading = (cells) => cells.every((cell) => cell !== '' && !Number.isFinite(Number(cell)))

/** @type {typeof import('./index.js').rowsFromCsv} */
export const rowsFromCsv = (text) => {
  const issues = []
  const rows = []
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim())
    if (rows.length === 0 && issues.length === 0 && isHeading(cells)) return
    const numbers = cells.map((cell) => (cell === '' ? NaN : Number(cell)))
    if (numbers.length === 3 && numbers.every(Number.isFinite)) rows.push(numbers)
    else issues.push(issue('tabulated-bath-rates/csv', ['csv', index], `line ${index + 1} must hold three numbers Ē, ω, |f|², but is ${JSON.stringify(line)}`))
  })
  return failIfAny(issues, () => rows)
}
