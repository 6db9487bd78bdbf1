import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Vector } from '@mesobath/contracts'
import { tabulate } from '@mesobath/kernels'
import type { TimeTable } from '@mesobath/kernels'
import type { PreparedBath } from '../prepare-baths.js'
import { addAdjoint, MISMATCH_SNAP } from './axis-rates.js'
import { closest, contains } from './frequency-reach.js'
import type { Intervals } from './frequency-reach.js'
import { windowStrengths, windowTransforms } from './pair-tables.js'
import type { FullPlanes } from './pair-tables.js'
import { kappaFault } from './rates-issue.js'

/** Γ of all rows as a function of ω on an interval. */
export interface TransformTable {
  readonly from: number
  readonly to: number
  readonly table: TimeTable
}

/**
 * What one bath's rate model says of every pair of windows that a moving frequency can open: plug-in code has run, everything later
 * is made of this.
 *
 * Rows are canonical pairs (`to` ≥ `from`) in ascending order of E − E', so that those which one ω opens stand together.
 */
export interface RateField {
  readonly bath: PreparedBath
  /** δ of the line shape of a flat window. */
  readonly width: number
  readonly count: number
  readonly to: Int32Array
  readonly from: Int32Array
  /** The different E − E', ascending, and the first row of each [steps], [steps + 1]. */
  readonly steps: Float64Array
  readonly firstRow: Int32Array
  /** κ [row, α, α'] of a flat window; null for own line shapes. */
  readonly kappa: FullPlanes | null
  /** Γ [row, α, α'] against ω of own line shapes; empty for flat windows. */
  readonly transforms: readonly TransformTable[]
}

/** Error of a tabulated line shape relative to its largest value: below the error of any probability that a run is asked for. */
const TABLE_TOLERANCE = 1e-12

interface Rows {
  readonly to: Int32Array
  readonly from: Int32Array
  readonly steps: Float64Array
  readonly firstRow: Int32Array
}

const lowerEnd = (energies: Vector, from: number, value: number): number => {
  let low = from
  let high = energies.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (energies[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Canonical pairs with E − E' in the intervals, or closer than `margin`; all of them where the intervals are null. */
const canonicalRows = ({ windows }: PreparedBath, intervals: Intervals | null, margin: number): Rows => {
  const { energies } = windows
  const count = energies.length
  const pairs: number[] = []
  for (let from = 0; from < count; from += 1) {
    let next = from
    for (let i = 0; i < (intervals === null ? 1 : intervals.length); i += 2) {
      const begin = intervals === null ? from : Math.max(next, lowerEnd(energies, from, energies[from]! + intervals[i]! - margin))
      for (let to = begin; to < count; to += 1) {
        if (intervals !== null && energies[to]! - energies[from]! > intervals[i + 1]! + margin) break
        pairs.push(to * count + from)
        next = to + 1
      }
    }
  }
  const difference = (pair: number): number => energies[Math.floor(pair / count)]! - energies[pair % count]!
  pairs.sort((a, b) => difference(a) - difference(b) || a - b)
  const rounding = 8 * Number.EPSILON * Math.max(Math.abs(energies[0]!), Math.abs(energies[count - 1]!))
  const steps: number[] = []
  const firstRow: number[] = []
  pairs.forEach((pair, row) => {
    if (steps.length > 0 && difference(pair) - steps[steps.length - 1]! <= rounding) return
    steps.push(difference(pair))
    firstRow.push(row)
  })
  return {
    to: Int32Array.from(pairs, (pair) => Math.floor(pair / count)), from: Int32Array.from(pairs, (pair) => pair % count),
    steps: Float64Array.from(steps), firstRow: Int32Array.from([...firstRow, pairs.length]),
  }
}

/** κ of all rows; those that never carry a rate are asked for without a frequency. */
const flatStrengths = (bath: PreparedBath, { from, to }: Rows, reach: Intervals, width: number): Outcome<FullPlanes> => {
  const { energies } = bath.windows
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  const planes = { re: new Float64Array(to.length * block), im: new Float64Array(to.length * block) }
  const open: number[] = []
  const closed: number[] = []
  for (let row = 0; row < to.length; row += 1) {
    const step = energies[to[row]!]! - energies[from[row]!]!
    if (contains(reach, step, width)) open.push(row)
    else closed.push(row)
  }
  for (const rows of [open, closed]) {
    const rowsTo = Int32Array.from(rows, (row) => to[row]!)
    const rowsFrom = Int32Array.from(rows, (row) => from[row]!)
    // Of all ω that open a window to itself the smallest tells whether its rate exists.
    const frequency = rows === open
      ? Float64Array.from(rows, (row) => (to[row] === from[row] ? closest(reach, 0) : closest(reach, energies[to[row]!]! - energies[from[row]!]!)))
      : undefined
    const known = windowStrengths(bath, rowsTo, rowsFrom, frequency)
    if (known._tag === 'Left') return known
    rows.forEach((row, i) => {
      for (let j = 0; j < block; j += 1) {
        planes.re[row * block + j] = known.right.re[i * block + j]!
        planes.im[row * block + j] = known.right.im[i * block + j]!
      }
    })
  }
  return succeed(planes)
}

/** Γ against ω on each interval of the reach; positivity is judged where the table looked. */
const transformTables = (bath: PreparedBath, { from, to }: Rows, reach: Intervals): Outcome<readonly TransformTable[]> => {
  const count = to.length
  const couplings = bath.systemCouplings.length
  const components = count * couplings * couplings
  const { lineShape } = bath.correlation
  if (lineShape.kind !== 'own' || !lineShape.stationary) {
    const refusal = windowTransforms(bath, to, from, new Float64Array(count))
    if (refusal._tag === 'Left') return refusal
  }
  const evaluate = (frequencies: Float64Array, out: FullPlanes): Outcome<void> => {
    const frequency = new Float64Array(count)
    for (let i = 0; i < frequencies.length; i += 1) {
      frequency.fill(Math.abs(frequencies[i]!) < MISMATCH_SNAP * bath.windows.width ? 0 : frequencies[i]!)
      const known = windowTransforms(bath, to, from, frequency)
      if (known._tag === 'Left') return known
      out.re.set(known.right.re, i * components)
      out.im.set(known.right.im, i * components)
      addAdjoint(known.right, couplings)
      const violation = kappaFault(bath.label, bath.rates, couplings, { to, from }, known.right)
      if (violation !== null) return violation
    }
    return succeed(undefined)
  }
  const tables: TransformTable[] = []
  for (let i = 0; i < reach.length; i += 2) {
    const low = reach[i]!
    const high = reach[i + 1]!
    // Line shapes vary over about a window's width.
    const table = tabulate((frequencies, out) => evaluate(frequencies, { re: out.re, im: out.im! }), components, low, high,
      (2 * Math.PI) / bath.windows.width, TABLE_TOLERANCE)
    if (table._tag === 'Left') {
      return fail(...(table.left.map((each) => (each.code.startsWith('kernels/')
        ? issue('composition/line-shape-not-smooth', ['rates', bath.label],
          `\`rates.${bath.label}\`: to follow a drive the line shape of "${bath.rates.name}" must be a smooth function of the frequency between `
          + `${low} and ${high}, but ${each.message}`)
        : each)) as [typeof table.left[0]]))
    }
    tables.push({ from: low, to: high, table: table.right })
  }
  return succeed(tables)
}

/**
 * Reads a bath's rate model over a reach of frequencies.
 *
 * @param reach - what the frequencies that the bath touches take on, symmetric under ω → −ω
 * @param allPairs - whether the Lamb shift, in which every pair of windows takes part, is wanted too
 */
export const rateField = (bath: PreparedBath, reach: Intervals, allPairs: boolean): Outcome<RateField> => {
  const { lineShape } = bath.correlation
  const flat = lineShape.kind === 'flat-window'
  const width = flat ? lineShape.width : bath.windows.width
  const rows = canonicalRows(bath, allPairs || !flat ? null : reach, width)
  const common = { bath, width, count: rows.to.length, ...rows }
  if (flat) {
    const kappa = flatStrengths(bath, rows, reach, width)
    return kappa._tag === 'Left' ? kappa : succeed({ ...common, kappa: kappa.right, transforms: [] })
  }
  const transforms = transformTables(bath, rows, reach)
  return transforms._tag === 'Left' ? transforms : succeed({ ...common, kappa: null, transforms: transforms.right })
}

/** Writes Γ of all rows at ω; outside what was tabulated the end of the nearest interval stands in. */
export const readTransforms = ({ transforms }: RateField, frequency: number, out: FullPlanes): void => {
  let best = transforms[0]!
  for (let i = 0; i < transforms.length; i += 1) {
    const each = transforms[i]!
    if (frequency >= each.from && frequency <= each.to) {
      best = each
      break
    }
    const distance = Math.min(Math.abs(frequency - each.from), Math.abs(frequency - each.to))
    if (distance < Math.min(Math.abs(frequency - best.from), Math.abs(frequency - best.to))) best = each
  }
  best.table.at(Math.min(Math.max(frequency, best.from), best.to), out)
}
