import type { Json } from '@mesobath/contracts'

/**
 * What `create` of a drive's entry is given: plain JSON. `options` is what stands under `drive` in the scenario (without `model`); the
 * rest is what the scenario says elsewhere. Issues about the options have paths relative to them.
 */
export interface DriveRequest {
  readonly options: Json
  /** ε_k where nothing drives them [d]. */
  readonly energies: readonly number[]
  /** λ_ν where nothing drives them [baths]. */
  readonly strengths: readonly number[]
  readonly labels: readonly string[]
  /** The run; null where its times are faulty. */
  readonly range: { readonly from: number; readonly to: number } | null
}
