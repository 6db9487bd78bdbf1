import { dirname, resolve } from 'node:path'
import { fail, failIfAny, issue } from '@mesobath/contracts'
import type { Catalogue, Entry, Issue, Outcome, Resources } from '@mesobath/contracts'
import { readBath } from '@mesobath/results/node'
import { loadScenario } from '@mesobath/scenario'
import type { BuiltScenario, Scenario } from '@mesobath/scenario'
import { checkProblem } from '@mesobath/solve'
import { catalogue, defaultRates } from '../catalogue.js'
import { liesIn, projectOf } from '../plugins/project-of.js'
import { withPlugins } from '../plugins/with-plugins.js'

/** Files that a scenario names, each from the folder that it stands in, and none outside its project: a scenario may be a stranger's. */
const resourcesOf = (folder: string): Resources => {
  const project = projectOf(folder)
  return {
    readBath: async (path) => {
      const file = resolve(folder, path)
      return liesIn(project, file) ? readBath(file) : fail(issue('cli/outside-project', ['path'],
        `\`path\` must lie inside the project of the scenario (${project}), but is ${file}; copy it there, or put a link to it there`))
    },
  }
}

/** Scenario text → what it describes; packages and files in it are found from the folder that the scenario stands in. */
export const loadProblem = async (text: string, file: string): Promise<Outcome<BuiltScenario>> => {
  const { catalogue: extended, issues } = await withPlugins(catalogue, text, file)
  return loadScenario(text, extended, resourcesOf(dirname(file)), { check: checkProblem, defaultRates, found: issues })
}

type BathChoice = NonNullable<Scenario['bath']>

/** Whether the options of a bath have a seed among them. */
const takesSeed = (baths: readonly Entry<unknown>[], { model, package: home }: BathChoice): boolean => {
  const schema = baths.find((entry) => entry.package === home && (model === undefined || entry.name === model))?.optionsSchema
  const properties = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema['properties'] : null
  return typeof properties === 'object' && properties !== null && 'seed' in properties
}

/** The scenario with another seed; baths after the first get the seeds that follow it. Issue: `cli/no-seed`. */
export const withSeed = (scenario: Scenario, seed: number, { baths }: Catalogue): Outcome<Scenario> => {
  const issues: Issue[] = []
  const seeded = (bath: BathChoice, next: number): BathChoice => {
    if (!takesSeed(baths, bath)) return bath
    return 'package' in bath ? { ...bath, options: { ...bath.options as object, seed: next } } as BathChoice : { ...bath, seed: next }
  }
  const models = scenario.bath !== undefined ? [scenario.bath] : (scenario.baths ?? []).map((each) => each.bath)
  if (!models.some((bath) => takesSeed(baths, bath))) {
    issues.push({ code: 'cli/no-seed', path: ['--seed'], message: '`--seed` must be used with a bath that is drawn at random, but no bath of the scenario is' })
  }
  return failIfAny(issues, () => ({
    ...scenario,
    ...(scenario.bath === undefined ? {} : { bath: seeded(scenario.bath, seed) }),
    ...(scenario.baths === undefined ? {} : {
      baths: scenario.baths.map((each, index) => ({ ...each, bath: seeded(each.bath, seed + index) })),
    }),
  }))
}
