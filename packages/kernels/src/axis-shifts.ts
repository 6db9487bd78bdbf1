import type { Vector } from '@mesobath/contracts'

/** Jumps (q, e') → (k, e) along one axis of a lattice [level, axis₁ … axisₙ], whatever the places on the other axes. */
export interface AxisJumps {
  readonly count: number
  readonly toLevel: Int32Array
  readonly fromLevel: Int32Array
  readonly toWindow: Int32Array
  readonly fromWindow: Int32Array
}

/** What of a jump is gained where it ends, and what is lost where it begins. */
export interface JumpWeights {
  readonly gain: Vector
  readonly loss: Vector
}

/**
 * A generator on a lattice [level, axis₁ … axisₙ] as shifts along its axes. The last axes together are one row, swept at once with tables as
 * long as the row; the others contribute one number per row. Nothing is as large as the lattice.
 */
export interface ShiftTables {
  readonly levels: number
  /** Number of entries. */
  readonly dimension: number
  readonly rowLength: number
  readonly rowsPerLevel: number
  /** Length of each axis that is not in a row. */
  readonly outerCounts: Int32Array
  /** Where in `first` and `outerLoss` each of these axes begins, [level, place] inside. */
  readonly outerBase: Int32Array
  /** Gains of a place lie from first[place] to first[place + 1]. */
  readonly first: Int32Array
  /** How many entries the source lies beyond the target. */
  readonly outerShift: Int32Array
  readonly outerGain: Float64Array
  readonly outerLoss: Float64Array
  /** [level, rowLength]. */
  readonly innerLoss: Float64Array
  /** Runs of a level lie from runFirst[level] to runFirst[level + 1]; a run gains at [begin, end) of a row from entries `shift` beyond. */
  readonly runFirst: Int32Array
  readonly runBegin: Int32Array
  readonly runEnd: Int32Array
  readonly runShift: Int32Array
  /** Gains of a run's entries, from here on in `runGain`. */
  readonly runTable: Int32Array
  readonly runGain: Float64Array
}

/** Rows are at least so long where the lattice is: below, what is done once per row costs as much as its entries. */
const ROW_ENTRIES = 64

/** ... and no longer than this unless one axis is: tables are as long as a row. */
const ROW_LIMIT = 8192

/** Gaps of a run that are cheaper filled with zeros than jumped over. */
const RUN_GAP = 8

/** Entries swept at once: the target, its sources and tables then stay in the fastest cache. */
export const SHIFT_CHUNK = 1024

const product = (values: ArrayLike<number>, from: number, to: number): number => {
  let result = 1
  for (let i = from; i < to; i += 1) result *= values[i]!
  return result
}

/** The number of axes outside a row. */
const outerAxes = (counts: Int32Array): number => {
  let axis = counts.length - 1
  while (axis > 0 && product(counts, axis, counts.length) < ROW_ENTRIES && product(counts, axis - 1, counts.length) <= ROW_LIMIT) axis -= 1
  return Math.max(0, axis)
}

interface Outer {
  readonly base: Int32Array
  readonly first: Int32Array
  readonly shift: Int32Array
  readonly gain: Float64Array
  readonly loss: Float64Array
}

const outerTables = (levels: number, counts: Int32Array, outer: number, jumps: readonly AxisJumps[], weights: readonly JumpWeights[]): Outer => {
  const size = product(counts, 0, counts.length)
  const base = new Int32Array(outer)
  let places = 0
  for (let axis = 0; axis < outer; axis += 1) {
    base[axis] = places
    places += levels * counts[axis]!
  }
  const first = new Int32Array(places + 1)
  const loss = new Float64Array(places)
  const total = jumps.slice(0, outer).reduce((sum, each) => sum + each.count, 0)
  const shift = new Int32Array(total)
  const gain = new Float64Array(total)
  for (let axis = 0; axis < outer; axis += 1) {
    const { count, fromLevel, fromWindow, toLevel, toWindow } = jumps[axis]!
    for (let i = 0; i < count; i += 1) {
      first[base[axis]! + toLevel[i]! * counts[axis]! + toWindow[i]! + 1]! += 1
      loss[base[axis]! + fromLevel[i]! * counts[axis]! + fromWindow[i]!]! += weights[axis]!.loss[i]!
    }
  }
  for (let place = 0; place < places; place += 1) first[place + 1]! += first[place]!
  const next = first.slice(0, places)
  for (let axis = 0; axis < outer; axis += 1) {
    const { count, fromLevel, fromWindow, toLevel, toWindow } = jumps[axis]!
    const stride = product(counts, axis + 1, counts.length)
    for (let i = 0; i < count; i += 1) {
      const place = base[axis]! + toLevel[i]! * counts[axis]! + toWindow[i]!
      const at = next[place]!
      next[place] = at + 1
      shift[at] = (fromLevel[i]! - toLevel[i]!) * size + (fromWindow[i]! - toWindow[i]!) * stride
      gain[at] = weights[axis]!.gain[i]!
    }
  }
  return { base, first, shift, gain, loss }
}

/** Jumps in an order in which those of one level, source level and shift stand together, ascending in the target's place. */
const groupedJumps = (
  { count, fromLevel, fromWindow, toLevel, toWindow }: AxisJumps, levels: number, windows: number,
): { readonly order: Int32Array; readonly ends: Int32Array } => {
  const groups = new Map<number, number>()
  const member = new Int32Array(count)
  const sizes: number[] = []
  for (let i = 0; i < count; i += 1) {
    const key = (toLevel[i]! * levels + fromLevel[i]!) * 2 * windows + windows + fromWindow[i]! - toWindow[i]!
    let group = groups.get(key)
    if (group === undefined) {
      group = sizes.length
      groups.set(key, group)
      sizes.push(0)
    }
    member[i] = group
    sizes[group]! += 1
  }
  const ends = Int32Array.from(sizes)
  for (let group = 1; group < ends.length; group += 1) ends[group]! += ends[group - 1]!
  const next = ends.map((end, group) => end - sizes[group]!)
  const order = new Int32Array(count)
  for (let i = 0; i < count; i += 1) {
    const group = member[i]!
    order[next[group]!] = i
    next[group]! += 1
  }
  for (let group = 0; group < ends.length; group += 1) {
    const jumps = order.subarray(ends[group]! - sizes[group]!, ends[group]!)
    if (jumps.some((jump, i) => i > 0 && toWindow[jump]! < toWindow[jumps[i - 1]!]!)) jumps.sort((a, b) => toWindow[a]! - toWindow[b]!)
  }
  return { order, ends }
}

/** Runs as they are laid: counted first, written when their number is known. */
class RunLayer {
  runs = 0
  entries = 0
  #level = -1
  #shift = 0
  #end = 0

  constructor(private readonly tables: { begin: Int32Array; end: Int32Array; level: Int32Array; shift: Int32Array; table: Int32Array; gain: Float64Array } | null) {}

  /** Whatever was laid before, the next stretch is another run's. */
  close(): void {
    this.#level = -1
  }

  lay(level: number, shift: number, begin: number, length: number, gain: number): void {
    const gap = begin - this.#end
    if (level === this.#level && shift === this.#shift && gap >= 0 && gap <= RUN_GAP) {
      this.entries += gap
    } else {
      if (this.tables !== null) {
        this.tables.begin[this.runs] = begin
        this.tables.level[this.runs] = level
        this.tables.shift[this.runs] = shift
        this.tables.table[this.runs] = this.entries
      }
      this.runs += 1
      this.#level = level
      this.#shift = shift
    }
    this.#end = begin + length
    if (this.tables !== null) {
      this.tables.end[this.runs - 1] = this.#end
      this.tables.gain.fill(gain, this.entries, this.entries + length)
    }
    this.entries += length
  }
}

interface Inner {
  readonly loss: Float64Array
  readonly first: Int32Array
  readonly begin: Int32Array
  readonly end: Int32Array
  readonly shift: Int32Array
  readonly table: Int32Array
  readonly gain: Float64Array
}

const innerTables = (levels: number, counts: Int32Array, outer: number, jumps: readonly AxisJumps[], weights: readonly JumpWeights[]): Inner => {
  const size = product(counts, 0, counts.length)
  const row = product(counts, outer, counts.length)
  const loss = new Float64Array(levels * row)
  const grouped = jumps.map((each, axis) => (axis < outer ? null : groupedJumps(each, levels, counts[axis]!)))
  const layAll = (layer: RunLayer): void => {
    for (let axis = outer; axis < counts.length; axis += 1) {
      const { fromLevel, fromWindow, toLevel, toWindow } = jumps[axis]!
      const { ends, order } = grouped[axis]!
      const stride = product(counts, axis + 1, counts.length)
      const span = counts[axis]! * stride
      for (let group = 0; group < ends.length; group += 1) {
        const begin = group === 0 ? 0 : ends[group - 1]!
        const lead = order[begin]!
        const shift = (fromLevel[lead]! - toLevel[lead]!) * size + (fromWindow[lead]! - toWindow[lead]!) * stride
        layer.close()
        for (let high = 0; high < row; high += span) {
          for (let i = begin; i < ends[group]!; i += 1) {
            const jump = order[i]!
            layer.lay(toLevel[lead]!, shift, high + toWindow[jump]! * stride, stride, weights[axis]!.gain[jump]!)
          }
        }
      }
    }
  }
  for (let axis = outer; axis < counts.length; axis += 1) {
    const { count, fromLevel, fromWindow } = jumps[axis]!
    const stride = product(counts, axis + 1, counts.length)
    const span = counts[axis]! * stride
    for (let i = 0; i < count; i += 1) {
      const at = fromLevel[i]! * row + fromWindow[i]! * stride
      for (let high = 0; high < row; high += span) {
        for (let low = high; low < high + stride; low += 1) loss[at + low]! += weights[axis]!.loss[i]!
      }
    }
  }
  const counted = new RunLayer(null)
  layAll(counted)
  const { runs } = counted
  const laid = {
    begin: new Int32Array(runs), end: new Int32Array(runs), level: new Int32Array(runs), shift: new Int32Array(runs), table: new Int32Array(runs),
    gain: new Float64Array(counted.entries),
  }
  layAll(new RunLayer(laid))
  // By target level, otherwise as they were laid: sums of one entry always run in the same order.
  const first = new Int32Array(levels + 1)
  for (const level of laid.level) first[level + 1]! += 1
  for (let level = 0; level < levels; level += 1) first[level + 1]! += first[level]!
  const next = first.slice(0, levels)
  const order = new Int32Array(runs)
  laid.level.forEach((level, run) => {
    order[next[level]!] = run
    next[level]! += 1
  })
  const sorted = (values: Int32Array): Int32Array => order.map((run) => values[run]!)
  return { loss, first, begin: sorted(laid.begin), end: sorted(laid.end), shift: sorted(laid.shift), table: sorted(laid.table), gain: laid.gain }
}

/**
 * Tables of a generator, out[target] = Σ gain·x[source] − Σ loss·x[target], from its jumps along each axis.
 *
 * @param levels - d
 * @param counts - places on each axis [n]
 * @param jumps - of each axis [n]
 * @param weights - of the jumps of each axis [n]
 */
export const shiftTables = (levels: number, counts: Int32Array, jumps: readonly AxisJumps[], weights: readonly JumpWeights[]): ShiftTables => {
  const outer = outerAxes(counts)
  const rowLength = product(counts, outer, counts.length)
  const size = product(counts, 0, counts.length)
  const outside = outerTables(levels, counts, outer, jumps, weights)
  const inside = innerTables(levels, counts, outer, jumps, weights)
  return {
    levels, dimension: levels * size, rowLength, rowsPerLevel: size / rowLength, outerCounts: counts.slice(0, outer),
    outerBase: outside.base, first: outside.first, outerShift: outside.shift, outerGain: outside.gain, outerLoss: outside.loss,
    innerLoss: inside.loss, runFirst: inside.first, runBegin: inside.begin, runEnd: inside.end, runShift: inside.shift, runTable: inside.table,
    runGain: inside.gain,
  }
}

/** Pieces of rows that are swept one after the other. */
export const shiftPieces = ({ levels, rowLength, rowsPerLevel }: ShiftTables): number => levels * rowsPerLevel * Math.ceil(rowLength / SHIFT_CHUNK)

/** out = carry·out + (factor − scale·loss)·x. */
const keep = (x: Vector, out: Float64Array, at: number, length: number, factor: number, loss: Vector, from: number, scale: number, carry: number): void => {
  if (carry === 0) {
    for (let i = 0; i < length; i += 1) out[at + i] = (factor - scale * loss[from + i]!) * x[at + i]!
  } else {
    for (let i = 0; i < length; i += 1) out[at + i] = carry * out[at + i]! + (factor - scale * loss[from + i]!) * x[at + i]!
  }
}

/** The same with the gain of one other row. */
const keepAndGain = (
  x: Vector, out: Float64Array, at: number, length: number, factor: number, loss: Vector, from: number, scale: number, carry: number, source: number,
  gain: number,
): void => {
  if (carry === 0) {
    for (let i = 0; i < length; i += 1) out[at + i] = (factor - scale * loss[from + i]!) * x[at + i]! + gain * x[source + i]!
  } else {
    for (let i = 0; i < length; i += 1) {
      out[at + i] = carry * out[at + i]! + (factor - scale * loss[from + i]!) * x[at + i]! + gain * x[source + i]!
    }
  }
}

/** The same with those of two. */
const keepAndGainTwice = (
  x: Vector, out: Float64Array, at: number, length: number, factor: number, loss: Vector, from: number, scale: number, carry: number, source: number,
  gain: number, second: number, secondGain: number,
): void => {
  if (carry === 0) {
    for (let i = 0; i < length; i += 1) {
      out[at + i] = (factor - scale * loss[from + i]!) * x[at + i]! + gain * x[source + i]! + secondGain * x[second + i]!
    }
  } else {
    for (let i = 0; i < length; i += 1) {
      out[at + i] = carry * out[at + i]! + (factor - scale * loss[from + i]!) * x[at + i]! + gain * x[source + i]! + secondGain * x[second + i]!
    }
  }
}

const gainRow = (x: Vector, out: Float64Array, at: number, length: number, source: number, gain: number): void => {
  for (let i = 0; i < length; i += 1) out[at + i] = out[at + i]! + gain * x[source + i]!
}

const gainRun = (x: Vector, out: Float64Array, at: number, length: number, source: number, table: Vector, from: number, scale: number): void => {
  for (let i = 0; i < length; i += 1) out[at + i] = out[at + i]! + scale * table[from + i]! * x[source + i]!
}

const addWeighted = (out: Vector, sum: Float64Array, at: number, length: number, weight: number): void => {
  for (let i = 0; i < length; i += 1) sum[at + i] = sum[at + i]! + weight * out[at + i]!
}

/**
 * out ← scale·L x + keep·x + carry·out, then sum ← sum + weight·out, for the pieces [from, to) of all rows; vectors may be longer than the lattice.
 *
 * `out` is not `x`; it is not read where `carry` is 0. Every entry is made by the same operations in the same order, whatever the pieces.
 */
export const applyShifts = (
  tables: ShiftTables, x: Vector, out: Float64Array, scale: number, keeping: number, carry: number, sum: Float64Array | null, weight: number,
  from: number, to: number,
): void => {
  const { first, innerLoss, outerBase, outerCounts, outerGain, outerLoss, outerShift, rowLength, rowsPerLevel, runBegin, runEnd, runFirst, runGain, runShift, runTable } = tables
  const chunks = Math.ceil(rowLength / SHIFT_CHUNK)
  const axes = outerCounts.length
  for (let piece = from; piece < to; piece += 1) {
    const row = Math.floor(piece / chunks)
    const level = Math.floor(row / rowsPerLevel)
    const begin = (piece - row * chunks) * SHIFT_CHUNK
    const end = Math.min(rowLength, begin + SHIFT_CHUNK)
    const at = row * rowLength + begin
    const length = end - begin
    const inner = level * rowLength + begin
    let loss = 0
    let rest = row - level * rowsPerLevel
    for (let axis = axes - 1; axis >= 0; axis -= 1) {
      const count = outerCounts[axis]!
      const above = Math.floor(rest / count)
      loss += outerLoss[outerBase[axis]! + level * count + rest - above * count]!
      rest = above
    }
    const factor = keeping - scale * loss
    // Gains of other rows wait for a second one, so that both are added in one sweep with what is kept.
    let waiting = -1
    let kept = false
    rest = row - level * rowsPerLevel
    for (let axis = axes - 1; axis >= 0; axis -= 1) {
      const count = outerCounts[axis]!
      const above = Math.floor(rest / count)
      const place = outerBase[axis]! + level * count + rest - above * count
      rest = above
      for (let term = first[place]!; term < first[place + 1]!; term += 1) {
        if (kept) {
          gainRow(x, out, at, length, at + outerShift[term]!, scale * outerGain[term]!)
        } else if (waiting < 0) {
          waiting = term
        } else {
          keepAndGainTwice(x, out, at, length, factor, innerLoss, inner, scale, carry, at + outerShift[waiting]!, scale * outerGain[waiting]!,
            at + outerShift[term]!, scale * outerGain[term]!)
          kept = true
        }
      }
    }
    if (!kept) {
      if (waiting < 0) keep(x, out, at, length, factor, innerLoss, inner, scale, carry)
      else keepAndGain(x, out, at, length, factor, innerLoss, inner, scale, carry, at + outerShift[waiting]!, scale * outerGain[waiting]!)
    }
    for (let run = runFirst[level]!; run < runFirst[level + 1]!; run += 1) {
      const low = Math.max(begin, runBegin[run]!)
      const high = Math.min(end, runEnd[run]!)
      if (low < high) gainRun(x, out, at + low - begin, high - low, at + low - begin + runShift[run]!, runGain, runTable[run]! + low - runBegin[run]!, scale)
    }
    if (sum !== null) addWeighted(out, sum, at, length, weight)
  }
}
