import { setImmediate } from 'node:timers/promises'
import { issue } from '@mesobath/contracts'
import type { DenseBackend, Host, Issue, Threads } from '@mesobath/contracts'
import { defaultBackend, javascriptBackend, wasmBackend } from '@mesobath/kernels'
import { freeMemory } from './free-memory.js'
import { nativeBackend } from './native-backend.js'
import { nodeThreads } from './node-threads.js'
import { allowRelaxedSimd } from './relaxed-simd.js'

/** A backend by what it is made of. */
export type BackendName = 'native' | 'wasm' | 'js'

/** Options of `nodeHost`. */
export interface NodeHostOptions {
  /** Bytes a run may take; what is free unless told. */
  readonly memoryLimit?: number
  /** The fastest that needs no library unless told. One that cannot be had here is replaced by that; see `replaced`. */
  readonly backend?: DenseBackend | BackendName
  /** Threads at work at a time, the calling one included; as many as there are processors unless told. */
  readonly threads?: number
  /** Whether results must have the same bits on every engine: no fused arithmetic. Not unless told; "native" and a backend of one's own are never asked. */
  readonly reproducible?: boolean
  /** Hears why the backend asked for by name is not the one used. */
  readonly replaced?: (issue: Issue) => void
}

const backendOf = (options: NodeHostOptions, threads: Threads): DenseBackend => {
  const { backend, replaced } = options
  const fused = options.reproducible !== true
  if (typeof backend === 'object') return backend
  if (backend === 'js') return javascriptBackend()
  if (backend === 'native') {
    const found = nativeBackend({ threads: threads.count })
    if (found._tag === 'Right') return found.right
    for (const each of found.left) replaced?.(each)
  }
  if (fused) allowRelaxedSimd()
  const made = backend === 'wasm' ? wasmBackend({ threads, fused }) : defaultBackend({ threads, reproducible: !fused })
  if (made !== null) return made
  replaced?.(issue('backend-node/no-wasm', ['backend'], '`backend` must be one that runs here, but this engine has no WebAssembly with SIMD'))
  return javascriptBackend()
}

/**
 * What a Node process lends to a run: threads, a dense backend that uses them, the memory that is free now, and pauses in which signals are
 * heard.
 *
 * Returns a new host at every call; the backend inside it may be used by one run after another. Its `id` goes into every result.
 */
export const nodeHost = (options: NodeHostOptions = {}): Host => {
  const threads = nodeThreads(options.threads)
  return {
    backend: backendOf(options, threads),
    threads,
    memoryLimit: options.memoryLimit ?? freeMemory(),
    breathe: async () => { await setImmediate() },
  }
}
