import { resolve } from 'node:path'
import { nodeHost } from '@mesobath/backend-node'
import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Citation, Entry, Identity, Issue, Json, Outcome } from '@mesobath/contracts'
import { provenanceOf } from '@mesobath/results'
import { readRun } from '@mesobath/results/node'
import { scenarioIssue } from '@mesobath/scenario'
import { start } from '@mesobath/solve'
import { catalogue } from '../catalogue.js'
import { pluginFailure } from '../plugins/plugin-fault.js'
import { loadProblem } from './load-problem.js'
import { readScenario } from './read-scenario.js'

/** What the scenario would use: rate models are known once a method is prepared. */
const citationsOfScenario = async (folder: string, file: string): Promise<Outcome<readonly Citation[]>> => {
  const read = await readScenario(folder, file)
  const loaded = read._tag === 'Left' ? read : await loadProblem(read.right.text, read.right.path)
  if (loaded._tag === 'Left') return loaded
  const { problem, methods, scenario } = loaded.right
  const plugins: Identity[] = problem.baths.map((each) => each.bath)
  const issues: Issue[] = []
  const host = nodeHost({})
  for (const { algorithm } of methods) {
    const stepper = await start(problem, algorithm, { host }).catch(pluginFailure)
    if (stepper._tag === 'Left') {
      issues.push(...stepper.left.map((each) => scenarioIssue(scenario, each)))
      continue
    }
    plugins.push(algorithm, ...stepper.right.frame.rates.filter((each) => each !== null))
    stepper.right.dispose()
  }
  return failIfAny(issues, () => provenanceOf(plugins).citations)
}

/** What a run file says it used, or what a scenario would use. */
export const citationsOfFile = async (folder: string, file: string): Promise<Outcome<readonly Citation[]>> => {
  const run = await readRun(resolve(folder, file))
  if (run._tag === 'Right') return succeed(run.right.citations)
  // What is no HDF5 file is taken for a scenario, which says better what is wrong with it.
  return run.left[0].code === 'results/not-hdf5' ? citationsOfScenario(folder, file) : run
}

/** Names on the command line. */
export interface Named {
  readonly file: string | undefined
  readonly methods: readonly string[]
  readonly rates: string | undefined
}

const RESOURCES = { readBath: async () => fail(issue('cli/no-files', [], 'citations by name must not need a file, but do')) }

/** A plug-in of the catalogue as it is without options: citations do not depend on them. */
const pluginOf = async <A extends Identity>(flag: string, entries: readonly Entry<A>[], name: string, options: Json): Promise<Outcome<Identity>> => {
  const entry = entries.find((each) => each.name === name)
  return entry === undefined
    ? fail(issue('cli/unknown-name', [flag], `\`${flag}\` must be one of ${entries.map((each) => each.name).join(', ')}, but is ${name}`))
    : entry.create(options, catalogue, RESOURCES)
}

/** What to cite for methods and a rate model of the first-party catalogue, by name. */
export const citationsOfNames = async ({ file, methods, rates }: Named): Promise<Outcome<readonly Citation[]>> => {
  if (file !== undefined) return fail(issue('cli/cite-both', ['FILE'], '`FILE` must stand alone, but `--method` or `--rates` stands beside it'))
  if (methods.length === 0 && rates === undefined) return fail(issue('cli/cite-nothing', ['FILE'], '`FILE` or `--method` must be given, but neither is'))
  const anyRates = catalogue.rates[0]!.name
  const made = await Promise.all([
    ...methods.map((name) => pluginOf('--method', catalogue.algorithms, name, { rates: anyRates })),
    ...(rates === undefined ? [] : [pluginOf('--rates', catalogue.rates, rates, {})]),
  ])
  return failIfAny(made.flatMap((each) => (each._tag === 'Left' ? each.left : [])), () =>
    provenanceOf(made.flatMap((each) => (each._tag === 'Right' ? [each.right] : []))).citations)
}
