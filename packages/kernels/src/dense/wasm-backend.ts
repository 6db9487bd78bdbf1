import type { DenseBackend, Planes } from '@mesobath/contracts'
import { decodeBase64 } from './base64.js'
import { complexProduct } from './complex-product.js'
import { freeList } from './free-list.js'
import type { RealProduct } from './real-product.js'
import { WASM_BASE64 } from './wasm-bytes.js'

// The part of the WebAssembly interface used here; its types come with the DOM library only.
interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
type Kernel = (
  a: number, a2: number, b: number, b2: number, m: number, k: number, n: number,
  out: number, sign: number, second: number, secondSign: number, scratch: number,
) => void
interface Exports {
  readonly memory: Memory
  readonly realProduct: Kernel
}
interface WebAssemblyNamespace {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const PAGE = 65536
/** Doubles of packing space the kernel asks for: (ROWS + COLUMNS)·DEPTH + 16, rounded up to whole cache lines. */
const SCRATCH = (128 + 512) * 256 + 64

/** Compiled once, when first asked for; every backend is an instance with a memory of its own. */
let compiled: object | null | undefined

const compile = (): object | null => {
  const engine = (globalThis as { readonly WebAssembly?: WebAssemblyNamespace }).WebAssembly
  if (engine === undefined) return null
  if (compiled === undefined) {
    try {
      compiled = new engine.Module(decodeBase64(WASM_BASE64))
    } catch {
      // No SIMD, or compiling is forbidden here: the plain backend gives the same bits.
      compiled = null
    }
  }
  return compiled
}

/**
 * Planes in a memory that may grow. Growing detaches every view, so `re` and `im` are getters that make a new view when the
 * buffer has changed: read them again after each `allocate`, and never keep a `subarray` over one (see `planesView`).
 */
class MemoryPlanes implements Planes {
  readonly #memory: Memory
  readonly #size: number
  #real: Float64Array
  #imaginary: Float64Array | null

  constructor(memory: Memory, reOffset: number, imOffset: number, size: number) {
    this.#memory = memory
    this.#size = size
    this.#real = new Float64Array(memory.buffer, reOffset, size)
    this.#imaginary = imOffset < 0 ? null : new Float64Array(memory.buffer, imOffset, size)
    this.reOffset = reOffset
    this.imOffset = imOffset
  }

  readonly reOffset: number
  readonly imOffset: number

  get re(): Float64Array {
    if (this.#real.buffer !== this.#memory.buffer) this.#real = new Float64Array(this.#memory.buffer, this.reOffset, this.#size)
    return this.#real
  }

  get im(): Float64Array | null {
    if (this.#imaginary !== null && this.#imaginary.buffer !== this.#memory.buffer) {
      this.#imaginary = new Float64Array(this.#memory.buffer, this.imOffset, this.#size)
    }
    return this.#imaginary
  }
}

/**
 * Dense products in WebAssembly with SIMD (no FMA: the same bits as {@link javascriptBackend}), or null where the engine has none.
 *
 * Each call makes a backend with a linear memory of its own, at most 4 GiB: `allocate` throws a RangeError beyond.
 * `release` gives ranges back for later planes; the memory itself goes when the backend does. Factors that live in other
 * memory are copied in for the product.
 */
export const wasmBackend = (): DenseBackend | null => {
  const module = compile()
  const engine = (globalThis as { readonly WebAssembly?: WebAssemblyNamespace }).WebAssembly
  if (module === null || engine === undefined) return null
  const { memory, realProduct } = new engine.Instance(module, {}).exports as Exports
  const list = freeList(PAGE, memory.buffer.byteLength)

  const take = (bytes: number): number => {
    const found = list.take(bytes)
    if (found >= 0) return found
    const pages = Math.ceil(list.shortage(bytes) / PAGE)
    if (memory.grow(pages) < 0) throw new RangeError('the memory of the wasm backend is exhausted')
    list.extend(pages * PAGE)
    return list.take(bytes)
  }
  const scratch = take(SCRATCH * 8)

  const sizeOf = new WeakMap<Planes, { readonly bytes: number; readonly offsets: readonly number[] }>()
  const inside = (plane: Float64Array | null): boolean => plane === null || plane.buffer === memory.buffer
  const product: RealProduct = (a, a2, b, b2, m, k, n, out, sign, second, secondSign) =>
    realProduct(
      a.byteOffset, a2?.byteOffset ?? 0, b.byteOffset, b2?.byteOffset ?? 0, m, k, n,
      out.byteOffset, sign, second?.byteOffset ?? 0, secondSign, scratch,
    )

  const backend: DenseBackend = {
    id: 'wasm-simd',
    threads: 1,
    reproducible: true,
    allocate: (rows, columns, real) => {
      const size = rows * columns
      const bytes = size * 8
      const first = take(bytes)
      let second = -1
      if (!real) {
        try {
          second = take(bytes)
        } catch (fault) {
          list.give(first, bytes)
          throw fault
        }
      }
      const planes = new MemoryPlanes(memory, first, second, size)
      planes.re.fill(0)
      planes.im?.fill(0)
      sizeOf.set(planes, { bytes, offsets: real ? [first] : [first, second] })
      return planes
    },
    multiply: (a, b, m, k, n, out, accumulate) => {
      const foreign: Planes[] = []
      const own = (planes: Planes, size: number): Planes => {
        if (inside(planes.re) && inside(planes.im)) return planes
        const copy = backend.allocate(size, 1, planes.im === null)
        foreign.push(copy)
        copy.re.set(planes.re.subarray(0, size))
        if (planes.im !== null) copy.im!.set(planes.im.subarray(0, size))
        return copy
      }
      // A copy may grow the memory, so views are read only inside complexProduct, after all copies are made.
      const left = own(a, m * k)
      const right = own(b, k * n)
      const target = own(out, m * n)
      complexProduct(product, left, right, m, k, n, target, accumulate)
      if (target !== out) {
        out.re.set(target.re)
        if (out.im !== null) out.im.set(target.im!)
      }
      for (const copy of foreign) backend.release(copy)
    },
    release: (planes) => {
      const owned = sizeOf.get(planes)
      if (owned === undefined) throw new Error('planes released to a backend that did not allocate them, or released twice')
      sizeOf.delete(planes)
      for (const offset of owned.offsets) list.give(offset, owned.bytes)
    },
  }
  return backend
}
