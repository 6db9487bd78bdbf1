import { dirname, resolve } from 'node:path'
import { failIfAny } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { readBath } from '@mesobath/results/node'
import { loadScenario } from '@mesobath/scenario'
import type { BuiltScenario, Scenario } from '@mesobath/scenario'
import { checkProblem } from '@mesobath/solve'
import { catalogue, defaultRates } from '../catalogue.js'

/** Scenario text → what it describes; paths in it start from the folder that the scenario stands in. */
export const loadProblem = (text: string, file: string): Promise<Outcome<BuiltScenario>> =>
  loadScenario(text, catalogue, { readBath: (path) => readBath(resolve(dirname(file), path)) }, { check: checkProblem, defaultRates })

const takesSeed = (model: string): boolean => {
  const schema = catalogue.baths.find((entry) => entry.name === model)?.optionsSchema
  const properties = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema['properties'] : null
  return typeof properties === 'object' && properties !== null && 'seed' in properties
}

/** The scenario with another seed; baths after the first get the seeds that follow it. Issue: `cli/no-seed`. */
export const withSeed = (scenario: Scenario, seed: number): Outcome<Scenario> => {
  const issues: Issue[] = []
  const models = scenario.bath !== undefined ? [scenario.bath] : (scenario.baths ?? []).map((each) => each.bath)
  if (!models.some((bath) => takesSeed(bath.model))) {
    issues.push({ code: 'cli/no-seed', path: ['--seed'], message: '`--seed` must be used with a bath that is drawn at random, but no bath of the scenario is' })
  }
  return failIfAny(issues, () => ({
    ...scenario,
    ...(scenario.bath === undefined ? {} : { bath: takesSeed(scenario.bath.model) ? { ...scenario.bath, seed } : scenario.bath }),
    ...(scenario.baths === undefined ? {} : {
      baths: scenario.baths.map((each, index) => (takesSeed(each.bath.model) ? { ...each, bath: { ...each.bath, seed: seed + index } } : each)),
    }),
  }))
}
