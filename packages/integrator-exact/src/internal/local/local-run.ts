import { fail, issue, succeed } from '@mesobath/contracts'
import type { Estimate, Frame, Host, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { chebyshevTerms } from '@mesobath/kernels'
import { makePace } from '../pace.js'
import { OPERATIONS_PER_STATE } from './local-evolution.js'
import type { LocalCase } from './local-case.js'
import { localModel } from './local-model.js'
import type { LocalModel } from './local-model.js'
import { localStart, drawStart } from './local-start.js'
import { openLocalShop, spareVectors } from './local-shop.js'
import { LocalStepper } from './local-stepper.js'
import { drawsFor, samplingErrorOf } from './sampling-error.js'

/** Half the spectrum of H_B, from above and without a product: what an estimate may ask for. */
const roughRadius = ({ bath }: LocalModel): number => {
  if (bath.filter !== undefined) return 0.5 * (bath.filter.upper - bath.filter.lower)
  return bath.hamiltonian.reduce((sum, { operator: { re, im, columns } }) => {
    let most = 0
    for (let row = 0; row < columns; row++) {
      let all = 0
      for (let at = row * columns; at < (row + 1) * columns; at++) all += Math.abs(re[at]!) + (im === null ? 0 : Math.abs(im[at]!))
      most = Math.max(most, all)
    }
    return sum + most
  }, 0)
}

/** Columns per random vector: the rank of the initial state at most. */
const mostColumns = ({ dimension }: LocalModel): number => dimension

/** What a run with a bath of local terms would cost. */
export const estimateLocal = (problem: Problem, { bath, sampling }: LocalCase, tolerance: number): Outcome<Estimate> => {
  const found = localModel(problem, bath)
  if (found._tag === 'Left') return found
  const model = found.right
  const d = model.dimension
  const { states } = model
  const start = localStart(model, problem, bath.filter ?? { lower: -roughRadius(model), upper: roughRadius(model) })
  if (start._tag === 'Left') return start
  const columns = drawsFor(problem, model.windows, sampling) * Math.min(start.right.columns.length, mostColumns(model))
  const vectors = columns * d + spareVectors(d)
  const length = problem.times[problem.times.length - 1]! - problem.times[0]!
  const stops = Math.max(1, problem.times.length - 1)
  const radius = roughRadius(model) + Math.abs(problem.baths[0]!.strength) * model.couplingNorm
  const products = stops * (chebyshevTerms((radius * length) / stops, tolerance) + ((bath.filter?.terms ?? 2) >> 1)) + (bath.filter?.terms ?? 1)
  return succeed({
    // Two planes of doubles per vector, one diagonal per operator.
    bytes: 8 * states * (2 * vectors + 1 + bath.couplings.length),
    operations: products * columns * d * states * OPERATIONS_PER_STATE,
    jointStates: d * states,
  })
}

/** The stepper of a run with a bath of local terms. */
export const prepareLocal = async (
  problem: Problem, host: Host, { bath, sampling }: LocalCase, tolerance: number, algorithm: Frame['algorithm'],
): Promise<Outcome<Stepper>> => {
  const found = localModel(problem, bath)
  if (found._tag === 'Left') return found
  const model = found.right
  const { label } = problem.baths[0]!
  const rough = bath.filter ?? { lower: -roughRadius(model), upper: roughRadius(model) }
  const asked = localStart(model, problem, rough)
  if (asked._tag === 'Left') return asked
  try {
    const draws = drawsFor(problem, model.windows, sampling)
    const shop = openLocalShop(model, draws * asked.right.columns.length)
    // A thermal start is a series over the spectrum as it is; windows bring their own.
    const start = bath.filter === undefined ? localStart(model, problem, shop.bounds) : asked
    if (start._tag === 'Left') return start
    const { initial } = problem
    const trace = initial.kind === 'product' ? 1 : traceOf(initial.states.re, model.dimension)
    await drawStart(shop, start.right, draws, sampling.seed, trace, makePace(host))
    const frame: Frame = {
      dimension: model.dimension, baths: [{ label, windows: model.windows }], algorithm, rates: [null], backend: `local-${shop.workspace.id}`,
      ...(initial.kind === 'conditional' || initial.baths[0]!.kind === 'windows' ? { guarantees: ['even-windows'] as const } : {}),
    }
    return succeed(await LocalStepper.begin({ problem, host, frame, shop, draws, tolerance }, (reading) =>
      samplingErrorOf(model.windows, reading, draws)))
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
