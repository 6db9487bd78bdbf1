import { join } from 'node:path'
import { pageFigure } from '@mesobath/figures'
import type { Panel } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'
import { prepareFolder, writeFiles } from '@mesobath/results/node'
import { formatScenario } from '@mesobath/scenario'
import { noProgress } from '../internal/progress.js'
import { cell, table, validityText, worstOver } from '../internal/report.js'
import { badInput, CANCELLED, done, failed } from '../internal/run-end.js'
import { runPanels } from '../internal/run-panels.js'
import { HEADINGS, methodRows } from '../internal/run-text.js'
import { comparedName, readable } from '../write-output.js'
import type { RunReport } from '../write-output.js'
import type { PanelResult } from '../internal/run-panel.js'
import { fig2Scenario } from './fig2-scenario.js'
import type { FigureJob } from './figure-job.js'

const PICTURE_WIDTH = 2000
const DEFAULT_SEED = 1

const ROWS = [[400, 600], [600, 400]] as const
const COLUMNS = [
  { name: 'regular', spectrum: 'regular', fill: 1, title: 'regular levels' },
  { name: 'random', spectrum: 'random', fill: 1, title: 'random levels' },
  { name: 'half', spectrum: 'random', fill: 0.5, title: 'half-filled window' },
] as const

const panels = ROWS.flatMap((volumes, row) => COLUMNS.map((column, index) => ({
  name: `${volumes[0]}-${volumes[1]}-${column.name}`,
  title: `V = ${volumes[0]}/${volumes[1]}, ${column.title}`,
  volumes, column, place: { row, column: index },
})))

const noteOf = (report: RunReport): readonly string[] => {
  const deviation = report.methods['finite-time-redfield']?.largestDeviation ?? null
  return deviation === null ? [] : [`Redfield within ${cell(deviation, 3)}`]
}

/**
 * Fig. 2 of Riera-Campeny, Sanpera and Strasberg, PRX Quantum 2, 010340 (2021): six panels, four methods each, one folder per panel,
 * one page of all. A panel that is finished stays when the rest is interrupted.
 */
export const fig2: FigureJob = {
  make: async ({ folder, signal, memory, seed = DEFAULT_SEED, progress }) => {
    const begun = performance.now()
    const prepared = await prepareFolder(folder)
    if (prepared._tag === 'Left') return badInput(prepared.left)
    const whole = await progress?.(panels.length) ?? noProgress
    const jobs = panels.map(({ name, title, volumes, column }) => ({
      name, title, folder: join(folder, name),
      text: formatScenario(fig2Scenario(volumes, column.spectrum, column.fill, seed)),
      ...(memory === undefined ? {} : { memory }),
    }))
    const ended = await runPanels(jobs, signal, whole).finally(() => { whole.stop() })
    if (ended.kind !== 'done') return ended
    const reports = Object.fromEntries(panels.map(({ name }, index) => [name, (ended.result[index] as PanelResult).report]))
    const drawn = panels.map(({ title, place }, index): Panel => {
      const { curves, report } = ended.result[index] as PanelResult
      return { title, ...place, curves, notes: noteOf(report) }
    })
    const first = Object.values(reports)[0]
    const svg = await pageFigure({ columns: COLUMNS.length, panels: drawn, yRange: [0, 1], ...(first === undefined ? {} : { yTitle: comparedName(first) }) })
    if (svg._tag === 'Left') return failed(svg.left)
    const png = rasterise(svg.right, { width: PICTURE_WIDTH })
    if (png._tag === 'Left') return failed(png.left)
    const wallTime = (performance.now() - begun) / 1000
    const written = await writeFiles([
      { path: join(folder, 'figure.svg'), bytes: svg.right },
      { path: join(folder, 'figure.png'), bytes: png.right },
      { path: join(folder, 'summary.json'), bytes: readable({ figure: 'fig2', seed, wallTime, peakMemory: process.resourceUsage().maxRSS * 1024, panels: reports }) },
    ], signal)
    if (written._tag === 'Left') return failed(written.left)
    if (!written.right) return CANCELLED
    return done(reportText(reports, folder, seed, wallTime))
  },
}

const reportText = (reports: Readonly<Record<string, RunReport>>, folder: string, seed: number, wallTime: number): string => {
  const rows = Object.entries(reports).flatMap(([name, report]) => [[name, '', '', '', ''], ...methodRows(report, '  ')])
  const doubts = validityText(worstOver(Object.values(reports).map((report) => report.validity), 'panels'), ['fails', 'doubt'])
  const [first] = Object.values(reports)
  return [
    first === undefined ? '' : `\nDeviation from exact of the ${comparedName(first)}, seed ${seed}\n\n`,
    table([HEADINGS, ...rows]),
    doubts === '' ? '' : `\nWhere to be careful\n${doubts}`,
    `\nWritten to ${folder} in ${wallTime.toFixed(1)} s\n`,
  ].join('')
}
