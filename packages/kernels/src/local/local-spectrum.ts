import { tridiagonalEigenvalues } from '../internal/tridiagonal.js'
import { randomStream } from '../random/random-stream.js'
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

/** Lanczos' way to the ends of a spectrum, one product after another. */
export interface LanczosWalk {
  /** Makes the next product; false where all are made. */
  step(): boolean
  /** Bounds from the products made so far, one or more. */
  bounds(): SpectralBounds
}

/**
 * Bounds of the spectrum of one operator of a workspace by Lanczos, in three of its vectors, which are overwritten; the caller steps, so that others may run
 * in between.
 *
 * Without reorthogonalisation: copies of converged Ritz values do no harm to the ends. An end is moved outwards by the residual of its
 * Ritz vector and a hundredth of the width.
 */
export const lanczosWalk = (workspace: LocalWorkspace, operator: number, spare: readonly [number, number, number]): LanczosWalk => {
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
  let exhausted = false
  return {
    step: () => {
      if (exhausted || count === steps) return false
      workspace.apply(operator, current, next, 1, 0, 0, 0)
      if (count > 0) workspace.add(before, next, -off[count - 1]!, 0)
      const mean = workspace.overlap(current, next)
      workspace.add(current, next, -mean, 0)
      diagonal[count] = mean
      residual = Math.sqrt(workspace.overlap(next, next))
      off[count] = residual
      count++
      scale = Math.max(scale, Math.abs(mean) + residual)
      exhausted = residual <= EXHAUSTED * scale
      if (exhausted) return false
      workspace.scale(next, 1 / residual)
      const free = before
      before = current
      current = next
      next = free
      return count < steps
    },
    bounds: () => {
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
    },
  }
}

/** All of a `lanczosWalk` in one go. */
export const localSpectralBounds = (workspace: LocalWorkspace, operator: number, spare: readonly [number, number, number]): SpectralBounds => {
  const walk = lanczosWalk(workspace, operator, spare)
  for (let more = true; more;) more = walk.step()
  return walk.bounds()
}
