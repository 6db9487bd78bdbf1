import type { FlipProgram } from './local-program.js'
import { RECORD } from './local-program.js'

const single = (x: Float64Array, out: Float64Array, source: number, target: number, mask: number, block: number, c: number): void => {
  for (let i = 0; i < block; i++) out[target + i] = out[target + i]! + c * x[source + (i ^ mask)]!
}

/** Flips waiting to be added together. */
const heldSource = new Int32Array(4)
const heldMask = new Int32Array(4)
const heldFactor = new Float64Array(4)

const release = (held: number, x: Float64Array, out: Float64Array, target: number, block: number): void => {
  for (let each = 0; each < held; each++) single(x, out, heldSource[each]!, target, heldMask[each]!, block, heldFactor[each]!)
}

/** out = keep·out + shift·x + scale·P x, where `keep` is 0 without reading out: in the order of assembly/local-terms.ts, for the same bits. */
export const applyFlips = (program: FlipProgram, x: Float64Array, out: Float64Array, scale: number, shift: number, keep: number): void => {
  const { length, block, diagonal, records, values } = program
  const count = records.length / RECORD
  // Nothing but flips to add: out is left as it is.
  const idle = keep === 1 && shift === 0 && diagonal === null
  for (let base = 0; base < length; base += block) {
    for (let i = base; i < base + block && !idle; i++) {
      const term = (diagonal === null ? shift : scale * diagonal[i]! + shift) * x[i]!
      out[i] = keep === 0 ? term : keep * out[i]! + term
    }
    let held = 0
    for (let each = 0; each < count; each++) {
      const record = each * RECORD
      let index = 0
      for (let bit = 0; bit < records[record + 5]!; bit++) index |= ((base >> records[record + 6 + bit]!) & 1) << bit
      const value = values[records[record + 3]! + index]!
      if (value === 0) continue
      const source = base ^ records[record]!
      const mask = records[record + 1]!
      const tabular = records[record + 2] !== 0
      if (!tabular && (mask & 1) === 0) {
        heldSource[held] = source
        heldMask[held] = mask
        heldFactor[held] = scale * value
        held += 1
        if (held === 4) {
          const s0 = heldSource[0]!, s1 = heldSource[1]!, s2 = heldSource[2]!, s3 = heldSource[3]!
          const m0 = heldMask[0]!, m1 = heldMask[1]!, m2 = heldMask[2]!, m3 = heldMask[3]!
          const c0 = heldFactor[0]!, c1 = heldFactor[1]!, c2 = heldFactor[2]!, c3 = heldFactor[3]!
          for (let i = 0; i < block; i++) {
            let sum = out[base + i]!
            sum += c0 * x[s0 + (i ^ m0)]!
            sum += c1 * x[s1 + (i ^ m1)]!
            sum += c2 * x[s2 + (i ^ m2)]!
            sum += c3 * x[s3 + (i ^ m3)]!
            out[base + i] = sum
          }
          held = 0
        }
        continue
      }
      release(held, x, out, base, block)
      held = 0
      if (tabular) {
        const table = records[record + 4]! + index * block
        for (let i = 0; i < block; i++) out[base + i] = out[base + i]! + scale * values[table + i]! * x[source + (i ^ mask)]!
      } else single(x, out, source, base, mask, block, scale * value)
    }
    release(held, x, out, base, block)
  }
}
