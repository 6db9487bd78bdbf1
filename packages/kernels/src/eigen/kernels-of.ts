import type { DenseBackend } from '@mesobath/contracts'
import { javascriptKernels } from './vector-kernels.js'
import type { VectorKernels } from './vector-kernels.js'

/** A += L†R by a product of its own and a sum. */
const addBy = (backend: DenseBackend): VectorKernels['addProduct'] => async (matrix, stride, size, depth, left, right, breathe) => {
  const real = matrix.im === null
  const a = backend.allocate(size, depth, real)
  const b = backend.allocate(depth, size, real)
  const out = backend.allocate(size, size, real)
  for (let r = 0; r < size; r++) {
    for (let k = 0; k < depth; k++) {
      a.re[r * depth + k] = left.re[k * stride + r]!
      b.re[k * size + r] = right.re[k * stride + r]!
      if (real) continue
      a.im![r * depth + k] = -left.im![k * stride + r]!
      b.im![k * size + r] = right.im![k * stride + r]!
    }
  }
  await backend.multiply(a, b, size, depth, size, out, false, breathe)
  const { re, im } = matrix
  for (let r = 0; r < size; r++) {
    for (let c = 0; c <= r; c++) {
      re[r * stride + c] = re[r * stride + c]! + out.re[r * size + c]!
      if (im !== null) im[r * stride + c] = im[r * stride + c]! + out.im![r * size + c]!
    }
  }
  for (const planes of [a, b, out]) backend.release(planes)
}

/** Kernels for planes of any backend, in plain JavaScript but for its products. */
export const kernelsOf = (backend: DenseBackend): VectorKernels => javascriptKernels(addBy(backend))
