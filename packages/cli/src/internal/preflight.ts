import { failIfAny } from '@mesobath/contracts'
import type { Host, Issue, Outcome } from '@mesobath/contracts'
import { scenarioIssue } from '@mesobath/scenario'
import type { BuiltScenario } from '@mesobath/scenario'
import { start } from '@mesobath/solve'
import { pluginFailure } from '../plugins/plugin-fault.js'

/** Every method is prepared once before any runs: what one of them cannot do is said before the others take their time. */
export const preflight = async (built: BuiltScenario, host: Host): Promise<Outcome<readonly number[]>> => {
  const issues: Issue[] = []
  const weights: number[] = []
  for (const { algorithm, name } of built.methods) {
    const options = { host, ...(built.tolerance === undefined ? {} : { tolerance: built.tolerance }) }
    const prepared = await start(built.problem, algorithm, options).then((made) => {
      if (made._tag === 'Left') return made
      made.right.dispose()
      return algorithm.estimate(built.problem, host)
    }).catch(pluginFailure)
    if (prepared._tag === 'Left') {
      issues.push(...prepared.left.map((each) => {
        const told = scenarioIssue(built.scenario, each)
        return { ...told, message: `${name}: ${told.message}` }
      }))
    }
    weights.push(prepared._tag === 'Right' ? Math.max(1, prepared.right.operations) : 1)
  }
  return failIfAny(issues, () => weights)
}
