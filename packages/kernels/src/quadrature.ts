/** An integral, a bound on its error, and whether the bound met the tolerance. */
export interface Quadrature {
  readonly value: number
  readonly error: number
  readonly converged: boolean
}

// Gauss-Kronrod 7-15 on [−1, 1], outermost first (Kronrod 1965; QUADPACK qk15). Odd entries are the Gauss nodes.
const NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945,
  0.5860872354676911, 0.4058451513773972, 0.2077849550078985, 0,
]
const KRONROD = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592,
  0.1690047266392679, 0.19035057806478542, 0.20443294007529889, 0.20948214108472782,
]
const GAUSS = [0, 0.1294849661688697, 0, 0.27970539148927664, 0, 0.3818300505051189, 0, 0.4179591836734694]

/** More intervals than this mean a function that bisection does not resolve. */
const MAXIMUM_INTERVALS = 1000

/** Rounding of a sum over an interval, relative to ∫|f|. */
const ROUNDING = 2.3e-16

/**
 * ∫ f(x) dx from `from` to `to`, both finite, by adaptive bisection with the Gauss-Kronrod rule of 7 and 15 points.
 *
 * `tolerance` bounds the error relative to ∫|f| dx, so neither units nor cancellation matter. `error` is the estimate
 * (QUADPACK's, in the units of the result); `converged` is false where it exceeds the tolerance or f is not finite. The ends are
 * no nodes.
 */
export const integrate = (f: (x: number) => number, from: number, to: number, tolerance: number): Quadrature => {
  if (from === to) return { value: 0, error: 0, converged: true }
  const intervals: Interval[] = [rule(f, from, to)]
  for (;;) {
    let value = 0
    let error = 0
    let absolute = 0
    let worst = 0
    for (let i = 0; i < intervals.length; i++) {
      const each = intervals[i]
      value += each.value
      error += each.error
      absolute += each.absolute
      if (each.error > intervals[worst].error) worst = i
    }
    if (!Number.isFinite(value)) return { value, error: Infinity, converged: false }
    if (error <= tolerance * absolute) return { value, error, converged: true }
    const { lower, upper } = intervals[worst]
    const middle = lower + (upper - lower) / 2
    const splits = middle !== lower && middle !== upper
    if (intervals.length >= MAXIMUM_INTERVALS || !splits) return { value, error, converged: false }
    intervals.splice(worst, 1, rule(f, lower, middle), rule(f, middle, upper))
  }
}

interface Interval {
  readonly lower: number
  readonly upper: number
  readonly value: number
  readonly error: number
  /** ∫|f| over the interval. */
  readonly absolute: number
}

const rule = (f: (x: number) => number, lower: number, upper: number): Interval => {
  const half = (upper - lower) / 2
  const centre = lower + half
  const samples = new Float64Array(15)
  let kronrod = 0
  let gauss = 0
  let absolute = 0
  for (let i = 0; i < 8; i++) {
    const left = f(centre - half * NODES[i])
    const right = i === 7 ? 0 : f(centre + half * NODES[i])
    samples[i] = left
    samples[14 - i] = i === 7 ? left : right
    kronrod += KRONROD[i] * (left + right)
    gauss += GAUSS[i] * (left + right)
    absolute += KRONROD[i] * (Math.abs(left) + Math.abs(right))
  }
  let spread = 0
  for (let i = 0; i < 15; i++) spread += KRONROD[i < 8 ? i : 14 - i] * Math.abs(samples[i] - kronrod / 2)
  const scale = Math.abs(half)
  spread *= scale
  absolute *= scale
  const raw = Math.abs((kronrod - gauss) * half)
  // The Kronrod value is far better than its difference from Gauss where the function is resolved.
  const resolved = spread > 0 && raw > 0 ? (200 * raw) / spread : 0
  const estimate = resolved > 0 ? spread * Math.min(1, resolved * Math.sqrt(resolved)) : raw
  return { lower, upper, value: kronrod * half, error: Math.max(estimate, ROUNDING * absolute), absolute }
}
