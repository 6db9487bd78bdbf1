import { issue } from '@mesobath/contracts'
import type { DenseBackend, Host, Issue, Threads } from '@mesobath/contracts'
import { javascriptBackend, wasmBackend } from '@mesobath/kernels'
import { browserPause } from './browser-pause.js'
import { browserThreads } from './browser-threads.js'
import { browserGlobals } from './internal/browser-globals.js'

/** A backend by what it is made of. */
export type BrowserBackendName = 'wasm' | 'js'

/** Options of {@link browserHost}. */
export interface BrowserHostOptions {
  /** Bytes a run may take; half of the device's memory unless told, where the browser tells it, else no limit. */
  readonly memoryLimit?: number
  /** The fastest that runs here unless told. */
  readonly backend?: DenseBackend | BrowserBackendName
  /** Threads at work at a time, the calling one included; as many as the browser has processors unless told. */
  readonly threads?: number
  /** Whether results must have the same bits on every engine: no fused arithmetic. Not unless told; a backend of one's own is never asked. */
  readonly reproducible?: boolean
  /** Hears what this page must do without, and why: threads, or WebAssembly. */
  readonly lacking?: (issue: Issue) => void
}

const GIBIBYTE = 1024 * 1024 * 1024
/** `navigator.deviceMemory` is all that the device has, rounded and at most 8: the system and other pages need theirs. */
const SHARE_OF_DEVICE = 0.5

const memoryOf = (): number | undefined => {
  const { deviceMemory } = browserGlobals().navigator ?? {}
  return deviceMemory === undefined ? undefined : SHARE_OF_DEVICE * deviceMemory * GIBIBYTE
}

const threadsOf = ({ threads: count, lacking }: BrowserHostOptions): Threads | undefined => {
  if (count === 1) return undefined
  const found = browserThreads({ ...(count === undefined ? {} : { count }), ...(lacking === undefined ? {} : { lost: lacking }) })
  if (found._tag === 'Right') return found.right
  for (const each of found.left) lacking?.(each)
  return undefined
}

const backendOf = ({ backend, reproducible, lacking }: BrowserHostOptions, threads: Threads | undefined): DenseBackend => {
  if (typeof backend === 'object') return backend
  if (backend === 'js') return javascriptBackend()
  const made = wasmBackend({ ...(threads === undefined ? {} : { threads }), fused: reproducible !== true })
  if (made !== null) return made
  lacking?.(issue('backend-browser/no-wasm', ['backend'], '`backend` must be one that runs here, but this page has no WebAssembly with SIMD'))
  return javascriptBackend()
}

/**
 * What a page lends to a run: web workers that share memory, a dense backend that uses them, half of the device's memory, and pauses in which
 * input and signals are heard.
 *
 * Where the page is not isolated from other origins the run goes on with one thread, `backend.threads` is 1, and `lacking` hears
 * `backend-browser/not-isolated`. Returns a new host at every call, in a window or a worker; in a worker the calling thread may sleep
 * while others finish, in a window it looks again and again for the milliseconds of their last tiles. Other issues heard: `backend-browser/no-workers`,
 * `backend-browser/worker-lost`, `backend-browser/no-wasm`.
 */
export const browserHost = (options: BrowserHostOptions = {}): Host => {
  const threads = threadsOf(options)
  const memoryLimit = options.memoryLimit ?? memoryOf()
  return {
    backend: backendOf(options, threads),
    ...(threads === undefined ? {} : { threads }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    breathe: browserPause,
  }
}
