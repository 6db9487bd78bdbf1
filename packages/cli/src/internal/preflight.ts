import { failIfAny } from '@mesobath/contracts'
import type { Cancellation, Host, Issue, Outcome } from '@mesobath/contracts'
import { scenarioIssue } from '@mesobath/scenario'
import type { BuiltScenario } from '@mesobath/scenario'
import { start } from '@mesobath/solve'
import { pluginFailure } from '../plugins/plugin-fault.js'

/** What is known before any method runs. */
export interface Preflight {
  /** Operations of each method. */
  readonly weights: readonly number[]
  /** What the user should know of methods that take long. */
  readonly advice: readonly string[]
}

/** Every method is prepared once before any runs: what one of them cannot do is said before the others take their time. */
export const preflight = async (built: BuiltScenario, host: Host, signal?: Cancellation): Promise<Outcome<Preflight>> => {
  const issues: Issue[] = []
  const weights: number[] = []
  const advice: string[] = []
  for (const { algorithm, name } of built.methods) {
    const options = { host, ...(signal === undefined ? {} : { signal }), ...(built.tolerance === undefined ? {} : { tolerance: built.tolerance }) }
    const prepared = await start(built.problem, algorithm, options).then((made) => {
      if (made._tag === 'Left') return made
      made.right.dispose()
      return algorithm.estimate(built.problem, host, built.tolerance)
    }).catch(pluginFailure)
    if (prepared._tag === 'Left') {
      issues.push(...prepared.left.map((each) => {
        const told = scenarioIssue(built.scenario, each)
        return { ...told, message: `${name}: ${told.message}` }
      }))
    }
    weights.push(prepared._tag === 'Right' ? Math.max(1, prepared.right.operations) : 1)
    if (prepared._tag === 'Right' && prepared.right.advice !== undefined) advice.push(`${name}: ${prepared.right.advice}`)
  }
  return failIfAny(issues, () => ({ weights, advice }))
}
