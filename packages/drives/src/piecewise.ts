import { failIfAny } from '@mesobath/contracts'
import type { Drive, Outcome } from '@mesobath/contracts'
import type { Rows, RunRange } from './drive-base.js'
import { Faults } from './internal/faults.js'
import { between } from './internal/interpolate.js'
import { readRows, rowsRecipe } from './internal/rows.js'
import type { Table } from './internal/rows.js'
import { sequenceSegments } from './internal/sequence.js'

/** Options of `piecewiseConstant` and `piecewiseLinear`. */
export interface PiecewiseOptions {
  /** [n], ascending, at least one. */
  readonly times: ArrayLike<number>
  /** ε_k at each time [n][d], or one row where they do not move [d]. */
  readonly energies: Rows
  /** λ_ν at each time [n][baths], or one row where they do not move [baths]. */
  readonly strengths: Rows
  /** The run, where it is known: times beyond it are then an issue. */
  readonly range?: RunRange
}

interface Read { readonly times: Float64Array; readonly energies: Table; readonly strengths: Table }

const read = (options: PiecewiseOptions, kind: 'quench' | 'knot'): { readonly faults: Faults; readonly found: Read | null } => {
  const faults = new Faults()
  const range = faults.range(options.range) ? options.range : undefined
  const ordered = faults.times(['times'], options.times, kind, range)
  const count = options.times?.length ?? 0
  if (count === 0) faults.add('empty', ['times'], 'have at least one entry', 'has none')
  const energies = readRows(faults, ['energies'], options.energies, count, 'energies')
  const strengths = readRows(faults, ['strengths'], options.strengths, count, 'strengths')
  return { faults, found: ordered && energies !== null && strengths !== null ? { times: Float64Array.from(options.times), energies, strengths } : null }
}

const recipeOf = (drive: string, { times, energies, strengths }: Read) =>
  ({ drive, times: [...times], energies: rowsRecipe(energies), strengths: rowsRecipe(strengths) })

/**
 * Row i of energies and strengths from times[i] until times[i + 1]; the first row holds before, too, and the last for ever.
 *
 * Every time but the first is a stop: there the numbers jump. Levels may cross: they keep their index.
 *
 * Issues: `drives/not-finite`, `drives/negative-strength`, `drives/unordered` (times must ascend), `drives/beyond-run`, `drives/lengths`,
 * `drives/empty`, `drives/not-a-list`, `drives/range`.
 */
export const piecewiseConstant = (options: PiecewiseOptions): Outcome<Drive> => {
  const { faults, found } = read(options, 'quench')
  return failIfAny(faults.issues, () => {
    const { times, energies, strengths } = found!
    const sequence = {
      stops: times.subarray(1), constant: () => true,
      energies: (piece: number, _time: number, out: Float64Array) => out.set(energies.row(piece)),
      strengths: (piece: number, _time: number, out: Float64Array) => out.set(strengths.row(piece)),
    }
    return { recipe: recipeOf('piecewise-constant', found!), segments: (from, to) => sequenceSegments(sequence, from, to) }
  })
}

/**
 * Straight lines from row to row; the first row holds before the first time, the last after the last. Two equal times are a jump.
 *
 * Every time is a stop. A piece between equal rows is constant. Levels may cross: they keep their index, and ω passes 0.
 *
 * Issues: those of `piecewiseConstant`; times may be equal in pairs.
 */
export const piecewiseLinear = (options: PiecewiseOptions): Outcome<Drive> => {
  const { faults, found } = read(options, 'knot')
  return failIfAny(faults.issues, () => {
    const { times, energies, strengths } = found!
    const last = times.length - 1
    // Two equal knots are one stop: between them there is no piece.
    const starts = Array.from(times.keys()).filter((i) => i === last || times[i] !== times[i + 1])
    const stops = Float64Array.from(starts, (i) => times[i]!)
    const begin = (piece: number): number => (piece === 0 ? 0 : starts[piece - 1]!)
    const end = (piece: number): number => (piece === 0 ? 0 : Math.min(starts[piece - 1]! + 1, last))
    const line = (table: Table) => (piece: number, time: number, out: Float64Array): void => {
      const [from, to] = [begin(piece), end(piece)]
      const [a, b] = [table.row(from), table.row(to)]
      for (let i = 0; i < a.length; i++) out[i] = from === to ? a[i]! : between(times[from]!, times[to]!, a[i]!, b[i]!, time)
    }
    const same = (table: Table, piece: number): boolean => {
      const b = table.row(end(piece))
      return table.row(begin(piece)).every((value, i) => value === b[i])
    }
    const sequence = {
      stops, constant: (piece: number) => same(energies, piece) && same(strengths, piece),
      energies: line(energies), strengths: line(strengths),
    }
    return { recipe: recipeOf('piecewise-linear', found!), segments: (from, to) => sequenceSegments(sequence, from, to) }
  })
}
