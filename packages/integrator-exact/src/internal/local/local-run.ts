import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Estimate, Frame, Host, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { chebyshevTerms } from '@mesobath/kernels'
import { CANCELLED, makePace } from '../pace.js'
import type { LocalCase } from './local-case.js'
import { localModel, operatorCount, roughBounds } from './local-model.js'
import type { LocalModel } from './local-model.js'
import { localStart, drawStart } from './local-start.js'
import { filteredBaths, openLocalShop, OPERATIONS_PER_STATE, spareVectors } from './local-shop.js'
import { LocalStepper } from './local-stepper.js'
import { TERMS_PER_REACH } from './local-taylor.js'
import { drawsFor, samplingErrorOf } from './sampling-error.js'

/** What a run is asked for: tolerance of one series, and of every probability over the run. */
export interface LocalAccuracy {
  readonly series: number
  readonly run: number
}

const smoothLength = ({ drive, times }: Problem): number => {
  let length = 0
  if (drive === null) return length
  for (const { from, to, constant } of drive.segments(times[0]!, times[times.length - 1]!)) if (!constant) length += to - from
  return length
}

/** Products with H_ν on d vectors that reading Ψ and all V_ν Ψ takes. */
const readingProducts = (model: LocalModel): number => {
  const filtered = filteredBaths(model)
  let sets = 1
  let products = model.baths.length
  filtered.forEach((at, order) => {
    const { filter, windows } = model.baths[at]!
    products += filter!.terms * (order === filtered.length - 1 ? 1 : sets * (1 + model.baths.length))
    sets *= windows.energies.length
  })
  return products
}

/** What a run with baths of local terms would cost. */
export const estimateLocal = (problem: Problem, { baths, sampling }: LocalCase, tolerance: number): Outcome<Estimate> => {
  const found = localModel(problem, baths)
  if (found._tag === 'Left') return found
  const model = found.right
  const { dimension: d, states } = model
  const bounds = model.baths.map(roughBounds)
  const start = localStart(model, problem, bounds)
  if (start._tag === 'Left') return start
  const columns = drawsFor(problem, model, sampling) * start.right.columns.length
  const smooth = smoothLength(problem)
  const length = problem.times[problem.times.length - 1]! - problem.times[0]!
  const stops = Math.max(1, problem.times.length - 1)
  const radius = model.baths.reduce((sum, { couplingNorm }, at) =>
    sum + 0.5 * (bounds[at]!.upper - bounds[at]!.lower) + Math.abs(problem.baths[at]!.strength) * couplingNorm, 0)
  const products = stops * (chebyshevTerms((radius * (length - smooth)) / stops, tolerance) + readingProducts(model)) + TERMS_PER_REACH * radius * smooth +
    model.baths.reduce((sum, { filter }) => sum + (filter?.terms ?? 1), 0)
  return succeed({
    // Two planes of doubles per vector, one diagonal per operator.
    bytes: 8 * states * (2 * (columns * d + spareVectors(model, smooth > 0)) + operatorCount(model)),
    operations: products * columns * d * states * OPERATIONS_PER_STATE,
    jointStates: d * states,
  })
}

/** The stepper of a run with baths of local terms. */
export const prepareLocal = async (
  problem: Problem, host: Host, { baths, sampling }: LocalCase, { series, run }: LocalAccuracy, algorithm: Frame['algorithm'], signal?: Cancellation,
): Promise<Outcome<Stepper>> => {
  const found = localModel(problem, baths)
  if (found._tag === 'Left') return found
  const model = found.right
  const asked = localStart(model, problem, model.baths.map(roughBounds))
  if (asked._tag === 'Left') return asked
  try {
    const draws = drawsFor(problem, model, sampling)
    const pace = makePace(host, signal)
    const shop = await openLocalShop(model, draws * asked.right.columns.length, smoothLength(problem) > 0, pace)
    if (shop === null) return fail(CANCELLED)
    // A thermal start is a series over the spectrum as it is; windows bring their own.
    const start = localStart(model, problem, shop.bounds)
    if (start._tag === 'Left') return start
    const { initial } = problem
    const trace = initial.kind === 'product' ? 1 : traceOf(initial.states.re, model.dimension)
    if (!(await drawStart(shop, start.right, draws, sampling.seed, trace, pace))) return fail(CANCELLED)
    const frame: Frame = {
      dimension: model.dimension, baths: model.baths.map(({ label, windows }) => ({ label, windows })), algorithm, rates: model.baths.map(() => null),
      backend: `local-${shop.workspace.id}`,
      ...(initial.kind === 'conditional' || initial.baths.every(({ kind }) => kind === 'windows') ? { guarantees: ['even-windows'] as const } : {}),
    }
    const stepper = await LocalStepper.begin({ problem, host, frame, shop, draws, tolerance: series, accuracy: run }, (reading) =>
      samplingErrorOf(model.logVolumes, reading, draws), pace)
    return stepper === null ? fail(CANCELLED) : succeed(stepper)
  } catch (fault) {
    if (fault instanceof RangeError) {
      return fail(issue('integrator-exact/memory', [], `the run must fit into memory, but vectors of ${model.states} states are not to be had: ${fault.message}`))
    }
    throw fault
  }
}

/** Σ_E tr ρ_S(E). */
const traceOf = (re: Float64Array, dimension: number): number => {
  let sum = 0
  for (let at = 0; at < re.length; at += dimension * dimension) for (let k = 0; k < dimension; k++) sum += re[at + k * (dimension + 1)]!
  return sum
}
