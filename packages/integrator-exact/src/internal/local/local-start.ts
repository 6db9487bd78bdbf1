import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import type { BathState, ComplexMatrix, Outcome, Problem } from '@mesobath/contracts'
import { choleskyFactor, chebyshevWalk, cos, exp, fillRandomPhases, randomStream, windowFilterCoefficients } from '@mesobath/kernels'
import type { SpectralBounds } from '@mesobath/kernels'
import type { Pace } from '../pace.js'
import { OPERATIONS_PER_STATE } from './local-shop.js'
import type { LocalBathModel, LocalModel } from './local-model.js'
import type { LocalShop } from './local-shop.js'

/** Streams are named by what they draw. */
const START_STREAM = 21
const PI = 3.141592653589793
/** Pivots below this share of the largest are rank lost to rounding. */
const PIVOT_TOLERANCE = 1e-12

/** Chebyshev coefficients of the real and imaginary parts of F_k(H_B), ψ_k = F_k(H_B) r; null where F_k is zero. */
interface Series {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Σ_k |k⟩ ⊗ F_k(H_n) F(H_{n−1}) … F(H_1) r: a series for each bath, that of the last depends on the level. */
interface StartTerm {
  /** Of all baths but the last. */
  readonly before: readonly Float64Array[]
  readonly parts: readonly (Series | null)[]
}

/** One column of the initial mixture per random vector. */
interface StartColumn {
  readonly terms: readonly StartTerm[]
  /** ‖Ψ‖² it is to have, where each vector is scaled by itself. */
  readonly weight: number
}

/** What an initial state is made of. */
export interface LocalStart {
  readonly columns: readonly StartColumn[]
  /** Vectors are scaled each by itself (a product state), or all of one draw together (a correlated one). */
  readonly product: boolean
}

/** Coefficients of e^{−β(x − x₀)/2} on the interval, x₀ the end where it is largest, by its values at Chebyshev nodes. */
const gibbsSeries = (inverseTemperature: number, lower: number, upper: number): Float64Array => {
  const radius = 0.5 * (upper - lower)
  const terms = 32 + Math.ceil(2 * Math.sqrt(32 * Math.abs(inverseTemperature) * radius) + Math.abs(inverseTemperature) * radius * 0.5)
  const from = inverseTemperature >= 0 ? -1 : 1
  const values = Float64Array.from({ length: terms }, (_, j) => exp(-0.5 * inverseTemperature * radius * (cos((PI * (j + 0.5)) / terms) - from)))
  return Float64Array.from({ length: terms }, (_, m) => {
    let sum = 0
    for (let j = 0; j < terms; j++) sum += values[j]! * cos((PI * m * (j + 0.5)) / terms)
    return ((m === 0 ? 1 : 2) * sum) / terms
  })
}

/** Σ_E a_E f_E as one series. */
const combine = (amplitudes: ArrayLike<number>, coefficients: Float64Array, terms: number): Float64Array => {
  const series = new Float64Array(terms)
  for (let window = 0; window < amplitudes.length; window++) {
    const amplitude = amplitudes[window]!
    if (amplitude !== 0) for (let m = 0; m < terms; m++) series[m] = series[m]! + amplitude * coefficients[window * terms + m]!
  }
  return series
}

/** [window, term]; one window is the identity. */
const filterTable = ({ filter, windows }: LocalBathModel): { readonly coefficients: Float64Array; readonly terms: number } => {
  if (filter === null) return { coefficients: Float64Array.of(1), terms: 1 }
  const coefficients = new Float64Array(windows.energies.length * filter.terms)
  windowFilterCoefficients(windows, filter, coefficients)
  return { coefficients, terms: filter.terms }
}

const bathSeries = (bath: LocalBathModel, state: BathState, { lower, upper }: SpectralBounds): Float64Array => {
  if (state.kind === 'gibbs') return gibbsSeries(state.inverseTemperature, lower, upper)
  if (state.kind === 'levels') throw new Error('levels of a bath of local terms are not known')
  const { coefficients, terms } = filterTable(bath)
  const { logVolumes } = bath.windows
  // Amplitudes relative to the smallest window with weight: volumes may not fit a double, their ratios matter only.
  const least = state.probabilities.reduce((low, p, at) => (p > 0 ? Math.min(low, logVolumes[at]!) : low), Infinity)
  return combine(state.probabilities.map((p, at) => (p > 0 ? Math.sqrt(p) * exp(-0.5 * (logVolumes[at]! - least)) : 0)), coefficients, terms)
}

const notPositive = (path: readonly (string | number)[]): Outcome<never> => fail(issue('integrator-exact/state-not-positive', path,
  `\`${path.join('.')}\` must be Hermitian and positive semidefinite for exact evolution, but is not`))

const matrixAt = (states: { readonly re: Float64Array; readonly im: Float64Array | null }, dimension: number, window: number): ComplexMatrix => {
  const size = dimension * dimension
  return {
    rows: dimension, columns: dimension, re: states.re.slice(window * size, (window + 1) * size),
    im: states.im === null ? null : states.im.slice(window * size, (window + 1) * size),
  }
}

const checkShapes = (model: LocalModel, { initial }: Problem): Outcome<void> => {
  const d = model.dimension
  const wanted: readonly (readonly [readonly (string | number)[], number, number])[] = initial.kind === 'conditional'
    ? [[['initial', 'states'], model.windows * d * d, initial.states.re.length]]
    : [
        [['initial', 'system'], d * d, initial.system.re.length],
        [['initial', 'baths'], model.baths.length, initial.baths.length],
        ...initial.baths.slice(0, model.baths.length).flatMap((state, at) => (state.kind === 'windows'
          ? [[['initial', 'baths', at, 'probabilities'], model.baths[at]!.windows.energies.length, state.probabilities.length] as const] : [])),
      ]
  return failIfAny(wanted.filter(([, right, found]) => right !== found).map(([path, right, found]) =>
    issue('integrator-exact/initial', path, `\`${path.join('.')}\` must have ${right} entries, but has ${found}`)), () => undefined)
}

/** ψ_k = L_ks ΠF_ν(H_ν) r for a factor ρ_S = L L† of a product state. */
const productStart = (model: LocalModel, system: ComplexMatrix, series: readonly Float64Array[]): Outcome<LocalStart> => {
  const factor = choleskyFactor(system, PIVOT_TOLERANCE)
  if (factor === null) return notPositive(['initial', 'system'])
  const last = series[series.length - 1]!
  return succeed({
    product: true,
    columns: Array.from({ length: factor.columns }, (_, s): StartColumn => {
      let weight = 0
      const parts = Array.from({ length: model.dimension }, (_unused, k): Series | null => {
        const re = factor.re[k * factor.columns + s]!
        const im = factor.im === null ? 0 : factor.im[k * factor.columns + s]!
        weight += re * re + im * im
        return re === 0 && im === 0 ? null : { re: last.map((value) => re * value), im: last.map((value) => im * value) }
      })
      return { terms: [{ before: series.slice(0, -1), parts }], weight }
    }),
  })
}

/** ψ_k = Σ_E L_ks(E)/√V_E Πf_{E_ν} r for factors ρ_S(E) = L(E) L(E)†, E = (E₁ … Eₙ). */
const correlatedStart = (model: LocalModel, states: { readonly re: Float64Array; readonly im: Float64Array | null }): Outcome<LocalStart> => {
  const { dimension: d, windows: count, baths, logVolumes, strides } = model
  const tables = baths.map(filterTable)
  const { coefficients, terms } = tables[tables.length - 1]!
  const inner = baths[baths.length - 1]!.windows.energies.length
  const least = logVolumes.reduce((low, each) => Math.min(low, each), Infinity)
  const re = new Float64Array(d * d * count)
  const im = new Float64Array(d * d * count)
  for (let window = 0; window < count; window++) {
    const state = matrixAt(states, d, window)
    if (state.re.every((value) => value === 0)) continue
    const factor = choleskyFactor(state, PIVOT_TOLERANCE)
    if (factor === null) return notPositive(['initial', 'states', window])
    const scale = exp(-0.5 * (logVolumes[window]! - least))
    for (let k = 0; k < d; k++) {
      for (let s = 0; s < factor.columns; s++) {
        re[(s * d + k) * count + window] = scale * factor.re[k * factor.columns + s]!
        if (factor.im !== null) im[(s * d + k) * count + window] = scale * factor.im[k * factor.columns + s]!
      }
    }
  }
  /** Amplitudes of one column in the windows of the last bath, those of the others being `outer`. */
  const termAt = (s: number, outer: number): StartTerm => ({
    before: tables.slice(0, -1).map((table, at) => {
      const own = Math.floor((outer * inner) / strides[at]!) % baths[at]!.windows.energies.length
      return table.coefficients.subarray(own * table.terms, (own + 1) * table.terms)
    }),
    parts: Array.from({ length: d }, (_unused, k): Series | null => {
      const from = (s * d + k) * count + outer * inner
      const [a, b] = [re.subarray(from, from + inner), im.subarray(from, from + inner)]
      return [...a, ...b].every((value) => value === 0) ? null : { re: combine(a, coefficients, terms), im: combine(b, coefficients, terms) }
    }),
  })
  const columns = Array.from({ length: d }, (_, s): StartColumn => ({
    weight: NaN,
    terms: Array.from({ length: count / inner }, (_unused, outer) => termAt(s, outer)).filter(({ parts }) => parts.some((part) => part !== null)),
  })).filter((column) => column.terms.length > 0)
  return succeed({ product: false, columns })
}

/** What the initial state asks for, or why it cannot be had; `bounds` of each H_ν. */
export const localStart = (model: LocalModel, problem: Problem, bounds: readonly SpectralBounds[]): Outcome<LocalStart> => {
  const shapes = checkShapes(model, problem)
  if (shapes._tag === 'Left') return shapes
  const { initial } = problem
  if (initial.kind !== 'product') return correlatedStart(model, initial.states)
  return productStart(model, initial.system, model.baths.map((bath, at) => bathSeries(bath, initial.baths[at]!, bounds[at]!)))
}

/** Σ_k ‖ψ_k‖². */
export const columnNorm = ({ workspace, model }: LocalShop, first: number): number => {
  let sum = 0
  for (let k = 0; k < model.dimension; k++) sum += workspace.overlap(first + k, first + k)
  return sum
}

const drawColumn = async (shop: LocalShop, { terms }: StartColumn, column: number, seed: number, path: readonly number[], pace: Pace): Promise<boolean> => {
  const { workspace, polynomials, model, next } = shop
  const [room, other] = polynomials
  const first = shop.column(column)
  const last = model.baths.length - 1
  const walkOf = (bath: number): ReturnType<typeof chebyshevWalk> =>
    chebyshevWalk(workspace, model.baths[bath]!.own, shop.bounds[bath]!, room, other)
  const rest = async (): Promise<boolean> => !pace.due(OPERATIONS_PER_STATE * model.states) || pace.breathe()
  for (let k = 0; k < model.dimension; k++) workspace.clear(first + k)
  for (const { before, parts } of terms) {
    fillRandomPhases(randomStream(seed, START_STREAM, ...path), workspace.vector(room))
    for (const [bath, series] of before.entries()) {
      workspace.clear(next)
      const walk = walkOf(bath)
      for (let m = 0; m < series.length; m++) {
        if (m > 0) walk.step()
        workspace.add(walk.current, next, series[m]!, 0)
        if (!(await rest())) return false
      }
      workspace.copy(next, room)
    }
    const walk = walkOf(last)
    const most = parts.reduce((sum, part) => Math.max(sum, part === null ? 0 : part.re.length), 0)
    for (let m = 0; m < most; m++) {
      if (m > 0) walk.step()
      for (let k = 0; k < model.dimension; k++) {
        const part = parts[k]
        if (part != null) workspace.add(walk.current, first + k, part.re[m]!, part.im[m]!)
      }
      if (!(await rest())) return false
    }
  }
  return true
}

/** Fills the columns of the shop, [draw, column of the start], each draw with the norm of ρ(0); false where cancelled. */
export const drawStart = async (shop: LocalShop, start: LocalStart, draws: number, seed: number, trace: number, pace: Pace): Promise<boolean> => {
  const { workspace, model } = shop
  const width = start.columns.length
  const scale = (column: number, factor: number): void => {
    for (let k = 0; k < model.dimension; k++) workspace.scale(shop.column(column) + k, factor)
  }
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0
    for (let s = 0; s < width; s++) {
      const column = draw * width + s
      if (!(await drawColumn(shop, start.columns[s]!, column, seed, [draw, s], pace))) return false
      const norm = columnNorm(shop, shop.column(column))
      if (start.product) scale(column, Math.sqrt(start.columns[s]!.weight / norm))
      sum += norm
    }
    if (!start.product) for (let s = 0; s < width; s++) scale(draw * width + s, Math.sqrt(trace / sum))
  }
  return true
}
