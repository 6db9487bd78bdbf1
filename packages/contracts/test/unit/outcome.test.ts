import { apply as A, either as E, function as F, readonlyNonEmptyArray as RNEA } from 'fp-ts'
import { describe, expect, it } from 'vitest'
import { fail, failIfAny, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'

const one = issue('test/one', ['windows', 2, 'volume'], '`windows[2].volume` must be a positive integer, but is 0')
const two = issue('test/two', [], 'two')

describe('Outcome', () => {
  it('is what fp-ts makes and reads', () => {
    expect(succeed(3)).toEqual(E.right(3))
    expect(fail(one, two)).toEqual(E.left([one, two]))
    expect(F.pipe(succeed(3) as Outcome<number>, E.map((x) => x + 1), E.getOrElse(() => 0))).toBe(4)
    expect(F.pipe(fail(one) as Outcome<number>, E.match((issues) => issues.length, () => 0))).toBe(1)
  })

  it('collects the issues of all in applicative validation', () => {
    const validation = E.getApplicativeValidation(RNEA.getSemigroup<Issue>())
    const outcomes: readonly [Outcome<number>, Outcome<number>] = [fail(one), fail(two)]
    expect(A.sequenceT(validation)(...outcomes)).toEqual(fail(one, two))
  })

  it('fails with all issues found and does not compute a value then', () => {
    let computed = 0
    const value = () => {
      computed += 1
      return 'value'
    }
    expect(failIfAny([one, two], value)).toEqual(fail(one, two))
    expect(computed).toBe(0)
    expect(failIfAny([], value)).toEqual(succeed('value'))
  })

  it('throws every issue at once where exceptions are preferred', () => {
    expect(orThrow(succeed(undefined))).toBeUndefined()
    let thrown: unknown
    try {
      orThrow(fail(one, two))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AggregateError)
    expect((thrown as AggregateError).errors).toEqual([one, two])
    expect((thrown as AggregateError).message).toBe(`${one.message}\ntwo`)
  })
})
