import type { Issue, Issues, Outcome } from '@mesobath/contracts'
import type { Scenario } from '../scenario.js'
import { bathsOf } from './attachments.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'

/** The same issue at another place; the name that opens its message moves with it. */
export const moved = (fault: Issue, path: Path): Issue => {
  const before = [`\`${pathName(fault.path)}\``, `\`bath.${pathName(fault.path)}\``].find((name) => fault.message.startsWith(name))
  const message = before !== undefined ? `\`${pathName(path)}\`${fault.message.slice(before.length)}`
    : fault.message.startsWith('`') ? fault.message : `\`${pathName(path)}\`: ${fault.message}`
  return { ...fault, path, message }
}

/** An issue about an entry's options, told of the place where the options stand. */
export const movedBelow = (path: Path) => (fault: Issue): Issue => moved(fault, [...path, ...fault.path])

/** An entry's outcome, its issues told of the place where its options stand. */
export const movedAll = <A>(path: Path, outcome: Outcome<A>): Outcome<A> => {
  if (outcome._tag === 'Right') return outcome
  const [first, ...rest] = outcome.left
  const left: Issues = [movedBelow(path)(first), ...rest.map(movedBelow(path))]
  return { ...outcome, left }
}

const place = (scenario: Scenario, path: Path): Path | null => {
  const [first, second, third] = path
  if (first === 'energies') return ['system', ...path]
  if (first === 'times') return Array.isArray(scenario.times) ? path : ['times']
  if (first === 'initial') {
    if (second === 'system') return ['initial', 'system']
    if (second === 'states') return ['initial', 'conditional']
    const bath = typeof third === 'number' ? bathsOf(scenario)[third] : undefined
    if (second !== 'baths' || bath === undefined) return null
    const within = path.slice(3).filter((part) => part !== 'weights')
    const written = bath.state !== undefined && typeof within[0] === 'string' && within[0] in bath.state
    return written ? [...bath.statePath, ...within] : bath.statePath
  }
  const bath = first === 'baths' && typeof second === 'number' ? bathsOf(scenario)[second] : undefined
  if (bath === undefined) return null
  if (third === 'strength') return bath.strengthPath
  if (third === 'systemCouplings') return [...bath.couplingsPath, ...path.slice(3, 4)]
  if (third === 'bath') return [...bath.modelPath, ...path.slice(3)]
  return null
}

/** An issue about a `Problem`, told of the place in the scenario that it came from; others stay as they are. */
export const scenarioIssue = (scenario: Scenario, fault: Issue): Issue => {
  if (fault.path[0] === 'options' && fault.path[1] === 'observables') return moved(fault, fault.path.slice(1, 3))
  const path = place(scenario, fault.path)
  return path === null ? fault : moved(fault, path)
}
