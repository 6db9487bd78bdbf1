import type { DenseBackend } from '@mesobath/contracts'
import { javascriptBackend } from './javascript-backend.js'
import { wasmBackend } from './wasm-backend.js'

/** A new backend, the fastest that runs here without a host: wasm with SIMD, else plain JavaScript. Both give the same bits. */
export const defaultBackend = (): DenseBackend => wasmBackend() ?? javascriptBackend()
