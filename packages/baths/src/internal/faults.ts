import type { Issue } from '@mesobath/contracts'
import { issue } from '@mesobath/contracts'

/** Collects the faults of one factory call; messages open with the field as the caller wrote it. */
export interface Faults {
  readonly issues: Issue[]
  /** Adds "`field` must …, but …". */
  add(code: string, path: readonly (string | number)[], requirement: string, found: string): void
}

/** A path as code: ['windows', 2, 'volume'] is windows[2].volume. */
export const fieldName = (path: readonly (string | number)[]): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

/** A value as a message shows it: short, and telling NaN from null. */
export const show = (value: unknown): string => {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return `'${value}'`
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' ? 'an object' : String(value)
}

/** An empty collection of faults. */
export const collectFaults = (): Faults => {
  const issues: Issue[] = []
  return {
    issues,
    add: (code, path, requirement, found) => {
      issues.push(issue(`baths/${code}`, path, `\`${fieldName(path)}\` must ${requirement}, but ${found}`))
    },
  }
}
