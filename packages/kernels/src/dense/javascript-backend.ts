import type { DenseBackend } from '@mesobath/contracts'
import { complexProduct } from './complex-product.js'
import { javascriptProduct } from './real-product.js'

/** Dense products in plain JavaScript: runs everywhere, with the same bits as {@link wasmBackend}. */
export const javascriptBackend = (): DenseBackend => {
  const product = javascriptProduct()
  return {
    id: 'js',
    threads: 1,
    reproducible: true,
    allocate: (rows, columns, real) => ({
      re: new Float64Array(rows * columns),
      im: real ? null : new Float64Array(rows * columns),
    }),
    multiply: (a, b, m, k, n, out, accumulate) => complexProduct(product, a, b, m, k, n, out, accumulate),
    release: () => {},
  }
}
