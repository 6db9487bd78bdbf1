import type { Planes } from '@mesobath/contracts'

/** Numbers of a form that are weighted at a time: they are multiplied while they are in cache. */
const NUMBERS = 131_072
/** Rows below which a product is too low to be shared out. */
const LEAST_ROWS = 96

/** Rows of a form [rows, columns] that are weighted at a time. */
export const bandOf = (rows: number, columns: number): number => Math.min(rows, Math.max(LEAST_ROWS, Math.floor(NUMBERS / columns)))

/** Entries [from, to) of conj(G) ∘ F to the beginning of `out`, the real parts alone where these are all there is. */
export const weigh = (form: Planes, gram: Planes, from: number, to: number, real: boolean, out: Planes): void => {
  const a = form.re, b = form.im, c = gram.re, d = gram.im, re = out.re, im = out.im
  if (b === null || d === null) {
    // Real eigenvectors: G alone may be complex.
    for (let i = from, o = 0; i < to; i++, o++) re[o] = a[i]! * c[i]!
    if (!real && im !== null && d !== null) for (let i = from, o = 0; i < to; i++, o++) im[o] = -a[i]! * d[i]!
    return
  }
  if (real) {
    for (let i = from, o = 0; i < to; i++, o++) re[o] = a[i]! * c[i]! + b[i]! * d[i]!
    return
  }
  for (let i = from, o = 0; i < to; i++, o++) {
    const x = a[i]!, y = b[i]!, p = c[i]!, q = d[i]!
    re[o] = x * p + y * q
    im![o] = y * p - x * q
  }
}
