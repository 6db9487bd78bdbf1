import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'

/** One law that a plug-in must obey: a test of any runner is `it(law.name, async () => { orThrow(await law.check()) })`. */
export interface Law {
  /** What is demanded, as a title of a test. */
  readonly name: string
  /** Where the paper states it, such as `Eq. 32`. */
  readonly equation?: string
  /**
   * Whether the plug-in obeys; never rejects. A law that rests on others (a steady state on rates that are finite) is silent where one of
   * them is broken, so that one fault has one name.
   */
  check(): Promise<Outcome<void>>
}

/** What was found: in the words of an issue after "must", and what is there instead. */
export interface Fault {
  readonly must: string
  readonly but: string
}

interface LawParts {
  readonly name: string
  /** Second part of the code of its issues, `conformance/<code>`. */
  readonly code: string
  readonly equation?: string
  /** Laws without which this one says nothing. */
  readonly restsOn?: readonly Law[]
  readonly examine: () => readonly Fault[] | Promise<readonly Fault[]>
}

/** What was thrown, as it reads in a sentence. */
export const thrown = (cause: unknown): string => (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause))

const told = (outcome: Outcome<unknown>): string => (outcome._tag === 'Left' ? outcome.left.map((each: Issue) => `${each.message} [${each.code}]`).join('; ') : '')

/** The result of a plug-in that must succeed; its issues end the examination. */
export const needed = <A>(what: string, outcome: Outcome<A>): A => {
  if (outcome._tag === 'Right') return outcome.right
  throw new Refusal(what, told(outcome))
}

/** A plug-in gave issues where it must succeed. */
class Refusal extends Error {
  constructor(readonly what: string, readonly told: string) {
    super(told)
  }
}

/** A law from its parts; what it found is remembered, so that laws that rest on it cost nothing more. */
export const law = ({ name, code, equation, restsOn = [], examine }: LawParts): Law => {
  const judge = async (): Promise<Outcome<void>> => {
    for (const each of restsOn) if ((await each.check())._tag === 'Left') return succeed(undefined)
    const refuse = (must: string, but: string): Issue => issue(`conformance/${code}`, [], `the plug-in must ${must}, but ${but}`)
    try {
      const faults = await examine()
      return failIfAny(faults.map(({ must, but }) => refuse(must, but)), () => undefined)
    } catch (cause) {
      return fail(cause instanceof Refusal ? refuse(`succeed in ${cause.what}`, `says: ${cause.told}`) : refuse('give issues and never throw', `throws ${thrown(cause)}`))
    }
  }
  let verdict: Promise<Outcome<void>> | null = null
  return {
    name,
    ...(equation === undefined ? {} : { equation }),
    check: () => {
      verdict ??= judge()
      return verdict
    },
  }
}
