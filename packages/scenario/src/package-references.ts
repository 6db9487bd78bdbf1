import type { Plugin } from '@mesobath/contracts'
import { readText } from './internal/read-text.js'

/** A place of a scenario where a package is named. */
export interface PackageReference {
  /** What stands there; a package's name is a text. */
  readonly package: unknown
  readonly kind: keyof Omit<Plugin, 'contract'>
  readonly path: readonly (string | number)[]
}

const member = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined)

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/**
 * The packages that a scenario names: who reads scenarios loads them and adds their entries to the catalogue. Text that cannot be read names
 * none; what is wrong with it is found when it is parsed.
 */
export const packageReferences = (text: string): readonly PackageReference[] => {
  const raw = readText(text)
  if (raw._tag === 'Left') return []
  const scenario = raw.right
  const places: readonly (readonly [PackageReference['kind'], unknown, readonly (string | number)[]])[] = [
    ['baths', member(scenario, 'bath'), ['bath']],
    ...listOf(member(scenario, 'baths')).flatMap((each, index) => [
      ['baths', member(each, 'bath'), ['baths', index, 'bath']] as const, ['rates', member(each, 'rates'), ['baths', index, 'rates']] as const,
    ]),
    ...listOf(member(scenario, 'methods')).flatMap((each, index) => [
      ['algorithms', each, ['methods', index]] as const, ['rates', member(each, 'rates'), ['methods', index, 'rates']] as const,
    ]),
  ]
  return places.flatMap(([kind, value, path]) => {
    const name = member(value, 'package')
    return name === undefined ? [] : [{ package: name, kind, path: [...path, 'package'] }]
  })
}
