import { issue } from '@mesobath/contracts'
import type { Attachment, Issue } from '@mesobath/contracts'
import type { LedgerRequest } from '../built-scenario.js'
import type { ScenarioMachine, ScenarioThermodynamics } from '../scenario.js'

const CODE = 'scenario/thermodynamics'

const ROLES = ['hot', 'cold', 'work'] as const

/** Roles that no bath of the scenario plays, and baths that would play two. */
const machineFaults = (machine: ScenarioMachine | undefined, labels: readonly string[], length: number): readonly Issue[] => {
  if (machine === undefined) return []
  const fault = (key: string, message: string): Issue => issue(CODE, ['thermodynamics', 'machine', key], `\`thermodynamics.machine.${key}\` must ${message}`)
  return [
    ...ROLES.flatMap((role, at) => {
      const label = machine[role]
      if (label === undefined) return []
      if (!labels.includes(label)) return [fault(role, `be the label of a bath (${labels.join(', ')}), but is ${label}`)]
      const other = ROLES.slice(0, at).find((each) => machine[each] === label)
      return other === undefined ? [] : [fault(role, `be another bath than \`${other}\`, but both are ${label}`)]
    }),
    ...(machine.period !== undefined && machine.period > length ? [fault('period', `fit into the run, which takes ${length}, but is ${machine.period}`)] : []),
  ]
}

/** What the ledger is asked for, and why it cannot be kept. */
export const toLedger = (
  written: ScenarioThermodynamics | undefined, attachments: readonly Attachment[], times: Readonly<Float64Array>,
): { readonly request: LedgerRequest | null; readonly issues: readonly Issue[] } => {
  if (written === undefined || written === false) return { request: null, issues: [] }
  const { temperatures = [], machine } = written === true ? {} : written
  const issues: Issue[] = temperatures.flatMap((temperature, index) => (temperature !== 0 && Number.isFinite(1 / temperature) ? [] : [
    issue(CODE, ['thermodynamics', 'temperatures', index], `\`thermodynamics.temperatures[${index}]\` must not be zero, but is ${temperature}`),
  ]))
  if (!attachments.some(({ bath }) => bath.windows.energies.length > 0)) {
    issues.push(issue(CODE, ['thermodynamics'],
      '`thermodynamics` must be asked of a bath with energy windows, but no bath of the scenario has any: there is neither heat nor temperature'))
  }
  issues.push(...machineFaults(machine, attachments.map(({ label }) => label), times[times.length - 1]! - times[0]!))
  return { request: { inverseTemperatures: temperatures.map((temperature) => 1 / temperature), machine: machine ?? null }, issues }
}
