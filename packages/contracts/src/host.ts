import type { Planes } from './data.js'

/** Something that can be cancelled; an `AbortSignal` fits. */
export interface Cancellation {
  readonly aborted: boolean
}

/** What is known of a product beforehand. */
export interface ProductForm {
  /** The left factor is stored as its adjoint: a†·b with a [k, m]. */
  readonly adjoint: boolean
  /** The product is Hermitian (m = n), and so is what it is added to: half of it is computed, the rest mirrored. */
  readonly hermitian: boolean
  /** Of a Hermitian product the lower triangle alone is wanted, as where more is to be added: what stands above it then means nothing. */
  readonly triangle?: boolean
}

/** Rows [from, to) of a matrix. */
export interface Rows {
  readonly from: number
  readonly to: number
}

/**
 * Chebyshev polynomials of a commutator with a real symmetric tridiagonal matrix T, of two Hermitian matrices X and Y [n, n] at once, given by their
 * lower triangles: all planes are those of the backend that takes the step.
 */
export interface CommutatorStep {
  readonly n: number
  /** Diagonal of T [n], and what stands left of it [n + 1], zero at both ends. */
  readonly factors: Planes
  readonly x: Planes
  readonly y: Planes
  /** What becomes X' − i[T, X], and Y' − i[T, Y]. */
  readonly nextX: Planes
  readonly nextY: Planes
  /** First rows of bands, one past the last at the end [bands + 1]; and for each band its share of tr X², tr XTX, tr YX, tr YX' [bands, 4]. */
  readonly bands: Planes
  readonly sums: Planes
}

/**
 * Dense blocks of numbers. `id` goes into every result; `reproducible` means the same bits on every engine and for every
 * number of threads.
 */
export interface DenseBackend {
  readonly id: string
  readonly threads: number
  readonly reproducible: boolean
  /** Operations (8 m k n of a complex product) that it does in some ten milliseconds, where these are many more than 1e8: between such parts a signal is heard. */
  readonly operationsPerBreath?: number
  /** Zeroed planes [rows × columns] inside the backend's own memory: nothing large is copied per call. */
  allocate(rows: number, columns: number, real: boolean): Planes
  /**
   * out = a·b, or out += a·b where `accumulate`; a [m, k], b [k, n], out [m, n], row-major. A promise where it takes its time: a backend that needs tens of
   * milliseconds asks `breathe`, where given, now and then, and leaves `out` unfinished where that says false.
   */
  multiply(
    a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean, breathe?: () => Promise<boolean>,
  ): void | Promise<void>
  /** The same with what is known of the product; users fall back on `multiply` where a backend has none. */
  multiplyAs?(
    form: ProductForm, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean, breathe?: () => Promise<boolean>,
  ): void | Promise<void>
  /**
   * All eigenvalues, ascending, of a Hermitian matrix [n, n] given by its lower triangle, and its eigenvectors as columns of `vectors` [n, n], complex
   * where the matrix is, or null where nobody wants them; of `rows` of the eigenvectors alone where given, `vectors` [rows, n]. The matrix is overwritten.
   * Ends early where `breathe`, asked now and then, says false.
   */
  diagonalise?(
    matrix: Planes, n: number, values: Float64Array, vectors: Planes | null, breathe: () => Promise<boolean>, rows?: Rows,
  ): Promise<'ok' | 'cancelled' | 'not-finite' | 'not-converged'>
  /**
   * A Hermitian matrix [n, n], given by its lower triangle, as Q T Q†: T real and tridiagonal, its `diagonal` [n] and what is beside it, `off` [n − 1];
   * and `rows` of Q, [rows, n], complex where the matrix is, which is overwritten; both planes the backend's own. Ends early where `breathe` says false.
   */
  tridiagonalise?(
    matrix: Planes, n: number, diagonal: Float64Array, off: Float64Array, vectors: Planes, breathe: () => Promise<boolean>, rows: Rows,
  ): Promise<'ok' | 'cancelled' | 'not-finite'>
  /** Takes a step in bands [from, to). */
  commute?(step: CommutatorStep, from: number, to: number): void
  /** What it does to single precision, where it is the faster for it; not where `reproducible`. */
  readonly single?: SinglePrecision
  /** Gives planes back; they must not be used afterwards. */
  release(planes: Planes): void
}

/** Complex numbers to single precision. */
export interface SingleNumbers {
  /** Real and imaginary parts side by side. Read it again after each `allocate`: a memory that grows makes new views. */
  readonly values: Float32Array
}

/**
 * Chebyshev blocks to single precision, for states that err by more than its rounding anyhow, as random vectors do: half of the bytes, and twice as many
 * numbers at a time.
 *
 * All blocks of a state stand in one room, row-major with `width` columns; each is told by the number that it begins at.
 */
export interface SinglePrecision {
  /** Zeroed room for so many numbers. */
  allocate(count: number): SingleNumbers
  /**
   * Block at `to` += factor·a·(block at `from`), a [rows, columns] row-major, or factor·a†·(…) where `adjoint`; of `pieces` of the rows of the product the
   * one numbered `piece`, from 0 on.
   */
  multiply(
    a: SingleNumbers, rows: number, columns: number, adjoint: boolean, factor: number, room: SingleNumbers, from: number, width: number, to: number, piece: number,
    pieces: number,
  ): void
  /** Block at `to` = factor·d_r·(block at `from`) − (block at `before`), one of `diagonal` a row; nothing is taken off where `before` is null. */
  shift(diagonal: Float64Array, factor: number, room: SingleNumbers, from: number, before: number | null, width: number, to: number): void
  /**
   * Of `terms` blocks of `rows` rows, the first at `from`, each `apart` numbers behind the last, adds ⟨T_l|T_m⟩ of every column to `overlaps`
   * [terms, terms, width], m ≤ l, and ⟨T_l|w|T_m⟩ to each of `weighted` for each set of weights per row.
   */
  overlap(
    room: SingleNumbers, from: number, apart: number, terms: number, rows: number, width: number, overlaps: Planes, weights: readonly Float64Array[], weighted: readonly Planes[],
  ): void
  /** Gives numbers back. */
  release(numbers: SingleNumbers): void
}

/** A thread that a host started. */
export interface Thread {
  /** Ends it at once. */
  end(): void
}

/**
 * Threads that a host lends. Only kernels run in them: a compiled module, a shared memory and numbers are all that crosses, so no
 * problem and no plug-in ever does.
 */
export interface Threads {
  /** How many may be at work at a time for one run, the caller's own included. */
  readonly count: number
  /**
   * Starts a thread that runs `source`, a classic script, and hands `message` to the `globalThis.onmessage` that the script sets, as
   * the `data` of its argument. The thread ends when that returns. `ended` is called when it has ended, whatever the reason. A thread must not keep the
   * process alive.
   */
  start(source: string, message: unknown, ended: () => void): Thread
}

/** What a host lends to a run. Nothing numerical imports Node: threads, memory limits and pauses come in through here. */
export interface Host {
  readonly backend?: DenseBackend
  /** Threads besides those that the backend has; none unless lent. */
  readonly threads?: Threads
  /** Bytes a run may take; more is an issue before starting. */
  readonly memoryLimit?: number
  /** Hands control to the event loop, so that a signal can be heard (setImmediate, MessageChannel). */
  readonly breathe?: () => Promise<void>
}
