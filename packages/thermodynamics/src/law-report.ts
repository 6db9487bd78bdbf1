/** An assumption of a law, and whether the run meets it. */
export interface Premise {
  readonly name: string
  readonly holds: boolean
}

/**
 * A law as it stands in one run. A law whose premises fail is still measured, but its violation is not one: the verdict is then
 * `not a law here`, and `premises` says why.
 */
export interface LawReport {
  readonly law: string
  /** Numbers of the equations in the paper that state it: `'60'`. */
  readonly equation: string
  readonly premises: readonly Premise[]
  /** By how much the law was violated at worst; 0 or less where it never was. */
  readonly largestViolation: number
  /** The time of it. */
  readonly time: number
  /** What rounding and the algorithm's tolerance may amount to: a larger violation is one. */
  readonly bound: number
  readonly verdict: 'holds' | 'violated' | 'not a law here'
  /** One sentence for a physicist. */
  readonly message: string
}

const sentence = (law: string, met: boolean, missing: readonly string[], violation: number, time: number, bound: number): string => {
  const worst = violation > 0 ? `at worst it fails by ${violation.toPrecision(3)} at t = ${time}` : 'it is never contradicted'
  if (!met) return `${law}: not a law here (missing premise: ${missing.join('; ')}); ${worst}`
  return violation > bound ? `${law}: violated; ${worst}, where ${bound.toPrecision(1)} would be rounding` : `${law}: holds; ${worst}`
}

/**
 * The report of one law from its violation at each sample [T], positive where violated; NaN samples were not measured.
 *
 * @returns null where no sample was measured
 */
export const reportLaw = (
  law: string, equation: string, premises: readonly Premise[], times: Float64Array, violations: Float64Array, bound: number,
): LawReport | null => {
  let worst = -1
  for (let i = 0; i < violations.length; i++) {
    if (!Number.isNaN(violations[i]) && (worst < 0 || violations[i] > violations[worst])) worst = i
  }
  if (worst < 0) return null
  const missing = premises.filter((premise) => !premise.holds).map((premise) => premise.name)
  const met = missing.length === 0
  const largestViolation = violations[worst]
  return {
    law, equation, premises, largestViolation, time: times[worst], bound,
    verdict: !met ? 'not a law here' : largestViolation > bound ? 'violated' : 'holds',
    message: sentence(law, met, missing, largestViolation, times[worst], bound),
  }
}
