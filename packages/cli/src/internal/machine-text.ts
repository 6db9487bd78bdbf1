import type { RunRecord } from '@mesobath/results'
import { cell, table } from './report.js'

interface Row { readonly series: string; readonly words: string; /** Told only beside this one. */ readonly beside?: string }

/** What is told of a machine, in the words of its columns. */
const ROWS: readonly Row[] = [
  { series: 'machineWork', words: 'work on the system' },
  { series: 'storedEnergy', words: 'energy kept by the system' },
  { series: 'efficiency', words: 'efficiency −W/Q of the hot bath' },
  { series: 'carnotEfficiency', words: '  Carnot at T*, for comparison', beside: 'efficiency' },
  { series: 'initialCarnotEfficiency', words: '  Carnot at the initial T, for comparison', beside: 'efficiency' },
  { series: 'convertedShare', words: 'share of all heat taken in that became work' },
  { series: 'coefficientOfPerformance', words: 'coefficient of performance' },
  { series: 'carnotCoefficient', words: '  its bound at T*, for comparison', beside: 'coefficientOfPerformance' },
  { series: 'initialCarnotCoefficient', words: '  its bound at the initial T, for comparison', beside: 'coefficientOfPerformance' },
]

const last = (values: ArrayLike<number> | undefined): number | null => {
  const value = values?.[values.length - 1] ?? NaN
  return Number.isNaN(value) ? null : value
}

/** The end of a machine's run in words, a column per method; empty where no machine was asked for. */
export const machineText = (record: RunRecord): string => {
  const books = Object.entries(record.methods).flatMap(([name, { thermodynamics }]) =>
    (thermodynamics?.series['machineWork'] === undefined ? [] : [{ name, series: thermodynamics.series }]))
  const first = books[0]?.series['machineWork']
  if (first === undefined) return ''
  const told = (name: string): boolean => books.some(({ series }) => last(series[name]?.values) !== null)
  const rows = ROWS.filter((row) => told(row.series) && told(row.beside ?? row.series))
    .map((row) => [`  ${row.words}`, ...books.map(({ series }) => cell(last(series[row.series]?.values), 4))])
  return `\nThe machine at the end of the run, ${first.description.split(', ').at(-1) ?? ''}\n${table([['', ...books.map(({ name }) => name)], ...rows])}`
}
