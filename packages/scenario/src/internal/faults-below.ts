import type { Fault } from './explain.js'
import { isBelow } from './path-name.js'
import type { Path } from './path-name.js'

/** Whether a part of the scenario is sound enough to build on: no blocking fault at, below or above it. */
export const soundness = (faults: readonly Fault[]) => (path: Path): boolean =>
  !faults.some(({ blocks, issue }) => blocks && (isBelow(issue.path, path) || isBelow(path, issue.path)))

/** The plain data without the keys that nobody knows: what remains is still worth checking. */
export const withoutUnknownKeys = (raw: unknown, faults: readonly Fault[]): unknown => {
  const unknown = faults.filter(({ issue }) => issue.code === 'scenario/unknown-key').map(({ issue }) => issue.path)
  const copy = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((each: unknown, index) => copy(each, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value)
      .filter(([key]) => !unknown.some((other) => other.length === path.length + 1 && isBelow([...path, key], other)))
      .map(([key, each]) => [key, copy(each, [...path, key])]))
  }
  return unknown.length === 0 ? raw : copy(raw, [])
}
