/**
 * One expected fault: what was asked of the caller and what was found.
 *
 * `code` is `package/what` and stable; `path` locates the faulty field in the caller's data (`['baths', 0, 'strength']`);
 * `message` reads "X must ..., but ...".
 */
export interface Issue {
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** At least one issue: a failure without a reason cannot be written. */
export type Issues = readonly Issue[] & { readonly 0: Issue }

/** An expected failure: every issue that was found, not only the first. */
export interface Failure {
  readonly _tag: 'Left'
  readonly left: Issues
}

/** A result. */
export interface Success<A> {
  readonly _tag: 'Right'
  readonly right: A
}

/**
 * A result or the issues that prevented it; by structure fp-ts's `Either<ReadonlyNonEmptyArray<Issue>, A>`, assignable
 * both ways, so `pipe`, `E.map` and `E.chain` apply to it. Expected failures are values; a bug throws.
 */
export type Outcome<A> = Failure | Success<A>

/** Wraps a result. */
export const succeed = <A>(right: A): Outcome<A> => ({ _tag: 'Right', right })

/** Fails with one or more issues. */
export const fail = (...left: readonly [Issue, ...Issue[]]): Failure => ({ _tag: 'Left', left })

/** Fails with the issues collected, or succeeds with `value()` where there are none. */
export const failIfAny = <A>(issues: readonly Issue[], value: () => A): Outcome<A> =>
  issues.length > 0 ? { _tag: 'Left', left: issues as Issues } : succeed(value())

/** Makes an issue. */
export const issue = (code: string, path: readonly (string | number)[], message: string): Issue => ({ code, path, message })

/** The result, or an `AggregateError` of all issues: for scripts that prefer exceptions. */
export const orThrow = <A>(outcome: Outcome<A>): A => {
  if (outcome._tag === 'Right') return outcome.right
  throw new AggregateError(outcome.left, outcome.left.map((each) => each.message).join('\n'))
}
