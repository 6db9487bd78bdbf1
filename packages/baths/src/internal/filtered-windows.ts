import type { Vector, WindowFilter } from '@mesobath/contracts'
import { chebyshevWalk, fillRandomPhases, multiplySeries, randomStream, windowFilterCoefficients } from '@mesobath/kernels'
import type { LocalWorkspace } from '@mesobath/kernels'

/** Streams are named by what they draw. */
const TRACE_STREAM = 11

/** Chebyshev moments of a bath of local terms, averaged over random vectors. */
export interface TraceMoments {
  /** tr T_m [2·terms]. */
  readonly density: Float64Array
  /** tr B^α T_m per coupling [terms]. */
  readonly couplings: readonly Float64Array[]
}

/** Vectors of the workspace that the traces need: the random one, its polynomials, one more per coupling. */
export const traceVectors = (couplings: number): number => 3 + couplings

/**
 * tr T_m and tr B^α T_m by `vectors` random-phase vectors; operator 0 of the workspace is H, those after it are the B^α. One product with H per
 * order gives two moments, T_2m = 2T_m² − 1 and T_2m+1 = 2T_{m+1}T_m − T_1.
 */
export const traceMoments = (workspace: LocalWorkspace, couplings: number, filter: WindowFilter, vectors: number, seed: number): TraceMoments => {
  const { terms } = filter
  const density = new Float64Array(2 * terms)
  const images = Array.from({ length: couplings }, () => new Float64Array(terms))
  for (let sample = 0; sample < vectors; sample += 1) {
    fillRandomPhases(randomStream(seed, TRACE_STREAM, sample), workspace.vector(2))
    for (let coupling = 0; coupling < couplings; coupling += 1) workspace.apply(1 + coupling, 2, 3 + coupling, 1, 0, 0, 0)
    workspace.copy(2, 0)
    const walk = chebyshevWalk(workspace, 0, filter, 0, 1)
    let first = 0
    const norm = workspace.overlap(2, 2)
    for (let m = 0; m < terms; m += 1) {
      if (m > 0) walk.step()
      const square = workspace.overlap(walk.current, walk.current)
      density[2 * m]! += (m === 0 ? norm : 2 * square - norm) / vectors
      if (m === 1) first = workspace.overlap(walk.current, walk.previous)
      if (m > 0) density[2 * m - 1]! += (m === 1 ? first : 2 * workspace.overlap(walk.current, walk.previous) - first) / vectors
      images.forEach((image, coupling) => {
        image[m]! += workspace.overlap(3 + coupling, walk.current) / vectors
      })
    }
    // The last odd moment would cost one more product: the series of a squared filter ends before it.
  }
  return { density, couplings: images }
}

/** What traces say of windows. */
export interface WindowTraces {
  /** tr f_E. */
  readonly volumes: Float64Array
  /** √(tr f_E²/vectors), which bounds the standard error of tr f_E by random phases. */
  readonly errors: Float64Array
  /** tr f_E(1 − f_E)/tr f_E. */
  readonly leaked: Float64Array
  /** tr B^α f_E per coupling. */
  readonly couplings: readonly Float64Array[]
}

/** Traces of soft windows from moments: sums of series, no more products. */
export const windowTraces = (energies: Vector, width: number, filter: WindowFilter, moments: TraceMoments, vectors: number): WindowTraces => {
  const count = energies.length
  const { terms } = filter
  const coefficients = new Float64Array(count * terms)
  windowFilterCoefficients({ energies, width }, filter, coefficients)
  const square = new Float64Array(2 * terms - 1)
  const volumes = new Float64Array(count)
  const errors = new Float64Array(count)
  const leaked = new Float64Array(count)
  const couplings = moments.couplings.map(() => new Float64Array(count))
  const sum = (series: Float64Array, traces: Float64Array): number => {
    let total = 0
    for (let m = 0; m < series.length; m += 1) total += series[m]! * traces[m]!
    return total
  }
  for (let window = 0; window < count; window += 1) {
    const series = coefficients.subarray(window * terms, (window + 1) * terms)
    const volume = sum(series, moments.density)
    multiplySeries(series, series, square)
    const squared = sum(square, moments.density)
    volumes[window] = volume
    errors[window] = Math.sqrt(Math.max(0, squared) / vectors)
    leaked[window] = (volume - squared) / volume
    couplings.forEach((traces, coupling) => {
      traces[window] = sum(series, moments.couplings[coupling]!)
    })
  }
  return { volumes, errors, leaked, couplings }
}
