// Compiled, never run: an Outcome is fp-ts's Either by structure, assignable both ways.
import { either as E, function as F, readonlyNonEmptyArray as RNEA, apply as A } from 'fp-ts'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'

declare const outcome: Outcome<number>
declare const either: E.Either<RNEA.ReadonlyNonEmptyArray<Issue>, number>

export const there: E.Either<RNEA.ReadonlyNonEmptyArray<Issue>, number> = outcome
export const back: Outcome<number> = either
export const mapped: Outcome<string> = F.pipe(outcome, E.map((value) => value.toFixed(2)))
export const chained: Outcome<number> = F.pipe(outcome, E.chain((value) => (value > 0 ? succeed(value) : fail(issue('test/sign', [], 'positive')))))
export const first: string = F.pipe(outcome, E.match((issues) => issues[0].message, String))

/** Applicative validation collects the issues of all. */
const validation = E.getApplicativeValidation(RNEA.getSemigroup<Issue>())
export const both: Outcome<readonly [number, string]> = A.sequenceT(validation)(outcome, mapped)

// @ts-expect-error a failure without an issue cannot be written
export const empty: Outcome<number> = { _tag: 'Left', left: [] }
// @ts-expect-error nor made
export const none = fail()
