import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flatWindowEnvelope, flatWindowRescaledTime, flatWindowTransform } from '@mesobath/kernels'
import { gaussLegendre } from '../oracles/quadrature.js'
import reference from '../reference/special.json' with { type: 'json' }

// Rounding of the argument Ωt is a phase error: no function of a rounded product can be better.
const EPSILON = 2.220446049250313e-16
const ACCURACY = 1e-15

// 20 Gauss points for less than a radian each: the quadrature is exact to its own rounding.
const QUADRATURE = 2e-14

const transform = (mismatch: number, time: number, width: number): [number, number] => {
  const out = new Float64Array(2)
  flatWindowTransform(mismatch, time, width, out)
  return [out[0], out[1]]
}

const correlation = (time: number, width: number): number => {
  const x = (width * time) / 2
  const sinc = x === 0 ? 1 : Math.sin(x) / x
  return (width / (2 * Math.PI)) * sinc * sinc
}

const byQuadrature = (mismatch: number, time: number, width: number): [number, number] => {
  const panels = 1 + Math.ceil(((Math.abs(mismatch) + width) * time) / 10)
  return [
    gaussLegendre((s) => correlation(s, width) * Math.cos(mismatch * s), 0, time, panels),
    -gaussLegendre((s) => correlation(s, width) * Math.sin(mismatch * s), 0, time, panels),
  ]
}

const distance = (a: readonly [number, number], b: readonly [number, number]): number => Math.hypot(a[0] - b[0], a[1] - b[1])

describe('flat window', () => {
  it('[Eq. B5] ζ(t) = 2 ∫₀ᵗ h is what quadrature gives', () => {
    for (const [time, width] of [[1e-7, 0.5], [0.3, 0.5], [7.9, 0.5], [8.1, 0.5], [60, 0.5], [500, 2], [0.01, 30]] as const) {
      const expected = 2 * gaussLegendre((s) => correlation(s, width), 0, time, 1 + Math.ceil(time * width))
      expect(Math.abs(flatWindowEnvelope(time, width) / expected - 1)).toBeLessThan(QUADRATURE)
    }
  })

  it('[Eq. E5] Ξ(t) = ∫₀ᵗ ζ(s) ds = 2 ∫₀ᵗ (t − s) h(s) ds is what quadrature gives', () => {
    for (const [time, width] of [[1e-7, 0.5], [0.3, 0.5], [7.9, 0.5], [8.1, 0.5], [60, 0.5], [500, 2], [0.01, 30]] as const) {
      const expected = 2 * gaussLegendre((s) => (time - s) * correlation(s, width), 0, time, 1 + Math.ceil(time * width))
      expect(Math.abs(flatWindowRescaledTime(time, width) / expected - 1)).toBeLessThan(QUADRATURE)
    }
  })

  it('[Eq. B4] the transform at finite time is what quadrature gives', () => {
    for (const width of [0.02, 0.5, 3]) {
      for (const ratio of [0, 1e-8, 1e-3, 0.3, 0.999999, 1, 1.000001, 1.7, 2, 9, 60]) {
        for (const x of [1e-6, 0.1, 3.999, 4.001, 17, 300]) {
          for (const sign of [1, -1]) {
            const [mismatch, time] = [sign * ratio * width, x / width]
            const expected = byQuadrature(mismatch, time, width)
            const phases = EPSILON * Math.abs(mismatch) * time
            const allowed = QUADRATURE * Math.hypot(...expected) + phases
            expect(distance(transform(mismatch, time, width), expected), `${ratio} ${x}`).toBeLessThan(allowed)
          }
        }
      }
    }
  })

  it('agrees with 60-digit references, in proportion to its modulus', () => {
    for (const [mismatch, time, width, re, im] of reference.transforms as unknown as number[][]) {
      const allowed = (ACCURACY + 2 * EPSILON * Math.abs(mismatch! * time!)) * Math.hypot(re!, im!)
      expect(distance(transform(mismatch!, time!, width!), [re!, im!]), `${mismatch} ${time} ${width}`).toBeLessThan(allowed)
    }
    for (const [time, width, envelope, rescaled] of reference.envelopes as unknown as number[][]) {
      expect(Math.abs(flatWindowEnvelope(time!, width!) / envelope! - 1)).toBeLessThan(ACCURACY)
      expect(Math.abs(flatWindowRescaledTime(time!, width!) / rescaled! - 1)).toBeLessThan(ACCURACY)
    }
  })

  it('[Eq. B12] finite times approach the limit', () => {
    for (const ratio of [0.001, 0.4, 0.99, 1, 1.01, 3, 50]) {
      const limit = transform(ratio, Infinity, 1)
      // What is missing, ∫_t^∞ h e^{−iΩτ} dτ, is below 2/(πt).
      for (const time of [1e2, 1e4, 1e6]) expect(distance(transform(ratio, time, 1), limit)).toBeLessThan(2 / (Math.PI * time))
    }
  })

  it('[Eq. B12] limit as printed, and its series at large mismatch', () => {
    for (const xi of [0.1, 0.5, 0.9, 1.1, 1.9, 2.1, 5]) {
      const printed = (2 * xi * Math.log(xi) - (1 + xi) * Math.log(1 + xi) + (1 - xi) * Math.log(Math.abs(1 - xi))) / (2 * Math.PI)
      const [re, im] = transform(-xi * 0.7, Infinity, 0.7)
      expect(re).toBeCloseTo(Math.max(0, (1 - xi) / 2), 15)
      expect(im).toBeCloseTo(-printed, 14)
    }
    const far = transform(1e9, Infinity, 1)[1]
    expect(Math.abs(far * 2 * Math.PI * 1e9 + 1)).toBeLessThan(ACCURACY)
    expect(transform(1, Infinity, 1)).toEqual([0, (-2 * Math.LN2) / (2 * Math.PI)])
  })

  it('[Eq. B12] keeps its digits at the edge |Ω| = δ, where ln|1 − ξ| diverges', () => {
    for (const width of [0.3, 0.7, 1.1, 4.9]) {
      for (const steps of [1, 3, 50, 1e4, -1, -7]) {
        const mismatch = width + steps * EPSILON * width
        const excess = (mismatch - width) / width
        const expected = 2 * (1 + excess) * Math.log1p(excess) - (2 + excess) * (Math.LN2 + Math.log1p(excess / 2)) - excess * Math.log(Math.abs(excess))
        expect(Math.abs(transform(mismatch, Infinity, width)[1] - expected / (2 * Math.PI))).toBeLessThan(EPSILON)
      }
    }
  })

  it('[Eq. A4] triangular weights of two neighbouring windows add up to 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 0.999, noNaN: true }), (ratio) => {
        const sum = 2 * transform(ratio, Infinity, 1)[0] + 2 * transform(ratio - 1, Infinity, 1)[0]
        expect(Math.abs(sum - 1)).toBeLessThan(ACCURACY)
      }),
    )
  })

  it('ζ grows as δt/π, Ξ as δt²/2π, the transform as δt/2π, without losing a digit', () => {
    for (const x of [1e-150, 1e-12, 1e-9, 1e-8]) {
      expect(Math.abs(flatWindowEnvelope(x, 1) / (x / Math.PI) - 1)).toBeLessThan(ACCURACY)
      expect(Math.abs(flatWindowRescaledTime(x, 1) / ((x * x) / (2 * Math.PI)) - 1)).toBeLessThan(ACCURACY)
      expect(Math.abs(transform(0.3, x, 1)[0] / (x / (2 * Math.PI)) - 1)).toBeLessThan(ACCURACY)
    }
  })

  it('is 0 at t = 0 and has its limit at infinite time', () => {
    expect(transform(0.3, 0, 1)).toEqual([0, 0])
    expect([flatWindowEnvelope(0, 1), flatWindowRescaledTime(0, 1)]).toEqual([0, 0])
    expect([flatWindowEnvelope(Infinity, 1), flatWindowRescaledTime(Infinity, 1)]).toEqual([1, Infinity])
    expect(transform(0, Infinity, 3)).toEqual([0.5, 0])
  })

  it('the transform of a resonant transition is ζ/2, and real', () => {
    for (const mismatch of [0, 4e-10, -4e-10]) {
      const [re, im] = transform(mismatch, 13, 0.5)
      expect(re).toBe(flatWindowEnvelope(13, 0.5) / 2)
      expect(Math.abs(im)).toBe(0)
    }
    // Just outside, the formula joins smoothly: its imaginary part is O(Ω ln Ω).
    expect(distance(transform(6e-10, 13, 0.5), transform(0, 13, 0.5))).toBeLessThan(1e-8)
  })

  it('conjugates when the mismatch changes sign, and scales with the width alone', () => {
    const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    fc.assert(
      fc.property(positive(1e-6, 30), positive(1e-6, 200), fc.constantFrom(0.25, 2, 16), (ratio, x, width) => {
        const [re, im] = transform(ratio, x, 1)
        expect(transform(-ratio, x, 1)).toEqual([re, -im])
        expect(transform(ratio * width, x / width, width)).toEqual([re, im])
      }),
    )
  })
})
