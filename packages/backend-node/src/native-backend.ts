import { fail, issue, succeed } from '@mesobath/contracts'
import type { DenseBackend, Outcome, Planes, ProductForm } from '@mesobath/contracts'
import { lapackEigenbasis } from './lapack-eigenbasis.js'
import { openNativeLibrary } from './native-library.js'
import type { NativeLibrary } from './native-library.js'
import { nativeProducts } from './native-products.js'
import { nativeSingle } from './native-single.js'
import { NumberPool } from './number-pool.js'

/** Options of {@link nativeBackend}. */
export interface NativeBackendOptions {
  /** The library's file or name; what systems call it unless told. */
  readonly library?: string
  /** Threads the library may use, where it can be told (OpenBLAS); its own choice unless told. */
  readonly threads?: number
}

/** A product of matrices with a known result is tried, so that a library of another integer width or calling convention is found out. */
const PROBE = 7
const PROBE_ERROR = 1e-12
/** Ten to twenty milliseconds of one or two threads. */
const OPERATIONS_PER_BREATH = 5e8
const PLAIN: ProductForm = { adjoint: false, hermitian: false }

const rightAnswer = (multiply: NonNullable<DenseBackend['multiplyAs']>): boolean => {
  const numbers = (seed: number): Planes => ({
    re: Float64Array.from({ length: PROBE * PROBE }, (_, i) => ((i * seed) % 11) - 5), im: Float64Array.from({ length: PROBE * PROBE }, (_, i) => ((i * seed + 3) % 7) - 3),
  })
  const [a, b] = [numbers(3), numbers(5)]
  const out: Planes = { re: new Float64Array(PROBE * PROBE), im: new Float64Array(PROBE * PROBE) }
  void multiply(PLAIN, a, b, PROBE, PROBE, PROBE, out, false)
  for (let r = 0; r < PROBE; r++) {
    for (let c = 0; c < PROBE; c++) {
      let re = 0
      let im = 0
      for (let p = 0; p < PROBE; p++) {
        const x = a.re[r * PROBE + p]!, y = a.im![r * PROBE + p]!, u = b.re[p * PROBE + c]!, v = b.im![p * PROBE + c]!
        re += x * u - y * v
        im += x * v + y * u
      }
      if (!(Math.abs(out.re[r * PROBE + c]! - re) < PROBE_ERROR && Math.abs(out.im![r * PROBE + c]! - im) < PROBE_ERROR)) return false
    }
  }
  return true
}

const threadsOf = (library: NativeLibrary, wanted: number | undefined): number => {
  const set = library.find('void openblas_set_num_threads(int count)')
  const get = library.find('int openblas_get_num_threads()')
  if (wanted !== undefined && set !== null) set(wanted)
  return get === null ? 1 : get()
}

/**
 * Dense products and eigenvectors by a BLAS that is installed on this machine (OpenBLAS, Accelerate, …), looked for now; fast, and with bits of its own.
 *
 * Matrices are the process's own arrays, which the library reads and writes in place; a few that were released are kept to be lent again. Issues: `backend-node/no-foreign-functions`, `backend-node/no-library`,
 * `backend-node/broken-library` where a function is missing or a small product comes out wrong.
 */
export const nativeBackend = (options: NativeBackendOptions = {}): Outcome<DenseBackend> => {
  const opened = openNativeLibrary(options.library === undefined ? undefined : [options.library])
  if (opened._tag === 'Left') return opened
  const library = opened.right
  const multiplyAs = nativeProducts(library)
  if (typeof multiplyAs === 'string') {
    return fail(issue('backend-node/broken-library', ['library'], `the library ${library.path} must have the C interface to BLAS, but lacks ${multiplyAs}`))
  }
  const threads = threadsOf(library, options.threads)
  if (!rightAnswer(multiplyAs)) {
    return fail(issue('backend-node/broken-library', ['library'], `the library ${library.path} must multiply two small matrices, but its result is wrong`))
  }
  const pool = new NumberPool()
  const owned = new WeakSet<Planes>()
  const diagonalise = lapackEigenbasis(library, pool)
  const single = nativeSingle(library, options.threads)
  return succeed({
    id: 'native-blas',
    threads,
    reproducible: false,
    operationsPerBreath: OPERATIONS_PER_BREATH,
    allocate: (rows, columns, real) => {
      const planes = { re: pool.take(rows * columns), im: real ? null : pool.take(rows * columns) }
      owned.add(planes)
      return planes
    },
    multiply: (a, b, m, k, n, out, accumulate) => multiplyAs(PLAIN, a, b, m, k, n, out, accumulate),
    multiplyAs,
    ...(diagonalise === null ? {} : { diagonalise }),
    ...(single === null ? {} : { single }),
    release: (planes) => {
      if (!owned.delete(planes)) throw new Error('planes released to a backend that did not allocate them, or released twice')
      pool.give(planes.re)
      if (planes.im !== null) pool.give(planes.im)
    },
  })
}
