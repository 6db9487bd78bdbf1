import type { Vector } from '@mesobath/contracts'
import type { MicroscopicModel } from './microscopic-model.js'

/** ε_k and λ_ν while they are constant. */
export interface Couplings {
  /** [d]. */
  readonly energies: Vector
  /** [baths]. */
  readonly strengths: Vector
  /** Whether the baths' own levels are left out: then H is Σ ε_k |k⟩⟨k| and the interactions alone. */
  readonly silent?: boolean
}

/** The interaction of one bath at λ = 1, V_ν, and nothing else. */
export const interactionOf = (model: MicroscopicModel, bath: number): Couplings => ({
  energies: new Float64Array(model.dimension),
  strengths: Float64Array.from(model.baths, (_, at) => Number(at === bath)),
  silent: true,
})
