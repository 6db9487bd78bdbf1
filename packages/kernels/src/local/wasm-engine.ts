import { decodeBase64 } from '../dense/base64.js'
import { WASM_BASE64 } from './wasm-bytes.js'

// The part of the WebAssembly interface used here; its types come with the DOM library only.
interface Memory {
  readonly buffer: ArrayBuffer
}
interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => Memory
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** Functions of assembly/local-terms.ts; places are bytes in the memory. */
export interface LocalKernels {
  applyFlips(
    records: number, count: number, values: number, diagonal: number, x: number, out: number, length: number, block: number,
    scale: number, shift: number, keep: number,
  ): void
  dot(a: number, b: number, length: number): number
  add(x: number, out: number, length: number, factor: number): void
}

const PAGE = 65536
const MOST_PAGES = 65536

/** Compiled once, when first asked for. */
let compiled: object | null | undefined

/** The kernels with a memory of their own of `bytes`, which never grows, so that views stay; null without SIMD or without that much room. */
export const wasmKernels = (bytes: number): { readonly kernels: LocalKernels; readonly buffer: ArrayBuffer } | null => {
  const engine = (globalThis as { readonly WebAssembly?: WebAssemblyNamespace }).WebAssembly
  const pages = Math.ceil(bytes / PAGE)
  if (engine === undefined || pages > MOST_PAGES) return null
  try {
    compiled ??= compiled === null ? null : new engine.Module(decodeBase64(WASM_BASE64))
    if (compiled === null) return null
  } catch {
    // No SIMD, or compiling is forbidden here: plain JavaScript gives the same bits.
    compiled = null
    return null
  }
  try {
    const memory = new engine.Memory({ initial: pages, maximum: MOST_PAGES })
    const { exports } = new engine.Instance(compiled, { env: { memory } })
    return { kernels: exports as LocalKernels, buffer: memory.buffer }
  } catch {
    // The engine has not that much memory in one piece; plain arrays may still be found.
    return null
  }
}
