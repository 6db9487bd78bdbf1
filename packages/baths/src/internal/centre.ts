/** B_ii − ⟨B⟩ this small beside ⟨B⟩ is rounding of the mean: a coupling proportional to Π_E must come out as no block at all. */
const CENTRING_ROUNDING = 1e-14

/** B_ii − ⟨B⟩. */
export const centre = (element: number, mean: number): number => {
  const rest = element - mean
  return Math.abs(rest) <= CENTRING_ROUNDING * Math.abs(mean) ? 0 : rest
}
