import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Issue, LocalBath, Outcome, Problem } from '@mesobath/contracts'

/** How the mixture of a bath's levels is sampled. */
export interface Sampling {
  /** At least so many. */
  readonly vectors: number
  readonly seed: number
  /** Standard error wanted of every probability; null where the vectors decide. */
  readonly targetError: number | null
}

/** What the path of local terms takes. */
export interface LocalCase {
  readonly baths: readonly LocalBath[]
  readonly sampling: Sampling
}

interface Asked {
  readonly sampling?: { readonly vectors?: number; readonly seed?: number; readonly targetError?: number }
  readonly mutualInformation?: unknown
}

/** The case of baths of local terms, null where any is known by levels or not at all: then the other path takes them, or says what is missing. */
export const localCase = (problem: Problem, { sampling = {}, mutualInformation }: Asked): Outcome<LocalCase | null> => {
  const { vectors = 1, seed = 0, targetError = null } = sampling
  const issues: Issue[] = []
  if (!Number.isSafeInteger(vectors) || vectors < 1) {
    issues.push(issue('integrator-exact/sampling', ['sampling', 'vectors'], `\`sampling.vectors\` must be a positive integer, but is ${vectors}`))
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    issues.push(issue('integrator-exact/sampling', ['sampling', 'seed'], `\`sampling.seed\` must be a non-negative integer, but is ${seed}`))
  }
  if (issues.length > 0) return failIfAny(issues, (): never => { throw new Error('unreachable') })
  const baths: LocalBath[] = []
  for (const { bath } of problem.baths) {
    const realised = bath.can.microscopic?.()
    if (realised?._tag !== 'Right' || realised.right.kind !== 'local') return succeed(null)
    baths.push(realised.right)
  }
  if (baths.length === 0) return succeed(null)
  if (mutualInformation !== undefined && mutualInformation !== false) {
    return fail(issue('integrator-exact/mutual-information', ['mutualInformation'],
      '`mutualInformation` must be left out for baths of local terms, whose state is sampled and not known as a whole, but is asked for'))
  }
  return succeed({ baths, sampling: { vectors, seed, targetError } })
}
