import type { Identity, Outcome, Trajectory } from '@mesobath/contracts'
import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import { realizationOf } from './internal/realization.js'
import { provenanceOf } from './provenance.js'
import type { LedgerRecord, MethodRecord, Realization, RunRecord, UsedPlugin } from './run-record.js'

/** What a record holds beside the trajectories. */
export interface RecordDetails {
  readonly scenario?: string
  /** Whether to store the realisation of the baths; true where an exact method was run. */
  readonly realizations?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** Thermodynamic ledgers by name of the method, each as `ledgerRecord` makes it. */
  readonly thermodynamics?: Readonly<Record<string, LedgerRecord>>
}

const used = ({ name, package: from, version, recipe }: Identity): UsedPlugin => ({ name, package: from, version, recipe })

const methodOf = (run: Trajectory, thermodynamics: LedgerRecord | undefined): MethodRecord => ({
  algorithm: used(run.frame.algorithm),
  rates: run.frame.rates.map((each) => (each === null ? null : used(each))),
  backend: run.frame.backend,
  status: run.status,
  validity: run.validity,
  populations: run.populations,
  populationRates: run.populationRates,
  ...(run.populations === null && run.marginals.length > 0 ? { marginals: run.marginals } : {}),
  systemStates: run.systemStates,
  conditionalStates: run.conditionalStates,
  observables: run.observables,
  scalars: run.scalars,
  thermodynamics: thermodynamics ?? null,
})

/** Every plug-in a run used, baths first. */
const identities = (run: Trajectory): readonly Identity[] => [
  ...run.problem.baths.map((each) => each.bath), run.frame.algorithm, ...run.frame.rates.filter((each) => each !== null),
]

const sameTimes = (a: Trajectory, b: Trajectory): boolean =>
  a.times.length === b.times.length && a.times.every((time, index) => time === b.times[index] && a.sides[index] === b.sides[index])

/** Why a ledger does not belong to the run it is put beside. */
const ledgerFaults = (name: string, { series }: LedgerRecord, known: boolean, samples: number) => [
  ...(known ? [] : [issue('results/ledger-of-nothing', ['thermodynamics', name], `\`thermodynamics.${name}\` must belong to one of the methods, but there is none of that name`)]),
  ...Object.entries(series).filter(([, { values }]) => values.length !== samples).map(([key, { values }]) =>
    issue('results/ledger-length', ['thermodynamics', name, key], `\`thermodynamics.${name}.${key}\` must have one value per sample (${samples}), but has ${values.length}`)),
]

/**
 * Puts the trajectories of several methods on one problem into one record, with versions and citations of exactly what was used.
 *
 * Issues: `results/no-methods`, `results/times-differ` where methods did not sample the same times, `results/ledger-of-nothing` and
 * `results/ledger-length` where a ledger belongs to no method or to another run, and those of a bath that cannot be realised.
 */
export const recordRun = async (runs: Readonly<Record<string, Trajectory>>, details: RecordDetails = {}): Promise<Outcome<RunRecord>> => {
  const entries = Object.entries(runs)
  const first = entries[0]?.[1]
  if (first === undefined) return fail(issue('results/no-methods', [], 'a record must hold at least one trajectory, but holds none'))
  const differing = entries.filter(([, run]) => !sameTimes(first, run))
  const ledgers = Object.entries(details.thermodynamics ?? {})
  const checked = failIfAny([
    ...differing.map(([name]) => issue('results/times-differ', [name], `\`${name}\` must have the output times of the first method, but has others`)),
    ...ledgers.flatMap(([name, ledger]) => ledgerFaults(name, ledger, name in runs, first.times.length)),
  ], () => null)
  if (checked._tag === 'Left') return checked

  const { versions, citations } = provenanceOf(entries.flatMap(([, run]) => identities(run)))
  const realizations: Realization[] = []
  for (const attachment of details.realizations === true ? first.problem.baths : []) {
    const made = await realizationOf(attachment)
    if (made._tag === 'Left') return made
    if (made.right !== null) realizations.push(made.right)
  }
  return succeed({
    scenario: details.scenario ?? null,
    baths: first.problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows, plugin: used(bath) })),
    times: first.times,
    sides: first.sides,
    energies: first.energies,
    strengths: first.strengths,
    methods: Object.fromEntries(entries.map(([name, run]) => [name, methodOf(run, details.thermodynamics?.[name])])),
    realizations,
    versions,
    environment: details.environment ?? {},
    citations,
  })
}
