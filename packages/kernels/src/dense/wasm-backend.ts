import type { DenseBackend, Planes, ProductForm, Threads } from '@mesobath/contracts'
import { diagonalise } from '../eigen/hermitian-eigenbasis.js'
import { tridiagonalise } from '../eigen/tridiagonal-form.js'
import type { VectorKernels } from '../eigen/vector-kernels.js'
import { wasmKernels } from '../eigen/wasm-kernels.js'
import { openTeam } from '../threads/team.js'
import type { Team, TeamArray } from '../threads/team.js'
import { checkProduct, PLAIN } from './complex-product.js'
import { singlePrecision } from './single-precision.js'

/** Options of {@link wasmBackend}. */
export interface WasmBackendOptions {
  /** Threads that share the work; the calling one alone unless lent. */
  readonly threads?: Threads
  /** Whether to multiply and add in one rounding where the engine can (relaxed SIMD): faster, with bits of its own. */
  readonly fused?: boolean
  /** Milliseconds without progress after which a thread counts as lost; 10 000 unless told. */
  readonly patience?: number
}

/** Columns of a strip at most: what assembly/dense.ts has room for. */
const STRIP = 256
/** Rows and columns of tiles in registers, so that parts have no ragged edges but the last. */
const ROW_UNIT = 12
const COLUMN_UNIT = 4
/** Real operations below which a product is not shared out: waking a thread takes some tens of microseconds. */
const WORTH_SHARING = 2e6
/** Columns that packing a left factor costs as much as: all that a narrow product does but for the few it has. */
const PACKING = 6
/** Real operations before threads are started: a program that ends within a tenth of a second is not helped by them. */
const WORTH_STARTING = 1e9
/** Rows of a part at least: a part packs the columns it multiplies for itself. */
const LEAST_BAND = 48
/** Parts per thread, so that none waits long for the last one. */
const PARTS = 3
/** Rows from which mirroring is shared out. */
const WORTH_MIRRORING = 512
/** Rows and columns of a square that is mirrored at a time. */
const SQUARE = 64

const FOREIGN = 'planes must be those of the backend, complex where matrices are Hermitian'

/** What is added to a Hermitian matrix: its lower triangle alone is kept. */
const TRIANGLE: ProductForm = { adjoint: true, hermitian: true }

/** Planes in a team's memory, which may grow: `re` and `im` are getters, so never keep a `subarray` over one (see `planesView`). */
class TeamPlanes implements Planes {
  readonly real: TeamArray
  readonly imaginary: TeamArray | null

  constructor(real: TeamArray, imaginary: TeamArray | null) {
    this.real = real
    this.imaginary = imaginary
  }

  get re(): Float64Array {
    return this.real.values
  }

  get im(): Float64Array | null {
    return this.imaginary === null ? null : this.imaginary.values
  }
}

/** How the entries of a product are cut into parts. */
interface Cut {
  readonly band: number
  readonly strip: number
  readonly parts: number
}

/** Nearly equal parts of at most `most`, each a multiple of `unit`. */
const evenly = (length: number, most: number, unit: number): number => Math.max(unit, Math.ceil(length / Math.ceil(length / most) / unit) * unit)

/** Wide strips and high bands pack least; enough parts keep all threads at work. */
const cutProduct = (m: number, n: number, threads: number): Cut => {
  const strip = evenly(n, STRIP, COLUMN_UNIT)
  const strips = Math.ceil(n / strip)
  const bands = threads === 1 ? 1 : Math.max(1, Math.min(Math.floor(m / LEAST_BAND), Math.ceil((PARTS * threads) / strips)))
  const band = evenly(m, Math.ceil(m / bands), ROW_UNIT)
  return { band, strip, parts: Math.ceil(m / band) * strips }
}

/**
 * Dense products in WebAssembly with SIMD, or null where the engine has none.
 *
 * Without fused arithmetic its bits are those of {@link javascriptBackend}, for any number of threads. Each call makes a backend with a
 * linear memory of its own, at most 4 GiB: `allocate` throws a RangeError beyond. `release` gives ranges back for later planes; the memory
 * itself goes when the backend does. Factors that live in other memory are copied in for the product. A product throws `ThreadLost` where a
 * thread ended in the middle of it.
 */
export const wasmBackend = (options: WasmBackendOptions = {}): DenseBackend | null => {
  const opened = openTeam(options)
  if (opened === null) return null
  const team: Team = opened
  const job = new Float64Array(17)
  const square = new Float64Array(4)
  const step = new Float64Array(14)
  let spent = 0

  /** Whether the calling thread does so many operations alone: fewer than `least`, or before there has been enough work to start threads for. */
  const isSmall = (operations: number, least: number): boolean => {
    spent += operations
    return team.threads === 1 || operations < least || spent < WORTH_STARTING
  }

  /** Where a plane begins in the memory of the team, 0 for none. */
  const offsetOf = (plane: Float64Array | null): number => plane === null ? 0 : plane.byteOffset

  /** Runs a product of planes in the team's memory, rows of a, of b and of out `strideA`, `strideB`, `strideOut` numbers apart. */
  const share = (
    form: ProductForm, a: Planes, strideA: number, b: Planes, strideB: number, m: number, k: number, n: number, out: Planes, strideOut: number,
    accumulate: boolean,
  ): void => {
    if (m === 0 || n === 0) return
    const aIm = offsetOf(a.im)
    const bIm = offsetOf(b.im)
    const operations = 2 * m * k * (n + PACKING) * (aIm !== 0 && bIm !== 0 ? 3 : aIm !== 0 || bIm !== 0 ? 2 : 1)
    const alone = isSmall(operations, WORTH_SHARING)
    const { band, strip, parts } = cutProduct(m, n, alone ? 1 : team.threads)
    job[0] = offsetOf(a.re)
    job[1] = aIm
    job[2] = offsetOf(b.re)
    job[3] = bIm
    job[4] = offsetOf(out.re)
    job[5] = offsetOf(out.im)
    job[6] = m
    job[7] = k
    job[8] = n
    job[9] = accumulate ? 1 : 0
    job[10] = form.adjoint ? 1 : 0
    job[11] = form.hermitian ? 1 : 0
    job[12] = band
    job[13] = strip
    job[14] = strideA
    job[15] = strideB
    job[16] = strideOut
    team.run('productTile', job, parts, alone)
  }

  const product = (form: ProductForm, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean): void => {
    share(form, a, form.adjoint ? m : k, b, n, m, k, n, out, n, accumulate)
    if (!form.hermitian || form.triangle === true) return
    square[0] = offsetOf(out.re)
    square[1] = offsetOf(out.im)
    square[2] = n
    square[3] = SQUARE
    team.run('mirrorTile', square, Math.ceil(n / SQUARE), n < WORTH_MIRRORING || spent < WORTH_STARTING)
  }

  const owned = new WeakSet<Planes>()
  const isInside = (planes: Planes): boolean => team.owns(planes.re) && (planes.im === null || team.owns(planes.im))

  const multiplyAs: NonNullable<DenseBackend['multiplyAs']> = (form, a, b, m, k, n, out, accumulate) => {
    checkProduct(form, a, b, m, k, n, out)
    if (isInside(a) && isInside(b) && isInside(out)) {
      product(form, a, b, m, k, n, out, accumulate)
      return
    }
    const copies: Planes[] = []
    const own = (planes: Planes, size: number): Planes => {
      if (isInside(planes)) return planes
      const copy = backend.allocate(size, 1, planes.im === null)
      copies.push(copy)
      copy.re.set(planes.re.subarray(0, size))
      if (planes.im !== null) copy.im!.set(planes.im.subarray(0, size))
      return copy
    }
    try {
      // A copy may grow the memory, so views are read only after all copies are made.
      const left = own(a, m * k)
      const right = own(b, k * n)
      const target = own(out, m * n)
      product(form, left, right, m, k, n, target, accumulate)
      if (target !== out) {
        out.re.set(target.re)
        if (out.im !== null) out.im.set(target.im!)
      }
    } finally {
      for (const copy of copies) backend.release(copy)
    }
  }

  /** The same for planes of other memory. */
  const diagonaliseCopies: NonNullable<DenseBackend['diagonalise']> = async (matrix, n, values, vectors, breathe, rows) => {
    const real = matrix.im === null
    const own = backend.allocate(n, n, real)
    const found = vectors === null ? null : backend.allocate(rows === undefined ? n : rows.to - rows.from, n, real)
    try {
      own.re.set(matrix.re.subarray(0, n * n))
      if (matrix.im !== null) own.im!.set(matrix.im.subarray(0, n * n))
      const ending = await backend.diagonalise!(own, n, values, found, breathe, rows)
      if (vectors !== null && found !== null) {
        vectors.re.set(found.re)
        vectors.im?.set(found.im!)
      }
      return ending
    } finally {
      backend.release(own)
      if (found !== null) backend.release(found)
    }
  }

  /** A Hermitian matrix of a step of commutators. */
  const putMatrix = (at: number, planes: Planes): void => {
    if (planes.im === null || !isInside(planes)) throw new TypeError(FOREIGN)
    step[at] = offsetOf(planes.re)
    step[at + 1] = offsetOf(planes.im)
  }

  const withKernels = async <T>(n: number, use: (kernels: VectorKernels) => Promise<T>): Promise<T> => {
    const kernels = wasmKernels(team, n, (target, stride, size, depth, left, right) => {
      share(TRIANGLE, left, stride, right, stride, size, depth, size, target, stride, true)
    })
    try {
      return await use(kernels)
    } finally {
      kernels.dispose()
    }
  }

  const backend: DenseBackend = {
    id: team.fused ? 'wasm-simd-fma' : 'wasm-simd',
    threads: team.threads,
    reproducible: !team.fused,
    allocate: (rows, columns, real) => {
      const size = rows * columns
      const first = team.allocate(size)
      let second: TeamArray | null = null
      if (!real) {
        try {
          second = team.allocate(size)
        } catch (fault) {
          team.release(first)
          throw fault
        }
      }
      const planes = new TeamPlanes(first, second)
      owned.add(planes)
      return planes
    },
    multiply: (a, b, m, k, n, out, accumulate) => multiplyAs(PLAIN, a, b, m, k, n, out, accumulate),
    multiplyAs,
    diagonalise: async (matrix, n, values, vectors, breathe, rows) => {
      if (!isInside(matrix) || (vectors !== null && !isInside(vectors))) return diagonaliseCopies(matrix, n, values, vectors, breathe, rows)
      return withKernels(n, (kernels) => diagonalise(backend, kernels, matrix, n, values, vectors, breathe, rows))
    },
    tridiagonalise: async (matrix, n, diagonal, off, vectors, breathe, rows) => {
      if (!isInside(matrix) || !isInside(vectors)) throw new TypeError(FOREIGN)
      return withKernels(n, (kernels) => tridiagonalise(backend, kernels, matrix, n, diagonal, off, vectors, breathe, rows))
    },
    commute: ({ n, factors, x, y, nextX, nextY, bands, sums }, from, to) => {
      putMatrix(0, x)
      putMatrix(2, y)
      putMatrix(4, nextX)
      putMatrix(6, nextY)
      if (!isInside(factors) || !isInside(bands) || !isInside(sums)) throw new TypeError(FOREIGN)
      step[8] = n
      step[9] = offsetOf(factors.re)
      step[10] = offsetOf(factors.re) + 8 * n
      step[11] = offsetOf(bands.re)
      step[12] = offsetOf(sums.re)
      step[13] = from
      team.run('commutatorTile', step, to - from)
    },
    ...(team.fused ? { single: singlePrecision(team, isSmall) } : {}),
    release: (planes) => {
      if (!owned.delete(planes)) throw new Error('planes released to a backend that did not allocate them, or released twice')
      const { real, imaginary } = planes as TeamPlanes
      team.release(real)
      if (imaginary !== null) team.release(imaginary)
    },
  }
  return backend
}
