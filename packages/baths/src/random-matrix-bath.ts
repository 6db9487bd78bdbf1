import type { BathModel, Json, MicroscopicBath, Outcome } from '@mesobath/contracts'
import { fail, failIfAny, issue, succeed } from '@mesobath/contracts'
import { exp, log } from '@mesobath/kernels'
import type { CheckedWindows } from './internal/check-windows.js'
import { checkCouplings, checkWindows, windowsRecipe, zeroMeans } from './internal/check-windows.js'
import { collectFaults, show } from './internal/faults.js'
import type { Faults } from './internal/faults.js'
import { bathIdentity } from './internal/identity.js'
import { meanElements } from './internal/mean-elements.js'
import { randomMatrixEnsemble } from './internal/random-matrix-ensemble.js'
import { realiseRandomMatrix } from './internal/random-matrix-realisation.js'
import type { MeanCoupling } from './mean-coupling.js'
import type { CountedWindows } from './counted-windows.js'
import type { WindowOption } from './window-option.js'

/** Options of {@link randomMatrixBath}; exactly one of `deviation`, `scaledDeviation`, `logVariance`. */
export interface RandomMatrixBathOptions {
  /** One by one, or by a rule that counts their levels. */
  readonly windows: readonly WindowOption[] | CountedWindows
  /** δ. */
  readonly windowWidth: number
  /** Levels of a realisation: 'regular' E_i = E − δ/2 + i δ/V, or 'random', uniform in each window and sorted. */
  readonly spectrum: 'regular' | 'random'
  /** A non-negative integer; it belongs to the bath. */
  readonly seed: number
  /** Number of coupling operators B^α; 1 unless told. */
  readonly couplings?: number
  /** a ≥ 0, the standard deviation of every random element. */
  readonly deviation?: number
  /** ã ≥ 0 with a² = ã²/√(V_E V_E'): for volumes of any size. */
  readonly scaledDeviation?: number
  /** ln a². */
  readonly logVariance?: number
  /** b(E, E'), the same for every coupling; 0 unless told. */
  readonly mean?: MeanCoupling
  /** b^α(E, E') per coupling, instead of `mean`. */
  readonly means?: readonly MeanCoupling[]
  readonly symmetry?: 'complex-hermitian' | 'real-symmetric'
}

/** More levels than this are not realised: a single coupling would fill up to 5 GB at 16 bytes an element, half of it stored. */
const REALISABLE_LEVELS = 25_000
/** exp(ln V) of an integer V misses it by rounding only. */
const INTEGER_TOLERANCE = 1e-9

/** |c|² of a realised element must not overflow when rates sum it. */
const LARGEST_LOG_VARIANCE = 600

const DEVIATIONS = ['deviation', 'scaledDeviation', 'logVariance'] as const

/** ln a² or ln ã², −∞ for zero. */
const checkDeviation = (options: RandomMatrixBathOptions, faults: Faults): number => {
  const given = DEVIATIONS.filter((name) => options[name] !== undefined)
  if (given.length !== 1) {
    faults.add('deviation', ['deviation'], 'be given, or one of `scaledDeviation` and `logVariance` in its place', given.length === 0 ? 'none of them is' : `${given.join(' and ')} are`)
    return 0
  }
  const name = given[0] as (typeof DEVIATIONS)[number]
  const value = options[name]
  if (name === 'logVariance') {
    if (typeof value !== 'number' || !Number.isFinite(value)) faults.add('deviation', [name], 'be a finite number', `is ${show(value)}`)
    return value as number
  }
  if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
    faults.add('deviation', [name], 'be a non-negative finite number', `is ${show(value)}`)
    return 0
  }
  return value === 0 ? -Infinity : 2 * log(value)
}

/** Levels per window, or an issue for every window that cannot be realised. */
const countLevels = ({ windows, volumes }: CheckedWindows): Outcome<Int32Array> => {
  const faults = collectFaults()
  const counts = new Int32Array(windows.energies.length)
  let total = 0
  for (let index = 0; index < counts.length; index += 1) {
    const logVolume = windows.logVolumes[index] as number
    const given = volumes[index] as number
    const volume = Number.isNaN(given) ? exp(logVolume) : given
    const nearest = Math.round(volume)
    const whole = Number.isNaN(given) ? nearest >= 1 && Math.abs(volume - nearest) <= INTEGER_TOLERANCE * nearest : nearest === volume
    total += volume
    if (volume > REALISABLE_LEVELS) continue
    if (whole) counts[index] = nearest
    else faults.add('not-realisable', ['windows', index], 'have an integer volume to be realised level by level', `its volume is ${volume}`)
  }
  if (!(total <= REALISABLE_LEVELS)) {
    faults.add('not-realisable', ['windows'], `hold at most ${REALISABLE_LEVELS} levels in all to be realised level by level`, `N = ${total === Infinity ? 'more than 1e308' : Math.round(total)}`)
  }
  return failIfAny(faults.issues, () => counts)
}

const makeRecipe = (options: RandomMatrixBathOptions, mean: Json, couplings: number, symmetry: string): Json => ({
  windows: windowsRecipe(options.windows),
  windowWidth: options.windowWidth,
  spectrum: options.spectrum,
  seed: options.seed,
  couplings,
  ...Object.fromEntries(DEVIATIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
  ...(options.means !== undefined ? { means: mean } : options.mean !== undefined ? { mean } : {}),
  symmetry,
})

/**
 * A bath whose coupling operators are random matrices with a deterministic part:
 * B^α = Σ_{E≠E'} Σ_{i∈E, j∈E'} [b^α(E,E') + c^α_ij] |E_i⟩⟨E_j|, E|c|² = a², c_ji = conj c_ij.
 *
 * 'complex-hermitian' (default) gives each part of c the variance a²/2, 'real-symmetric' gives a real c the variance a².
 * There is no block within a window and ⟨B⟩_E = 0. It can give its ensemble for any volumes, and a realisation
 * (`microscopic`) where every volume is an integer and N ≤ 25 000. The seed fixes the realisation to the bit,
 * whatever the order in which blocks are read; blocks are drawn again at each call and not kept.
 *
 * Issues: those of the windows (`baths/window-…`, `baths/no-windows`, `baths/counted-windows`), `baths/couplings`, `baths/seed`, `baths/spectrum`,
 * `baths/symmetry`, `baths/deviation`, `baths/mean`; of `microscopic`: `baths/not-realisable`.
 *
 * @equation 26
 * @equation A5
 */
export const randomMatrixBath = (options: RandomMatrixBathOptions): Outcome<BathModel> => {
  const faults = collectFaults()
  const checked = checkWindows(options, faults)
  const { windows } = checked
  const couplings = options.couplings ?? 1
  checkCouplings(couplings, faults)
  const symmetry: string = options.symmetry ?? 'complex-hermitian'
  if (symmetry !== 'complex-hermitian' && symmetry !== 'real-symmetric') {
    faults.add('symmetry', ['symmetry'], "be 'complex-hermitian' or 'real-symmetric'", `is ${show(symmetry)}`)
  }
  if (options.spectrum !== 'regular' && options.spectrum !== 'random') {
    faults.add('spectrum', ['spectrum'], "be 'regular' or 'random'", `is ${show(options.spectrum)}`)
  }
  if (!Number.isSafeInteger(options.seed) || options.seed < 0) {
    faults.add('seed', ['seed'], 'be a non-negative integer', `is ${show(options.seed)}`)
  }
  const logVariance = checkDeviation(options, faults)
  const scaled = options.scaledDeviation !== undefined
  const real = symmetry === 'real-symmetric'
  const mean = meanElements(options.mean, options.means, couplings, windows.energies, real, faults)

  return failIfAny(faults.issues, () => {
    let realised: Outcome<MicroscopicBath> | null = null
    const realise = (): Outcome<MicroscopicBath> => {
      const counts = countLevels(checked)
      if (counts._tag === 'Left') return counts
      if (logVariance > LARGEST_LOG_VARIANCE) {
        return fail(issue('baths/not-realisable', ['logVariance'],
          `\`logVariance\` must be at most ${LARGEST_LOG_VARIANCE} for its matrix elements to fit a double, but is ${logVariance}`))
      }
      return succeed(realiseRandomMatrix({
        windows, counts: counts.right, spectrum: options.spectrum, seed: options.seed, logVariance, scaled, mean, real,
      }))
    }
    return {
      ...bathIdentity('random-matrix', mean.recipe === null ? null : makeRecipe(options, mean.recipe, couplings, symmetry)),
      windows,
      couplings,
      meanCouplings: zeroMeans(couplings, windows.energies.length),
      can: {
        microscopic: () => {
          realised ??= realise()
          return realised
        },
        ensemble: randomMatrixEnsemble(couplings, windows.logVolumes, logVariance, scaled, mean),
      },
    }
  })
}
