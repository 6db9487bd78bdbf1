import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeHost } from '@mesobath/backend-node'
import { fail, issue } from '@mesobath/contracts'
import { rasterise } from '@mesobath/figures/node'
import { prepareFolder, writeFiles } from '@mesobath/results/node'
import { formatScenario } from '@mesobath/scenario'
import { loadProblem } from '../internal/load-problem.js'
import { noProgress } from '../internal/progress.js'
import { badInput, CANCELLED, done, failed } from '../internal/run-end.js'
import type { RunEnd } from '../internal/run-end.js'
import { runPanels } from '../internal/run-panels.js'
import type { PanelJob, PanelResult } from '../internal/run-panel.js'
import { readable } from '../write-output.js'
import type { AtlasFigure, DrawnFigure, FigureOptions, FigurePanel, PanelOutcome } from './atlas-figure.js'
import type { FigureRequest } from './figure-job.js'

const PICTURE_WIDTH = 2000

/** A figure with what came out. */
export interface MadeFigure {
  readonly figure: AtlasFigure
  readonly folder: string
  readonly options: FigureOptions
  readonly panels: readonly FigurePanel[]
  /** One for each panel. */
  readonly results: readonly PanelOutcome[]
  readonly drawn: DrawnFigure
}

interface Planned {
  readonly figure: AtlasFigure
  readonly folder: string
  readonly options: FigureOptions
  readonly panels: readonly FigurePanel[]
  /** One for each panel. */
  readonly jobs: readonly PanelJob[]
}

/** Operations that the methods of a scenario expect to make; none where it is faulty, which is said when it runs. */
const costOf = async ({ text, folder }: PanelJob): Promise<number> => {
  const loaded = await loadProblem(text, join(folder, 'scenario.yaml'))
  if (loaded._tag === 'Left') return 0
  const { problem, methods } = loaded.right
  return methods.reduce((sum, { algorithm }) => {
    const estimate = algorithm.estimate(problem, nodeHost())
    return sum + (estimate._tag === 'Right' ? estimate.right.operations : 0)
  }, 0)
}

const plan = (figure: AtlasFigure, folder: string, { seed, reduced = false, memory }: FigureRequest): Planned => {
  const options = { seed: seed ?? figure.seed, reduced }
  const panels = figure.panels(options)
  const jobs = panels.map(({ name, title, scenario }): PanelJob =>
    ({ name, title, folder: join(folder, name), text: formatScenario(scenario), ...(memory === undefined ? {} : { memory }) }))
  return { figure, folder, options, panels, jobs }
}

/** A panel that another figure has run already is copied from there. */
const copyPanel = async (from: string, to: string): Promise<RunEnd<null>> => {
  try {
    await cp(from, to, { recursive: true, force: true })
    return done(null)
  } catch (cause) {
    return failed(fail(issue('results/not-writable', [to], `${to} must be writable, but ${cause instanceof Error ? cause.message : String(cause)}`)).left)
  }
}

const runAll = async (planned: readonly Planned[], request: FigureRequest): Promise<RunEnd<ReadonlyMap<PanelJob, PanelResult>>> => {
  const jobs = planned.flatMap((each) => each.jobs)
  const first = new Map<string, PanelJob>()
  for (const job of jobs) if (!first.has(job.text)) first.set(job.text, job)
  // The longest runs first, so that no thread is left alone with one at the end.
  const costs = new Map<PanelJob, number>()
  for (const job of first.values()) costs.set(job, await costOf(job))
  const distinct = [...first.values()].sort((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0))
  const results = new Map<PanelJob, PanelResult>()
  if (distinct.length > 0) {
    const progress = await request.progress?.(distinct.length) ?? noProgress
    const end = await runPanels(distinct, request.signal, progress).finally(() => { progress.stop() })
    if (end.kind !== 'done') return end
    distinct.forEach((job, index) => { results.set(job, end.result[index] as PanelResult) })
  }
  for (const job of jobs) {
    const source = first.get(job.text) as PanelJob
    if (source === job) continue
    const copied = await copyPanel(source.folder, job.folder)
    if (copied.kind !== 'done') return copied
    results.set(job, results.get(source) as PanelResult)
  }
  return done(results)
}

const finish = async ({ figure, folder, options, panels, jobs }: Planned, results: ReadonlyMap<PanelJob, PanelResult>, request: FigureRequest, begun: number): Promise<RunEnd<MadeFigure>> => {
  const outcomes = jobs.map((job): PanelOutcome => {
    const { report, record } = results.get(job) as PanelResult
    return { report: { ...report, title: job.title }, record }
  })
  const drawn = await figure.draw(outcomes, options)
  if (drawn._tag === 'Left') return failed(drawn.left)
  const { svg, checks, remarks, table, files = [] } = drawn.right
  const png = rasterise(svg, { width: PICTURE_WIDTH })
  if (png._tag === 'Left') return failed(png.left)
  const summary = {
    figure: figure.name, title: figure.title, seed: options.seed, reduced: options.reduced,
    wallTime: (performance.now() - begun) / 1000, peakMemory: process.resourceUsage().maxRSS * 1024,
    claim: figure.claim, agrees: checks.every((each) => each.agrees), checks, remarks,
    ...(table === undefined ? {} : { table }),
    panels: Object.fromEntries(panels.flatMap(({ name, repeats }, index) => (repeats === undefined ? [[name, outcomes[index]?.report]] : []))),
  }
  const written = await writeFiles([
    { path: join(folder, 'figure.svg'), bytes: svg },
    { path: join(folder, 'figure.png'), bytes: png.right },
    { path: join(folder, 'summary.json'), bytes: readable(summary) },
    ...files.map(({ name, bytes }) => ({ path: join(folder, name), bytes })),
  ], request.signal)
  if (written._tag === 'Left') return failed(written.left)
  if (!written.right) return CANCELLED
  return done({ figure, folder, options, panels, results: outcomes, drawn: drawn.right })
}

/**
 * Computes figures of the paper and writes them: one folder per panel as `mesobath run` leaves it, and picture and `summary.json` of
 * each figure on top. One figure goes into `request.folder` itself, several into folders of their names. Panels of all figures share
 * the two threads, and a run that two figures show is made once. A panel that is finished stays when the rest is interrupted.
 */
export const makeFigures = async (figures: readonly AtlasFigure[], request: FigureRequest): Promise<RunEnd<readonly MadeFigure[]>> => {
  const begun = performance.now()
  const prepared = await prepareFolder(request.folder)
  if (prepared._tag === 'Left') return badInput(prepared.left)
  const planned = figures.map((figure) => plan(figure, figures.length === 1 ? request.folder : join(request.folder, figure.name), request))
  const ran = await runAll(planned, request)
  if (ran.kind !== 'done') return ran
  const made: MadeFigure[] = []
  for (const each of planned) {
    if (request.signal.aborted) return CANCELLED
    const end = await finish(each, ran.result, request, begun)
    if (end.kind !== 'done') return end
    made.push(end.result)
  }
  return done(made)
}
