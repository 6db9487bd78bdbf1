import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import type { BathLedger, Ledger } from '../ledger.js'
import type { MachineRoles } from '../machine-roles.js'

/** The baths of a machine by what they are for. */
export interface Cast {
  readonly hot: BathLedger
  readonly cold: BathLedger | null
  readonly work: BathLedger | null
  readonly others: readonly BathLedger[]
}

const ROLES = ['hot', 'cold', 'work'] as const

/** The baths that play the roles, and all that is wrong with the roles. */
export const castRoles = (ledger: Ledger, roles: MachineRoles): { readonly cast: Cast | null; readonly issues: readonly Issue[] } => {
  const issues: Issue[] = []
  if (ledger.times.length === 0) issues.push(issue('thermodynamics/machine-samples', ['times'], '`times` must have at least one sample, but has none'))
  const labels = ledger.baths.map(({ label }) => label)
  const known = labels.length === 0 ? 'the ledger has none' : `the ledger has ${labels.map((label) => `"${label}"`).join(', ')}`
  const taken = new Map<string, string>()
  const find = (role: (typeof ROLES)[number]): BathLedger | null => {
    const label = roles[role]
    if (label === undefined && role !== 'hot') return null
    const bath = ledger.baths.find((each) => each.label === label) ?? null
    const shown = label === undefined ? 'missing' : JSON.stringify(label)
    if (bath === null) issues.push(issue('thermodynamics/machine-role', [role], `\`${role}\` must be the label of a bath (${known}), but is ${shown}`))
    const other = taken.get(label!)
    if (other !== undefined) issues.push(issue('thermodynamics/machine-role', [role], `\`${role}\` must be another bath than \`${other}\`, but both are ${shown}`))
    taken.set(label!, role)
    return bath
  }
  const [hot, cold, work] = ROLES.map(find)
  return {
    issues,
    cast: issues.length > 0 || hot === null ? null : { hot, cold, work, others: ledger.baths.filter((bath) => bath !== hot && bath !== cold && bath !== work) },
  }
}
