import type { Planes } from '@mesobath/contracts'

/** Numbers of a form that are weighted at a time: they are multiplied while they are in cache. */
const NUMBERS = 131_072
/** Rows below which a product is too low to be shared out. */
const LEAST_ROWS = 96

/** Rows of a form [rows, columns] that are weighted at a time. */
export const bandOf = (rows: number, columns: number): number => Math.min(rows, Math.max(LEAST_ROWS, Math.floor(NUMBERS / columns)))

/** Entries [from, to) of conj(G) ∘ F to `out` from `at` on, the real parts alone where these are all there is. */
export const weigh = (form: Planes, gram: Planes, from: number, to: number, real: boolean, out: Planes, at = 0): void => {
  const a = form.re, b = form.im, c = gram.re, d = gram.im, re = out.re, im = out.im
  if (b === null || d === null) {
    // Real eigenvectors: G alone may be complex.
    for (let i = from, o = at; i < to; i++, o++) re[o] = a[i]! * c[i]!
    if (!real && im !== null && d !== null) for (let i = from, o = at; i < to; i++, o++) im[o] = -a[i]! * d[i]!
    return
  }
  if (real || im === null) {
    for (let i = from, o = at; i < to; i++, o++) re[o] = a[i]! * c[i]! + b[i]! * d[i]!
    return
  }
  for (let i = from, o = at; i < to; i++, o++) {
    const x = a[i]!, y = b[i]!, p = c[i]!, q = d[i]!
    re[o] = x * p + y * q
    im[o] = y * p - x * q
  }
}

/**
 * Rows [from, to) of the lower triangle of conj(G) ∘ F, both Hermitian of `dimension` rows and given by theirs, to rows of `out` that are `to` long:
 * half of the diagonal, so that x†Mx is twice the real part of what is there.
 */
export const weighTriangle = (form: Planes, gram: Planes, dimension: number, from: number, to: number, real: boolean, out: Planes): void => {
  const re = out.re, im = real ? null : out.im
  for (let r = from; r < to; r++) {
    const start = r * dimension
    const at = (r - from) * to
    weigh(form, gram, start, start + r + 1, real, out, at)
    re[at + r] = re[at + r]! / 2
    re.fill(0, at + r + 1, at + to)
    if (im === null) continue
    im[at + r] = 0
    im.fill(0, at + r + 1, at + to)
  }
}
