import type { DenseBackend, Planes, Rows } from '@mesobath/contracts'
import { adjointRows } from './adjoint-rows.js'
import { kernelsOf } from './kernels-of.js'
import { reduceToTridiagonal, reflectUnits } from './tridiagonal-reduction.js'
import type { VectorKernels } from './vector-kernels.js'

/** How a reduction ended. */
export type TridiagonalEnding = 'ok' | 'cancelled' | 'not-finite'

/** See {@link hermitianTridiagonal}; with the kernels of a backend. */
export const tridiagonalise = async (
  backend: DenseBackend, kernels: VectorKernels, matrix: Planes, n: number, diagonal: Float64Array, off: Float64Array, vectors: Planes,
  breathe: () => Promise<boolean>, rows: Rows,
): Promise<TridiagonalEnding> => {
  const reduction = await reduceToTridiagonal(backend, kernels, matrix, n, breathe)
  if (typeof reduction === 'string') return reduction
  const { scale } = reduction
  reduction.diagonal.forEach((x, at) => { diagonal[at] = scale * x })
  reduction.off.forEach((x, at) => { off[at] = scale * x })
  const width = rows.to - rows.from
  const columns = backend.allocate(n, width, matrix.im === null)
  try {
    if (!(await reflectUnits(backend, matrix, reduction, n, rows, columns, breathe))) return 'cancelled'
    adjointRows(columns, n, width, null, vectors)
    return 'ok'
  } finally {
    backend.release(columns)
  }
}

/**
 * A Hermitian matrix [n, n], of which the lower triangle is read, as Q T Q† with T real and tridiagonal, by blocked Householder reflections: `diagonal` [n]
 * of T and `off` [n − 1] beside it; and `rows` of Q as `vectors` [rows, n], complex where the matrix is, which is overwritten. Everything that H does to those
 * rows T does to these vectors: f(H) there is vectors·f(T)·vectors†. `breathe` is asked between parts of some milliseconds and ends the work where it says
 * false. About 16/3 n³ real operations and 8 n² per row if complex, a quarter if real.
 */
export const hermitianTridiagonal = async (
  backend: DenseBackend, matrix: Planes, n: number, diagonal: Float64Array, off: Float64Array, vectors: Planes, breathe: () => Promise<boolean>, rows: Rows,
): Promise<TridiagonalEnding> => {
  const { from, to } = rows
  if (!(0 <= from && from <= to && to <= n)) throw new RangeError(`\`rows\` must lie within ${n} rows, but are [${from}, ${to})`)
  if (matrix.re.length < n * n) throw new RangeError(`\`matrix\` must have ${n} × ${n} entries, but has ${matrix.re.length}`)
  if (vectors.re.length < (to - from) * n) throw new RangeError(`\`vectors\` must have ${to - from} × ${n} entries, but has ${vectors.re.length}`)
  if (diagonal.length < n || off.length < n - 1) throw new RangeError(`\`diagonal\` and \`off\` must have ${n} and ${n - 1} entries, but have ${diagonal.length} and ${off.length}`)
  if ((matrix.im === null) !== (vectors.im === null)) throw new TypeError('`vectors` must be complex where `matrix` is, and only there')
  if (backend.tridiagonalise !== undefined) return backend.tridiagonalise(matrix, n, diagonal, off, vectors, breathe, rows)
  return tridiagonalise(backend, kernelsOf(backend), matrix, n, diagonal, off, vectors, breathe, rows)
}
