import { failIfAny, issue } from '@mesobath/contracts'
import type { BathState, ComplexMatrix, Issue, Outcome, Planes, Problem, Vector } from '@mesobath/contracts'
import { choleskyFactor, exp, logSumExp } from '@mesobath/kernels'
import type { MicroscopicModel } from './microscopic-model.js'

/**
 * The initial mixture as columns of Ψ, ρ(0) = Ψ Ψ†: column = (column s of a factor L of the system state) ⊗ (one bath level),
 * times the root of the level's weight.
 */
export interface InitialColumns {
  readonly factors: readonly ComplexMatrix[]
  /** Per column: its factor, the column of that factor, the window and place of its level, √w. */
  readonly factor: Int32Array
  readonly column: Int32Array
  readonly window: Int32Array
  readonly place: Int32Array
  readonly root: Float64Array
}

/** Pivots below this share count as rank lost, first attempt: keeps the norm to the last digits. */
const SHARP = 1e-14
/** Second attempt, for states that carry the rounding of a file; the trace is restored. */
const LENIENT = 1e-10

const traceOf = (matrix: ComplexMatrix): number => {
  let sum = 0
  for (let k = 0; k < matrix.rows; k++) sum += matrix.re[k * matrix.columns + k]!
  return sum
}

/** L with ρ = L L† and tr L L† = tr ρ to rounding, or null where ρ is not positive. */
const factorOf = (state: ComplexMatrix): ComplexMatrix | null => {
  const factor = choleskyFactor(state, SHARP) ?? choleskyFactor(state, LENIENT)
  if (factor === null) return null
  let sum = 0
  for (const value of factor.re) sum += value * value
  for (const value of factor.im ?? []) sum += value * value
  if (sum === 0) return factor
  const scale = Math.sqrt(traceOf(state) / sum)
  return { ...factor, re: factor.re.map((value) => value * scale), im: factor.im === null ? null : factor.im.map((value) => value * scale) }
}

/** Weight of every level [N]. */
const levelWeights = (model: MicroscopicModel, state: BathState): Float64Array => {
  const { levels, window } = model.bath
  if (state.kind === 'levels') return Float64Array.from(state.weights)
  if (state.kind === 'windows') {
    return Float64Array.from(levels, (_, i) => state.probabilities[window[i]!]! / model.levels[window[i]!]!.length)
  }
  const exponents = Float64Array.from(levels, (energy) => -state.inverseTemperature * energy)
  const total = logSumExp(exponents)
  return exponents.map((exponent) => exp(exponent - total))
}

const conditionalMatrix = (states: Planes, dimension: number, window: number): ComplexMatrix => {
  const size = dimension * dimension
  return {
    rows: dimension, columns: dimension,
    re: states.re.slice(window * size, (window + 1) * size),
    im: states.im === null ? null : states.im.slice(window * size, (window + 1) * size),
  }
}

interface Group {
  readonly state: ComplexMatrix
  readonly weights: Vector
  readonly path: readonly (string | number)[]
}

const groupsOf = (model: MicroscopicModel, problem: Problem): readonly Group[] => {
  const { initial } = problem
  if (initial.kind === 'product') {
    return [{ state: initial.system, weights: levelWeights(model, initial.baths[0]!), path: ['initial', 'system'] }]
  }
  return model.levels.map((levels, at) => ({
    state: conditionalMatrix(initial.states, model.dimension, at),
    weights: Float64Array.from(model.bath.levels, (_, i) => (model.bath.window[i] === at ? 1 / levels.length : 0)),
    path: ['initial', 'states', at],
  }))
}

const checkShapes = (model: MicroscopicModel, problem: Problem): readonly Issue[] => {
  const { initial } = problem
  const issues: Issue[] = []
  const demand = (path: readonly (string | number)[], what: string, wanted: number, found: number): void => {
    if (wanted !== found) {
      issues.push(issue('integrator-exact/initial', path, `\`${what}\` must have ${wanted} entries, but has ${found}`))
    }
  }
  const d = model.dimension
  if (initial.kind === 'conditional') {
    demand(['initial', 'states'], 'initial.states', model.levels.length * d * d, initial.states.re.length)
    return issues
  }
  demand(['initial', 'system'], 'initial.system', d * d, initial.system.re.length)
  demand(['initial', 'baths'], 'initial.baths', 1, initial.baths.length)
  const state = initial.baths[0]
  if (state?.kind === 'windows') demand(['initial', 'baths', 0], 'initial.baths[0].probabilities', model.levels.length, state.probabilities.length)
  if (state?.kind === 'levels') demand(['initial', 'baths', 0], 'initial.baths[0].weights', model.bath.levels.length, state.weights.length)
  return issues
}

/** Columns of the initial mixture; only levels and factor columns with weight. */
export const initialColumns = (model: MicroscopicModel, problem: Problem): Outcome<InitialColumns> => {
  const shapes = checkShapes(model, problem)
  if (shapes.length > 0) return failIfAny(shapes, (): never => { throw new Error('unreachable') })
  const issues: Issue[] = []
  const factors: ComplexMatrix[] = []
  const rows: { factor: number; column: number; level: number; root: number }[] = []
  for (const { state, weights, path } of groupsOf(model, problem)) {
    if (state.re.every((value) => value === 0)) continue
    const factor = factorOf(state)
    if (factor === null) {
      issues.push(issue('integrator-exact/state-not-positive', path,
        `\`${path.join('.')}\` must be Hermitian and positive semidefinite for exact evolution, but is not`))
      continue
    }
    for (let level = 0; level < weights.length; level++) {
      const weight = weights[level]!
      if (weight < 0 || Number.isNaN(weight)) {
        issues.push(issue('integrator-exact/initial', ['initial', 'baths', 0, 'weights', level],
          `\`initial.baths[0].weights[${level}]\` must not be negative, but is ${weight}`))
      }
      if (!(weight > 0)) continue
      for (let column = 0; column < factor.columns; column++) rows.push({ factor: factors.length, column, level, root: Math.sqrt(weight) })
    }
    factors.push(factor)
  }
  return failIfAny(issues, () => ({
    factors,
    factor: Int32Array.from(rows, (row) => row.factor),
    column: Int32Array.from(rows, (row) => row.column),
    window: Int32Array.from(rows, (row) => model.bath.window[row.level]!),
    place: Int32Array.from(rows, (row) => model.place[row.level]!),
    root: Float64Array.from(rows, (row) => row.root),
  }))
}

/** System levels on which a column stands. */
export const supportOf = (columns: InitialColumns, at: number): number[] => {
  const factor = columns.factors[columns.factor[at]!]!
  const found: number[] = []
  for (let k = 0; k < factor.rows; k++) {
    const entry = k * factor.columns + columns.column[at]!
    if (factor.re[entry] !== 0 || (factor.im !== null && factor.im[entry] !== 0)) found.push(k)
  }
  return found
}

/** Nodes k·windows + E that hold initial weight. */
export const initialNodes = (model: MicroscopicModel, columns: InitialColumns): ReadonlySet<number> => {
  const nodes = new Set<number>()
  for (let at = 0; at < columns.root.length; at++) {
    for (const k of supportOf(columns, at)) nodes.add(k * model.levels.length + columns.window[at]!)
  }
  return nodes
}
