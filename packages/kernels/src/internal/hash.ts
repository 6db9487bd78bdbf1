const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

const finish = (word: number): number => {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * A 128-bit hash of finite numbers as four 32-bit words, never all 0: MurmurHash3 (x86, 128 bit, seed 0) over one 16-byte block
 * per number, [low word, high word, position, 0]. −0 counts as 0.
 */
export const hashNumbers = (values: readonly number[]): [number, number, number, number] => {
  const bytes = new DataView(new ArrayBuffer(8))
  let h1 = 0
  let h2 = 0
  let h3 = 0
  let h4 = 0
  values.forEach((value, position) => {
    if (!Number.isFinite(value)) throw new RangeError(`a seed and its path must be finite numbers, but entry ${position} is ${value}`)
    bytes.setFloat64(0, value + 0)
    const k1 = bytes.getInt32(4)
    const k2 = bytes.getInt32(0)
    h1 ^= Math.imul(rotate(Math.imul(k1, 0x239b961b), 15), 0xab0e9789)
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 ^= Math.imul(rotate(Math.imul(k2, 0xab0e9789), 16), 0x38b34ae5)
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 ^= Math.imul(rotate(Math.imul(position, 0x38b34ae5), 17), 0xa1e38b93)
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0
  })
  const length = 16 * values.length
  h1 ^= length
  h2 ^= length
  h3 ^= length
  h4 ^= length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  h1 = finish(h1)
  h2 = finish(h2)
  h3 = finish(h3)
  h4 = finish(h4)
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  // The generator stands still in the state 0.
  return (h1 | h2 | h3 | h4) === 0 ? [1, 0, 0, 0] : [h1, h2, h3, h4]
}
