import { failIfAny } from '@mesobath/contracts'
import type { Host, Issue, Outcome } from '@mesobath/contracts'
import { scenarioIssue } from '@mesobath/scenario'
import type { BuiltScenario } from '@mesobath/scenario'
import { start } from '@mesobath/solve'

/** Every method is prepared once before any runs: what one of them cannot do is said before the others take their time. */
export const preflight = async (built: BuiltScenario, host: Host): Promise<Outcome<readonly number[]>> => {
  const issues: Issue[] = []
  const weights: number[] = []
  for (const { algorithm, name } of built.methods) {
    const estimate = algorithm.estimate(built.problem, host)
    const options = { host, ...(built.tolerance === undefined ? {} : { tolerance: built.tolerance }) }
    const stepper = await start(built.problem, algorithm, options)
    if (stepper._tag === 'Left') {
      issues.push(...stepper.left.map((each) => {
        const told = scenarioIssue(built.scenario, each)
        return { ...told, message: `${name}: ${told.message}` }
      }))
    } else stepper.right.dispose()
    weights.push(estimate._tag === 'Right' ? Math.max(1, estimate.right.operations) : 1)
  }
  return failIfAny(issues, () => weights)
}
