import type { Finding, Vector } from '@mesobath/contracts'
import type { LawVerdict, LedgerRecord } from './run-record.js'

/** A series as a ledger's table lists it. */
export interface LedgerColumn {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly values: Vector
}

/** What of a ledger is kept beside its table. */
export interface LedgerParts {
  readonly laws: readonly LawVerdict[]
  readonly findings: readonly Finding[]
}

/**
 * A ledger and its table (`thermodynamicsTable` of `@mesobath/thermodynamics`) → the record that files hold [T]. The column `times`
 * is left out: a record has the times of its run.
 */
export const ledgerRecord = (columns: readonly LedgerColumn[], { laws, findings }: LedgerParts): LedgerRecord => ({
  series: Object.fromEntries(columns.filter(({ name }) => name !== 'times').map(({ name, unit, description, values }) => [name, { unit, description, values }])),
  laws: laws.map(({ law, equation, premises, largestViolation, time, bound, verdict, message }) =>
    ({ law, equation, premises: premises.map(({ name, holds }) => ({ name, holds })), largestViolation, time, bound, verdict, message })),
  findings,
})
