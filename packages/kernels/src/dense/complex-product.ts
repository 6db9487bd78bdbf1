import type { Planes } from '@mesobath/contracts'
import type { RealProduct } from './real-product.js'

const demand = (name: string, planes: Planes, size: number): void => {
  if (planes.re.length < size || (planes.im !== null && planes.im.length < size)) {
    throw new RangeError(`\`${name}\` must hold ${size} entries, but holds ${planes.re.length}`)
  }
}

/**
 * out (+)= a·b on planes by real products: three where both factors are complex (3M), two where one is, one where none is.
 *
 * 3M: P₁ = a′b′, P₂ = a″b″, P₃ = (a′ + a″)(b′ + b″); re = P₁ − P₂, im = P₃ − P₁ − P₂. Always whole products in this order, so
 * that every reproducible backend gives the same bits.
 */
export const complexProduct = (product: RealProduct, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean): void => {
  demand('a', a, m * k)
  demand('b', b, k * n)
  demand('out', out, m * n)
  if (out.im === null && (a.im !== null || b.im !== null)) throw new TypeError('`out` must be complex, but is real where a factor is complex')
  const { re, im } = out
  if (!accumulate) {
    re.fill(0, 0, m * n)
    im?.fill(0, 0, m * n)
  }
  if (a.im !== null && b.im !== null && im !== null) {
    product(a.re, null, b.re, null, m, k, n, re, 1, im, -1)
    product(a.im, null, b.im, null, m, k, n, re, -1, im, -1)
    product(a.re, a.im, b.re, b.im, m, k, n, im, 1, null, 1)
    return
  }
  product(a.re, null, b.re, null, m, k, n, re, 1, null, 1)
  if (im === null) return
  if (a.im !== null) product(a.im, null, b.re, null, m, k, n, im, 1, null, 1)
  if (b.im !== null) product(a.re, null, b.im, null, m, k, n, im, 1, null, 1)
}
