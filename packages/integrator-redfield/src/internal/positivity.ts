import type { Finding, Vector } from '@mesobath/contracts'

/** A negative probability of this size is below what second order in the coupling can promise of any probability. */
const TRUSTED = 1e-3
/** At this size a probability means nothing. */
const MEANINGLESS = 1e-2

/** The smallest of probabilities, or what was smaller before. */
export const smallest = (populations: Vector, before: number): number => {
  let least = before
  for (let i = 0; i < populations.length; i += 1) least = Math.min(least, populations[i])
  return least
}

/** What the least probability met at an output says: the second-order equation is not completely positive. */
export const positivityFinding = (least: number): Finding => {
  const value = Math.max(0, -least)
  const verdict = value <= TRUSTED ? 'trust' : value <= MEANINGLESS ? 'doubt' : 'fails'
  return {
    code: 'integrator-redfield/positivity',
    quantity: 'most negative joint probability at an output, -min p(k, E)',
    value,
    bound: TRUSTED,
    verdict,
    message: verdict === 'trust'
      ? 'No probability became noticeably negative, as the second-order equation does not guarantee.'
      : 'A probability became negative: the coupling is too strong for second order, or memory too long; take a smaller coupling, '
        + 'or the secular method, which stays positive where its rates do.',
  }
}
