import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { didYouMean } from './nearest.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'
import { shown } from './shown.js'

type Schema = { readonly [key: string]: unknown }

/** A fault of form. What blocks cannot be built on; an unknown key is set aside and the rest still checked. */
export interface Fault {
  readonly issue: Issue
  readonly blocks: boolean
}

const PHRASES: Readonly<Record<string, string>> = {
  number: 'a number', integer: 'an integer', string: 'a text', boolean: 'true or false', array: 'a list', object: 'a map', null: 'null',
}

/** What a schema asks for, to be read after "must be". */
const wanted = (schema: Schema): string => {
  const { type, minimum, exclusiveMinimum, maximum, exclusiveMaximum, description } = schema
  const range = [
    ...(typeof minimum === 'number' ? [`at least ${minimum}`] : []), ...(typeof exclusiveMinimum === 'number' ? [`greater than ${exclusiveMinimum}`] : []),
    ...(typeof maximum === 'number' ? [`at most ${maximum}`] : []), ...(typeof exclusiveMaximum === 'number' ? [`less than ${exclusiveMaximum}`] : []),
  ]
  if (type === 'integer' && minimum === 1 && range.length === 1) return 'a positive integer'
  if (type === 'number' && exclusiveMinimum === 0 && range.length === 1) return 'a positive number'
  if (type === 'integer' || type === 'number') return [PHRASES[type], range.join(' and ')].filter((part) => part !== '').join(' ')
  if (typeof description === 'string') return description
  return typeof type === 'string' ? PHRASES[type] ?? type : 'of another form'
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

const accepts = (schema: Schema, value: unknown): boolean => {
  const { type } = schema
  const kind = kindOf(value)
  if (type === undefined) return true
  return type === kind || (type === 'integer' && kind === 'number')
}

/** Keys that choose an entry by its name. */
const SELECTORS = ['model', 'method']

/** The one value that a form allows for a key. */
const constantOf = (schema: Schema, key: string): unknown => ((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)[key]?.['const']

const at = (value: unknown, path: Path): unknown => {
  let current = value
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Readonly<Record<string | number, unknown>>)[part]
  }
  return current
}

const pathOf = (value: unknown, pointer: string): Path => {
  const path: (string | number)[] = []
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(at(value, path)) ? Number(part) : part)
  }
  return path
}

/** Turns JSON Schema errors into issues a person can act on: the one branch of a union that was meant, and the nearest word. */
export const explainer = (): ((schema: Schema, value: unknown, path: Path) => readonly Fault[]) => {
  // A NaN is reported by its own walk; here it would only be reported twice.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, strictNumbers: false, validateFormats: false })
  const compiled = new Map<Schema, ValidateFunction>()
  const validator = (schema: Schema): ValidateFunction => {
    const known = compiled.get(schema)
    if (known !== undefined) return known
    const fresh = ajv.compile(schema)
    compiled.set(schema, fresh)
    return fresh
  }

  const union = (schema: Schema, value: unknown, path: Path): readonly Fault[] => {
    const branches = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[]
    const accepting = branches.filter((branch) => accepts(branch, value))
    if (accepting.length === 0) return [fault('scenario/type', path, wanted(schema), value)]
    const named = accepting.filter((branch) => constantOf(branch, 'package') !== undefined)
    if (kindOf(value) === 'object' && 'package' in (value as object) && accepting.some((branch) => SELECTORS.some((key) => constantOf(branch, key) !== undefined))) {
      return packaged(named, value, path)
    }
    const open = accepting.filter((branch) => !named.includes(branch))
    const selectors = open.flatMap((branch) => Object.entries((branch['properties'] ?? {}) as Readonly<Record<string, Schema>>)
      .filter(([, property]) => 'const' in property).map(([key, property]) => ({ branch, key, name: property['const'] })))
    const selector = selectors[0]
    if (selector !== undefined && selectors.length === open.length) {
      const name = at(value, [selector.key])
      const chosen = selectors.find((each) => each.name === name)
      if (chosen !== undefined) return explain(chosen.branch, value, path)
      return [name === undefined ? missing([...path, selector.key]) : unknownName([...path, selector.key], selectors.map((each) => each.name), name)]
    }
    const meant = open.map((branch) => {
      const keys = Object.keys((branch['properties'] ?? {}) as object)
      const shared = kindOf(value) === 'object' ? Object.keys(value as object).filter((key) => keys.includes(key)).length : 0
      return { shared, faults: explain(branch, value, path) }
    })
    const best = meant.reduce((a, b) => b.shared > a.shared || (b.shared === a.shared && b.faults.length < a.faults.length) ? b : a)
    // A map that shares no key with any form: the list of forms says more than one form's complaints.
    return kindOf(value) === 'object' && best.shared === 0 && open.length > 1 ? [fault('scenario/type', path, wanted(schema), value)] : best.faults
  }

  /** The form of an entry of a package: the one of that package, and where it has several the one of that name. */
  const packaged = (branches: readonly Schema[], value: unknown, path: Path): readonly Fault[] => {
    const names = [...new Set(branches.map((branch) => constantOf(branch, 'package')))]
    const own = branches.filter((branch) => constantOf(branch, 'package') === at(value, ['package']))
    const [first] = own
    if (first === undefined) {
      const must = names.length === 0 ? 'be a package whose plug-ins were loaded' : `be one of ${names.join(', ')}`
      return [{ issue: issue('scenario/unknown-package', [...path, 'package'], `\`${pathName([...path, 'package'])}\` must ${must}, but is ${shown(at(value, ['package']))}`), blocks: true }]
    }
    const key = SELECTORS.find((each) => constantOf(first, each) !== undefined) ?? ''
    const name = at(value, [key])
    const chosen = name === undefined && own.length === 1 ? first : own.find((branch) => constantOf(branch, key) === name)
    if (chosen !== undefined) return explain(chosen, value, path)
    return [name === undefined ? missing([...path, key]) : unknownName([...path, key], own.map((branch) => constantOf(branch, key)), name)]
  }

  const explain = (schema: Schema, value: unknown, path: Path): readonly Fault[] => {
    const validate = validator(schema)
    if (validate(value)) return []
    const errors = [...validate.errors ?? []]
    const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
    // Both at once would tell the same fault twice: branches of a union are explained by themselves.
    const inside = (error: ErrorObject): boolean => unions.some((each) => error.schemaPath.startsWith(`${each.schemaPath}/`))
    return errors.filter((error) => !inside(error) && error.keyword !== 'if').flatMap((error) => {
      const below = pathOf(value, error.instancePath)
      const full = [...path, ...below]
      if (error.keyword === 'anyOf' || error.keyword === 'oneOf') return union(error.parentSchema as Schema, error.data, full)
      return [explainOne(error, full)]
    })
  }
  return explain
}

const fault = (code: string, path: Path, must: string, value: unknown): Fault =>
  ({ issue: issue(code, path, `\`${pathName(path)}\` must be ${must}, but is ${shown(value)}`), blocks: true })

const missing = (path: Path): Fault =>
  ({ issue: issue('scenario/missing-key', path, `\`${pathName(path)}\` must be given, but is missing`), blocks: true })

const unknownName = (path: Path, known: readonly unknown[], value: unknown): Fault => {
  const names = known.map(String)
  const hint = typeof value === 'string' ? didYouMean(value, names) : ''
  return {
    issue: issue('scenario/unknown-name', path, `\`${pathName(path)}\` must be one of ${names.join(', ')}, but is ${shown(value)}${hint}`),
    blocks: true,
  }
}

const explainOne = (error: ErrorObject, path: Path): Fault => {
  const schema = error.parentSchema as Schema
  const { data } = error
  const limit = (error.params as { readonly limit?: number }).limit ?? 0
  switch (error.keyword) {
    case 'additionalProperties': case 'unevaluatedProperties': {
      const { additionalProperty, unevaluatedProperty } = error.params as { additionalProperty?: string; unevaluatedProperty?: string }
      const key = additionalProperty ?? unevaluatedProperty ?? ''
      const known = Object.keys((schema['properties'] ?? {}) as object)
      const where = [...path, key]
      return {
        issue: issue('scenario/unknown-key', where, `\`${pathName(where)}\` must be a known key (${known.join(', ')}), but is not${didYouMean(key, known)}`),
        blocks: false,
      }
    }
    case 'required':
      return missing([...path, (error.params as { readonly missingProperty: string }).missingProperty])
    case 'type':
      return fault('scenario/type', path, wanted(schema), data)
    case 'enum':
      return unknownName(path, (error.params as { readonly allowedValues: readonly unknown[] }).allowedValues, data)
    case 'const':
      return unknownName(path, [(error.params as { readonly allowedValue: unknown }).allowedValue], data)
    case 'minimum': case 'exclusiveMinimum': case 'maximum': case 'exclusiveMaximum': case 'multipleOf':
      return fault('scenario/range', path, wanted(schema), data)
    case 'minItems': case 'maxItems': {
      const entries = limit === 1 ? 'entry' : 'entries'
      const must = error.keyword === 'minItems' ? `have at least ${limit} ${entries}` : `have at most ${limit} ${entries}`
      return { issue: issue('scenario/shape', path, `\`${pathName(path)}\` must ${must}, but has ${(data as readonly unknown[]).length}`), blocks: true }
    }
    case 'pattern': case 'not':
      return fault('scenario/type', path, wanted(schema), data)
    default:
      return { issue: issue('scenario/type', path, `\`${pathName(path)}\` ${error.message ?? 'must have another form'}, but is ${shown(data)}`), blocks: true }
  }
}
