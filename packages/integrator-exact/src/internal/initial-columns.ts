import { failIfAny, issue } from '@mesobath/contracts'
import type { BathState, ComplexMatrix, Issue, Outcome, Planes, Problem } from '@mesobath/contracts'
import { choleskyFactor, exp, logSumExp } from '@mesobath/kernels'
import type { BathModelByLevels, MicroscopicModel } from './microscopic-model.js'

/**
 * The initial mixture as columns of Ψ, ρ(0) = Ψ Ψ†: column = (column s of a factor L of the system state) ⊗ (one joint level of the
 * baths), times the root of the level's weight.
 */
export interface InitialColumns {
  readonly factors: readonly ComplexMatrix[]
  /** Per column: its factor, the column of that factor, the joint window of its level and the place in it, √w. */
  readonly factor: Int32Array
  readonly column: Int32Array
  readonly joint: Int32Array
  readonly place: Int32Array
  readonly root: Float64Array
}

/** Pivots below this share count as rank lost, first attempt: keeps the norm to the last digits. */
const SHARP = 1e-14
/** Second attempt, for states that carry the rounding of a file; the trace is restored. */
const LENIENT = 1e-10
/** A mixture of more columns is not begun: its list alone would take hundreds of megabytes, its state more than any memory. */
const MOST_COLUMNS = 4_194_304

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

/** Weight of every level of one bath [N]. */
const levelWeights = (part: BathModelByLevels, state: BathState): Float64Array => {
  const { levels, window } = part.bath
  if (state.kind === 'levels') return Float64Array.from(state.weights)
  if (state.kind === 'windows') {
    return Float64Array.from(levels, (_, i) => state.probabilities[window[i]!]! / part.levels[window[i]!]!.length)
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

/** A system state with joint levels that carry it. */
interface Group {
  readonly state: ComplexMatrix
  readonly path: readonly (string | number)[]
  readonly count: number
  /** Calls back with joint window, place and weight of every level of weight, in order. */
  each(take: (joint: number, place: number, weight: number) => void): void
}

/** Levels with weight. */
interface Occupied {
  readonly window: Int32Array
  readonly place: Int32Array
  readonly weight: Float64Array
}

const occupiedOf = (part: BathModelByLevels, state: BathState): Occupied => {
  const weights = levelWeights(part, state)
  const kept = Int32Array.from(weights.keys()).filter((i) => weights[i]! > 0)
  return {
    window: kept.map((i) => part.bath.window[i]!),
    place: kept.map((i) => part.place[i]!),
    weight: Float64Array.from(kept, (i) => weights[i]!),
  }
}

/** Every choice of one occupied level per bath, that of the last bath fastest. */
const productGroup = (model: MicroscopicModel, system: ComplexMatrix, states: readonly BathState[]): Group => {
  const occupied = model.baths.map((part, at) => occupiedOf(part, states[at]!))
  return {
    state: system,
    path: ['initial', 'system'],
    count: occupied.reduce((product, { weight }) => product * weight.length, 1),
    each: (take) => {
      const descend = (bath: number, joint: number, place: number, weight: number): void => {
        const own = occupied[bath]
        if (own === undefined) return take(joint, place, weight)
        const { levels } = model.baths[bath]!
        for (let i = 0; i < own.weight.length; i++) {
          const window = own.window[i]!
          descend(bath + 1, joint + window * model.strides[bath]!, place * levels[window]!.length + own.place[i]!, weight * own.weight[i]!)
        }
      }
      descend(0, 0, 0, 1)
    },
  }
}

const groupsOf = (model: MicroscopicModel, problem: Problem): readonly Group[] => {
  const { initial } = problem
  if (initial.kind === 'product') return [productGroup(model, initial.system, initial.baths)]
  return Array.from(model.volumes, (volume, joint): Group => ({
    state: conditionalMatrix(initial.states, model.dimension, joint),
    path: ['initial', 'states', joint],
    count: volume,
    each: (take) => { for (let place = 0; place < volume; place++) take(joint, place, 1 / volume) },
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
    demand(['initial', 'states'], 'initial.states', model.windows * d * d, initial.states.re.length)
    return issues
  }
  demand(['initial', 'system'], 'initial.system', d * d, initial.system.re.length)
  demand(['initial', 'baths'], 'initial.baths', model.baths.length, initial.baths.length)
  initial.baths.forEach((state, at) => {
    const part = model.baths[at]
    if (part === undefined) return
    const path = ['initial', 'baths', at]
    if (state.kind === 'windows') demand(path, `initial.baths[${at}].probabilities`, part.levels.length, state.probabilities.length)
    if (state.kind !== 'levels') return
    demand(path, `initial.baths[${at}].weights`, part.bath.levels.length, state.weights.length)
    state.weights.forEach((weight, level) => {
      if (weight >= 0) return
      issues.push(issue('integrator-exact/initial', [...path, 'weights', level],
        `\`initial.baths[${at}].weights[${level}]\` must not be negative, but is ${weight}`))
    })
  })
  return issues
}

/** Columns of the initial mixture; only levels and factor columns with weight. */
export const initialColumns = (model: MicroscopicModel, problem: Problem): Outcome<InitialColumns> => {
  const shapes = checkShapes(model, problem)
  if (shapes.length > 0) return failIfAny(shapes, (): never => { throw new Error('unreachable') })
  const issues: Issue[] = []
  const groups: { group: Group; factor: ComplexMatrix }[] = []
  for (const group of groupsOf(model, problem)) {
    const { state, path } = group
    if (state.re.every((value) => value === 0)) continue
    const factor = factorOf(state)
    if (factor === null) {
      issues.push(issue('integrator-exact/state-not-positive', path,
        `\`${path.join('.')}\` must be Hermitian and positive semidefinite for exact evolution, but is not`))
    } else groups.push({ group, factor })
  }
  const total = groups.reduce((sum, { group, factor }) => sum + group.count * factor.columns, 0)
  if (total > MOST_COLUMNS) {
    issues.push(issue('integrator-exact/memory', ['initial'],
      `\`initial\` must be a mixture of at most ${MOST_COLUMNS} states for exact evolution, but is one of ${total}`))
  }
  return failIfAny(issues, () => {
    const columns = {
      factors: groups.map(({ factor }) => factor),
      factor: new Int32Array(total), column: new Int32Array(total), joint: new Int32Array(total), place: new Int32Array(total), root: new Float64Array(total),
    }
    let at = 0
    groups.forEach(({ group, factor }, index) => group.each((joint, place, weight) => {
      for (let column = 0; column < factor.columns; column++, at++) {
        columns.factor[at] = index
        columns.column[at] = column
        columns.joint[at] = joint
        columns.place[at] = place
        columns.root[at] = Math.sqrt(weight)
      }
    }))
    return columns
  })
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

/** Nodes k·windows + joint window that hold initial weight. */
export const initialNodes = (model: MicroscopicModel, columns: InitialColumns): ReadonlySet<number> => {
  const nodes = new Set<number>()
  for (let at = 0; at < columns.root.length; at++) {
    for (const k of supportOf(columns, at)) nodes.add(k * model.windows + columns.joint[at]!)
  }
  return nodes
}
