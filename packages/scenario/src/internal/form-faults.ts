import type { Catalogue } from '@mesobath/contracts'
import { issue } from '@mesobath/contracts'
import { scenarioSchema } from '../schema.js'
import { explainer } from './explain.js'
import type { Fault } from './explain.js'
import { notFinite } from './not-finite.js'
import { isBelow, pathName } from './path-name.js'
import type { Path } from './path-name.js'
import { shown } from './shown.js'

type Map = Readonly<Record<string, unknown>>

/** What JSON Schema says badly: which of two keys must stand where there is one bath or several. */
const bathFaults = (raw: Map): readonly Fault[] => {
  const faults: Fault[] = []
  const add = (path: Path, must: string, but: string, blocks = true): void => {
    faults.push({ issue: issue('scenario/missing-key', path, `\`${pathName(path)}\` must ${must}, but ${but}`), blocks })
  }
  const system = raw['system'] as Map | undefined
  const couplings = typeof system === 'object' && system !== null && 'couplings' in system
  if ('bath' in raw && 'baths' in raw) add(['baths'], 'not stand beside `bath`', 'does', false)
  else if ('baths' in raw && Array.isArray(raw['baths'])) {
    raw['baths'].forEach((each: unknown, index) => {
      if (typeof each !== 'object' || each === null) return
      if (!('couplings' in each) && !couplings) add(['baths', index, 'couplings'], 'be given where `system.couplings` is not', 'is missing')
      if (!('couplingStrength' in each) && !('couplingStrength' in raw)) {
        add(['baths', index, 'couplingStrength'], 'be given where `couplingStrength` is not', 'is missing')
      }
    })
  } else {
    if (!('bath' in raw)) add(['bath'], 'be given', 'is missing')
    if (!couplings) add(['system', 'couplings'], 'be given', 'is missing')
    if (!('couplingStrength' in raw)) add(['couplingStrength'], 'be given', 'is missing')
  }
  return faults
}

const methodFaults = (raw: Map): readonly Fault[] => {
  if (!Array.isArray(raw['methods'])) return []
  const seen = new Set<string>()
  return raw['methods'].flatMap((each: unknown, index): readonly Fault[] => {
    const name = typeof each === 'object' && each !== null ? (each as Map)['label'] ?? (each as Map)['method'] : each
    if (typeof name !== 'string') return []
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const path = ['methods', index]
    return [{
      issue: issue('scenario/method-twice', path, `\`${pathName(path)}\` must have a name of its own, but ${shown(name)} stands there twice; give it a \`label\``),
      blocks: false,
    }]
  })
}

/** A compiled checker per catalogue: compiling takes longer than anything else here. */
const checkers = new WeakMap<Catalogue, (raw: unknown) => readonly Fault[]>()

const checkerOf = (catalogue: Catalogue): ((raw: unknown) => readonly Fault[]) => {
  const known = checkers.get(catalogue)
  if (known !== undefined) return known
  const explain = explainer()
  const schema = scenarioSchema(catalogue) as Readonly<Record<string, unknown>>
  const checker = (raw: unknown): readonly Fault[] => explain(schema, raw, [])
  checkers.set(catalogue, checker)
  return checker
}

/** Everything that is wrong with the form of a scenario. */
export const formFaults = (raw: unknown, catalogue: Catalogue): readonly Fault[] => {
  const unreal: readonly Fault[] = notFinite(raw).map((each) => ({ issue: each, blocks: true }))
  const form = checkerOf(catalogue)(raw).filter(({ issue: { path, code } }) =>
    !unreal.some((other) => isBelow(other.issue.path, path) && (code === 'scenario/type' || code === 'scenario/range')))
  const rest = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? [...bathFaults(raw as Map), ...methodFaults(raw as Map)] : []
  return [...unreal, ...form, ...rest]
}
