// The flat window's functions by quadrature, from h(τ) alone.

// Gauss and Legendre's nodes and weights of order 16 on [−1, 1] (eight points, by symmetry).
const HALF: readonly (readonly [number, number])[] = [
  [0.1834346424956498, 0.3626837833783620], [0.5255324099163290, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745], [0.9602898564975363, 0.1012285362903763],
]
const POINTS = HALF.flatMap(([x, w]) => [[x, w], [-x, w]] as const)

/** ∫ f from `from` to `to` in panels of length ≤ `panel`. */
export const quadrature = (f: (x: number) => number, from: number, to: number, panel: number): number => {
  const count = Math.max(1, Math.ceil((to - from) / panel))
  const half = (to - from) / count / 2
  let sum = 0
  for (let i = 0; i < count; i++) {
    const centre = from + (2 * i + 1) * half
    for (const [x, w] of POINTS) sum += w * half * f(centre + x * half)
  }
  return sum
}

const shape = (tau: number, width: number): number => {
  const x = width * tau / 2
  return width / (2 * Math.PI) * (Math.abs(x) < 1e-8 ? 1 : (Math.sin(x) / x) ** 2)
}

/** Ξ(t) = ∫₀ᵗ ζ = 2 ∫₀ᵗ (t − τ) h(τ) dτ. */
export const rescaledTime = (time: number, width: number): number => 2 * quadrature((tau) => (time - tau) * shape(tau, width), 0, time, 1 / width)

/** ζ(t) = 2 ∫₀ᵗ h. */
export const envelope = (time: number, width: number): number => 2 * quadrature((tau) => shape(tau, width), 0, time, 1 / width)

/**
 * Im ∫₀^∞ h(τ) e^{−iΩτ} dτ = −P∫ w(ν)/(2π (Ω + ν)) dν over the triangle w(ν) = (1 − |ν|/δ)/δ·…, here for |Ω| > δ where nothing is singular:
 * ĥ(ν) = (1 − |ν|/δ) on |ν| < δ, hence −(1/2π) ∫ ĥ(ν)/(Ω − ν) dν.
 */
export const dispersion = (mismatch: number, width: number): number =>
  -quadrature((nu) => (1 - Math.abs(nu) / width) / (mismatch - nu), -width, 0, width / 8) / (2 * Math.PI)
  - quadrature((nu) => (1 - Math.abs(nu) / width) / (mismatch - nu), 0, width, width / 8) / (2 * Math.PI)

/** C(E,E';−τ) at λ = 1 of a flat window of one coupling with E[|B_ij|²] = 1 between different windows: V_E e^{i(E−E')τ} (2π/δ) h(τ). */
export const flatCorrelation = (centres: readonly number[], volumes: readonly number[], width: number) =>
  (_a: number, _b: number, to: number, from: number, tau: number): readonly [number, number] => {
    if (to === from) return [0, 0]
    const size = volumes[to] * (2 * Math.PI / width) * shape(tau, width)
    return [size * Math.cos((centres[to] - centres[from]) * tau), size * Math.sin((centres[to] - centres[from]) * tau)]
  }
