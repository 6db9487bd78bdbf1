import { describe, expect, it, vi } from 'vitest'
import { heldTransforms } from '../../src/internal/held-transforms.js'

/** What ten thousand terms of the quadrature leave by rounding; nodes leave out 1e-16. */
const QUADRATURE = 2e-14
const WIDTH = 0.5
/** Resonant, within the width, at its edge where the limit has a kink, beyond it, and far beyond. */
const SIZES = Float64Array.of(0, 0.1, WIDTH, WIDTH * (1 + 1e-9), 2, 41)

/** ∫₀^age (δ/2π) sinc²(δτ/2) e^{−iΩτ} dτ by Simpson's rule. */
const simpson = (size: number, age: number): { readonly re: number; readonly im: number } => {
  const steps = 2 * Math.ceil(400 * age * (size + WIDTH) + 200)
  let re = 0
  let im = 0
  for (let i = 0; i <= steps; i++) {
    const tau = (age * i) / steps
    const x = (WIDTH * tau) / 2
    const sinc = x === 0 ? 1 : Math.sin(x) / x
    const weight = (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * (WIDTH / (2 * Math.PI)) * sinc * sinc
    re += weight * Math.cos(size * tau)
    im -= weight * Math.sin(size * tau)
  }
  return { re: (re * age) / steps / 3, im: (im * age) / steps / 3 }
}

const planes = (): { readonly re: Float64Array; readonly im: Float64Array } => ({ re: new Float64Array(SIZES.length), im: new Float64Array(SIZES.length) })

describe('transforms along a stretch of constant energies', () => {
  // Mutants: the rest not turned back by e^{−iΩt}; eight nodes fewer; the interval of an earlier age kept.
  it('[Eq. B4] read from nodes are the integrals themselves, at ages of every interval, also backwards', () => {
    const held = heldTransforms(WIDTH)
    held.open(SIZES.length)
    const out = planes()
    for (const age of [1e-3, 0.7, 5.9, 11.99, 12, 12.01, 40, 3.3, 90]) {
      held.write(SIZES, age, out)
      SIZES.forEach((size, i) => {
        const { re, im } = simpson(size, age)
        expect(Math.abs(out.re[i]! - re)).toBeLessThan(QUADRATURE)
        expect(Math.abs(out.im[i]! - im)).toBeLessThan(QUADRATURE)
      })
    }
  })

  // Mutant: limits and nodes of the first stretch kept for the next.
  it('have the same bits whatever was asked before', () => {
    const [straight, wandering] = [heldTransforms(WIDTH), heldTransforms(WIDTH)]
    const [a, b] = [planes(), planes()]
    for (const held of [straight, wandering]) held.open(SIZES.length)
    for (const age of [50, 1, 13]) wandering.write(SIZES, age, b)
    wandering.write(SIZES.map((size) => size + 0.3), 7, b)
    for (const age of [1.5, 30, 14]) {
      straight.write(SIZES, age, a)
      wandering.write(SIZES, age, b)
      expect(b).toEqual(a)
    }
  })

  it('make no array once there is room', () => {
    const held = heldTransforms(WIDTH)
    held.open(SIZES.length)
    const out = planes()
    const Original = Float64Array
    let arrays = 0
    vi.stubGlobal('Float64Array', new Proxy(Original, { construct: (target, given) => { arrays++; return Reflect.construct(target, given) as object } }))
    for (const age of [0.1, 20, 300]) held.write(SIZES, age, out)
    vi.unstubAllGlobals()
    expect(arrays).toBe(0)
  })
})
