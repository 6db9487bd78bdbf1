import type { SinglePrecision } from '@mesobath/contracts'
import { wasmBackend } from '@mesobath/kernels'
import { ADJOINT, AS_IT_IS, ROW_MAJOR } from './blas.js'
import type { NativeFunction, NativeLibrary } from './native-library.js'
import { nodeThreads } from './node-threads.js'
import { allowRelaxedSimd } from './relaxed-simd.js'

const ONE = Float32Array.of(1, 0)
/** A small product is tried, so that a library of another calling convention is found out. */
const PROBE = 5
const PROBE_ERROR = 1e-4

const byLibrary = (gemm: NativeFunction): SinglePrecision['multiply'] => {
  const alpha = new Float32Array(2)
  return (a, rows, columns, adjoint, factor, room, from, width, to, piece, pieces) => {
    const height = adjoint ? columns : rows
    const depth = adjoint ? rows : columns
    const most = Math.ceil(height / pieces)
    const first = piece * most
    const count = Math.min(height - first, most)
    if (count <= 0 || depth === 0 || width === 0) return
    alpha[0] = factor
    const { values } = room
    gemm(
      ROW_MAJOR, adjoint ? ADJOINT : AS_IT_IS, AS_IT_IS, count, width, depth, alpha, a.values.subarray(2 * first * (adjoint ? 1 : columns)), columns,
      values.subarray(2 * from), width, ONE, values.subarray(2 * (to + first * width)), width,
    )
  }
}

/** Whether two ways of multiplying agree on a small matrix and its adjoint. */
const agree = (single: SinglePrecision, other: SinglePrecision['multiply']): boolean => {
  const size = PROBE * PROBE
  const a = single.allocate(size)
  const room = single.allocate(3 * size)
  const products = [single.multiply, other].map((multiply) => {
    for (let i = 0; i < 2 * size; i++) a.values[i] = ((7 * i) % 11) - 5
    for (let i = 0; i < 6 * size; i++) room.values[i] = ((5 * i) % 7) - 3
    multiply(a, PROBE, PROBE, false, 0.5, room, 0, PROBE, size, 0, 1)
    multiply(a, PROBE, PROBE, true, 0.5, room, 0, PROBE, 2 * size, 0, 1)
    return room.values.slice()
  })
  single.release(a)
  single.release(room)
  return products[0]!.every((value, at) => Math.abs(value - products[1]![at]!) < PROBE_ERROR)
}

/**
 * Blocks to single precision in the memory of WebAssembly kernels, their products by a library where it has the function for it; null where the engine has no
 * such kernels.
 */
export const nativeSingle = (library: NativeLibrary, threads: number | undefined): SinglePrecision | null => {
  allowRelaxedSimd()
  const single = wasmBackend({ threads: nodeThreads(threads), fused: true })?.single
  if (single === undefined) return null
  const gemm = library.find('void cblas_cgemm(int order, int turnA, int turnB, int m, int n, int k, const float* alpha, const float* a, int strideA, '
    + 'const float* b, int strideB, const float* beta, float* out, int strideOut)')
  const multiply = gemm === null ? null : byLibrary(gemm)
  return multiply !== null && agree(single, multiply) ? { ...single, multiply } : single
}
