// Roots and vectors of the secular equation, operation by operation as in src/eigen/secular-equation.ts and src/eigen/secular-kernels.ts: the same
// bits, nothing fused.

/** 2⁻⁵². */
const EPSILON: f64 = 2.220446049250313e-16
const MOST_STEPS: i32 = 120

/** The root beyond pole `at`; writes d_i − x to the row at `gaps`. NaN where it did not converge. */
function secularRoot(count: i32, at: i32, poles: usize, weights: usize, strength: f64, gaps: usize): f64 {
  const last = at == count - 1
  const here = <usize>at << 3
  const bytes = <usize>count << 3
  const after = here + 8
  const pole = load<f64>(poles + here)
  const width: f64 = last ? strength : load<f64>(poles + here, 8) - pole
  let middle: f64 = 1
  for (let i: usize = 0; i < bytes; i += 8) {
    const w = load<f64>(weights + i)
    middle += (strength * w * w) / (load<f64>(poles + i) - pole - width / 2)
  }
  const rightOrigin = !last && middle < 0
  const origin: f64 = rightOrigin ? load<f64>(poles + here, 8) : pole
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(gaps + i, load<f64>(poles + i) - origin)
  let lower: f64 = rightOrigin ? -width / 2 : middle < 0 ? width / 2 : 0
  let upper: f64 = rightOrigin ? 0 : middle < 0 ? width : width / 2
  let x = (lower + upper) / 2
  for (let step = 0; step < MOST_STEPS; step++) {
    let left: f64 = 0, leftSlope: f64 = 0, right: f64 = 0, rightSlope: f64 = 0
    for (let i: usize = 0; i < after; i += 8) {
      const w = load<f64>(weights + i)
      const t = w / (load<f64>(gaps + i) - x)
      left += w * t
      leftSlope += t * t
    }
    for (let i = after; i < bytes; i += 8) {
      const w = load<f64>(weights + i)
      const t = w / (load<f64>(gaps + i) - x)
      right += w * t
      rightSlope += t * t
    }
    const value = 1 + strength * (left + right)
    if (value > 0) upper = x
    else lower = x
    const noise = EPSILON * (1 + strength * (right - left) + abs(x) * strength * (leftSlope + rightSlope)) * 4
    const spread = upper - lower
    if (abs(value) <= noise || spread <= EPSILON * max(abs(lower), abs(upper))) {
      for (let i: usize = 0; i < bytes; i += 8) store<f64>(gaps + i, load<f64>(gaps + i) - x)
      return origin + x
    }
    const p = load<f64>(gaps + here) - x
    const q: f64 = last ? upper - x + width : load<f64>(gaps + here, 8) - x
    const slopeLeft = strength * leftSlope
    const slopeRight = strength * rightSlope
    const c = value - p * slopeLeft - q * slopeRight
    const a = (p + q) * value - p * q * (slopeLeft + slopeRight)
    const b = p * q * value
    const root = sqrt(max<f64>(0, a * a - 4 * b * c))
    const move = a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root)
    const next = x + move
    x = next > lower && next < upper ? next : (lower + upper) / 2
  }
  return NaN
}

/** Some roots. Parameters: count, poles, weights, strength, gaps [count, count], roots, first root, one past the last, roots of a part. */
export function secularTile(job: usize, index: i32): void {
  const count = <i32>load<f64>(job)
  const poles = <usize>load<f64>(job, 8), weights = <usize>load<f64>(job, 16)
  const strength = load<f64>(job, 24)
  const gaps = <usize>load<f64>(job, 32), roots = <usize>load<f64>(job, 40)
  const first = <i32>load<f64>(job, 48), end = <i32>load<f64>(job, 56), part = <i32>load<f64>(job, 64)
  const from = first + index * part
  const to = min(end, from + part)
  for (let at = from; at < to; at++) {
    store<f64>(roots + (<usize>at << 3), secularRoot(count, at, poles, weights, strength, gaps + ((<usize>at * <usize>count) << 3)))
  }
}

/** z for which the roots are exact, some of its numbers. Parameters: count, poles, weights, gaps, room for z, numbers of a part. */
export function exactTile(job: usize, index: i32): void {
  const count = <i32>load<f64>(job)
  const poles = <usize>load<f64>(job, 8), weights = <usize>load<f64>(job, 16)
  const gaps = <usize>load<f64>(job, 24), exact = <usize>load<f64>(job, 32)
  const part = <i32>load<f64>(job, 40)
  const from = index * part
  const to = min(count, from + part)
  const row = <usize>count << 3
  for (let i = from; i < to; i++) {
    const at = <usize>i << 3
    store<f64>(exact + at, -load<f64>(gaps + <usize>i * row + at))
  }
  for (let j: i32 = 0; j < count; j++) {
    const line = gaps + <usize>j * row
    const pole = load<f64>(poles + (<usize>j << 3))
    for (let i = from; i < to; i++) {
      if (i == j) continue
      const at = <usize>i << 3
      store<f64>(exact + at, load<f64>(exact + at) * (load<f64>(line + at) / (load<f64>(poles + at) - pole)))
    }
  }
  for (let i = from; i < to; i++) {
    const at = <usize>i << 3
    const root = sqrt(abs(load<f64>(exact + at)))
    store<f64>(exact + at, load<f64>(weights + at) < 0 ? -root : root)
  }
}

/** Some vectors. Parameters: count, z, gaps, which become unscaled vectors, order of the coefficients, coefficients [count, count], vectors of a part. */
export function secularVectorTile(job: usize, index: i32): void {
  const count = <i32>load<f64>(job)
  const exact = <usize>load<f64>(job, 8), gaps = <usize>load<f64>(job, 16)
  const order = <usize>load<f64>(job, 24), coefficients = <usize>load<f64>(job, 32)
  const part = <i32>load<f64>(job, 40)
  const from = index * part
  const to = min(count, from + part)
  const bytes = <usize>count << 3
  for (let j = from; j < to; j++) {
    const line = gaps + <usize>j * bytes
    let length: f64 = 0
    for (let at: usize = 0; at < bytes; at += 8) {
      const x = load<f64>(exact + at) / load<f64>(line + at)
      store<f64>(line + at, x)
      length += x * x
    }
    const scale: f64 = 1 / sqrt(length)
    const out = coefficients + <usize>j * bytes
    for (let at: usize = 0; at < bytes; at += 8) {
      store<f64>(out + at, load<f64>(line + (<usize>(<i32>load<f64>(order + at)) << 3)) * scale)
    }
  }
}
