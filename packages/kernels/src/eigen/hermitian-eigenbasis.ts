import type { DenseBackend, Planes, Rows } from '@mesobath/contracts'
import { isolateEigenvalue } from '../internal/tridiagonal.js'
import { adjointRows } from './adjoint-rows.js'
import { kernelsOf } from './kernels-of.js'
import { multiplyInBands } from './multiply-in-bands.js'
import { tridiagonalEigenbasis } from './tridiagonal-eigenbasis.js'
import { applyReflections, reduceToTridiagonal, reflectUnits } from './tridiagonal-reduction.js'
import type { Reduction } from './tridiagonal-reduction.js'
import type { VectorKernels } from './vector-kernels.js'

/** How a diagonalisation ended. */
export type EigenEnding = 'ok' | 'cancelled' | 'not-finite' | 'not-converged'

/** Steps of a sweep, of some ten nanoseconds each and in a few sweeps, between two breaths. */
const STEPS_PER_BREATH = 1e5

const never = async (): Promise<boolean> => true

/** Rows [n, n] in no order become columns, ascending. */
const toColumns = (rows: Float64Array, order: readonly number[], n: number, { re, im }: Planes): void => {
  im?.fill(0)
  for (let from = 0; from < n; from += 8) {
    // Eight rows at a time: what is written stays in cache.
    const to = Math.min(n, from + 8)
    for (let r = 0; r < n; r++) for (let c = from; c < to; c++) re[r * n + c] = rows[order[c]! * n + r]!
  }
}

/** Rows of the eigenvectors V = Q Z alone: with Y = Q†P of the columns P of 1 these are (Zᵀ Y)†, `own` being Zᵀ in no order. False where `breathe` said to stop. */
const takeRows = async (
  backend: DenseBackend, matrix: Planes, reduction: Reduction, n: number, own: Planes, order: readonly number[],
  rows: Rows, vectors: Planes, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const width = rows.to - rows.from
  const real = matrix.im === null
  const columns = backend.allocate(n, width, real)
  const turned = backend.allocate(n, width, real)
  try {
    if (!(await reflectUnits(backend, matrix, reduction, n, rows, columns, breathe))) return false
    if (!(await multiplyInBands(backend, own, columns, n, n, width, turned, false, breathe))) return false
    adjointRows(turned, n, width, order, vectors)
    return true
  } finally {
    backend.release(columns)
    backend.release(turned)
  }
}

/** See {@link hermitianEigenbasis}; with the kernels of a backend. */
export const diagonalise = async (
  backend: DenseBackend, kernels: VectorKernels, matrix: Planes, n: number, values: Float64Array, vectors: Planes | null, breathe: () => Promise<boolean>,
  rows?: Rows,
): Promise<EigenEnding> => {
  const reduction = await reduceToTridiagonal(backend, kernels, matrix, n, breathe)
  if (typeof reduction === 'string') return reduction
  const { scale, diagonal, off } = reduction
  if (vectors === null) {
    const beside = new Float64Array(n)
    beside.set(off)
    const last = new Float64Array(n)
    let steps = 0
    for (let l = 0; l < n; l++) {
      if (!isolateEigenvalue(diagonal, beside, last, l)) return 'not-converged'
      steps += n - l
      if (steps < STEPS_PER_BREATH) continue
      steps = 0
      if (!(await breathe())) return 'cancelled'
    }
    diagonal.sort().forEach((value, at) => { values[at] = value * scale })
    return 'ok'
  }
  const own = backend.allocate(n, n, true)
  try {
    let stopped = false
    const done = await tridiagonalEigenbasis(backend, kernels, diagonal, off, own, async () => {
      stopped = !(await breathe())
      return !stopped
    })
    if (!done) return stopped ? 'cancelled' : 'not-converged'
    const order = Array.from(diagonal, (_, i) => i).sort((a, b) => diagonal[a]! - diagonal[b]! || a - b)
    order.forEach((index, at) => { values[at] = diagonal[index]! * scale })
    if (!(await breathe())) return 'cancelled'
    if (rows !== undefined && rows.to - rows.from < n) return (await takeRows(backend, matrix, reduction, n, own, order, rows, vectors, breathe)) ? 'ok' : 'cancelled'
    toColumns(own.re, order, n, vectors)
  } finally {
    backend.release(own)
  }
  return (await applyReflections(backend, matrix, reduction, n, false, vectors, n, breathe)) ? 'ok' : 'cancelled'
}

/**
 * All eigenvalues, ascending, and eigenvectors of a Hermitian matrix: blocked Householder reflections to a real tridiagonal matrix, divide and
 * conquer there, reflections of its vectors.
 *
 * `matrix` [n, n], of which the lower triangle is read, is overwritten; `values` [n] and `vectors` [n, n], eigenvectors as columns, complex where the
 * matrix is, or null where eigenvalues are all that is wanted (16/3 n³ operations). Of `rows` of the eigenvectors alone where given: `vectors` [rows, n], for
 * as many operations less as there are fewer. `breathe` is asked between parts of some milliseconds and ends the work where it says false. About 20 n³ real
 * operations if complex, 5 n³ if real, nearly all in products and products with a vector. Residuals and orthogonality are a few roundings times the norm.
 * Takes room for five real matrices besides.
 */
export const hermitianEigenbasis = async (
  backend: DenseBackend, matrix: Planes, n: number, values: Float64Array, vectors: Planes | null, breathe: () => Promise<boolean> = never, rows?: Rows,
): Promise<EigenEnding> => {
  const { from, to } = rows ?? { from: 0, to: n }
  if (!(0 <= from && from <= to && to <= n)) throw new RangeError(`\`rows\` must lie within ${n} rows, but are [${from}, ${to})`)
  if (matrix.re.length < n * n) throw new RangeError(`\`matrix\` must have ${n} × ${n} entries, but has ${matrix.re.length}`)
  if (vectors !== null && vectors.re.length < (to - from) * n) throw new RangeError(`\`vectors\` must have ${to - from} × ${n} entries, but has ${vectors.re.length}`)
  if (values.length < n) throw new RangeError(`\`values\` must have ${n} entries, but has ${values.length}`)
  if (vectors !== null && (matrix.im === null) !== (vectors.im === null)) throw new TypeError('`vectors` must be complex where `matrix` is, and only there')
  if (backend.diagonalise !== undefined) return backend.diagonalise(matrix, n, values, vectors, breathe, rows)
  return diagonalise(backend, kernelsOf(backend), matrix, n, values, vectors, breathe, rows)
}
