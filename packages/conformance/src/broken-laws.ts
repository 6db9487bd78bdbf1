import type { Issues } from '@mesobath/contracts'
import type { Law } from './law.js'

/** A law that a plug-in breaks, and how. */
export interface BrokenLaw {
  readonly name: string
  readonly issues: Issues
}

/** The laws of a list that are broken: for a script without a test runner. */
export const brokenLaws = async (laws: readonly Law[]): Promise<readonly BrokenLaw[]> => {
  const broken: BrokenLaw[] = []
  for (const { name, check } of laws) {
    const outcome = await check()
    if (outcome._tag === 'Left') broken.push({ name, issues: outcome.left })
  }
  return broken
}
