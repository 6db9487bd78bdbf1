import type { Issue } from '@mesobath/contracts'

/** Writes F^{αα'}(Ē, ω) [α, α'], or says why it cannot. */
export type Reader = (meanEnergy: number, frequency: number, out: { readonly re: Float64Array; readonly im: Float64Array }) => Issue | null
