import type { CommutatorStep, DenseBackend, Planes } from '@mesobath/contracts'
import { commutatorStep, SUMS } from './commutator-step.js'
import type { SpectrumEnds, Tridiagonal } from './tridiagonal-ends.js'
import { bandRow } from './vector-kernels.js'

/** What X and its image under T tell of each other and of Y while they turn, see {@link commutatorMoments}. */
export interface CommutatorMoments {
  /** c, the middle of the spectrum of T, and R, its width; 1 where it has none. */
  readonly centre: number
  readonly width: number
  /** By m: tr X V_m, tr ½{T − c, X} V_m and tr Y V_m. */
  readonly overlap: Float64Array
  readonly energy: Float64Array
  readonly crossed: Float64Array
}

/** Entries of a band, and of bands that are done between two breaths. */
const BAND_ENTRIES = 6000
const ENTRIES_PER_BREATH = 2.5e5
/** Bands at most. */
const MOST_BANDS = 2048

/** First rows of bands of about equal area of a triangle, one past the last at the end. */
const bandsOf = (n: number): readonly number[] => {
  const bands = Math.max(1, Math.min(MOST_BANDS, Math.round((n * n) / 2 / BAND_ENTRIES)))
  return Array.from({ length: bands + 1 }, (_, band) => bandRow(n, band, bands, 1))
}

/** The diagonal of a Hermitian matrix is real: what rounding left there goes. */
const settle = ({ im }: Planes, n: number): void => {
  if (im !== null) for (let i = 0; i < n; i++) im[i * (n + 1)] = 0
}

/** Real numbers per entry of a matrix [n, n] that {@link commutatorMoments} takes room for besides X and Y. */
export const COMMUTATOR_NUMBERS = 4

/**
 * Chebyshev moments of X and Y, Hermitian [n, n], while X turns in time under a real symmetric tridiagonal T: with L = [T, ·] and V_m = (−i)^m T_m(L/R) X,
 *
 *   e^{−iTt} X e^{iTt} = Σ_m (2 − δ_m0) J_m(Rt) V_m,
 *
 * where R bounds what eigenvalues of T differ by, so that |L| ≤ R. Every V_m is Hermitian. The recursion V_{m+1} = V_{m−1} − (2i/R) [T, V_m] goes to half of the
 * terms alone, on lower triangles, since 2 T_m T_n = T_{m+n} + T_{|m−n|}; of tr X V_m and tr ½{T − c, X} V_m those of odd m are zero. `terms` of them at
 * least. About 25 n² real operations a term. X and Y, complex, of which the lower triangles are read, are overwritten. Null where `breathe`, asked between
 * parts of some milliseconds, said to stop.
 */
export const commutatorMoments = async (
  backend: DenseBackend, matrix: Tridiagonal, { lower, upper }: SpectrumEnds, x: Planes, y: Planes, terms: number, breathe: () => Promise<boolean>,
): Promise<CommutatorMoments | null> => {
  const n = matrix.diagonal.length
  for (const [name, planes] of [['x', x], ['y', y]] as const) {
    if (planes.im === null || planes.re.length < n * n) throw new RangeError(`\`${name}\` must have ${n} × ${n} complex entries, but has ${planes.re.length}${planes.im === null ? ' real ones' : ''}`)
  }
  const centre = (lower + upper) / 2
  const width = upper > lower ? upper - lower : 1
  const rows = bandsOf(n)
  const bands = rows.length - 1
  const share = Math.max(1, Math.floor((2 * ENTRIES_PER_BREATH * bands) / Math.max(1, n * n)))
  const taken: Planes[] = []
  const room = (size: number, columns: number, real: boolean): Planes => {
    const planes = backend.allocate(size, columns, real)
    taken.push(planes)
    return planes
  }
  const count = 2 * Math.ceil(terms / 2)
  const overlap = new Float64Array(count), energy = new Float64Array(count), crossed = new Float64Array(count)
  try {
    const even: CommutatorStep = {
      n, factors: room(2 * n + 1, 1, true), x, y, nextX: room(n, n, false), nextY: room(n, n, false), bands: room(bands + 1, 1, true), sums: room(bands, SUMS, true),
    }
    const odd: CommutatorStep = { ...even, x: even.nextX, y: even.nextY, nextX: x, nextY: y }
    even.bands.re.set(rows)
    settle(x, n)
    settle(y, n)
    const scale = (factor: number): void => {
      const numbers = even.factors.re
      for (let i = 0; i < n; i++) {
        numbers[i] = factor * (matrix.diagonal[i]! - centre)
        numbers[n + i] = i === 0 ? 0 : factor * matrix.off[i - 1]!
      }
    }
    scale(1 / width)
    for (let m = 0; 2 * m < count; m++) {
      const step = m % 2 === 0 ? even : odd
      for (let from = 0; from < bands; from += share) {
        const to = Math.min(bands, from + share)
        if (backend.commute === undefined) commutatorStep(step, from, to)
        else backend.commute(step, from, to)
        if (!(await breathe())) return null
      }
      const sums = step.sums.re
      let square = 0, own = 0, other = 0, next = 0
      for (let at = 0; at < SUMS * bands; at += SUMS) {
        square += sums[at]!
        own += sums[at + 1]!
        other += sums[at + 2]!
        next += sums[at + 3]!
      }
      if (m === 0) {
        overlap[0] = square
        energy[0] = own * width
        crossed[0] = other
        crossed[1] = next
        scale(2 / width)
        continue
      }
      const sign = m % 2 === 0 ? 1 : -1
      overlap[2 * m] = sign * (2 * square - overlap[0]!)
      energy[2 * m] = sign * (own * width - energy[0]!)
      crossed[2 * m] = sign * (2 * other - crossed[0]!)
      crossed[2 * m + 1] = sign * (2 * next - crossed[1]!)
    }
    return { centre, width, overlap, energy, crossed }
  } finally {
    for (const planes of taken) backend.release(planes)
  }
}
