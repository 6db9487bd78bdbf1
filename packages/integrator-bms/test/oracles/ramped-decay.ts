/** p(t) of a level that decays at `rate`·max(0, 1 − |v|t/δ): e^{−rate(s − |v|s²/2δ)}, s = min(t, δ/|v|). */
export const rampedDecay = (time: number, speed: number, rate: number, width: number): number => {
  const until = Math.min(time, width / Math.abs(speed))
  return Math.exp(-rate * (until - (Math.abs(speed) * until * until) / (2 * width)))
}
