import type { Planes } from './data.js'

/** Something that can be cancelled; an `AbortSignal` fits. */
export interface Cancellation {
  readonly aborted: boolean
}

/**
 * Dense blocks of numbers. `id` goes into every result; `reproducible` means the same bits on every engine and for every
 * number of threads.
 */
export interface DenseBackend {
  readonly id: string
  readonly threads: number
  readonly reproducible: boolean
  /** Zeroed planes [rows × columns] inside the backend's own memory: nothing large is copied per call. */
  allocate(rows: number, columns: number, real: boolean): Planes
  /** out = a·b, or out += a·b where `accumulate`; a [m, k], b [k, n], out [m, n], row-major. A promise where threads work. */
  multiply(a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean): void | Promise<void>
  /** Gives planes back; they must not be used afterwards. */
  release(planes: Planes): void
}

/** What a host lends to a run. Nothing numerical imports Node: threads, memory limits and pauses come in through here. */
export interface Host {
  readonly backend?: DenseBackend
  /** Bytes a run may take; more is an issue before starting. */
  readonly memoryLimit?: number
  /** Hands control to the event loop, so that a signal can be heard (setImmediate, MessageChannel). */
  readonly breathe?: () => Promise<void>
}
