import { issue } from '@mesobath/contracts'
import type { Attachment, Issue } from '@mesobath/contracts'
import type { LedgerRequest } from '../built-scenario.js'
import type { ScenarioThermodynamics } from '../scenario.js'

const CODE = 'scenario/thermodynamics'

/** What the ledger is asked for, and why it cannot be kept. */
export const toLedger = (
  written: ScenarioThermodynamics | undefined, attachments: readonly Attachment[],
): { readonly request: LedgerRequest | null; readonly issues: readonly Issue[] } => {
  if (written === undefined || written === false) return { request: null, issues: [] }
  const temperatures = written === true ? [] : written.temperatures ?? []
  const issues: Issue[] = temperatures.flatMap((temperature, index) => (temperature !== 0 && Number.isFinite(1 / temperature) ? [] : [
    issue(CODE, ['thermodynamics', 'temperatures', index], `\`thermodynamics.temperatures[${index}]\` must not be zero, but is ${temperature}`),
  ]))
  if (!attachments.some(({ bath }) => bath.windows.energies.length > 0)) {
    issues.push(issue(CODE, ['thermodynamics'],
      '`thermodynamics` must be asked of a bath with energy windows, but no bath of the scenario has any: there is neither heat nor temperature'))
  }
  return { request: { inverseTemperatures: temperatures.map((temperature) => 1 / temperature) }, issues }
}
