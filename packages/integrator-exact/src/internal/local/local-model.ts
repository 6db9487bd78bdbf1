import { failIfAny, issue } from '@mesobath/contracts'
import type { ComplexMatrix, Issue, LocalBath, LocalTerm, Outcome, Problem, WindowFilter, Windows } from '@mesobath/contracts'
import { compileLocalTerms } from '@mesobath/kernels'
import type { LocalOperator } from '@mesobath/kernels'

/** One bath of local terms among others, its sites counted among those of all. */
export interface LocalBathModel {
  readonly label: string
  readonly windows: Windows
  /** How its windows are told apart; null where there is one only, which holds everything. */
  readonly filter: WindowFilter | null
  readonly hamiltonian: readonly LocalTerm[]
  readonly couplings: readonly (readonly LocalTerm[])[]
  /** S^α. */
  readonly systemCouplings: readonly ComplexMatrix[]
  /** Σ_α ‖S^α‖·‖B^α‖, from above: what one unit of λ can widen the spectrum by. */
  readonly couplingNorm: number
  /** Operators of the workspace: H_ν, and the first B_ν^α. */
  readonly own: number
  readonly firstCoupling: number
}

/**
 * A problem of a system and n ≥ 1 baths of local terms on the sites of all of them, those of the last fastest. Joint windows (E₁ … Eₙ)
 * are counted with the last bath fastest.
 */
export interface LocalModel {
  /** d. */
  readonly dimension: number
  readonly baths: readonly LocalBathModel[]
  readonly siteDimensions: readonly number[]
  /** Product of the dimensions of all sites. */
  readonly states: number
  /** Number of joint windows. */
  readonly windows: number
  /** What one step of a bath's window adds to the index of a joint window [baths]. */
  readonly strides: readonly number[]
  /** Σ_ν ln V_{E_ν} [joint window]. */
  readonly logVolumes: Float64Array
}

/** Places in a vector are 32-bit integers. */
const MOST_STATES = 536_870_912
/** Of more joint windows than this no reading could be held. */
const MOST_WINDOWS = 1_048_576

/** Largest sum of absolute values of a row: no smaller than the norm of a Hermitian matrix. */
export const rowNorm = ({ rows, columns, re, im }: ComplexMatrix): number => {
  let most = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += Math.sqrt(re[at]! * re[at]! + (im === null ? 0 : im[at]! * im[at]!))
    most = Math.max(most, sum)
  }
  return most
}

const normOf = (terms: readonly LocalTerm[]): number => terms.reduce((sum, { operator }) => sum + rowNorm(operator), 0)

const moved = (terms: readonly LocalTerm[], sites: number): readonly LocalTerm[] =>
  terms.map((term) => ({ ...term, sites: term.sites.map((site) => site + sites) }))

const faultsOf = (problem: Problem, baths: readonly LocalBath[], states: number, windows: number): readonly Issue[] => {
  const issues: Issue[] = []
  if (states > MOST_STATES) {
    issues.push(issue('integrator-exact/memory', ['baths'],
      `\`baths\` must have at most ${MOST_STATES} joint states to be held as vectors, but have ${states}`))
  }
  if (windows > MOST_WINDOWS) {
    issues.push(issue('integrator-exact/memory', ['baths'], `\`baths\` must have at most ${MOST_WINDOWS} joint windows, but have ${windows}`))
  }
  const { initial } = problem
  problem.baths.forEach(({ label, bath }, at) => {
    const count = bath.windows.energies.length
    if (baths[at]!.filter === undefined && count > 1) {
      issues.push(issue('integrator-exact/local-filter', ['baths', at, 'bath'],
        `\`baths[${at}].bath\` must say how its ${count} windows are told apart ("filter") or have one window only, but "${label}" says nothing`))
    }
    if (initial.kind === 'product' && initial.baths[at]?.kind === 'levels') {
      issues.push(issue('integrator-exact/local-levels', ['initial', 'baths', at],
        `\`initial.baths[${at}]\` must be given by windows or by a temperature for a bath of local terms, whose levels are not known, but is given by levels`))
    }
  })
  return issues
}

/** The model, or every reason why there is none. */
export const localModel = (problem: Problem, local: readonly LocalBath[]): Outcome<LocalModel> => {
  const siteDimensions = local.flatMap((bath) => bath.siteDimensions)
  const states = siteDimensions.reduce((product, each) => product * each, 1)
  const strides = new Array<number>(local.length)
  let windows = 1
  for (let at = local.length - 1; at >= 0; at--) {
    strides[at] = windows
    windows *= problem.baths[at]!.bath.windows.energies.length
  }
  return failIfAny(faultsOf(problem, local, states, windows), () => {
    const baths: LocalBathModel[] = []
    let site = 0
    let coupling = local.length === 1 ? 1 : 1 + local.length
    problem.baths.forEach(({ label, bath, systemCouplings }, at) => {
      const { hamiltonian, couplings, filter, siteDimensions: own } = local[at]!
      baths.push({
        label, windows: bath.windows, systemCouplings,
        filter: bath.windows.energies.length === 1 ? null : filter!,
        hamiltonian: moved(hamiltonian, site), couplings: couplings.map((terms) => moved(terms, site)),
        couplingNorm: couplings.reduce((sum, terms, alpha) => sum + rowNorm(systemCouplings[alpha]!) * normOf(terms), 0),
        own: local.length === 1 ? 0 : 1 + at, firstCoupling: coupling,
      })
      site += own.length
      coupling += couplings.length
    })
    const logVolumes = Float64Array.from({ length: windows }, (_, joint) =>
      baths.reduce((sum, each, at) => sum + each.windows.logVolumes[Math.floor(joint / strides[at]!) % each.windows.energies.length]!, 0))
    return { dimension: problem.energies.length, baths, siteDimensions, states, windows, strides, logVolumes }
  })
}

/** Σ_ν H_ν, of several baths each H_ν, then the B_ν^α of one bath after another. */
export const compileModel = ({ siteDimensions, baths }: LocalModel): readonly LocalOperator[] => [
  baths.flatMap(({ hamiltonian }) => hamiltonian),
  ...(baths.length === 1 ? [] : baths.map(({ hamiltonian }) => hamiltonian)),
  ...baths.flatMap(({ couplings }) => couplings),
].map((terms) => compileLocalTerms(siteDimensions, terms))

/** Operators that `compileModel` makes. */
export const operatorCount = ({ baths }: LocalModel): number =>
  baths.reduce((sum, { couplings }) => sum + couplings.length, baths.length === 1 ? 1 : 1 + baths.length)

/** Bounds of H_ν: those of its filter, or from above and without a product, ±Σ‖h_t‖. */
export const roughBounds = ({ filter, hamiltonian }: LocalBathModel): { readonly lower: number; readonly upper: number } => {
  if (filter !== null) return filter
  const reach = normOf(hamiltonian)
  return { lower: -reach, upper: reach }
}
