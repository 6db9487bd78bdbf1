import { failIfAny, issue } from '@mesobath/contracts'
import type { ComplexMatrix, Issue, LocalBath, Outcome, Problem, Windows } from '@mesobath/contracts'
import { compileLocalTerms } from '@mesobath/kernels'
import type { LocalOperator } from '@mesobath/kernels'

/** A problem of a system and one bath of local terms. */
export interface LocalModel {
  /** d. */
  readonly dimension: number
  readonly label: string
  readonly bath: LocalBath
  readonly windows: Windows
  /** dim of the bath. */
  readonly states: number
  /** S^α. */
  readonly systemCouplings: readonly ComplexMatrix[]
  /** Σ_α ‖S^α‖·‖B^α‖, from above: what one unit of λ can widen the spectrum by. */
  readonly couplingNorm: number
}

/** Largest sum of absolute values of a row: no smaller than the norm of a Hermitian matrix. */
const rowNorm = ({ rows, columns, re, im }: ComplexMatrix): number => {
  let most = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += Math.sqrt(re[at]! * re[at]! + (im === null ? 0 : im[at]! * im[at]!))
    most = Math.max(most, sum)
  }
  return most
}

/** The model, or every reason why there is none. */
export const localModel = (problem: Problem, bath: LocalBath): Outcome<LocalModel> => {
  const { label, bath: given, systemCouplings } = problem.baths[0]!
  const { windows } = given
  const issues: Issue[] = []
  if (bath.filter === undefined && windows.energies.length > 1) {
    issues.push(issue('integrator-exact/local-filter', ['baths', 0, 'bath'],
      `\`baths[0].bath\` must say how its ${windows.energies.length} windows are told apart ("filter") or have one window only, but "${label}" says nothing`))
  }
  const { initial } = problem
  if (initial.kind === 'product' && initial.baths[0]?.kind === 'levels') {
    issues.push(issue('integrator-exact/local-levels', ['initial', 'baths', 0],
      '`initial.baths[0]` must be given by windows or by a temperature for a bath of local terms, whose levels are not known, but is given by levels'))
  }
  return failIfAny(issues, () => ({
    dimension: problem.energies.length,
    label, bath, windows, systemCouplings,
    states: bath.siteDimensions.reduce((product, each) => product * each, 1),
    couplingNorm: bath.couplings.reduce((sum, terms, at) => sum + rowNorm(systemCouplings[at]!) * terms.reduce((all, { operator }) => all + rowNorm(operator), 0), 0),
  }))
}

/** H_B, then the B^α. */
export const compileModel = ({ bath }: LocalModel): readonly LocalOperator[] =>
  [bath.hamiltonian, ...bath.couplings].map((terms) => compileLocalTerms(bath.siteDimensions, terms))
