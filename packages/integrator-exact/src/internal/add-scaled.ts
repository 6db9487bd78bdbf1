/** out += factor·x over `count` entries. A loop of its own is compiled long before the functions around it. */
export const addScaled = (out: Float64Array, at: number, x: Float64Array, from: number, count: number, factor: number): void => {
  if (factor === 0) return
  for (let i = 0; i < count; i++) out[at + i] = out[at + i]! + factor * x[from + i]!
}
