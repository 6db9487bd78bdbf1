import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import type { RunRange } from '../drive-base.js'

export type Path = readonly (string | number)[]

/** A path as code: ['moves', 2, 'level'] is moves[2].level. */
const fieldName = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

/** A value as a message shows it. */
export const show = (value: unknown): string => {
  if (typeof value === 'string') return `'${value}'`
  if (value === undefined) return 'missing'
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `a list of ${(value as unknown as ArrayLike<unknown>).length}`
  return typeof value === 'object' && value !== null ? 'a map' : String(value)
}

/** Collects the faults of one constructor; messages open with the field as the caller wrote it. */
export class Faults {
  readonly issues: Issue[] = []

  /** Adds "`field` must …, but …". */
  add(what: string, path: Path, must: string, but: string): void {
    this.issues.push(issue(`drives/${what}`, path, `${path.length === 0 ? 'a drive' : `\`${fieldName(path)}\``} must ${must}, but ${but}`))
  }

  /** Whether `values` is a list of finite numbers. */
  numbers(path: Path, values: ArrayLike<number>, empty: 'may be empty' | 'not empty'): boolean {
    if (typeof values !== 'object' || values === null || typeof values.length !== 'number') {
      this.add('not-a-list', path, 'be a list of numbers', `is ${show(values)}`)
      return false
    }
    const before = this.issues.length
    if (empty === 'not empty' && values.length === 0) this.add('empty', path, 'have at least one entry', 'has none')
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) this.add('not-finite', [...path, i], 'be finite', `is ${show(values[i])}`)
    }
    return this.issues.length === before
  }

  /** Numbers that are λ_ν: not negative either. */
  strengths(path: Path, values: ArrayLike<number>, empty: 'may be empty' | 'not empty' = 'may be empty'): boolean {
    const before = this.issues.length
    if (!this.numbers(path, values, empty)) return false
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < 0) this.add('negative-strength', [...path, i], 'not be negative, being a coupling strength', `is ${values[i]}`)
    }
    return this.issues.length === before
  }

  positive(what: string, path: Path, value: number): boolean {
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return true
    this.add(what, path, 'be finite and positive', `is ${show(value)}`)
    return false
  }

  finite(path: Path, value: number): boolean {
    if (Number.isFinite(value)) return true
    this.add('not-finite', path, 'be finite', `is ${show(value)}`)
    return false
  }

  /**
   * Times in order and inside the run: `strict` where two of them must differ; a quench at the very end of a run, and only a quench,
   * would never act.
   */
  times(path: Path, times: ArrayLike<number>, kind: 'quench' | 'knot' | 'stop', range: RunRange | undefined): boolean {
    const before = this.issues.length
    if (!this.numbers(path, times, 'may be empty')) return false
    for (let i = 0; i < times.length; i++) {
      if (i > 0) {
        const equal = times[i] === times[i - 1]
        const third = equal && i > 1 && times[i] === times[i - 2]
        if (times[i]! < times[i - 1]! || (equal && kind !== 'knot') || third) {
          this.add('unordered', [...path, i], kind === 'knot' ? `follow the times before it (${times[i - 1]}), of which two may be equal: a jump`
            : `exceed the time before it (${times[i - 1]})`, `is ${times[i]}`)
        }
      }
      if (range !== undefined && (times[i]! < range.from || times[i]! > range.to || (kind === 'quench' && times[i] === range.to))) {
        this.add('beyond-run', [...path, i], `lie in the run, which goes from ${range.from} to ${range.to}`, `is ${times[i]}`)
      }
    }
    return this.issues.length === before
  }

  range(range: RunRange | undefined): boolean {
    if (range === undefined || (Number.isFinite(range.from) && Number.isFinite(range.to) && range.from <= range.to)) return true
    this.add('range', ['range'], 'be two finite times in order', `is { from: ${show(range.from)}, to: ${show(range.to)} }`)
    return false
  }
}
