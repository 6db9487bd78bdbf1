import { succeed } from '@mesobath/contracts'
import type { Outcome, PairRequest, Planes, TransformRequest, WindowCorrelation } from '@mesobath/contracts'
import { MISMATCH_SNAP } from './internal/axis-rates.js'
import type { PreparedBath } from './prepare-baths.js'

/** Rows already known, by key, with their blocks one after the other. */
class RowStore {
  private readonly index = new Map<string | number, number>()
  private re: Float64Array
  private im: Float64Array

  constructor(private readonly block: number) {
    this.re = new Float64Array(64 * block)
    this.im = new Float64Array(64 * block)
  }

  has(key: string | number): boolean {
    return this.index.has(key)
  }

  add(key: string | number, planes: Planes, row: number): void {
    const at = this.index.size * this.block
    if (at + this.block > this.re.length) {
      this.re = grown(this.re)
      this.im = grown(this.im)
    }
    for (let i = 0; i < this.block; i += 1) {
      this.re[at + i] = planes.re[row * this.block + i]!
      this.im[at + i] = planes.im === null ? 0 : planes.im[row * this.block + i]!
    }
    this.index.set(key, this.index.size)
  }

  read(key: string | number, row: number, out: Planes): void {
    const at = this.index.get(key)! * this.block
    for (let i = 0; i < this.block; i += 1) {
      out.re[row * this.block + i] = this.re[at + i]!
      if (out.im !== null) out.im[row * this.block + i] = this.im[at + i]!
    }
  }
}

const grown = (plane: Float64Array): Float64Array => {
  const larger = new Float64Array(2 * plane.length)
  larger.set(plane)
  return larger
}

const missing = (count: number, known: (row: number) => boolean): readonly number[] => {
  const rows: number[] = []
  for (let row = 0; row < count; row += 1) if (!known(row)) rows.push(row)
  return rows
}

/**
 * The same bath with a correlation function that answers every question it was asked before from its own tables: plug-in code runs while
 * preparing only, generators for later segments of a drive are then built without it.
 */
export const rememberCorrelation = (bath: PreparedBath): PreparedBath => {
  const { correlation } = bath
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  const windows = bath.windows.energies.length
  const { width } = bath.windows
  const strengths = new RowStore(block)
  const transforms = new RowStore(block)
  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    const { frequency, from, to } = request
    // Within a window a model may have a rate at ω ≠ 0 and refuse one at ω = 0: such rows are known apart.
    const still = (row: number): boolean => frequency !== undefined && to[row] === from[row] && Math.abs(frequency[row]!) < MISMATCH_SNAP * width
    const key = (row: number): number => to[row]! * windows + from[row]! + (still(row) ? windows * windows : 0)
    const unknown = missing(to.length, (row) => strengths.has(key(row)))
    if (unknown.length > 0) {
      const found = { re: new Float64Array(unknown.length * block), im: new Float64Array(unknown.length * block) }
      const asked = {
        to: Int32Array.from(unknown, (row) => to[row]!), from: Int32Array.from(unknown, (row) => from[row]!),
        ...(frequency === undefined ? {} : { frequency: Float64Array.from(unknown, (row) => frequency[row]!) }),
      }
      const outcome = correlation.strength(asked, found)
      if (outcome._tag === 'Left') return outcome
      unknown.forEach((row, i) => {
        if (!strengths.has(key(row))) strengths.add(key(row), found, i)
      })
    }
    for (let row = 0; row < to.length; row += 1) strengths.read(key(row), row, out)
    return succeed(undefined)
  }
  const transform = (request: TransformRequest, out: Planes): Outcome<void> => {
    const { frequency, from, times, to } = request
    if (times.length !== 1 || times[0] !== Infinity) return correlation.transform!(request, out)
    const key = (row: number): string => `${to[row]!},${from[row]!},${frequency[row]!}`
    const unknown = missing(to.length, (row) => transforms.has(key(row)))
    if (unknown.length > 0) {
      const found = { re: new Float64Array(unknown.length * block), im: new Float64Array(unknown.length * block) }
      const outcome = correlation.transform!({
        to: Int32Array.from(unknown, (row) => to[row]!), from: Int32Array.from(unknown, (row) => from[row]!),
        frequency: Float64Array.from(unknown, (row) => frequency[row]!), times,
      }, found)
      if (outcome._tag === 'Left') return outcome
      unknown.forEach((row, i) => {
        if (!transforms.has(key(row))) transforms.add(key(row), found, i)
      })
    }
    for (let row = 0; row < to.length; row += 1) transforms.read(key(row), row, out)
    return succeed(undefined)
  }
  const remembered: WindowCorrelation = {
    lineShape: correlation.lineShape, strength, ...(correlation.transform === undefined ? {} : { transform }),
  }
  return { ...bath, correlation: remembered }
}
