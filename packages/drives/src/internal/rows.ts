import type { Rows } from '../drive-base.js'
import { show } from './faults.js'
import type { Faults, Path } from './faults.js'

/** Rows as they are used: one for every time, or a single one. */
export interface Table {
  readonly rows: readonly Float64Array[]
  row(time: number): Float64Array
}

const isSingle = (rows: Rows): rows is ArrayLike<number> => rows.length > 0 && typeof rows[0] === 'number'

/** Reads rows, one for each of `count` times or one for all; faults where lengths or values are wrong. */
export const readRows = (faults: Faults, path: Path, rows: Rows, count: number, kind: 'energies' | 'strengths'): Table | null => {
  const check = (at: Path, row: ArrayLike<number>): boolean =>
    kind === 'strengths' ? faults.strengths(at, row) : faults.numbers(at, row, 'not empty')
  if (typeof rows !== 'object' || rows === null) {
    faults.add('not-a-list', path, 'be a list', `is ${show(rows)}`)
    return null
  }
  if (isSingle(rows) || (rows.length === 0 && kind === 'strengths')) {
    const single = isSingle(rows) ? rows : []
    if (!check(path, single)) return null
    const only = Float64Array.from(single)
    return { rows: [only], row: () => only }
  }
  const many = rows as readonly ArrayLike<number>[]
  const before = faults.issues.length
  if (many.length !== count) faults.add('lengths', path, `have one row for each of the ${count} times, or be one row`, `has ${many.length}`)
  many.forEach((row, at) => {
    if (check([...path, at], row) && row.length !== many[0]!.length) {
      faults.add('lengths', [...path, at], `have ${many[0]!.length} entries, as the first row`, `has ${row.length}`)
    }
  })
  if (faults.issues.length > before) return null
  const copies = many.map((row) => Float64Array.from(row))
  return { rows: copies, row: (time) => copies[time]! }
}

/** Rows as JSON, as the caller may give them again. */
export const rowsRecipe = ({ rows }: Table): number[] | number[][] => (rows.length === 1 ? [...rows[0]!] : rows.map((row) => [...row]))
