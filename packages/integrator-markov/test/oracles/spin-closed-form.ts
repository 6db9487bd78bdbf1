/**
 * The spin of Sec. IV in closed form (Eqs. E4-E7 with Ξ(t) → t): p(ε_1, E_0; t) from |1⟩⟨1| ⊗ Π_0/V_0,
 * 1 − (1 − e^{−2γ̄t})·(γ/V_0)/(2γ̄), 2γ̄ = γ(1/V_0 + 1/V_1), γ = 2πλ²a²V_0V_1/δ.
 */
export const excitedProbability = (time: number, strength: number, width: number, deviation: number, volumes: readonly [number, number]): number => {
  const dissipation = (2 * Math.PI * strength ** 2 * deviation ** 2 * volumes[0] * volumes[1]) / width
  const twoGamma = dissipation * (1 / volumes[0] + 1 / volumes[1])
  return 1 - (-Math.expm1(-twoGamma * time) * (dissipation / volumes[0])) / twoGamma
}

/** Im ∫₀^∞ h e^{−iΩτ} dτ of a flat window (Eq. B12). */
export const dispersion = (mismatch: number, width: number): number => {
  const xi = Math.abs(mismatch) / width
  const xlogx = (x: number): number => (x === 0 ? 0 : x * Math.log(Math.abs(x)))
  return (Math.sign(mismatch) * (2 * xlogx(xi) - xlogx(1 + xi) + xlogx(1 - xi))) / (2 * Math.PI)
}

/** Ξ(t) = ∫₀ᵗ ζ(s) ds (Eqs. 44, E5) = ∫₀ᵗ (t − τ) ζ'(τ) dτ by Simpson's rule. */
export const rescaledTime = (time: number, width: number): number => {
  const steps = 4000
  const h = time / steps
  const density = (tau: number): number => (tau === 0 ? width / Math.PI : (width / Math.PI) * (Math.sin((width * tau) / 2) / ((width * tau) / 2)) ** 2)
  let sum = 0
  for (let i = 0; i <= steps; i += 1) sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * (time - i * h) * density(i * h)
  return (sum * h) / 3
}
