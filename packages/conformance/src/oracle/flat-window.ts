/** The line shape of a flat window in time, by quadrature of its definition: no closed form is shared with what it judges. */

/** Even; the integrand is smooth over a few oscillations at the times the kit asks for. */
const INTERVALS = 4000

const simpson = (f: (x: number) => number, to: number): number => {
  const h = to / INTERVALS
  let sum = f(0) + f(to)
  for (let i = 1; i < INTERVALS; i += 1) sum += (i % 2 === 0 ? 2 : 4) * f(i * h)
  return (sum * h) / 3
}

/** h(τ) = (δ/2π) sinc²(δτ/2). */
const shape = (delay: number, width: number): number => {
  const x = (width * delay) / 2
  const sinc = x === 0 ? 1 : Math.sin(x) / x
  return (width / (2 * Math.PI)) * sinc * sinc
}

/** Ξ(t) = ∫₀ᵗ ζ = 2 ∫₀ᵗ (t − τ) h(τ) dτ: the time in which resonant populations age. */
export const rescaledTime = (time: number, width: number): number => 2 * simpson((delay) => (time - delay) * shape(delay, width), time)

/** w(Ω) = max(0, 1 − |Ω|/δ): the share of a transition with mismatch Ω that goes to a window. */
export const share = (mismatch: number, width: number): number => Math.max(0, 1 - Math.abs(mismatch) / width)
