import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'

/** NaN and infinities anywhere in plain data, `.nan` and `.inf` of YAML included. */
export const notFinite = (value: unknown, path: Path = []): readonly Issue[] => {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? [] : [issue('scenario/not-finite', path, `\`${pathName(path)}\` must be a finite number, but is ${value}`)]
  }
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => notFinite(each, [...path, index]))
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, each]) => notFinite(each, [...path, key]))
  return []
}
