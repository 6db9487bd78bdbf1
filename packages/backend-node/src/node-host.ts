import { setImmediate } from 'node:timers/promises'
import type { DenseBackend, Host } from '@mesobath/contracts'
import { defaultBackend } from '@mesobath/kernels'
import { freeMemory } from './free-memory.js'

/** Options of `nodeHost`. */
export interface NodeHostOptions {
  /** Bytes a run may take; what is free unless told. */
  readonly memoryLimit?: number
  /** The fastest that runs here unless told. */
  readonly backend?: DenseBackend
}

/**
 * What a Node process lends to a run: a dense backend, the memory that is free now, and pauses in which signals are heard.
 *
 * Returns a new host at every call; the backend inside it may be used by one run after another.
 */
export const nodeHost = (options: NodeHostOptions = {}): Host => ({
  backend: options.backend ?? defaultBackend(),
  memoryLimit: options.memoryLimit ?? freeMemory(),
  breathe: async () => { await setImmediate() },
})
