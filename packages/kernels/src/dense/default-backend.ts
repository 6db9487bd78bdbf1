import type { DenseBackend, Threads } from '@mesobath/contracts'
import { javascriptBackend } from './javascript-backend.js'
import { wasmBackend } from './wasm-backend.js'

/** Options of {@link defaultBackend}. */
export interface DefaultBackendOptions {
  /** Threads that share the work, where a memory can be shared. */
  readonly threads?: Threads
  /** Whether the bits must be the same on every engine: then multiply and add are never fused. Not unless told. */
  readonly reproducible?: boolean
}

/**
 * A new backend, the fastest that runs here without a library: wasm with fused arithmetic (relaxed SIMD), else wasm with SIMD, else plain
 * JavaScript. The last two give the same bits; `id` says which it is.
 */
export const defaultBackend = (options: DefaultBackendOptions = {}): DenseBackend => {
  const { threads, reproducible } = options
  return wasmBackend({ ...(threads === undefined ? {} : { threads }), fused: reproducible !== true }) ?? javascriptBackend()
}
