import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Observers, Outcome, Trajectory } from '@mesobath/contracts'
import type { ThermodynamicsOptions } from './thermodynamics.js'

const optionFaults = ({ inverseTemperatures = [], tolerance }: ThermodynamicsOptions): readonly Issue[] => [
  ...inverseTemperatures.flatMap((beta, at) => (Number.isFinite(beta) ? [] : [issue('thermodynamics/inverse-temperature', ['inverseTemperatures', at],
    `\`inverseTemperatures[${at}]\` must be finite, but is ${beta}`)])),
  ...(tolerance === undefined || (Number.isFinite(tolerance) && tolerance > 0 && tolerance < 1) ? [] : [issue('thermodynamics/tolerance', ['tolerance'],
    `\`tolerance\` must lie between 0 and 1, but is ${tolerance}`)]),
]

/**
 * Whether a stored trajectory, and the options, can give a whole ledger, all faults at once: an observer itself cannot fail. What
 * succeeds can be handed to `fold` with `thermodynamics(options)`.
 *
 * Issues: `thermodynamics/no-bath-windows`, `thermodynamics/no-populations` (saved less than 'populations'), `thermodynamics/no-rates`
 * (the algorithm gives no ∂t p), `thermodynamics/no-samples`, `thermodynamics/inverse-temperature`, `thermodynamics/tolerance`.
 */
export const checkLedgerInput = <O extends Observers = Observers>(
  trajectory: Trajectory<O>, options: ThermodynamicsOptions = {},
): Outcome<Trajectory<O>> => {
  const { frame, populations, populationRates, times } = trajectory
  const issues: Issue[] = []
  if (frame.baths.length === 0) {
    issues.push(issue('thermodynamics/no-bath-windows', ['frame', 'baths'],
      '`frame.baths` must name at least one bath with windows, but is empty: without them there is neither heat nor temperature'))
  }
  frame.baths.forEach(({ label, windows }, axis) => {
    if (windows.energies.length === 0) {
      issues.push(issue('thermodynamics/no-bath-windows', ['frame', 'baths', axis, 'windows'],
        `\`frame.baths[${axis}].windows\` must have at least one window, but bath "${label}" has none`))
    }
  })
  if (times.length === 0) issues.push(issue('thermodynamics/no-samples', ['times'], '`times` must have at least one sample, but has none'))
  if (populations === null) {
    issues.push(issue('thermodynamics/no-populations', ['populations'],
      "`populations` must be saved, but are null: solve with save 'populations' or 'states', or hand `thermodynamics()` to the run as an observer"))
  } else if (populationRates === null) {
    issues.push(issue('thermodynamics/no-rates', ['populationRates'],
      `\`populationRates\` must be saved, but are null: the algorithm "${frame.algorithm.name}" gives no ∂t p, which Σ̇ and heat flows need`))
  }
  return failIfAny([...issues, ...optionFaults(options)], () => trajectory)
}
