import { tridiagonalEigenvalues } from '../internal/tridiagonal.js'
import { randomStream } from '../random.js'
import type { SpectralBounds } from '../spectral-bounds.js'
import type { LocalWorkspace } from './local-workspace.js'

/** Steps after which the ends of a many-body spectrum are known to a hundredth of its width, with room to spare. */
const STEPS = 80
/** Added beyond an extreme Ritz value and its residual, as a share of the width. */
const MARGIN = 0.01
/** Below this share of the width a residual is rounding: the space is exhausted. */
const EXHAUSTED = 1e-12
/** Any fixed number: the start vector is the same in every run. */
const START_SEED = 0x6c616e63

/**
 * Bounds of the spectrum of one operator of a workspace by Lanczos, in three of its vectors, which are overwritten.
 *
 * Without reorthogonalisation: copies of converged Ritz values do no harm to the ends. An end is moved outwards by the residual of its
 * Ritz vector and a hundredth of the width.
 */
export const localSpectralBounds = (workspace: LocalWorkspace, operator: number, spare: readonly [number, number, number]): SpectralBounds => {
  let [before, current, next] = spare
  const stream = randomStream(START_SEED, workspace.length)
  const start = workspace.vector(current)
  for (let i = 0; i < workspace.length; i++) start.re[i] = stream.normal()
  for (let i = 0; i < workspace.length; i++) start.im[i] = stream.normal()
  workspace.scale(current, 1 / Math.sqrt(workspace.overlap(current, current)))
  workspace.clear(before)
  const steps = Math.min(STEPS, workspace.length)
  const diagonal = new Float64Array(steps)
  const off = new Float64Array(steps)
  let count = 0
  let residual = 0
  let scale = 0
  for (let step = 0; step < steps; step++) {
    workspace.apply(operator, current, next, 1, 0, 0, 0)
    if (step > 0) workspace.add(before, next, -off[step - 1]!, 0)
    const mean = workspace.overlap(current, next)
    workspace.add(current, next, -mean, 0)
    diagonal[step] = mean
    residual = Math.sqrt(workspace.overlap(next, next))
    off[step] = residual
    count = step + 1
    scale = Math.max(scale, Math.abs(mean) + residual)
    if (residual <= EXHAUSTED * scale) break
    workspace.scale(next, 1 / residual)
    const free = before
    before = current
    current = next
    next = free
  }
  const values = diagonal.slice(0, count)
  const last = new Float64Array(count)
  if (!tridiagonalEigenvalues(values, off.slice(0, count), last)) throw new Error('the tridiagonal eigenvalue iteration did not converge')
  let low = 0
  let high = 0
  for (let i = 1; i < count; i++) {
    if (values[i]! < values[low]!) low = i
    if (values[i]! > values[high]!) high = i
  }
  const margin = MARGIN * (values[high]! - values[low]!) + EXHAUSTED * scale
  return {
    lower: values[low]! - residual * Math.abs(last[low]!) - margin,
    upper: values[high]! + residual * Math.abs(last[high]!) + margin,
  }
}
