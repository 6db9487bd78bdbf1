// Shifts along the axes of a lattice, the twin of src/axis-shifts.ts: per entry the same operations in the same order, two entries at a time,
// so both give the same bits.

@inline function ints(job: usize, slot: i32): usize { return <usize>load<f64>(job + (<usize>slot << 3)) }
@inline function at32(base: usize, index: i32): i32 { return load<i32>(base + (<usize>index << 2)) }
@inline function at64(base: usize, index: i32): f64 { return load<f64>(base + (<usize>index << 3)) }

/** out = carry·out + (factor − scale·loss)·x + gain·first + secondGain·second, where there are a first and a second. */
function keepAndGain(
  x: usize, out: usize, length: i32, factor: f64, loss: usize, scale: f64, carry: f64, first: usize, gain: f64, second: usize, secondGain: f64, gains: i32,
): void {
  const factors = f64x2.splat(factor), scales = f64x2.splat(scale), carries = f64x2.splat(carry)
  const gains1 = f64x2.splat(gain), gains2 = f64x2.splat(secondGain)
  const end = <usize>length << 3
  const pairs = <usize>(length & ~1) << 3
  let i: usize = 0
  for (; i < pairs; i += 16) {
    let value = f64x2.mul(f64x2.sub(factors, f64x2.mul(scales, v128.load(loss + i))), v128.load(x + i))
    if (carry != 0) value = f64x2.add(f64x2.mul(carries, v128.load(out + i)), value)
    if (gains > 0) value = f64x2.add(value, f64x2.mul(gains1, v128.load(first + i)))
    if (gains > 1) value = f64x2.add(value, f64x2.mul(gains2, v128.load(second + i)))
    v128.store(out + i, value)
  }
  if (i < end) {
    let value = (factor - scale * load<f64>(loss + i)) * load<f64>(x + i)
    if (carry != 0) value = carry * load<f64>(out + i) + value
    if (gains > 0) value = value + gain * load<f64>(first + i)
    if (gains > 1) value = value + secondGain * load<f64>(second + i)
    store<f64>(out + i, value)
  }
}

/** out = out + gain·x. */
function gainRow(x: usize, out: usize, length: i32, gain: f64): void {
  const gains = f64x2.splat(gain)
  const end = <usize>length << 3
  const pairs = <usize>(length & ~1) << 3
  let i: usize = 0
  for (; i < pairs; i += 16) v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.mul(gains, v128.load(x + i))))
  if (i < end) store<f64>(out + i, load<f64>(out + i) + gain * load<f64>(x + i))
}

/** out = out + scale·table·x. */
function gainRun(x: usize, out: usize, length: i32, table: usize, scale: f64): void {
  const scales = f64x2.splat(scale)
  const end = <usize>length << 3
  const pairs = <usize>(length & ~1) << 3
  let i: usize = 0
  for (; i < pairs; i += 16) v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.mul(f64x2.mul(scales, v128.load(table + i)), v128.load(x + i))))
  if (i < end) store<f64>(out + i, load<f64>(out + i) + scale * load<f64>(table + i) * load<f64>(x + i))
}

/** Some pieces of rows: out ← scale·L x + keep·x + carry·out, then sum ← sum + weight·out. Parameters as src/shift-action.ts writes them. */
export function shiftTile(job: usize, tile: i32): void {
  const x = ints(job, 0), out = ints(job, 1), sum = ints(job, 2)
  const scale = load<f64>(job, 24), keep = load<f64>(job, 32), carry = load<f64>(job, 40), weight = load<f64>(job, 48)
  const axes = <i32>load<f64>(job, 56), rowLength = <i32>load<f64>(job, 64), rowsPerLevel = <i32>load<f64>(job, 72), chunk = <i32>load<f64>(job, 80)
  const pieces = <i32>load<f64>(job, 88), piecesPerTile = <i32>load<f64>(job, 96)
  const counts = ints(job, 13), base = ints(job, 14), first = ints(job, 15), shift = ints(job, 16), gain = ints(job, 17), loss = ints(job, 18)
  const innerLoss = ints(job, 19), runFirst = ints(job, 20), runBegin = ints(job, 21), runEnd = ints(job, 22), runShift = ints(job, 23)
  const runTable = ints(job, 24), runGain = ints(job, 25)
  const chunks = (rowLength + chunk - 1) / chunk
  for (let piece = tile * piecesPerTile, end = min(pieces, (tile + 1) * piecesPerTile); piece < end; piece++) {
    const row = piece / chunks
    const level = row / rowsPerLevel
    const begin = (piece - row * chunks) * chunk
    const stop = min(rowLength, begin + chunk)
    const length = stop - begin
    const byte = <usize>(row * rowLength + begin) << 3
    const inner = innerLoss + (<usize>(level * rowLength + begin) << 3)
    let lost: f64 = 0
    let rest = row - level * rowsPerLevel
    for (let axis = axes - 1; axis >= 0; axis--) {
      const count = at32(counts, axis)
      const above = rest / count
      lost += at64(loss, at32(base, axis) + level * count + rest - above * count)
      rest = above
    }
    const factor = keep - scale * lost
    let waiting = -1
    let kept = false
    rest = row - level * rowsPerLevel
    for (let axis = axes - 1; axis >= 0; axis--) {
      const count = at32(counts, axis)
      const above = rest / count
      const place = at32(base, axis) + level * count + rest - above * count
      rest = above
      for (let term = at32(first, place), last = at32(first, place + 1); term < last; term++) {
        const source = x + byte + (<usize>at32(shift, term) << 3)
        if (kept) gainRow(source, out + byte, length, scale * at64(gain, term))
        else if (waiting < 0) waiting = term
        else {
          keepAndGain(
            x + byte, out + byte, length, factor, inner, scale, carry,
            x + byte + (<usize>at32(shift, waiting) << 3), scale * at64(gain, waiting), source, scale * at64(gain, term), 2,
          )
          kept = true
        }
      }
    }
    if (!kept) {
      if (waiting < 0) keepAndGain(x + byte, out + byte, length, factor, inner, scale, carry, 0, 0, 0, 0, 0)
      else {
        keepAndGain(
          x + byte, out + byte, length, factor, inner, scale, carry, x + byte + (<usize>at32(shift, waiting) << 3), scale * at64(gain, waiting), 0, 0, 1,
        )
      }
    }
    for (let run = at32(runFirst, level), last = at32(runFirst, level + 1); run < last; run++) {
      const from = at32(runBegin, run)
      const low = max(begin, from)
      const high = min(stop, at32(runEnd, run))
      if (low >= high) continue
      const target = byte + (<usize>(low - begin) << 3)
      gainRun(
        x + target + (<usize>at32(runShift, run) << 3), out + target, high - low, runGain + (<usize>(at32(runTable, run) + low - from) << 3), scale,
      )
    }
    if (sum != 0) gainRow(out + byte, sum + byte, length, weight)
  }
}
