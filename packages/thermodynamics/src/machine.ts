import { failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { balanceOf } from './internal/balance.js'
import { castRoles } from './internal/cast-roles.js'
import { cycleStart, lastAt } from './internal/sample-times.js'
import type { Ledger } from './ledger.js'
import type { MachineBalance } from './machine-balance.js'
import type { MachineRoles } from './machine-roles.js'

/** A stretch of a run, from sampled time to sampled time. */
export interface Stretch {
  /** The start of the run unless told. */
  readonly from?: number
  /** The end of the run unless told. */
  readonly to?: number
}

/** Where the cycles of a machine lie: from origin + n·period to origin + (n + 1)·period. */
export interface Cycles {
  readonly period: number
  /** The start of the run unless told. */
  readonly origin?: number
}

/** How many missing times a message names. */
const NAMED = 3

/** Cycles whose ends differ by this share of the period from a sample are met by it: rounding of n·period. */
const SAME_TIME = 1e-9

const notSampled = (path: readonly string[], name: string, time: number, { times }: Ledger): Issue => issue('thermodynamics/machine-times', path,
  `\`${name}\` must be a time of a sample, from ${times[0]} to ${times[times.length - 1]}, but is ${time}: add it to the output times`)

/**
 * What a machine did between two sampled times: heats, work, efficiency and coefficient of performance beside Carnot's, which is a
 * comparison: of the second law only the cumulative Clausius inequality, `ledger.clausius` ≥ 0, is a law for finite baths.
 *
 * Heat Q_ν counts into the system, work W on it: an engine has Q_hot \> 0 and W \< 0. A time that stands twice is taken after its quench.
 *
 * @param ledger - the books of a run with at least one bath
 * @param roles - labels of its baths
 * @param stretch - the whole run unless told
 *
 * Issues: `thermodynamics/machine-role`, `thermodynamics/machine-times`, `thermodynamics/machine-samples`.
 */
export const machineBalance = (ledger: Ledger, roles: MachineRoles, stretch: Stretch = {}): Outcome<MachineBalance> => {
  const { cast, issues } = castRoles(ledger, roles)
  const faults = [...issues]
  const { times } = ledger
  const [from, to] = [stretch.from ?? times[0], stretch.to ?? times[times.length - 1]]
  const begin = lastAt(times, from, 0)
  const end = lastAt(times, to, 0)
  if (times.length > 0) {
    if (begin < 0) faults.push(notSampled(['from'], 'from', from, ledger))
    if (end < 0) faults.push(notSampled(['to'], 'to', to, ledger))
    if (begin >= 0 && end >= 0 && !(from < to)) {
      faults.push(issue('thermodynamics/machine-times', ['to'], `\`to\` must be later than \`from\` (${from}), but is ${to}`))
    }
  }
  return failIfAny(faults, () => balanceOf(ledger, cast!, begin, end))
}

/**
 * What a machine did in each of its cycles: one balance per complete cycle, in the order of time.
 *
 * Each cycle goes from after the quench at its beginning to after the quench at its end. A run that ends with a cycle has not made the
 * quench that would stand there: that cycle takes the one at its beginning instead, so that it, too, is closed.
 *
 * @param ledger - the books of a run with samples at the ends of all cycles; stops of the drive are samples
 * @param roles - labels of its baths
 * @param cycles - period and origin
 *
 * Issues: `thermodynamics/machine-role`, `thermodynamics/machine-period`, `thermodynamics/machine-times` (no sample at the end of a cycle, or
 * no complete cycle in the run), `thermodynamics/machine-samples`.
 */
export const machineCycles = (ledger: Ledger, roles: MachineRoles, { period, origin }: Cycles): Outcome<readonly MachineBalance[]> => {
  const { cast, issues } = castRoles(ledger, roles)
  const faults = [...issues]
  const { times } = ledger
  const [start, end] = [times[0], times[times.length - 1]]
  const from = origin ?? start
  const positive = Number.isFinite(period) && period > 0
  if (!positive) faults.push(issue('thermodynamics/machine-period', ['period'], `\`period\` must be finite and positive, but is ${period}`))
  const ends: number[] = []
  if (times.length > 0 && positive) {
    const slack = SAME_TIME * period
    if (!(from >= start && from < end)) {
      faults.push(issue('thermodynamics/machine-times', ['origin'], `\`origin\` must lie in the run, which goes from ${start} to ${end}, but is ${from}`))
    } else if (from + period > end + slack) {
      faults.push(issue('thermodynamics/machine-times', ['period'],
        `\`period\` must fit into the run, which goes on for ${end - from} after ${from}, but is ${period}: no cycle is complete`))
    } else {
      const missing: number[] = []
      for (let cycle = 0; from + cycle * period <= end + slack; cycle++) {
        const time = from + cycle * period
        ends.push(lastAt(times, time, slack))
        if (ends[cycle] < 0) missing.push(time)
      }
      if (missing.length > 0) {
        const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : ''
        faults.push(issue('thermodynamics/machine-times', ['period'],
          `\`period\` must lead from sample to sample, but the run has none at t = ${missing.slice(0, NAMED).join(', ')}${more}: make them output times`))
      }
    }
  }
  return failIfAny(faults, () => ends.slice(1).map((last, cycle) => balanceOf(ledger, cast!, cycleStart(times, ends[cycle], last), last)))
}
