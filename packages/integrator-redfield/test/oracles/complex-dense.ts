// Small dense complex matrices for oracles, written to be read and not to be fast. Entry (r, c) at r·n + c.

export interface Dense {
  readonly n: number
  readonly re: Float64Array
  readonly im: Float64Array
}

export const zero = (n: number): Dense => ({ n, re: new Float64Array(n * n), im: new Float64Array(n * n) })

export const fromEntries = (n: number, entry: (row: number, column: number) => readonly [number, number]): Dense => {
  const out = zero(n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      const [re, im] = entry(r, c)
      out.re[r * n + c] = re
      out.im[r * n + c] = im
    }
  }
  return out
}

export const multiply = (a: Dense, b: Dense): Dense => {
  const { n } = a
  const out = zero(n)
  for (let r = 0; r < n; r++) {
    for (let m = 0; m < n; m++) {
      const x = a.re[r * n + m]
      const y = a.im[r * n + m]
      if (x === 0 && y === 0) continue
      for (let c = 0; c < n; c++) {
        out.re[r * n + c] += x * b.re[m * n + c] - y * b.im[m * n + c]
        out.im[r * n + c] += x * b.im[m * n + c] + y * b.re[m * n + c]
      }
    }
  }
  return out
}

export const adjoint = (a: Dense): Dense => fromEntries(a.n, (r, c) => [a.re[c * a.n + r], -a.im[c * a.n + r]])

/** a + (x + iy)·b */
export const plus = (a: Dense, b: Dense, x = 1, y = 0): Dense => ({
  n: a.n,
  re: a.re.map((value, i) => value + x * b.re[i] - y * b.im[i]),
  im: a.im.map((value, i) => value + x * b.im[i] + y * b.re[i]),
})

export const scaled = (a: Dense, x: number, y = 0): Dense => plus(zero(a.n), a, x, y)

export const commutator = (a: Dense, b: Dense): Dense => plus(multiply(a, b), multiply(b, a), -1)

/** e^{a} by scaling, a Taylor series to rounding, and squaring. */
export const exponential = (a: Dense): Dense => {
  let norm = 0
  for (let r = 0; r < a.n; r++) {
    let row = 0
    for (let c = 0; c < a.n; c++) row += Math.hypot(a.re[r * a.n + c], a.im[r * a.n + c])
    norm = Math.max(norm, row)
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 2)
  const small = scaled(a, 2 ** -squarings)
  let term = fromEntries(a.n, (r, c) => [r === c ? 1 : 0, 0])
  let sum = term
  for (let k = 1; k <= 18; k++) {
    term = scaled(multiply(term, small), 1 / k)
    sum = plus(sum, term)
  }
  for (let i = 0; i < squarings; i++) sum = multiply(sum, sum)
  return sum
}
