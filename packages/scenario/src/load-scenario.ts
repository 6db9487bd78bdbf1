import type { Catalogue, Outcome, Resources } from '@mesobath/contracts'
import { failIfAny } from '@mesobath/contracts'
import { assemble } from './internal/assemble.js'
import type { Fault } from './internal/explain.js'
import { withoutUnknownKeys } from './internal/faults-below.js'
import { formFaults } from './internal/form-faults.js'
import { isBelow } from './internal/path-name.js'
import { readText } from './internal/read-text.js'
import type { BuildOptions, BuiltScenario } from './built-scenario.js'
import type { Scenario } from './scenario.js'

/**
 * YAML or JSON text → the problem it describes: `parseScenario` and `buildProblem` in one, with the faults of both together.
 *
 * Whatever is sound is built, so that a misspelt key does not hide that two windows overlap. Issues: those of both.
 */
export const loadScenario = async (
  text: string, catalogue: Catalogue, resources: Resources, options: BuildOptions = {},
): Promise<Outcome<BuiltScenario>> => {
  const raw = readText(text)
  if (raw._tag === 'Left') return raw
  const found: readonly Fault[] = (options.found ?? []).map((issue) => ({ issue, blocks: true }))
  // That a package is unknown says nothing new where it is told why it could not be loaded.
  const faults = [...found, ...formFaults(raw.right, catalogue).filter(({ issue }) => !found.some((each) => isBelow(issue.path, each.issue.path)))]
  if (faults.some(({ issue, blocks }) => blocks && issue.path.length === 0)) return failIfAny(faults.map((each) => each.issue), neverBuilt)
  const { issues, built } = await assemble(withoutUnknownKeys(raw.right, faults) as Scenario, faults, catalogue, resources, options)
  return failIfAny(issues, built)
}

const neverBuilt = (): BuiltScenario => {
  throw new Error('a scenario with faults was about to be built')
}
