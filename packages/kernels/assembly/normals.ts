// Normals by Marsaglia's polar method from xoroshiro128+, operation by operation those of src/random/random-stream.ts: the same bits.
// `node scripts/build-single-wasm.mjs` compiles it into src/random/wasm-bytes.ts.
//
// The logarithm follows that of FreeBSD (msun/src/e_log.c), as @stdlib/math-base-special-ln does, for 0 < x < 1 that are not subnormal:
//
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//
// Developed at SunPro, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice
// is preserved.

const LN2_HIGH: f64 = 6.93147180369123816490e-01
const LN2_LOW: f64 = 1.90821492927058770002e-10
const ONE_THIRD: f64 = 0.33333333333333333
const SIGNIFICAND: i32 = 0x000fffff
const ONE: i32 = 0x3ff00000

function log(given: f64): f64 {
  const bits = reinterpret<i64>(given)
  let high = <i32>(bits >> 32)
  let k = (high >> 20) - 1023
  high &= SIGNIFICAND
  const shift = (high + 0x95f64) & 0x100000
  const x = reinterpret<f64>((<i64>(high | (shift ^ ONE)) << 32) | (bits & 0xffffffff))
  k += shift >> 20
  const f = x - 1
  if ((SIGNIFICAND & (2 + high)) < 3) {
    // |f| < 2⁻²⁰.
    if (f == 0) return k == 0 ? 0 : <f64>k * LN2_HIGH + <f64>k * LN2_LOW
    const r = f * f * (0.5 - ONE_THIRD * f)
    if (k == 0) return f - r
    return <f64>k * LN2_HIGH - (r - <f64>k * LN2_LOW - f)
  }
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const first = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const second = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  const r = second + first
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f
    if (k == 0) return f - (half - s * (half + r))
    return <f64>k * LN2_HIGH - (half - (s * (half + r) + <f64>k * LN2_LOW) - f)
  }
  if (k == 0) return f - s * (f - r)
  return <f64>k * LN2_HIGH - (s * (f - r) - <f64>k * LN2_LOW - f)
}

let s0: u64 = 0
let s1: u64 = 0

// @ts-ignore: decorator
@inline
function word(): u32 {
  const out = <u32>(s0 + s1)
  const a = s0 ^ s1
  s0 = rotl(s0, 24) ^ a ^ (a << 16)
  s1 = rotl(a, 37)
  return out
}

// @ts-ignore: decorator
@inline
function uniform(): f64 {
  const high = <f64>(word() >> 5)
  return (high * 67108864 + <f64>(word() >> 6)) * (1.0 / 9007199254740992.0)
}

/** Where a stream stands: both words of the generator, the normal that is over, whether there is one. And where numbers go. */
const STATE: usize = 0
const SPARE: usize = 16
const HAS_SPARE: usize = 24

export function numbersAt(): i32 {
  return 64
}

/** Writes `count` normals. */
export function draw(count: i32): void {
  s0 = load<u64>(STATE)
  s1 = load<u64>(STATE, 8)
  let spare = load<f64>(SPARE)
  let over = load<i32>(HAS_SPARE) != 0
  for (let at: usize = 64, end = at + (<usize>count << 3); at < end; at += 8) {
    if (over) {
      over = false
      store<f64>(at, spare)
      continue
    }
    let u: f64 = 0, v: f64 = 0, square: f64 = 0
    do {
      u = 2 * uniform() - 1
      v = 2 * uniform() - 1
      square = u * u + v * v
    } while (square >= 1 || square == 0)
    const scale = sqrt<f64>(-2 * log(square) / square)
    spare = v * scale
    over = true
    store<f64>(at, u * scale)
  }
  store<u64>(STATE, s0)
  store<u64>(STATE, s1, 8)
  store<f64>(SPARE, spare)
  store<i32>(HAS_SPARE, over ? 1 : 0)
}
