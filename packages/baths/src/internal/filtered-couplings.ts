import type { CouplingSums, Planes, Vector, WindowFilter, Windows } from '@mesobath/contracts'
import { chebyshevWalk, choleskyFactor, exp, fillRandomPhases, localWorkspace, localWorkspaceBytes, randomStream, windowFilterCoefficients } from '@mesobath/kernels'
import type { LocalOperator, LocalWorkspace } from '@mesobath/kernels'

const COUPLING_STREAM = 12
/** Vectors beside those of the windows: r, B^α r, two polynomials, B^α f_E r. */
const SPARE = 5
/** Off-diagonal sums (α ≠ α') are halved so often at most until the estimate is positive semidefinite. */
const HALVINGS = 60
const PIVOT_TOLERANCE = 1e-12

/** What the sums are made of. */
export interface FilteredCouplings {
  readonly windows: Windows
  readonly filter: WindowFilter
  /** H, then the B^α. */
  readonly operators: readonly LocalOperator[]
  /** ⟨B^α⟩_E. */
  readonly means: readonly Vector[]
  readonly vectors: number
  readonly seed: number
  /** Bytes. */
  readonly memory: number
}

/** targets += f_E x for a run of windows; x is in `first`, which is overwritten as `second` is. */
const filterInto = (
  workspace: LocalWorkspace, filter: WindowFilter, coefficients: Float64Array, windows: number, target: number, first: number, second: number,
): void => {
  const walk = chebyshevWalk(workspace, 0, filter, first, second)
  for (let m = 0; m < filter.terms; m += 1) {
    if (m > 0) walk.step()
    for (let window = 0; window < windows; window += 1) workspace.add(walk.current, target + window, coefficients[window * filter.terms + m]!, 0)
  }
}

/**
 * tr f_E B^α f_E' B^α' for all pairs of windows by random-phase vectors: ⟨r| f_E B^α · f_E' B^α' |r⟩, where every f_E r and f_E' B^α' r come out of one
 * recursion each. Where memory does not hold them all, windows are taken in runs.
 */
const estimate = ({ windows, filter, operators, vectors, seed, memory }: FilteredCouplings): { re: Float64Array; im: Float64Array } => {
  const count = windows.energies.length
  const couplings = operators.length - 1
  const { length } = operators[0]!
  const { terms } = filter
  const coefficients = new Float64Array(count * terms)
  windowFilterCoefficients(windows, filter, coefficients)
  const perVector = localWorkspaceBytes(length, [], 1)
  const room = Math.floor((memory - localWorkspaceBytes(length, operators, SPARE)) / perVector)
  const run = Math.max(1, Math.min(count, room >> 1))
  const workspace = localWorkspace(length, operators, SPARE + 2 * run)
  const [random, coupled, first, second, image] = [0, 1, 2, 3, 4]
  const size = couplings * couplings
  const re = new Float64Array(count * count * size)
  const im = new Float64Array(count * count * size)
  const pair = new Float64Array(2)
  const fill = (target: number, from: number, upTo: number, source: number): void => {
    for (let window = 0; window < upTo - from; window += 1) workspace.clear(target + window)
    workspace.copy(source, first)
    filterInto(workspace, filter, coefficients.subarray(from * terms, upTo * terms), upTo - from, target, first, second)
  }
  for (let sample = 0; sample < vectors; sample += 1) {
    fillRandomPhases(randomStream(seed, COUPLING_STREAM, sample), workspace.vector(random))
    for (let to = 0; to < count; to += run) {
      const toEnd = Math.min(count, to + run)
      fill(SPARE, to, toEnd, random)
      for (let right = 0; right < couplings; right += 1) {
        workspace.apply(1 + right, random, coupled, 1, 0, 0, 0)
        for (let from = 0; from < count; from += run) {
          const fromEnd = Math.min(count, from + run)
          fill(SPARE + run, from, fromEnd, coupled)
          for (let left = 0; left < couplings; left += 1) {
            for (let e = to; e < toEnd; e += 1) {
              workspace.apply(1 + left, SPARE + e - to, image, 1, 0, 0, 0)
              for (let f = from; f < fromEnd; f += 1) {
                workspace.inner(image, SPARE + run + f - from, pair)
                const at = (e * count + f) * size + left * couplings + right
                re[at]! += pair[0]! / vectors
                im[at]! += pair[1]! / vectors
              }
            }
          }
        }
      }
    }
  }
  return { re, im }
}

/** The symmetries that the traces have and their estimates have not, to the last bit: exchange of windows, and of couplings. */
const symmetrise = (re: Float64Array, im: Float64Array, count: number, couplings: number): void => {
  const size = couplings * couplings
  const [a, b] = [re.slice(), im.slice()]
  for (let e = 0; e < count; e += 1) {
    for (let f = 0; f < count; f += 1) {
      for (let left = 0; left < couplings; left += 1) {
        for (let right = 0; right < couplings; right += 1) {
          const at = (e * count + f) * size + left * couplings + right
          const turned = (e * count + f) * size + right * couplings + left
          const exchanged = (f * count + e) * size + left * couplings + right
          const both = (f * count + e) * size + right * couplings + left
          re[at] = 0.25 * (a[at]! + a[both]! + (a[turned]! + a[exchanged]!))
          im[at] = 0.25 * (b[at]! + b[both]! - (b[turned]! + b[exchanged]!))
        }
      }
    }
  }
}

/** Makes a Hermitian estimate positive semidefinite: negative weights are noise about zero, and so are correlations beyond Cauchy's bound. */
const makePositive = (re: Float64Array, im: Float64Array, couplings: number): void => {
  for (let left = 0; left < couplings; left += 1) re[left * couplings + left] = Math.max(0, re[left * couplings + left]!)
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < left; right += 1) {
      const [at, turned] = [left * couplings + right, right * couplings + left]
      const bound = re[left * (couplings + 1)]! * re[right * (couplings + 1)]!
      const square = re[at]! * re[at]! + im[at]! * im[at]!
      if (square <= bound) continue
      const factor = Math.sqrt(bound / square)
      for (const entry of [at, turned]) {
        re[entry] = factor * re[entry]!
        im[entry] = factor * im[entry]!
      }
    }
  }
  // Two couplings are settled by that; more may still not fit together.
  if (couplings <= 2) return
  for (let halving = 0; halving <= HALVINGS; halving += 1) {
    if (choleskyFactor({ rows: couplings, columns: couplings, re, im }, PIVOT_TOLERANCE) !== null) return
    for (let at = 0; at < re.length; at += 1) {
      if (at % (couplings + 1) === 0) continue
      re[at] = halving === HALVINGS ? 0 : 0.5 * re[at]!
      im[at] = halving === HALVINGS ? 0 : 0.5 * im[at]!
    }
  }
}

/** d⟨B⟩/dE at a window, from its neighbours. */
const slope = (mean: Vector, energies: Vector, window: number): number => {
  const lower = Math.max(0, window - 1)
  const upper = Math.min(energies.length - 1, window + 1)
  return upper === lower ? 0 : (mean[upper]! - mean[lower]!) / (energies[upper]! - energies[lower]!)
}

/**
 * Weights of the couplings between windows by stochastic traces through the filter, computed at the first call.
 *
 * Within a window the diagonal Σ_i B_ii² is not seen level by level. It is taken to follow the smooth ⟨B⟩(E): V_E[⟨B⟩_E² + (δ d⟨B⟩/dE)²/12], which leaves
 * out the scatter of single elements, a fraction of about 1/V_E of the whole.
 */
export const filteredCouplings = (given: FilteredCouplings): CouplingSums => {
  const { windows, means } = given
  const { energies, width } = windows
  const count = energies.length
  const couplings = means.length
  const size = couplings * couplings
  const { re, im } = estimate(given)
  symmetrise(re, im, count, couplings)
  /** Σ_α of what the removed mean leaves. */
  const diagonals = new Float64Array(count)
  for (let window = 0; window < count; window += 1) {
    const volume = exp(windows.logVolumes[window]!)
    const base = (window * count + window) * size
    for (let left = 0; left < couplings; left += 1) {
      for (let right = 0; right < couplings; right += 1) {
        const [a, b] = [means[left]!, means[right]!]
        const tilt = ((volume * width * width) / 12) * (slope(a, energies, window) * slope(b, energies, window))
        re[base + left * couplings + right]! -= volume * (a[window]! * b[window]!) + tilt
        if (left === right) diagonals[window]! += tilt
      }
    }
  }
  for (let pair = 0; pair < count * count; pair += 1) {
    makePositive(re.subarray(pair * size, (pair + 1) * size), im.subarray(pair * size, (pair + 1) * size), couplings)
  }
  return {
    offDiagonal: (to: number, from: number, out: Planes) => {
      const base = (to * count + from) * size
      out.re.set(re.subarray(base, base + size))
      out.im?.set(im.subarray(base, base + size))
      return to === from ? diagonals[to]! : 0
    },
  }
}
