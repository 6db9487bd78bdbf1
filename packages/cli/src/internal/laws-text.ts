import type { LawVerdict, RunRecord } from '@mesobath/results'
import { table } from './report.js'

/** Where a law does not apply its numbers are measured all the same, and may or may not meet it. */
const word = ({ verdict, largestViolation, bound }: LawVerdict): string => {
  if (verdict === 'not a law here') return largestViolation > bound ? 'no law, not met' : 'no law here'
  return verdict === 'violated' ? 'VIOLATED' : verdict
}

const amount = (value: number): string => (value > 0 ? value.toPrecision(2) : 'never')

const missingOf = (law: LawVerdict): readonly string[] => law.premises.filter(({ holds }) => !holds).map(({ name }) => name)

const title = ({ law, equation }: LawVerdict): string => `${law} (Eq. ${equation})`

/**
 * The laws of a run in words: one table of verdicts, a column per method, and below it what a violation amounts to and which premise
 * was missing where a law does not apply. Empty where no ledger was kept.
 */
export const lawsText = (record: RunRecord): string => {
  const books = Object.entries(record.methods).flatMap(([name, { thermodynamics }]) => (thermodynamics === null ? [] : [{ name, laws: thermodynamics.laws }]))
  if (books.length === 0) return ''
  const names = [...new Set(books.flatMap(({ laws }) => laws.map(title)))]
  const rows = names.map((name) => [`  ${name}`, ...books.map(({ laws }) => {
    const law = laws.find((each) => title(each) === name)
    return law === undefined ? '–' : word(law)
  })])
  const broken = books.flatMap(({ name, laws }) => laws.filter(({ verdict }) => verdict === 'violated')
    .map((law) => `  ${name}: ${title(law)} is violated by ${amount(law.largestViolation)} at t = ${law.time}, where rounding is ${law.bound.toPrecision(1)}\n`))
  const premises = new Map<string, Set<string>>()
  for (const { name, laws } of books) {
    for (const law of laws.filter(({ verdict }) => verdict === 'not a law here')) {
      for (const missing of missingOf(law)) premises.set(missing, (premises.get(missing) ?? new Set()).add(name))
    }
  }
  const why = [...premises].map(([missing, methods]) => `  missing premise: ${missing} (${[...methods].join(', ')})\n`)
  return ['\nThe laws of thermodynamics in this run\n', table([['', ...books.map(({ name }) => name)], ...rows]), ...broken, ...why].join('')
}
