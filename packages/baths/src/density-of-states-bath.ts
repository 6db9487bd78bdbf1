import type { BathModel, Outcome, SpectralFunction } from '@mesobath/contracts'
import { failIfAny } from '@mesobath/contracts'
import { checkCentres, checkCouplings, checkWidth, zeroMeans } from './internal/check-windows.js'
import type { Faults } from './internal/faults.js'
import { collectFaults, show } from './internal/faults.js'
import { bathIdentity } from './internal/identity.js'
import { logWindowVolume } from './internal/log-window-volume.js'

/** Windows that tile [from, to): their width must divide to − from. */
export interface WindowRange {
  readonly from: number
  readonly to: number
}

/** Options of {@link densityOfStatesBath}; exactly one of `density` and `logDensity`. */
export interface DensityOfStatesBathOptions {
  /** g(E) > 0, levels per unit of energy. */
  readonly density?: (energy: number) => number
  /** ln g(E), for baths whose density overflows a double. */
  readonly logDensity?: (energy: number) => number
  /** A range that the windows tile, or their centres, ascending and at least δ apart. */
  readonly windows: WindowRange | ArrayLike<number>
  /** δ. */
  readonly windowWidth: number
  /** F^{αα'}(Ē, ω), for rates of the eigenstate thermalization hypothesis. */
  readonly spectralFunction?: SpectralFunction
  /** Number of coupling operators; 1 unless told. */
  readonly couplings?: number
}

/** (to − from)/δ may miss an integer by this much: both are decimal fractions. */
const TILING_TOLERANCE = 1e-9

const isRange = (windows: WindowRange | ArrayLike<number>): windows is WindowRange => windows !== null && typeof windows === 'object' && 'from' in windows && 'to' in windows

const tile = ({ from, to }: WindowRange, width: number, faults: Faults): Float64Array => {
  if (!Number.isFinite(from)) faults.add('window-energy', ['windows', 'from'], 'be a finite number', `is ${show(from)}`)
  if (!Number.isFinite(to) || !(to > from)) faults.add('window-energy', ['windows', 'to'], 'be a finite number above `windows.from`', `is ${show(to)}`)
  if (faults.issues.length > 0) return new Float64Array(0)
  const count = Math.round((to - from) / width)
  if (count < 1 || Math.abs((to - from) / width - count) > TILING_TOLERANCE * count) {
    faults.add('window-range', ['windows'], `span a whole number of window widths ${width}`, `spans ${(to - from) / width} of them`)
    return new Float64Array(0)
  }
  return Float64Array.from({ length: count }, (_, index) => from + (index + 0.5) * width)
}

/**
 * A bath given by its density of states: ln V_E = ln ∫ g(e) de over [E − δ/2, E + δ/2), by adaptive quadrature, not ln(g δ).
 *
 * With `logDensity` the largest value is taken out before integrating, so ln V_E may be of any size. The functions are called
 * while the bath is made, never later. It gives windows and, where handed in, a spectral function; it cannot be realised.
 * Its recipe is null: it holds functions.
 *
 * Issues: `baths/window-width`, `baths/window-range`, `baths/no-windows`, `baths/window-energy`, `baths/window-order`,
 * `baths/window-overlap`, `baths/couplings`, `baths/density`, `baths/density-value`, `baths/density-not-integrable`.
 */
export const densityOfStatesBath = (options: DensityOfStatesBathOptions): Outcome<BathModel> => {
  const faults = collectFaults()
  const { windowWidth: width, spectralFunction, density, logDensity } = options
  checkWidth(width, faults)
  const couplings = options.couplings ?? 1
  checkCouplings(couplings, faults)
  if ((density === undefined) === (logDensity === undefined)) {
    faults.add('density', ['density'], 'be given, or `logDensity` in its place', density === undefined ? 'neither is' : 'both are')
  }
  const centres = isRange(options.windows) ? tile(options.windows, width, faults) : Float64Array.from(options.windows ?? [])
  if (!isRange(options.windows)) {
    if (centres.length === 0) faults.add('no-windows', ['windows'], 'hold at least one centre', 'is empty')
    checkCentres(centres, width, faults, (index) => ['windows', index])
  }
  const logVolumes = new Float64Array(centres.length)
  if (faults.issues.length === 0) {
    centres.forEach((centre, index) => {
      logVolumes[index] = logWindowVolume({ density, logDensity }, centre, width, faults)
    })
  }
  return failIfAny(faults.issues, () => ({
    ...bathIdentity('density-of-states', null),
    windows: { energies: centres, width, logVolumes },
    couplings,
    meanCouplings: zeroMeans(couplings, centres.length),
    can: spectralFunction === undefined ? {} : { spectralFunction },
  }))
}
