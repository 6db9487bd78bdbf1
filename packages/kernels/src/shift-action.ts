import type { Vector } from '@mesobath/contracts'
import { applyShifts, SHIFT_CHUNK, shiftPieces } from './axis-shifts.js'
import type { ShiftTables } from './axis-shifts.js'
import type { Team, TeamArray } from './threads/team.js'

/** Numbers in the memory that kernels work in; read `values` again after anything else was allocated there. */
export interface Lane {
  readonly values: Float64Array
}

/** A generator of shifts along axes, ready to be applied. */
export interface ShiftAction {
  readonly dimension: number
  /** Zeroed numbers, in the memory that is fastest. */
  allocate(length: number): Lane
  /** out ← L x; any arrays. */
  apply(x: Vector, out: Float64Array): void
  /** Gives the memory of the tables back; nothing may be applied afterwards. */
  release(): void
  /** out ← scale·L x + keep·x + carry·out, then sum ← sum + weight·out; `out` is not `x`, and not read where `carry` is 0. */
  step(x: Vector, out: Float64Array, scale: number, keep: number, carry: number, sum: Float64Array | null, weight: number): void
}

/** Entries of a tile, some tens of microseconds: sizes alone decide how a job is cut, never the number of threads. */
const TILE_ENTRIES = 32_768

/** A job has no more tiles than a team can count. */
const MOST_TILES = 2048

/** Where parameters of a job go, as assembly/shifts.ts reads them: first the vectors and factors of an application, then the tables. */
const TABLES_AT = 7

const INTEGERS = ['outerCounts', 'outerBase', 'first', 'outerShift', 'runFirst', 'runBegin', 'runEnd', 'runShift', 'runTable'] as const
const NUMBERS = ['outerGain', 'outerLoss', 'innerLoss', 'runGain'] as const
const ORDER = [
  'outerCounts', 'outerBase', 'first', 'outerShift', 'outerGain', 'outerLoss', 'innerLoss', 'runFirst', 'runBegin', 'runEnd', 'runShift', 'runTable',
  'runGain',
] as const

const teamAction = (tables: ShiftTables, team: Team): ShiftAction => {
  const offsets = new Map<string, number>()
  const lanes: TeamArray[] = []
  const taken = (length: number): TeamArray => {
    const lane = team.allocate(Math.max(1, length))
    lanes.push(lane)
    return lane
  }
  for (const name of INTEGERS) {
    const lane = taken(Math.ceil(tables[name].length / 2))
    const { values } = lane
    new Int32Array(values.buffer, values.byteOffset, tables[name].length).set(tables[name])
    offsets.set(name, lane.offset)
  }
  for (const name of NUMBERS) {
    const lane = taken(tables[name].length)
    lane.values.set(tables[name])
    offsets.set(name, lane.offset)
  }
  const { dimension, outerCounts, rowLength, rowsPerLevel } = tables
  const pieces = shiftPieces(tables)
  const piecesPerTile = Math.max(1, Math.ceil((TILE_ENTRIES * pieces) / dimension), Math.ceil(pieces / MOST_TILES))
  const tiles = Math.ceil(pieces / piecesPerTile)
  const parameters = new Float64Array(TABLES_AT + 6 + ORDER.length)
  parameters.set([outerCounts.length, rowLength, rowsPerLevel, SHIFT_CHUNK, pieces, piecesPerTile, ...ORDER.map((name) => offsets.get(name)!)], TABLES_AT)
  const run = (
    x: Vector, out: Float64Array, scale: number, keep: number, carry: number, sum: Float64Array | null, weight: number,
  ): void => {
    parameters[0] = x.byteOffset
    parameters[1] = out.byteOffset
    parameters[2] = sum === null ? 0 : sum.byteOffset
    parameters[3] = scale
    parameters[4] = keep
    parameters[5] = carry
    parameters[6] = weight
    team.run('shiftTile', parameters, tiles)
  }
  // A shared memory that has grown has another buffer; views of the one before still show the same numbers.
  const buffers = new WeakSet<object>()
  const inside = (values: Vector): boolean => team.owns(values as Float64Array) || buffers.has(values.buffer)
  return {
    dimension,
    allocate: (length) => {
      const lane = team.allocate(length)
      buffers.add(lane.values.buffer)
      return lane
    },
    release: () => { for (const lane of lanes.splice(0)) team.release(lane) },
    apply: (x, out) => {
      if (inside(x) && inside(out)) run(x, out, 1, 0, 0, null, 0)
      else applyShifts(tables, x, out, 1, 0, 0, null, 0, 0, pieces)
    },
    step: (x, out, scale, keep, carry, sum, weight) => {
      if (inside(x) && inside(out) && (sum === null || inside(sum))) run(x, out, scale, keep, carry, sum, weight)
      else applyShifts(tables, x, out, scale, keep, carry, sum, weight, 0, pieces)
    },
  }
}

/**
 * The generator that tables describe, applied by the threads and vector instructions of a team, or in plain JavaScript where there is none
 * or where vectors lie elsewhere; the bits are the same.
 */
export const shiftAction = (tables: ShiftTables, team: Team | null = null): ShiftAction => {
  if (team !== null) return teamAction(tables, team)
  const pieces = shiftPieces(tables)
  return {
    dimension: tables.dimension,
    allocate: (length) => ({ values: new Float64Array(length) }),
    release: () => undefined,
    apply: (x, out) => applyShifts(tables, x, out, 1, 0, 0, null, 0, 0, pieces),
    step: (x, out, scale, keep, carry, sum, weight) => applyShifts(tables, x, out, scale, keep, carry, sum, weight, 0, pieces),
  }
}
