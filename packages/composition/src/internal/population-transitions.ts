import { failIfAny, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { atOnce } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { bathTransitions } from '../bath-transitions.js'
import type { BathTransitions } from '../bath-transitions.js'
import { populationsClose } from '../degenerate-levels.js'
import type { PreparedBath } from '../prepare-baths.js'

type Acceptance = (bath: PreparedBath, transitions: BathTransitions) => Outcome<BathTransitions>

/** What is made of the jumps of each bath where populations move by themselves; else all that speaks against it at once. */
export const fromPopulationTransitions = <A>(
  baths: readonly PreparedBath[], energies: Vector, strengths: Vector, accept: Acceptance, make: (transitions: readonly BathTransitions[]) => A,
): Outcome<A> => {
  const transitions = atOnce(populationTransitions(baths, energies, strengths, accept))
  return transitions._tag === 'Left' ? transitions : succeed(make(transitions.right))
}

/** The jumps of each bath where populations move by themselves, one bath after the other; else all that speaks against it. */
export function* populationTransitions(
  baths: readonly PreparedBath[], energies: Vector, strengths: Vector, accept: Acceptance,
): Parts<Outcome<readonly BathTransitions[]>> {
  const issues: Issue[] = []
  const closed = populationsClose(baths, energies)
  if (closed._tag === 'Left') issues.push(...closed.left)
  const transitions: BathTransitions[] = []
  for (const bath of baths) {
    yield
    const jumps = bathTransitions(bath, energies, strengths[bath.axis]!)
    const accepted = jumps._tag === 'Left' ? jumps : accept(bath, jumps.right)
    if (accepted._tag === 'Left') issues.push(...accepted.left)
    else transitions.push(accepted.right)
  }
  return failIfAny(issues, () => transitions)
}
