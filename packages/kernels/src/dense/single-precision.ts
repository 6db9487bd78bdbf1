import type { Planes, SingleNumbers, SinglePrecision } from '@mesobath/contracts'
import type { Team, TeamArray } from '../threads/team.js'

/** Columns of a block that are read at a time, and so many numbers more than there are. */
const LANES = 4
/** Blocks are summed by so many: a multiple of the two and the three of a tile in assembly/single.ts. */
const SIDE = 6
/** Rows of a tile, so that parts have no ragged edges but the last. */
const HEIGHT = 3
/** Parts per thread, so that none waits long for the last one. */
const PARTS = 3
/** Real operations that take as long as waking a thread. */
const WORTH_SHARING = 4e6

/** The next multiple. */
const padded = (count: number, unit: number): number => Math.ceil(count / unit) * unit

/** Complex numbers of single precision in a team's memory, which may grow. */
class TeamSingles implements SingleNumbers {
  readonly array: TeamArray
  readonly #count: number

  constructor(team: Team, count: number) {
    this.array = team.allocate(count + LANES)
    this.#count = count
  }

  get offset(): number {
    return this.array.values.byteOffset
  }

  get values(): Float32Array {
    const { buffer, byteOffset } = this.array.values
    return new Float32Array(buffer, byteOffset, 2 * this.#count)
  }
}

/** Adds sums [fours of columns][l][m][plane][4], lines and their ends padded, to planes [terms, terms, width], m ≤ l. */
const addSums = (sums: Float64Array, terms: number, width: number, out: Planes): void => {
  const side = padded(terms, SIDE)
  const { re } = out
  const im = out.im!
  for (let column = 0; column < width; column += LANES) {
    const count = Math.min(LANES, width - column)
    for (let l = 0; l < terms; l++) {
      let from = (column / LANES * side + l) * side * 2 * LANES
      for (let m = 0; m <= l; m++, from += 2 * LANES) {
        const to = (l * terms + m) * width + column
        for (let lane = 0; lane < count; lane++) {
          re[to + lane] = re[to + lane]! + sums[from + lane]!
          im[to + lane] = im[to + lane]! + sums[from + LANES + lane]!
        }
      }
    }
  }
}

/** {@link SinglePrecision} by the kernels of a team; `isSmall` says of so many real operations whether the calling thread does them alone. */
export const singlePrecision = (team: Team, isSmall: (operations: number, least: number) => boolean): SinglePrecision => {
  const product = new Float64Array(11)
  const shifted = new Float64Array(7)
  const overlapped = new Float64Array(8)
  /** One number a row. */
  let beside: TeamArray | null = null
  const putBeside = (values: Float64Array): number => {
    if (beside === null || beside.values.length < values.length) {
      if (beside !== null) team.release(beside)
      beside = null
      beside = team.allocate(values.length)
    }
    beside.values.set(values)
    return beside.values.byteOffset
  }

  return {
    allocate: (count) => new TeamSingles(team, count),
    multiply: (a, rows, columns, adjoint, factor, room, from, width, to, piece, pieces) => {
      const height = adjoint ? columns : rows
      const most = padded(Math.ceil(height / pieces), HEIGHT)
      const first = piece * most
      const last = Math.min(height, first + most)
      if (first >= last) return
      const alone = isSmall((8 * rows * columns * width) / pieces, WORTH_SHARING)
      const band = padded(Math.ceil((last - first) / (alone ? 1 : PARTS * team.threads)), HEIGHT)
      const { offset } = room as TeamSingles
      product[0] = (a as TeamSingles).offset
      product[1] = rows
      product[2] = columns
      product[3] = adjoint ? 1 : 0
      product[4] = offset + 8 * from
      product[5] = width
      product[6] = offset + 8 * to
      product[7] = factor
      product[8] = band
      product[9] = first
      product[10] = last
      team.run('singleProductTile', product, Math.ceil((last - first) / band), alone)
    },
    shift: (diagonal, factor, room, from, before, width, to) => {
      // Room first: it may move what is there.
      shifted[3] = putBeside(diagonal)
      const { offset } = room as TeamSingles
      shifted[0] = offset + 8 * from
      shifted[1] = before === null ? 0 : offset + 8 * before
      shifted[2] = offset + 8 * to
      shifted[4] = factor
      shifted[5] = diagonal.length
      shifted[6] = width
      team.run('singleShiftTile', shifted, 1, true)
    },
    overlap: (room, from, apart, terms, rows, width, overlaps, weights, weighted) => {
      const fours = Math.ceil(width / LANES)
      const side = padded(terms, SIDE)
      const size = fours * side * side * 2 * LANES
      const sums = [team.allocate(size), ...(weights.length === 0 ? [] : [team.allocate(size)])]
      const alone = isSmall(8 * rows * terms * terms * width, WORTH_SHARING)
      overlapped[1] = apart
      overlapped[2] = terms
      overlapped[3] = rows
      overlapped[4] = width
      for (let set = 0; set < Math.max(1, weights.length); set++) {
        const own = weights[set]
        overlapped[5] = own === undefined ? 0 : putBeside(own)
        overlapped[0] = (room as TeamSingles).offset + 8 * from
        overlapped[6] = set > 0 ? 0 : sums[0]!.values.byteOffset
        overlapped[7] = own === undefined ? 0 : sums[1]!.values.byteOffset
        team.run('singleOverlapTile', overlapped, own === undefined || set > 0 ? fours : 2 * fours, alone)
        if (set === 0) addSums(sums[0]!.values, terms, width, overlaps)
        if (own !== undefined) addSums(sums[1]!.values, terms, width, weighted[set]!)
      }
      for (const each of sums) team.release(each)
    },
    release: (numbers) => { team.release((numbers as TeamSingles).array) },
  }
}
