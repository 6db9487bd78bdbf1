import studentQuantile from '@stdlib/stats-base-dists-t-quantile'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import type { Band } from './curve.js'
import type { PopulationChoice } from './population-choice.js'

/** What a band holds unless told: the truth at 19 times of 20. */
const CONFIDENCE = 0.95
/** Student's t with so many degrees of freedom is the normal distribution to nine digits: an error that is known, and not estimated. */
const KNOWN = 1e9

/**
 * The band of p(ε_k, E; t) of a run in which random vectors stand for the mixture, null where a run has no statistical error.
 *
 * Its half-width is t·s: s the standard error among the run's `scalars`, `populationError/<k>/<E₁>/…` or, where the states are too many to have theirs told,
 * `samplingError`, the largest of all; t the two-sided quantile of Student's distribution at `confidence` (0.95 unless told) with one degree of freedom less than there are
 * vectors (`samplingVectors`), normal where their number is not told, since then s is a bound and no estimate. Issues: `figures/confidence`.
 */
export const samplingBand = (
  scalars: Readonly<Record<string, Vector>>, { level, windows }: Pick<PopulationChoice, 'level' | 'windows'>, confidence: number = CONFIDENCE,
): Outcome<Band | null> => {
  if (!(confidence > 0 && confidence < 1)) return fail(issue('figures/confidence', ['confidence'], `\`confidence\` must lie between 0 and 1, but is ${confidence}`))
  const vectors = scalars['samplingVectors']?.[0]
  // An estimate of the largest error of single states says nothing of a level's sum over windows; a bound holds for it too.
  const largest = windows.length === 0 && vectors !== undefined ? undefined : scalars['samplingError']
  const errors = scalars[`populationError/${[level, ...windows].join('/')}`] ?? largest
  if (errors === undefined) return succeed(null)
  const factor = studentQuantile((1 + confidence) / 2, vectors === undefined ? KNOWN : vectors - 1)
  return succeed({ halfWidths: errors.map((error) => factor * error), confidence })
}
