import type { DenseBackend } from '@mesobath/contracts'
import { checkProduct, complexProduct, PLAIN } from './complex-product.js'

/**
 * Dense products in plain JavaScript: runs everywhere, with the same bits as {@link wasmBackend} without fused arithmetic. Long ones breathe every
 * ten milliseconds or so.
 */
export const javascriptBackend = (): DenseBackend => {
  const product = complexProduct()
  const multiplyAs: NonNullable<DenseBackend['multiplyAs']> = (form, a, b, m, k, n, out, accumulate, breathe) => {
    checkProduct(form, a, b, m, k, n, out)
    return product(form, a, b, m, k, n, out, accumulate, breathe)
  }
  return {
    id: 'js',
    threads: 1,
    reproducible: true,
    allocate: (rows, columns, real) => ({
      re: new Float64Array(rows * columns),
      im: real ? null : new Float64Array(rows * columns),
    }),
    multiply: (a, b, m, k, n, out, accumulate, breathe) => multiplyAs(PLAIN, a, b, m, k, n, out, accumulate, breathe),
    multiplyAs,
    release: () => {},
  }
}
