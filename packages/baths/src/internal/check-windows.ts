import type { Json, Vector, Windows } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'
import type { CountedWindows } from '../counted-windows.js'
import type { WindowOption } from '../window-option.js'
import { countLevels, countedRecipe, isCounted } from './count-levels.js'
import type { Faults } from './faults.js'
import { show } from './faults.js'

/** Centres closer than the width by less than this fraction of it touch, they do not overlap: m·δ rounds. */
const TOUCHING = 1e-9

/** What windows given by hand amount to. */
export interface CheckedWindows {
  readonly windows: Windows
  /** V_E where it was given as such, NaN where only ln V_E is known. */
  readonly volumes: Vector
}

/** Checks a width δ > 0. */
export const checkWidth = (width: unknown, faults: Faults, name = 'windowWidth'): void => {
  if (typeof width !== 'number' || !(width > 0) || width === Infinity) {
    faults.add('window-width', [name], 'be a positive finite number', `is ${show(width)}`)
  }
}

/** Checks that centres are finite, strictly ascending and at least a width apart; `path` names the field of one centre. */
export const checkCentres = (
  centres: ArrayLike<number>, width: number, faults: Faults, path: (index: number) => readonly (string | number)[],
): void => {
  let last = -1
  for (let index = 0; index < centres.length; index += 1) {
    const centre = centres[index] as number
    if (!Number.isFinite(centre)) {
      faults.add('window-energy', path(index), 'be a finite number', `is ${show(centre)}`)
      continue
    }
    if (last >= 0) {
      const gap = centre - (centres[last] as number)
      if (gap === 0) faults.add('window-order', path(index), 'differ from every other centre', `repeats ${show(centre)}`)
      else if (gap < 0) faults.add('window-order', path(index), `be above the centre before it, ${centres[last]}`, `is ${show(centre)}`)
      else if (width < Infinity && gap < width * (1 - TOUCHING)) {
        faults.add('window-overlap', path(index), `be at least a window width ${width} above ${centres[last]}`, `is ${show(centre)}: the windows overlap`)
      }
    }
    last = index
  }
}

/** Checks windows given one by one, or by a rule, and makes their arrays; use the result only where no fault was found. */
export const checkWindows = (
  options: { readonly windows: readonly WindowOption[] | CountedWindows; readonly windowWidth: number }, faults: Faults,
): CheckedWindows => {
  checkWidth(options.windowWidth, faults)
  const counted = isCounted(options.windows)
  const listed: unknown = counted ? countLevels(options.windows as CountedWindows, faults) : options.windows
  const given = Array.isArray(listed) ? (listed as readonly (WindowOption | null)[]) : []
  if (given.length === 0 && !counted) faults.add('no-windows', ['windows'], 'hold at least one window', `is ${show(options.windows)}`)
  const energies = Float64Array.from(given, (window) => (typeof window?.energy === 'number' ? window.energy : NaN))
  const volumes = new Float64Array(given.length).fill(NaN)
  const logVolumes = new Float64Array(given.length)
  checkCentres(energies, options.windowWidth, faults, (index) => ['windows', index, 'energy'])
  given.forEach((window, index) => {
    const volume = window?.volume
    const logVolume = window?.logVolume
    if ((volume === undefined) === (logVolume === undefined)) {
      faults.add('window-volume', ['windows', index], 'give either a volume or a logVolume', volume === undefined ? 'gives neither' : 'gives both')
    } else if (volume !== undefined) {
      if (typeof volume !== 'number' || !(volume > 0) || volume === Infinity) {
        faults.add('window-volume', ['windows', index, 'volume'], 'be a positive finite number', `is ${show(volume)}`)
      } else {
        volumes[index] = volume
        logVolumes[index] = log(volume)
      }
    } else if (typeof logVolume !== 'number' || !Number.isFinite(logVolume)) {
      faults.add('window-volume', ['windows', index, 'logVolume'], 'be a finite number', `is ${show(logVolume)}`)
    } else {
      logVolumes[index] = logVolume
    }
  })
  return { windows: { energies, width: options.windowWidth, logVolumes }, volumes }
}

/** Checks a count of coupling operators. */
export const checkCouplings = (couplings: unknown, faults: Faults): void => {
  if (!Number.isInteger(couplings) || (couplings as number) < 1) {
    faults.add('couplings', ['couplings'], 'be a positive integer', `is ${show(couplings)}`)
  }
}

/** Windows as the JSON that gives them again. */
export const windowsRecipe = (windows: readonly WindowOption[] | CountedWindows): Json => (isCounted(windows) ? countedRecipe(windows)
  : windows.map(({ energy, volume, logVolume }): Json => (volume === undefined ? { energy, logVolume: logVolume as number } : { energy, volume })))

/** ⟨B^α⟩_E = 0 in every window, for each coupling. */
export const zeroMeans = (couplings: number, windows: number): readonly Vector[] =>
  Array.from({ length: couplings }, () => new Float64Array(windows))
