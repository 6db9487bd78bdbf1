import { table, validityText, worstOver } from '../internal/report.js'
import { HEADINGS, methodRows } from '../internal/run-text.js'
import { comparedName } from '../write-output.js'
import type { Check } from './checks.js'
import type { MadeFigure } from './make-figures.js'

/** A measured number for people: four digits, and no more than there are. */
export const shortNumber = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value))

const checkRow = ({ quantity, expected, measured, agrees }: Check): readonly string[] =>
  [`  ${quantity}`, expected, shortNumber(measured), agrees ? 'agrees' : 'DISAGREES']

const deviations = ({ figure, options, results, scenarios }: MadeFigure): string => {
  const [first] = results
  if (first === undefined) return ''
  const rows = Object.keys(scenarios).flatMap((name, index) => {
    const report = results[index]?.report
    return report === undefined ? [] : [[name, '', '', '', ''], ...methodRows(report, '  ')]
  })
  return `\n${figure.title}\nDeviation from exact of the ${comparedName(first.report)}, seed ${options.seed}\n\n${table([HEADINGS, ...rows])}`
}

/** What the terminal shows of one figure. */
export const figureText = (made: MadeFigure): string => {
  const { figure, drawn, results, folder } = made
  const doubts = validityText(worstOver(results.map(({ report }) => report.validity), 'panels'), ['fails', 'doubt'])
  return [
    results.length === 0 ? `\n${figure.title}\n` : deviations(made),
    drawn.checks.length === 0 ? '' : `\nWhat must come out\n${table([['', 'expected', 'measured', ''], ...drawn.checks.map(checkRow)])}`,
    ...drawn.remarks.map((remark) => `  ${remark}\n`),
    doubts === '' ? '' : `\nWhere to be careful\n${doubts}`,
    `\nWritten to ${folder}\n`,
  ].join('')
}

/** What the terminal shows of several figures: one line each, and every disagreement. */
export const atlasText = (made: readonly MadeFigure[], folder: string, seconds: number): string => {
  const rows = made.map(({ figure, drawn }) => [`  ${figure.title}`, `${drawn.checks.filter((each) => each.agrees).length} of ${drawn.checks.length} agree`])
  const off = made.flatMap(({ figure, drawn }) => drawn.checks.filter((each) => !each.agrees).map((each) => [`  ${figure.name}: ${each.quantity}`, each.expected, shortNumber(each.measured)]))
  return [
    `\nThe figures of the paper\n${table(rows)}`,
    off.length === 0 ? '' : `\nWhat disagrees\n${table([['', 'expected', 'measured'], ...off])}`,
    `\nWritten to ${folder} in ${seconds.toFixed(0)} s\n`,
  ].join('')
}
