import { table, validityText, worstOver } from '../internal/report.js'
import { HEADINGS, methodRows } from '../internal/run-text.js'
import { comparedName } from '../write-output.js'
import type { Check } from './checks.js'
import type { FigureTable } from './atlas-figure.js'
import type { MadeFigure } from './make-figures.js'

/** A measured number for people: four digits, and no more than there are. */
export const shortNumber = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value))

/** What was measured: one number, or the median of several with the least and the largest of them. */
export const measuredText = ({ measured, realisations }: Check): string =>
  (realisations === undefined ? shortNumber(measured) : `${shortNumber(measured)} (${shortNumber(Math.min(...realisations))} to ${shortNumber(Math.max(...realisations))})`)

const checkRow = (check: Check): readonly string[] => [`  ${check.quantity}`, check.expected, measuredText(check), check.agrees ? 'agrees' : 'DISAGREES']

const tableText = ({ caption, head, rows }: FigureTable): string => `\n${caption}\n${table([head, ...rows].map(([name = '', ...rest]) => [`  ${name}`, ...rest]))}`

const deviations = ({ figure, options, results, panels }: MadeFigure): string => {
  const [first] = results
  if (first === undefined) return ''
  const rows = panels.flatMap(({ name, repeats }, index) => {
    const report = results[index]?.report
    return report === undefined || repeats !== undefined ? [] : [[name, '', '', '', ''], ...methodRows(report, '  ')]
  })
  return `\n${figure.title}\nDeviation from exact of the ${comparedName(first.report)}, seed ${options.seed}\n\n${table([HEADINGS, ...rows])}`
}

/** What the terminal shows of one figure. */
export const figureText = (made: MadeFigure): string => {
  const { figure, drawn, results, folder, panels } = made
  const shown = results.filter((_, index) => panels[index]?.repeats === undefined)
  const doubts = validityText(worstOver(shown.map(({ report }) => report.validity), 'panels'), ['fails', 'doubt'])
  return [
    results.length === 0 ? `\n${figure.title}\n` : deviations(made),
    drawn.checks.length === 0 ? '' : `\nWhat must come out\n${table([['', 'expected', 'measured', ''], ...drawn.checks.map(checkRow)])}`,
    drawn.table === undefined ? '' : tableText(drawn.table),
    ...drawn.remarks.map((remark) => `  ${remark}\n`),
    doubts === '' ? '' : `\nWhere to be careful\n${doubts}`,
    `\nWritten to ${folder}\n`,
  ].join('')
}

/** What the terminal shows of several figures: one line each, and every disagreement. */
export const atlasText = (made: readonly MadeFigure[], folder: string, seconds: number): string => {
  const rows = made.map(({ figure, drawn }) => [`  ${figure.title}`, `${drawn.checks.filter((each) => each.agrees).length} of ${drawn.checks.length} agree`])
  const off = made.flatMap(({ figure, drawn }) => drawn.checks.filter((each) => !each.agrees).map((each) => [`  ${figure.name}: ${each.quantity}`, each.expected, measuredText(each)]))
  return [
    `\nThe figures of the paper\n${table(rows)}`,
    off.length === 0 ? '' : `\nWhat disagrees\n${table([['', 'expected', 'measured'], ...off])}`,
    `\nWritten to ${folder} in ${seconds.toFixed(0)} s\n`,
  ].join('')
}
