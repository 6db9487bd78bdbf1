// Numbers of about 32 digits as unevaluated sums high + low of two doubles, |low| at most half a unit in the last place of high.

export interface Double2 { readonly high: number; readonly low: number }

const quickSum = (a: number, b: number): Double2 => {
  const high = a + b
  return { high, low: b - (high - a) }
}

const twoSum = (a: number, b: number): Double2 => {
  const high = a + b
  const part = high - a
  return { high, low: (a - (high - part)) + (b - part) }
}

const split = (a: number): Double2 => {
  const scaled = 134217729 * a
  const high = scaled - (scaled - a)
  return { high, low: a - high }
}

const twoProduct = (a: number, b: number): Double2 => {
  const high = a * b
  const left = split(a)
  const right = split(b)
  return { high, low: ((left.high * right.high - high) + left.high * right.low + left.low * right.high) + left.low * right.low }
}

export const of = (value: number): Double2 => ({ high: value, low: 0 })
export const toNumber = (a: Double2): number => a.high + a.low

export const add = (a: Double2, b: Double2): Double2 => {
  const high = twoSum(a.high, b.high)
  const low = twoSum(a.low, b.low)
  const first = quickSum(high.high, high.low + low.high)
  return quickSum(first.high, first.low + low.low)
}

export const negate = (a: Double2): Double2 => ({ high: -a.high, low: -a.low })
export const subtract = (a: Double2, b: Double2): Double2 => add(a, negate(b))

export const multiply = (a: Double2, b: Double2): Double2 => {
  const product = twoProduct(a.high, b.high)
  return quickSum(product.high, product.low + (a.high * b.low + a.low * b.high))
}

export const divide = (a: Double2, b: Double2): Double2 => {
  const first = a.high / b.high
  let rest = subtract(a, multiply(b, of(first)))
  const second = rest.high / b.high
  rest = subtract(rest, multiply(b, of(second)))
  return add(quickSum(first, second), of(rest.high / b.high))
}

const LN2: Double2 = { high: 0.6931471805599453, low: 2.3190468138462996e-17 }
const HALVINGS = 8

/** e^x; 0 below −700. */
export const exponential = (x: Double2): Double2 => {
  if (x.high < -700) return of(0)
  const power = Math.round(x.high / LN2.high)
  const rest = subtract(x, multiply(LN2, of(power)))
  const small: Double2 = { high: rest.high / 2 ** HALVINGS, low: rest.low / 2 ** HALVINGS }
  // e^small − 1 by its series, then (1 + y)² − 1 = 2y + y² as often as it was halved: no digits are lost to the 1.
  let term = small
  let sum = small
  for (let n = 2; n <= 12; n++) {
    term = divide(multiply(term, small), of(n))
    sum = add(sum, term)
  }
  for (let i = 0; i < HALVINGS; i++) sum = add(add(sum, sum), multiply(sum, sum))
  const value = add(sum, of(1))
  return { high: value.high * 2 ** power, low: value.low * 2 ** power }
}
