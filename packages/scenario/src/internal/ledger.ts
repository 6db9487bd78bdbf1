import { issue } from '@mesobath/contracts'
import type { Attachment, Issue } from '@mesobath/contracts'
import type { LedgerRequest } from '../built-scenario.js'
import type { ScenarioMachine, ScenarioThermodynamics } from '../scenario.js'
import { mapOr } from './attachments.js'
import type { Path } from './path-name.js'

type ScenarioLedger = Exclude<ScenarioThermodynamics, boolean>

const CODE = 'scenario/thermodynamics'

const ROLES = ['hot', 'cold', 'work'] as const

/** What of a scenario the ledger's requests are compared with. */
export interface LedgerContext {
  readonly attachments: readonly Attachment[]
  /** Null where they could not be read. */
  readonly times: Readonly<Float64Array> | null
  /** Whether every bath says its label; whether a part of the scenario is free of faults. */
  readonly labelled: boolean
  readonly sound: (path: Path) => boolean
}

const AT = 'thermodynamics'

/** Temperatures at which 1/T is no number. */
const temperatureFaults = (temperatures: ScenarioLedger['temperatures'], sound: LedgerContext['sound']): readonly Issue[] =>
  (Array.isArray(temperatures) ? temperatures as readonly number[] : []).flatMap((temperature, index) => {
    const path = [AT, 'temperatures', index]
    return !sound(path) || (temperature !== 0 && Number.isFinite(1 / temperature)) ? []
      : [issue(CODE, path, `\`thermodynamics.temperatures[${index}]\` must not be zero, but is ${temperature}`)]
  })

/** Roles that no bath of the scenario plays, baths that would play two, and a period longer than the run. */
const machineFaults = (machine: Partial<ScenarioMachine>, { attachments, labelled, sound, times }: LedgerContext): readonly Issue[] => {
  const labels = attachments.map(({ label }) => label)
  const fault = (key: string, message: string): Issue => issue(CODE, [AT, 'machine', key], `\`thermodynamics.machine.${key}\` must ${message}`)
  const { period } = machine
  const length = times === null ? Infinity : times[times.length - 1]! - times[0]!
  return [
    ...ROLES.flatMap((role, at) => {
      const label = machine[role]
      if (label === undefined || !labelled || !sound([AT, 'machine', role])) return []
      if (!labels.includes(label)) return [fault(role, `be the label of a bath (${labels.join(', ')}), but is ${label}`)]
      const other = ROLES.slice(0, at).find((each) => machine[each] === label)
      return other === undefined ? [] : [fault(role, `be another bath than \`${other}\`, but both are ${label}`)]
    }),
    ...(period !== undefined && sound([AT, 'machine', 'period']) && period > length ? [fault('period', `fit into the run, which takes ${length}, but is ${period}`)] : []),
  ]
}

/** What the ledger is asked for, and why it cannot be kept: each part is looked at where it is sound itself, whatever is wrong elsewhere. */
export const toLedger = (
  written: ScenarioThermodynamics | undefined, context: LedgerContext,
): { readonly request: LedgerRequest | null; readonly issues: readonly Issue[] } => {
  if (written === undefined || written === false) return { request: null, issues: [] }
  const { temperatures = [], machine } = mapOr(written === true ? {} : written)
  const issues = [...temperatureFaults(temperatures, context.sound)]
  if (context.attachments.length > 0 && !context.attachments.some(({ bath }) => bath.windows.energies.length > 0)) {
    issues.push(issue(CODE, [AT],
      '`thermodynamics` must be asked of a bath with energy windows, but no bath of the scenario has any: there is neither heat nor temperature'))
  }
  issues.push(...machineFaults(mapOr(machine), context))
  // Where anything is amiss nobody asks for the request.
  return { request: { inverseTemperatures: Array.from(temperatures, (temperature) => 1 / temperature), machine: machine ?? null }, issues }
}
