import { describe, expect, it } from 'vitest'
import { cos, exp, expm1, log, log1p, sin, sinCos } from '@mesobath/kernels'

// The engine's own functions are within an ulp of the truth or two, and so are ours.
const ULPS = 4 * 2.220446049250313e-16

const relative = (ours: number, theirs: number): number => (ours === theirs ? 0 : Math.abs(ours - theirs) / Math.abs(theirs))

/** FNV-1a over the bits of every value. */
const fingerprint = (values: Float64Array): string => {
  const bytes = new Uint8Array(values.buffer)
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

describe('elementary functions', () => {
  it('agree with the engine to a few units in the last place', () => {
    for (let i = 1; i < 4000; i++) {
      const x = i * 0.0717
      expect(relative(exp(x), Math.exp(x))).toBeLessThan(ULPS)
      expect(relative(exp(-x), Math.exp(-x))).toBeLessThan(ULPS)
      expect(relative(log(x), Math.log(x))).toBeLessThan(ULPS)
      expect(relative(expm1(x * 1e-6), Math.expm1(x * 1e-6))).toBeLessThan(ULPS)
      expect(relative(log1p(x * 1e-6), Math.log1p(x * 1e-6))).toBeLessThan(ULPS)
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(ULPS)
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(ULPS)
    }
  })

  it('know their limits', () => {
    expect([exp(-Infinity), exp(Infinity), exp(0), exp(-1000), exp(1000)]).toEqual([0, Infinity, 1, 0, Infinity])
    expect([log(0), log(Infinity), log(1)]).toEqual([-Infinity, Infinity, 0])
    expect(log(-1)).toBeNaN()
    expect([sin(0), cos(0), expm1(0), log1p(0), log1p(-1)]).toEqual([0, 1, 0, 0, -Infinity])
  })

  it('sinCos writes sine, then cosine', () => {
    const out = new Float64Array(2)
    for (const x of [0, 1e-12, 0.3, -2, 17, 1e8, -1e15]) {
      sinCos(x, out)
      expect(Math.abs(out[0] - Math.sin(x))).toBeLessThan(ULPS)
      expect(Math.abs(out[1] - Math.cos(x))).toBeLessThan(ULPS)
    }
  })

  // The fingerprint was taken on Node 20.20 (V8 11.3) and came out the same on Node 24 (V8 13.6), where Math.exp and Math.pow differ in
  // last bits; it is a statement about engines, not about accuracy, which the tests above establish.
  it('have the same bits on every engine', () => {
    const values = new Float64Array(7 * 2000)
    const pair = new Float64Array(2)
    for (let i = 0; i < 2000; i++) {
      const x = (i + 1) * 0.0371
      sinCos(x * 3, pair)
      values.set([exp(-x), log(x), sin(x), cos(x), expm1(x / 50), log1p(x / 50), pair[0] + 2 * pair[1]], 7 * i)
    }
    expect(fingerprint(values)).toBe('ba85f67c')
  })
})
