import type { BathModel, CouplingEnsemble, Outcome, SpectralFunction, Vector } from '@mesobath/contracts'
import { failIfAny } from '@mesobath/contracts'
import { checkCouplings, checkWindows, windowsRecipe, zeroMeans } from './internal/check-windows.js'
import { collectFaults, show } from './internal/faults.js'
import { bathIdentity } from './internal/identity.js'
import type { CountedWindows } from './counted-windows.js'
import type { WindowOption } from './window-option.js'

/** Options of {@link windowBath}. */
export interface WindowBathOptions {
  /** One by one, or by a rule that counts their levels. */
  readonly windows: readonly WindowOption[] | CountedWindows
  /** δ. */
  readonly windowWidth: number
  /** Number of coupling operators B^α; 1 unless told. */
  readonly couplings?: number
  /** ⟨B^α⟩_E per coupling [n]; zero unless told. */
  readonly meanCouplings?: readonly ArrayLike<number>[]
  readonly ensemble?: CouplingEnsemble
  readonly spectralFunction?: SpectralFunction
}

/**
 * A bath known by its windows alone, with whatever capability is handed in.
 *
 * Centres E and volumes V_E (or ln V_E) of windows [E − δ/2, E + δ/2), `meanCouplings` in the unit of H_int/λ. Its recipe is
 * null where a capability (a function) was handed in.
 *
 * Issues: `baths/window-width`, `baths/no-windows`, `baths/window-energy`, `baths/window-order`, `baths/window-overlap`,
 * `baths/window-volume`, `baths/counted-windows`, `baths/couplings`, `baths/mean-couplings`.
 */
export const windowBath = (options: WindowBathOptions): Outcome<BathModel> => {
  const faults = collectFaults()
  const { windows } = checkWindows(options, faults)
  const couplings = options.couplings ?? 1
  checkCouplings(couplings, faults)
  const means = options.meanCouplings
  if (means !== undefined) {
    if (means.length !== couplings) {
      faults.add('mean-couplings', ['meanCouplings'], `hold one array per coupling, ${couplings}`, `holds ${means.length}`)
    }
    means.forEach((mean, coupling) => {
      if (mean.length !== windows.energies.length) {
        faults.add('mean-couplings', ['meanCouplings', coupling], `hold one number per window, ${windows.energies.length}`, `holds ${mean.length}`)
      }
      for (let index = 0; index < mean.length; index += 1) {
        if (!Number.isFinite(mean[index])) faults.add('mean-couplings', ['meanCouplings', coupling, index], 'be a finite number', `is ${show(mean[index])}`)
      }
    })
  }
  const { ensemble, spectralFunction } = options
  return failIfAny(faults.issues, () => {
    const meanCouplings: readonly Vector[] = means?.map((mean) => Float64Array.from(mean)) ?? zeroMeans(couplings, windows.energies.length)
    const recipe = ensemble !== undefined || spectralFunction !== undefined ? null : {
      windows: windowsRecipe(options.windows),
      windowWidth: options.windowWidth,
      couplings,
      ...(means === undefined ? {} : { meanCouplings: meanCouplings.map((mean) => [...mean]) }),
    }
    return {
      ...bathIdentity('windows', recipe),
      windows,
      couplings,
      meanCouplings,
      can: { ...(ensemble === undefined ? {} : { ensemble }), ...(spectralFunction === undefined ? {} : { spectralFunction }) },
    }
  })
}
