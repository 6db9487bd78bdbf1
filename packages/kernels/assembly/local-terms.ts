// Applies sums of local operators to real vectors of 2^n (AssemblyScript); `node scripts/build-single-wasm.mjs` compiles it into
// src/local/wasm-bytes.ts. Multiply, then add, in the order of src/local/apply-flips.ts: both give the same bits.

/** Layout of a record, as in src/local/local-program.ts. */
const RECORD: i32 = 16

/** out += c·x[i ^ mask] over one block, single flip. */
// @ts-ignore: decorator
@inline
function single(x: usize, out: usize, mask: usize, size: usize, c: f64): void {
  const factor = f64x2.splat(c)
  const even = mask & ~15
  if ((mask & 8) == 0) {
    for (let at: usize = 0; at < size; at += 16) {
      v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(factor, v128.load(x + (at ^ even)))))
    }
  } else {
    for (let at: usize = 0; at < size; at += 16) {
      const pair = v128.load(x + (at ^ even))
      v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(factor, v128.shuffle<f64>(pair, pair, 1, 0))))
    }
  }
}

/** out += (scale·t[i])·x[i ^ mask] over one block. */
// @ts-ignore: decorator
@inline
function tabled(x: usize, out: usize, mask: usize, size: usize, table: usize, scale: f64): void {
  const factor = f64x2.splat(scale)
  const even = mask & ~15
  const odd = (mask & 8) != 0
  for (let at: usize = 0; at < size; at += 16) {
    let pair = v128.load(x + (at ^ even))
    if (odd) pair = v128.shuffle<f64>(pair, pair, 1, 0)
    v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(f64x2.mul(factor, v128.load(table + at)), pair)))
  }
}

/** Index of the configuration that the upper bits of `base` give a record. */
// @ts-ignore: decorator
@inline
function configuration(record: usize, base: i32): i32 {
  const count = i32.load(record, 20)
  let index: i32 = 0
  for (let bit: i32 = 0; bit < count; bit++) index |= ((base >> i32.load(record + (<usize>bit << 2), 24)) & 1) << bit
  return index
}

/** out = keep·out + shift·x + scale·(D + Σ flips) x; vectors of `length` doubles in blocks of `block`, `diagonal` 0 where none. */
export function applyFlips(
  records: usize, count: i32, values: usize, diagonal: usize, x: usize, out: usize, length: i32, block: i32, scale: f64, shift: f64, keep: f64,
): void {
  const size = <usize>block << 3
  const factor = f64x2.splat(scale)
  const moved = f64x2.splat(shift)
  const kept = f64x2.splat(keep)
  // Nothing but flips to add: out is left as it is.
  const idle = keep == 1 && shift == 0 && diagonal == 0
  for (let base: i32 = 0; base < length; base += block) {
    const start = <usize>base << 3
    const target = out + start
    if (!idle) {
      for (let at: usize = 0; at < size; at += 16) {
        let weight = moved
        if (diagonal != 0) weight = f64x2.add(f64x2.mul(factor, v128.load(diagonal + start + at)), moved)
        const term = f64x2.mul(weight, v128.load(x + start + at))
        v128.store(target + at, keep == 0 ? term : f64x2.add(f64x2.mul(kept, v128.load(target + at)), term))
      }
    }
    let held: i32 = 0
    let x0: usize = 0, x1: usize = 0, x2: usize = 0, x3: usize = 0
    let m0: usize = 0, m1: usize = 0, m2: usize = 0, m3: usize = 0
    let c0: f64 = 0, c1: f64 = 0, c2: f64 = 0, c3: f64 = 0
    let record = records
    for (let each: i32 = 0; each < count; each++, record += <usize>RECORD << 2) {
      const index = configuration(record, base)
      const value = f64.load(values + (<usize>(i32.load(record, 12) + index) << 3))
      if (value == 0) continue
      const source = x + (<usize>(base ^ i32.load(record)) << 3)
      const mask = <usize>i32.load(record, 4) << 3
      const tabular = i32.load(record, 8) != 0
      if (!tabular && (mask & 8) == 0) {
        const c = scale * value
        if (held == 0) { x0 = source; m0 = mask; c0 = c }
        else if (held == 1) { x1 = source; m1 = mask; c1 = c }
        else if (held == 2) { x2 = source; m2 = mask; c2 = c }
        else { x3 = source; m3 = mask; c3 = c }
        held++
        if (held == 4) {
          const f0 = f64x2.splat(c0), f1 = f64x2.splat(c1), f2 = f64x2.splat(c2), f3 = f64x2.splat(c3)
          for (let at: usize = 0; at < size; at += 16) {
            let sum = v128.load(target + at)
            sum = f64x2.add(sum, f64x2.mul(f0, v128.load(x0 + (at ^ m0))))
            sum = f64x2.add(sum, f64x2.mul(f1, v128.load(x1 + (at ^ m1))))
            sum = f64x2.add(sum, f64x2.mul(f2, v128.load(x2 + (at ^ m2))))
            sum = f64x2.add(sum, f64x2.mul(f3, v128.load(x3 + (at ^ m3))))
            v128.store(target + at, sum)
          }
          held = 0
        }
        continue
      }
      // Records that can be held come first: what is left of them is added before any other.
      if (held > 0) single(x0, target, m0, size, c0)
      if (held > 1) single(x1, target, m1, size, c1)
      if (held > 2) single(x2, target, m2, size, c2)
      held = 0
      if (tabular) tabled(source, target, mask, size, values + (<usize>(i32.load(record, 16) + index * block) << 3), scale)
      else single(source, target, mask, size, scale * value)
    }
    if (held > 0) single(x0, target, m0, size, c0)
    if (held > 1) single(x1, target, m1, size, c1)
    if (held > 2) single(x2, target, m2, size, c2)
  }
}

/** Σ a·b, eight partial sums. */
export function dot(a: usize, b: usize, length: i32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0)
  const whole = <usize>(length & ~7) << 3
  for (let at: usize = 0; at < whole; at += 64) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a + at), v128.load(b + at)))
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a + at, 16), v128.load(b + at, 16)))
    s2 = f64x2.add(s2, f64x2.mul(v128.load(a + at, 32), v128.load(b + at, 32)))
    s3 = f64x2.add(s3, f64x2.mul(v128.load(a + at, 48), v128.load(b + at, 48)))
  }
  const sum = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
  for (let at: usize = whole; at < <usize>length << 3; at += 8) total += f64.load(a + at) * f64.load(b + at)
  return total
}

/** out += factor·x. */
export function add(x: usize, out: usize, length: i32, factor: f64): void {
  const f = f64x2.splat(factor)
  const whole = <usize>(length & ~1) << 3
  for (let at: usize = 0; at < whole; at += 16) v128.store(out + at, f64x2.add(v128.load(out + at), f64x2.mul(f, v128.load(x + at))))
  if ((length & 1) != 0) f64.store(out + whole, f64.load(out + whole) + factor * f64.load(x + whole))
}
