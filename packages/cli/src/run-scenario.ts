import { arch, platform } from 'node:os'
import { fail, issue } from '@mesobath/contracts'
import type { Cancellation, Host, Issues, Observer, Trajectory } from '@mesobath/contracts'
import { nodeHost } from '@mesobath/backend-node'
import { recordRun } from '@mesobath/results'
import type { LedgerRecord, RunRecord } from '@mesobath/results'
import { prepareFolder } from '@mesobath/results/node'
import { scenarioIssue } from '@mesobath/scenario'
import type { BuiltScenario, LedgerRequest } from '@mesobath/scenario'
import { solve } from '@mesobath/solve'
import { thermodynamics } from '@mesobath/thermodynamics'
import type { Ledger } from '@mesobath/thermodynamics'
import { keepLedger } from './internal/keep-ledger.js'
import { loadProblem } from './internal/load-problem.js'
import { preflight } from './internal/preflight.js'
import { pluginFailure } from './plugins/plugin-fault.js'
import { noProgress } from './internal/progress.js'
import type { Progress } from './internal/progress.js'
import { badInput, CANCELLED, done, failed } from './internal/run-end.js'
import type { RunEnd } from './internal/run-end.js'
import { writeOutput } from './write-output.js'
import type { RunReport } from './write-output.js'

/** Where a scenario's results go and what they may cost. */
export interface RunRequest {
  readonly text: string
  /** Path of the scenario: files it names lie relative to it. */
  readonly file: string
  readonly folder: string
  /** Bytes; overrides the scenario's own. */
  readonly memory?: number
  /** Threads at work at a time; as many as there are processors unless told. */
  readonly threads?: number
  readonly signal: Cancellation
  /** Called with the weights of the methods once they are known. */
  readonly progress?: (total: number) => Promise<Progress>
  readonly title?: string
  /** Hears, before anything runs, which methods take long and what would shorten them. */
  readonly advise?: (advice: readonly string[]) => void
  /** Keeps a thermodynamic ledger although the scenario asks for none. */
  readonly thermodynamics?: boolean
}

/** What a run leaves behind. */
export interface RunResult {
  readonly record: RunRecord
  readonly report: RunReport
}

interface Solved {
  readonly runs: Readonly<Record<string, Trajectory>>
  readonly seconds: Readonly<Record<string, number>>
  readonly ledgers: Readonly<Record<string, LedgerRecord>>
}

/** Watches nothing. */
const NO_LEDGER: Observer<Ledger | null> = { begin: () => undefined, sample: () => undefined, end: () => null }

const solveAll = async (built: BuiltScenario, ledger: LedgerRequest | null, host: Host, weights: readonly number[], progress: Progress, signal: Cancellation): Promise<RunEnd<Solved>> => {
  const runs: Record<string, Trajectory> = {}
  const seconds: Record<string, number> = {}
  const ledgers: Record<string, LedgerRecord> = {}
  const tolerance = built.tolerance === undefined ? {} : { tolerance: built.tolerance }
  for (const [index, { name, algorithm }] of built.methods.entries()) {
    const tick = progress.task(name, weights[index] ?? 1)
    const begun = performance.now()
    const run = await solve(built.problem, algorithm, {
      host, signal, save: built.save, observables: built.observables,
      onProgress: ({ fraction }) => { tick(Math.min(fraction, 0.999)) },
      ...tolerance,
      observers: { ledger: ledger === null ? NO_LEDGER : thermodynamics({ inverseTemperatures: ledger.inverseTemperatures, ...tolerance }) },
    }).catch(pluginFailure)
    if (run._tag === 'Left') return signal.aborted ? CANCELLED : failed(run.left.map((each) => scenarioIssue(built.scenario, each)) as unknown as Issues)
    if (run.right.status === 'cancelled' || signal.aborted) return CANCELLED
    if (run.right.status !== 'ok') {
      const { times } = run.right
      return failed(fail(issue('cli/not-converged', ['methods', index],
        `${name} must converge, but stopped after t = ${times.at(-1) ?? 'the start'}: a larger \`tolerance\`, a weaker coupling or shorter times may help`)).left)
    }
    tick(1)
    runs[name] = run.right
    const books = run.right.observed.ledger
    if (books !== null) {
      const kept = keepLedger(books, ledger?.machine ?? null)
      if (kept._tag === 'Left') return failed(kept.left)
      ledgers[name] = kept.right
    }
    seconds[name] = (performance.now() - begun) / 1000
  }
  return done({ runs, seconds, ledgers })
}

/** Scenario text → a folder of results. Nothing is written unless everything succeeds. */
export const runScenario = async (request: RunRequest): Promise<RunEnd<RunResult>> => {
  const { text, file, folder, signal } = request
  const loaded = await loadProblem(text, file)
  if (loaded._tag === 'Left') return badInput(loaded.left)
  const built = loaded.right
  const limit = request.memory ?? built.memory
  const { threads } = request
  const host = nodeHost({ ...(limit === undefined ? {} : { memoryLimit: limit }), ...(threads === undefined ? {} : { threads }) })
  const ready = await preflight(built, host, signal)
  if (signal.aborted) return CANCELLED
  if (ready._tag === 'Left') return badInput(ready.left)
  const { weights, advice } = ready.right
  const prepared = await prepareFolder(folder)
  if (prepared._tag === 'Left') return badInput(prepared.left)

  request.advise?.(advice)
  const progress = await request.progress?.(weights.reduce((sum, weight) => sum + weight, 0)) ?? noProgress
  const ledger = built.thermodynamics ?? (request.thermodynamics === true ? { inverseTemperatures: [], machine: null } : null)
  const solved = await solveAll(built, ledger, host, weights, progress, signal).finally(() => { progress.stop() })
  if (solved.kind !== 'done') return solved
  const exact = built.methods.some(({ algorithm }) => algorithm.needs.includes('microscopic') && algorithm.name === 'exact')
  const record = await recordRun(solved.result.runs, {
    scenario: text, realizations: exact, thermodynamics: solved.result.ledgers, environment: { engine: `node ${process.version}`, platform: `${platform()} ${arch()}` },
  })
  if (record._tag === 'Left') return failed(record.left)
  const title = request.title ?? built.scenario.title
  const report = await writeOutput({ folder, record: record.right, seconds: solved.result.seconds, signal, ...(title === undefined ? {} : { title }) })
  return report.kind === 'done' ? done({ record: record.right, report: report.result }) : report
}
