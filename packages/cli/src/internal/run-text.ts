import type { RunRecord } from '@mesobath/results'
import { lawsText } from './laws-text.js'
import { comparedName } from '../write-output.js'
import type { RunReport } from '../write-output.js'
import { machineText } from './machine-text.js'
import { cell, table, validityText } from './report.js'

/** The rows of one run in a table of deviations. */
export const methodRows = (report: RunReport, prefix = ''): readonly (readonly string[])[] =>
  Object.entries(report.methods).map(([name, each]) => [
    `${prefix}${name}`, cell(each.largestDeviation, 4), cell(each.rootMeanSquareDeviation, 4), cell(each.plateau, 4), cell(each.wallTime, 2),
  ])

export const HEADINGS = ['method', 'largest', 'r.m.s.', 'plateau', 'seconds']

/** What a run says at its end. */
export const runText = (report: RunReport, record: RunRecord, folder: string): string => [
  `\n${report.reference === null ? 'No exact method was run, so there is nothing to deviate from' : `Deviation from ${report.reference}`} of the ${comparedName(report)}\n\n`,
  table([HEADINGS, ...methodRows(report)]),
  machineText(record),
  lawsText(record),
  '\nWhen to trust this run\n',
  validityText(report.validity),
  `\nWritten to ${folder}\n`,
].join('')
