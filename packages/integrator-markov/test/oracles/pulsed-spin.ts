/**
 * The spin of Sec. IV from |1⟩⟨1| ⊗ Π_0/V_0, its transition open for `open` units of time in all, in pieces of any lengths: p(ε_1, E_0) =
 * 1 − (γ/V_0)(1 − e^{−2γ̄ open})/2γ̄ with γ = 2πλ²V_0V_1/δ (a = 1), 2γ̄ = γ(1/V_0 + 1/V_1).
 */
export const pulsedSpin = (open: number, strength: number, width: number, volumes: readonly [number, number]): number => {
  const dissipation = (2 * Math.PI * strength ** 2 * volumes[0] * volumes[1]) / width
  const twoGamma = dissipation * (1 / volumes[0] + 1 / volumes[1])
  return 1 + (Math.expm1(-twoGamma * open) * (dissipation / volumes[0])) / twoGamma
}
