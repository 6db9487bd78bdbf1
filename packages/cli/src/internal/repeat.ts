import { dirname } from 'node:path'
import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { RunDifference, RunRecord } from '@mesobath/results'
import { readRun } from '@mesobath/results/node'
import { table } from './report.js'

/** A stored run that can be made again. */
export interface StoredRun {
  readonly record: RunRecord
  readonly scenario: string
}

/** The run that `path` holds; null where it is no HDF5 file, and so perhaps a scenario. Issue: `cli/no-scenario`. */
export const storedRun = async (path: string): Promise<Outcome<StoredRun | null>> => {
  const read = await readRun(path)
  if (read._tag === 'Left') return read.left[0].code === 'results/not-hdf5' ? succeed(null) : read
  const { scenario } = read.right
  return scenario === null
    ? fail(issue('cli/no-scenario', ['FILE'], '`FILE` must hold the scenario it was run from, but was written by a program: that program repeats it'))
    : succeed({ record: read.right, scenario })
}

/** The scenario of a stored run, to be run again into `folder`, next to the run and not over it. Issues: `cli/run-over-itself`, `cli/seed-of-repetition`. */
export const repetitionOf = ({ scenario }: StoredRun, path: string, folder: string, seed: number | undefined): Outcome<{ readonly text: string; readonly path: string }> => failIfAny([
  ...(dirname(path) === folder ? [issue('cli/run-over-itself', ['--out'], `\`--out\` must be another folder than that of the run which is repeated, but is ${folder}`)] : []),
  ...(seed === undefined ? [] : [issue('cli/seed-of-repetition', ['--seed'], `\`--seed\` must be left out where a run is repeated, but is ${seed}: run its scenario instead`)]),
], () => ({ text: scenario, path }))

const change = (largest: number | null, identical: boolean): string =>
  identical ? 'the same to the last bit' : largest === null ? 'not comparable' : `at most ${largest.toExponential(1)}`

/** Whether the same versions and backends gave other numbers: then something is wrong. */
export const unexplained = ({ identical, versions, methods }: RunDifference): boolean =>
  !identical && Object.keys(versions).length === 0 && Object.values(methods).every((each) => each !== null && each.backends[0] === each.backends[1])

/** What moved between a run and its repetition, in words. */
export const repetitionText = (difference: RunDifference): string => {
  const rows = Object.entries(difference.methods).flatMap(([name, method]) => (method === null
    ? [[name, 'everything', 'in one of the runs only']]
    : [
        ...method.quantities.filter(({ quantity, identical }) => quantity === 'populations' || !identical).map(({ quantity, largest, identical }) => [name, quantity, change(largest, identical)]),
        ...(method.backends[0] === method.backends[1] ? [] : [[name, 'backend', `${method.backends[0]} → ${method.backends[1]}`]]),
      ]))
  const versions = Object.entries(difference.versions).map(([name, [before, after]]) => `  ${name} ${before ?? 'not used'} → ${after ?? 'not used'}\n`)
  return [
    '\nAgainst the stored run\n', table(rows.map(([name = '', quantity = '', what = '']) => [`  ${name}`, quantity, what])),
    ...(versions.length === 0 ? ['  all versions are the same\n'] : versions),
    ...(unexplained(difference) ? ['  the same versions gave other numbers: another engine, or a result that does not repeat\n'] : []),
  ].join('')
}
