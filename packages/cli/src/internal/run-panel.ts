import { join } from 'node:path'
import type { Cancellation } from '@mesobath/contracts'
import type { RunRecord } from '@mesobath/results'
import { runScenario } from '../run-scenario.js'
import type { RunReport } from '../write-output.js'
import { done } from './run-end.js'
import type { RunEnd } from './run-end.js'

/** One panel of a page: plain data, so that it can be sent to a thread as it is. */
export interface PanelJob {
  readonly name: string
  readonly title: string
  /** The scenario. */
  readonly text: string
  readonly folder: string
  readonly memory?: number
  readonly threads?: number
}

/** What a page needs of a panel; everything else is in the panel's folder. */
export interface PanelResult {
  readonly report: RunReport
  /** Without the realisations of the baths, which are large. */
  readonly record: RunRecord
}

/** Runs one panel as `mesobath run` does. `tell` hears of its progress, in [0, 1]. */
export const runPanel = async (job: PanelJob, signal: Cancellation, tell: (label: string, fraction: number) => void): Promise<RunEnd<PanelResult>> => {
  const { name, title, text, folder, memory, threads } = job
  let finished = 0
  const end = await runScenario({
    text, title, folder, signal, file: join(folder, 'scenario.yaml'), ...(memory === undefined ? {} : { memory }), ...(threads === undefined ? {} : { threads }),
    progress: async (total) => ({
      task: (method, weight) => (fraction) => {
        tell(`${name}, ${method}`, (finished + weight * fraction) / total)
        if (fraction >= 1) finished += weight
      },
      stop: () => undefined,
    }),
  })
  return end.kind === 'done' ? done({ report: end.result.report, record: { ...end.result.record, realizations: [] } }) : end
}
