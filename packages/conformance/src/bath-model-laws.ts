import type { BathModel, Capability } from '@mesobath/contracts'
import { functionLaws } from './internal/function-laws.js'
import { identityLaw } from './internal/identity-law.js'
import { realisationLaws } from './internal/realisation-laws.js'
import { windowLaws } from './internal/window-laws.js'
import type { Law } from './law.js'

/** What a bath model declares. */
export interface BathModelCapabilities {
  /** Exactly the keys of `can`. */
  readonly can: readonly Capability[]
  /**
   * Whether V_E counts the levels of a window; false for a smooth volume beside levels that are a sample of it. True unless told.
   */
  readonly countsLevels?: boolean
  /** Relative accuracy of blocks and moments; 1e-10 unless told. */
  readonly accuracy?: number
}

const ACCURACY = 1e-10

/**
 * The laws of a bath model, as a list for any test runner. `factory` makes the bath anew at each call; keep it below a few thousand levels.
 *
 * Windows ascend and do not overlap; the same seed gives the same bath; levels lie in their windows and V_E counts them; coupling blocks
 * are Hermitian, free of their microcanonical mean, as real and as strong as they say; second moments and spectral functions are Hermitian, positive
 * and conjugate when windows are exchanged; a realisation belongs to the ensemble it is drawn from.
 */
export const bathModelLaws = (factory: () => BathModel, capabilities: BathModelCapabilities): readonly Law[] => {
  const { accuracy = ACCURACY, can, countsLevels = true } = capabilities
  let made: BathModel | null = null
  const bath = (): BathModel => {
    made ??= factory()
    return made
  }
  const windows = windowLaws(bath, factory, can)
  return [
    identityLaw(bath), ...windows.laws,
    ...(can.includes('microscopic') ? realisationLaws({ bath, factory, accuracy, countsLevels, restsOn: windows.sound }) : []),
    ...functionLaws({ bath, accuracy, can, restsOn: windows.sound }),
  ]
}
