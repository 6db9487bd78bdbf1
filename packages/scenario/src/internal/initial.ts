import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Attachment, ComplexMatrix, InitialState, Issue, Outcome } from '@mesobath/contracts'
import type { ScenarioMatrix, ScenarioSystemState } from '../scenario.js'
import { diagonalMatrix, toMatrix } from './matrix.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'

const isMatrix = (state: readonly unknown[]): state is ScenarioMatrix => Array.isArray(state[0])

/** A level, populations or a density matrix → ρ_S(0) [d, d]. Issues: `scenario/level`, `scenario/shape`. */
export const toInitialSystem = (state: ScenarioSystemState, dimension: number, path: Path): Outcome<ComplexMatrix> => {
  const refuse = (code: string, must: string, but: string) => fail(issue(code, path, `\`${pathName(path)}\` must ${must}, but ${but}`))
  if (typeof state === 'number') {
    return Number.isInteger(state) && state >= 0 && state < dimension
      ? succeed(diagonalMatrix(Array.from({ length: dimension }, (_, level) => level === state ? 1 : 0)))
      : refuse('scenario/level', `be a level from 0 to ${dimension - 1}`, `is ${state}`)
  }
  if (isMatrix(state)) return toMatrix(state, path)
  return state.length === dimension ? succeed(diagonalMatrix(state as readonly number[]))
    : refuse('scenario/shape', `have ${dimension} entries, one per level`, `has ${state.length}`)
}

/** One ρ_S(E) per window → the conditional state [window₁ … windowₙ, k, q]. Issue: `scenario/shape`. */
export const toConditional = (
  blocks: readonly ScenarioMatrix[], dimension: number, attachments: readonly Attachment[], start: number,
): Outcome<InitialState> => {
  const windows = attachments.reduce((product, each) => product * each.bath.windows.energies.length, 1)
  const path = ['initial', 'conditional']
  const issues: Issue[] = []
  if (blocks.length !== windows) {
    issues.push(issue('scenario/shape', path, `\`initial.conditional\` must have ${windows} matrices, one per window, but has ${blocks.length}`))
  }
  const size = dimension * dimension
  const re = new Float64Array(windows * size)
  const im = new Float64Array(windows * size)
  blocks.forEach((block, index) => {
    const at = [...path, index]
    const matrix = toMatrix(block, at)
    if (matrix._tag === 'Left') issues.push(...matrix.left)
    else if (matrix.right.rows !== dimension || matrix.right.columns !== dimension) {
      issues.push(issue('scenario/shape', at, `\`${pathName(at)}\` must be ${dimension} × ${dimension}, but is ${matrix.right.rows} × ${matrix.right.columns}`))
    } else if (index < windows) {
      re.set(matrix.right.re, index * size)
      if (matrix.right.im !== null) im.set(matrix.right.im, index * size)
    }
  })
  return failIfAny(issues, () => ({ kind: 'conditional', states: { re, im }, memoryStart: start }))
}
