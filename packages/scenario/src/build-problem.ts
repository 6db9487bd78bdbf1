import type { Catalogue, Outcome, Resources } from '@mesobath/contracts'
import { failIfAny } from '@mesobath/contracts'
import { assemble } from './internal/assemble.js'
import type { BuildOptions, BuiltScenario } from './built-scenario.js'
import type { Scenario } from './scenario.js'

/**
 * Scenario → the problem it describes, with its methods, names looked up in `catalogue`.
 *
 * Pass `checkProblem` of `@mesobath/solve` as `options.check`, and what it finds comes with the rest, at the place in the
 * scenario that it came from. Files (a bath's HDF5) are read through `resources`.
 *
 * Issues: `scenario/shape`, `scenario/level`, `scenario/window`, `scenario/fill`, `scenario/no-levels`, `scenario/initial`,
 * `scenario/missing-capability`, `scenario/rates`, `scenario/size`; those of the entries, and of the check.
 */
export const buildProblem = async (
  scenario: Scenario, catalogue: Catalogue, resources: Resources, options: BuildOptions = {},
): Promise<Outcome<BuiltScenario>> => {
  const { issues, built } = await assemble(scenario, [], catalogue, resources, options)
  return failIfAny(issues, built)
}
