import type { LocalTerm } from '@mesobath/contracts'

/** Bits of an index within a block: a block of 4 kB stays in the first-level cache while every flip is added to it. */
const BLOCK_BITS = 9
/** A flip's coefficient may depend on so many sites. */
const MOST_SUPPORT = 10
/** Integers per record: mask of the block, mask within it, whether tabular, first value, first table, count of upper bits, their places. */
export const RECORD = 16

/**
 * A real operator on vectors over spins of two levels: out[i] = D[i] x[i] + Σ_flips c(i) x[i XOR mask].
 *
 * Whatever a term does to its sites, it flips some of them, with a coefficient that depends on what stood there: few distinct masks are left
 * of many terms. Upper bits of i (the block) choose a value or a table, the table runs over the lower ones.
 */
export interface FlipProgram {
  readonly kind: 'flips'
  readonly length: number
  readonly block: number
  readonly diagonal: Float64Array | null
  /** `RECORD` integers per flip. */
  readonly records: Int32Array
  readonly values: Float64Array
}

/** A real operator on vectors over sites of any dimensions: matrix elements of each term, applied where its sites stand in their rows. */
export interface StridedProgram {
  readonly kind: 'strided'
  readonly length: number
  readonly terms: readonly StridedTerm[]
}

/** One term: its rest configurations as nested loops, outermost first, and its elements. */
export interface StridedTerm {
  readonly counts: Int32Array
  readonly steps: Int32Array
  readonly rows: Int32Array
  readonly columns: Int32Array
  readonly values: Float64Array
}

/** A real operator made of local terms. */
export type LocalProgram = FlipProgram | StridedProgram

/** A Hermitian sum of local terms as Re H and Im H, ready to be applied; null where that part is zero. */
export interface LocalOperator {
  readonly length: number
  readonly re: LocalProgram | null
  readonly im: LocalProgram | null
}

/** A flip's coefficient as a table over the bits it depends on, the first of them fastest. */
interface Group {
  readonly bits: readonly number[]
  readonly table: Float64Array
}

const spread = (group: Group, bits: readonly number[]): Float64Array => {
  const places = group.bits.map((bit) => bits.indexOf(bit))
  return Float64Array.from({ length: 1 << bits.length }, (_, index) =>
    group.table[places.reduce((sum, place, at) => sum | (((index >> place) & 1) << at), 0)]!)
}

/** Without the bits that the table does not depend on. */
const reduced = ({ bits, table }: Group): Group => {
  for (let at = 0; at < bits.length; at++) {
    const flip = 1 << at
    if (!table.every((value, index) => value === table[index ^ flip])) continue
    const rest = bits.filter((_, other) => other !== at)
    const low = flip - 1
    const shorter = Float64Array.from({ length: table.length / 2 }, (_, index) => table[(index & low) | ((index & ~low) << 1)]!)
    return reduced({ bits: rest, table: shorter })
  }
  return { bits, table }
}

/** Adds a group to those of its mask, merged with one of them where their bits are few enough together. */
const join = (groups: Group[], added: Group): void => {
  for (let at = 0; at < groups.length; at++) {
    const bits = [...new Set([...groups[at]!.bits, ...added.bits])].sort((a, b) => a - b)
    if (bits.length > MOST_SUPPORT) continue
    const table = spread(groups[at]!, bits)
    const other = spread(added, bits)
    groups[at] = { bits, table: table.map((value, index) => value + other[index]!) }
    return
  }
  groups.push(added)
}

const flipProgram = (spins: number, terms: readonly LocalTerm[], part: 're' | 'im'): FlipProgram | null => {
  const length = 1 << spins
  const flips = new Map<number, Group[]>()
  const diagonals: Group[] = []
  for (const { sites, operator } of terms) {
    const values = operator[part]
    if (values === null) continue
    const k = sites.length
    if (k > MOST_SUPPORT) throw new RangeError(`a local term must act on at most ${MOST_SUPPORT} spins, but acts on ${k}`)
    // Ascending places in a local index: the last site listed is the fastest.
    const bits = Array.from({ length: k }, (_, at) => spins - 1 - sites[k - 1 - at]!)
    const size = 1 << k
    for (let turned = 0; turned < size; turned++) {
      const table = Float64Array.from({ length: size }, (_, row) => values[row * size + (row ^ turned)]!)
      if (table.every((value) => value === 0)) continue
      const mask = bits.reduce((sum, bit, at) => (((turned >> at) & 1) === 1 ? sum | (1 << bit) : sum), 0)
      if (mask === 0) {
        diagonals.push({ bits, table })
        continue
      }
      const known = flips.get(mask)
      if (known === undefined) flips.set(mask, [{ bits, table }])
      else join(known, { bits, table })
    }
  }
  if (diagonals.length === 0 && flips.size === 0) return null
  return { kind: 'flips', length, block: 1 << Math.min(spins, BLOCK_BITS), diagonal: sumDiagonals(length, diagonals), ...encode(spins, flips) }
}

const sumDiagonals = (length: number, groups: readonly Group[]): Float64Array | null => {
  if (groups.length === 0) return null
  const diagonal = new Float64Array(length)
  for (const { bits, table } of groups) {
    for (let i = 0; i < length; i++) {
      let index = 0
      for (let at = 0; at < bits.length; at++) index |= ((i >> bits[at]!) & 1) << at
      diagonal[i] = diagonal[i]! + table[index]!
    }
  }
  return diagonal
}

const encode = (spins: number, flips: ReadonlyMap<number, readonly Group[]>): { records: Int32Array; values: Float64Array } => {
  const lowBits = Math.min(spins, BLOCK_BITS)
  const block = 1 << lowBits
  const values: number[] = []
  const list: { record: number[]; rank: number }[] = []
  for (const [mask, groups] of flips) {
    for (const each of groups) {
      const { bits, table } = reduced(each)
      if (table.every((value) => value === 0)) continue
      const upper = bits.filter((bit) => bit >= lowBits)
      const lower = bits.filter((bit) => bit < lowBits)
      const ordered = spread({ bits, table }, [...lower, ...upper])
      const configurations = 1 << upper.length
      const perBlock = 1 << lower.length
      const tabular = lower.length > 0
      const at = values.length
      for (let index = 0; index < configurations; index++) {
        const own = ordered.subarray(index * perBlock, (index + 1) * perBlock)
        // Beside a table the value only says whether there is anything to add.
        values.push(tabular ? (own.some((value) => value !== 0) ? 1 : 0) : own[0]!)
      }
      const tables = values.length
      if (tabular) {
        for (let index = 0; index < configurations; index++) {
          for (let i = 0; i < block; i++) {
            values.push(ordered[index * perBlock + lower.reduce((sum, bit, place) => sum | (((i >> bit) & 1) << place), 0)]!)
          }
        }
      }
      const within = mask & (block - 1)
      const record = [mask ^ within, within, tabular ? 1 : 0, at, tables, upper.length, ...upper]
      // Plain flips that keep pairs together go four at a time and must come first; then those that swap a pair; then tables.
      list.push({ record: [...record, ...new Array<number>(RECORD - record.length).fill(0)], rank: tabular ? 2 : within & 1 })
    }
  }
  list.sort((a, b) => a.rank - b.rank || a.record[0]! + a.record[1]! - b.record[0]! - b.record[1]!)
  return { records: Int32Array.from(list.flatMap(({ record }) => record)), values: Float64Array.from(values) }
}

const stridedProgram = (dimensions: readonly number[], terms: readonly LocalTerm[], part: 're' | 'im'): StridedProgram | null => {
  const strides = new Array<number>(dimensions.length)
  let length = 1
  for (let site = dimensions.length - 1; site >= 0; site--) {
    strides[site] = length
    length *= dimensions[site]!
  }
  const made: StridedTerm[] = []
  for (const { sites, operator } of terms) {
    const plane = operator[part]
    if (plane === null || plane.every((value) => value === 0)) continue
    const offsets = Int32Array.from({ length: operator.rows }, (_, index) => {
      let rest = index
      let offset = 0
      for (let at = sites.length - 1; at >= 0; at--) {
        const dimension = dimensions[sites[at]!]!
        offset += (rest % dimension) * strides[sites[at]!]!
        rest = Math.floor(rest / dimension)
      }
      return offset
    })
    const counts: number[] = []
    const steps: number[] = []
    let above = length
    for (const site of [...sites].sort((a, b) => a - b)) {
      const step = dimensions[site]! * strides[site]!
      counts.push(above / step)
      steps.push(step)
      above = strides[site]!
    }
    counts.push(above)
    steps.push(1)
    const filled = Array.from(plane.keys()).filter((at) => plane[at] !== 0)
    made.push({
      counts: Int32Array.from(counts), steps: Int32Array.from(steps),
      rows: Int32Array.from(filled, (at) => offsets[Math.floor(at / operator.columns)]!),
      columns: Int32Array.from(filled, (at) => offsets[at % operator.columns]!),
      values: Float64Array.from(filled, (at) => plane[at]!),
    })
  }
  return made.length === 0 ? null : { kind: 'strided', length, terms: made }
}

/**
 * Makes H = Σ_terms (operator on its sites) ready to be applied to vectors, without a matrix of the whole.
 *
 * `siteDimensions` [sites], site 0 slowest in an index of the whole; terms act on distinct sites and are Hermitian. Memory is one
 * vector where a term is diagonal, besides tables of a few kB per distinct flip.
 */
export const compileLocalTerms = (siteDimensions: readonly number[], terms: readonly LocalTerm[]): LocalOperator => {
  const spins = siteDimensions.every((dimension) => dimension === 2)
  const part = (name: 're' | 'im'): LocalProgram | null =>
    spins ? flipProgram(siteDimensions.length, terms, name) : stridedProgram(siteDimensions, terms, name)
  return { length: siteDimensions.reduce((product, dimension) => product * dimension, 1), re: part('re'), im: part('im') }
}
