import type { BathModel, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { needed } from '../law.js'

/** A model on one bath, with what it says of every pair of windows read once. */
export interface Subject {
  readonly bath: BathModel
  readonly correlation: WindowCorrelation
  readonly windows: number
  readonly couplings: number
  /** κ [to, from, α, α'], all pairs asked in one request; NaN where nothing was written. */
  readonly kappa: Planes & { readonly im: Float64Array }
  readonly largest: number
}

/** Every pair of windows, the target slowest. */
export const allPairs = (windows: number): { readonly to: Int32Array; readonly from: Int32Array } => ({
  to: Int32Array.from({ length: windows * windows }, (_, pair) => Math.floor(pair / windows)),
  from: Int32Array.from({ length: windows * windows }, (_, pair) => pair % windows),
})

/** Planes full of NaN: what a plug-in leaves unwritten shows. */
export const unwritten = (size: number): Planes & { readonly im: Float64Array } => ({ re: new Float64Array(size).fill(NaN), im: new Float64Array(size).fill(NaN) })

export const readSubject = (model: RateModel, bath: BathModel): Subject => {
  const correlation = needed('`correlate`', model.correlate(bath))
  const windows = bath.windows.energies.length
  const { couplings } = bath
  const kappa = unwritten(windows * windows * couplings * couplings)
  needed('`strength`', correlation.strength(allPairs(windows), kappa))
  const largest = Math.max(0, ...kappa.re.map((x) => Math.abs(x)).filter((x) => Number.isFinite(x)))
  return { bath, correlation, windows, couplings, kappa, largest }
}

/** How a pair of windows is named in a fault. */
export const pairName = ({ bath }: Subject, to: number, from: number): string =>
  `between windows ${to} (E = ${bath.windows.energies[to]}) and ${from} (E' = ${bath.windows.energies[from]})`

/** Entry (α, α') of κ(E, E'). */
export const entry = ({ couplings, kappa, windows }: Subject, to: number, from: number, left: number, right: number): readonly [number, number] => {
  const at = ((to * windows + from) * couplings + left) * couplings + right
  return [kappa.re[at]!, kappa.im[at]!]
}

/** √(V_E'/V_E) ∫₀ᵗ C e^{−iωτ} dτ of one pair, frequency and time, [α, α']. */
export const transformAt = ({ correlation, couplings }: Subject, to: number, from: number, frequency: number, time: number): Planes & { readonly im: Float64Array } => {
  const out = unwritten(couplings * couplings)
  const { transform } = correlation
  if (transform === undefined) throw new Error('a line shape of its own has no transform')
  const request = { to: Int32Array.of(to), from: Int32Array.of(from), frequency: Float64Array.of(frequency), times: Float64Array.of(time) }
  needed('`transform`', transform.call(correlation, request, out))
  return out
}
