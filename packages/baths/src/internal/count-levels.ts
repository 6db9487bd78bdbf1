import type { Json } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'
import type { CountedWindows } from '../counted-windows.js'
import type { WindowOption } from '../window-option.js'
import type { Faults } from './faults.js'
import { show } from './faults.js'

/** More windows than any lattice holds: a slip of the pen must not fill the memory before anyone can say so. */
const MOST_WINDOWS = 10_000_000

const isCount = (value: unknown, least: number): value is number => Number.isSafeInteger(value) && (value as number) >= least

/** Whether windows are given by a rule rather than one by one. */
export const isCounted = (windows: readonly WindowOption[] | CountedWindows): windows is CountedWindows =>
  typeof windows === 'object' && windows !== null && ('oscillators' in windows || 'spins' in windows)

interface Rule { readonly name: 'oscillators' | 'spins'; readonly parts: number; readonly from: number; readonly to: number }

const checkRule = (given: CountedWindows, faults: Faults): Rule | null => {
  const before = faults.issues.length
  const options: { readonly oscillators?: unknown; readonly spins?: unknown; readonly quantum: unknown; readonly quanta?: unknown; readonly degeneracy?: unknown } = given
  const name = options.spins === undefined ? 'oscillators' : 'spins'
  const parts = options[name]
  if (options.spins !== undefined && options.oscillators !== undefined) faults.add('counted-windows', ['windows'], 'hold either `oscillators` or `spins`', 'holds both')
  if (!isCount(parts, 1)) faults.add('counted-windows', ['windows', name], 'be a positive integer', `is ${show(parts)}`)
  if (typeof options.quantum !== 'number' || !(options.quantum > 0) || options.quantum === Infinity) {
    faults.add('window-energy', ['windows', 'quantum'], 'be a positive finite number', `is ${show(options.quantum)}`)
  }
  const { degeneracy } = options
  if (degeneracy !== undefined && (typeof degeneracy !== 'number' || !(degeneracy > 0) || degeneracy === Infinity)) {
    faults.add('window-volume', ['windows', 'degeneracy'], 'be a positive finite number', `is ${show(degeneracy)}`)
  }
  const ends: unknown = options.quanta ?? (name === 'spins' ? [0, parts] : undefined)
  const [from, to] = (Array.isArray(ends) ? ends : []) as readonly unknown[]
  if (!Array.isArray(ends) || ends.length !== 2 || !isCount(from, 0) || !isCount(to, from)) {
    // Without a sound number of spins there is no end to complain of.
    if (options.quanta !== undefined || name === 'oscillators') {
      faults.add('counted-windows', ['windows', 'quanta'], 'be two ascending integers, the least and the largest number of quanta', `is ${Array.isArray(ends) ? `[${ends.map(show).join(', ')}]` : show(ends)}`)
    }
  } else if (name === 'spins' && isCount(parts, 1) && to > parts) {
    faults.add('counted-windows', ['windows', 'quanta', 1], `be at most the number of spins, ${parts}`, `is ${to}`)
  } else if (to - from >= MOST_WINDOWS) {
    faults.add('counted-windows', ['windows', 'quanta'], `make at most ${MOST_WINDOWS} windows`, `makes ${to - from + 1}`)
  }
  return faults.issues.length > before ? null : { name, parts: parts as number, from: from as number, to: to as number }
}

/**
 * The windows that a rule stands for, empty where it has faults. ln V follows from one window to the next,
 * V_{m+1}/V_m = (n + m)/(m + 1) of oscillators and (n − m)/(m + 1) of spins, from V_0 = 1, times the degeneracy.
 */
export const countLevels = (given: CountedWindows, faults: Faults): readonly WindowOption[] => {
  const rule = checkRule(given, faults)
  if (rule === null) return []
  const { name, parts, from, to } = rule
  const windows: WindowOption[] = []
  let logVolume = log(given.degeneracy ?? 1)
  for (let quanta = 0; quanta <= to; quanta += 1) {
    if (quanta >= from) windows.push({ energy: quanta * given.quantum, logVolume })
    logVolume += log((name === 'oscillators' ? parts + quanta : parts - quanta) / (quanta + 1))
  }
  return windows
}

/** A rule as the JSON that gives it again. */
export const countedRecipe = (windows: CountedWindows): Json => {
  const { quantum, quanta, degeneracy } = windows
  const more: Readonly<Record<string, Json>> = { ...(quanta === undefined ? {} : { quanta: [...quanta] }), ...(degeneracy === undefined ? {} : { degeneracy }) }
  return 'spins' in windows ? { spins: windows.spins, quantum, ...more } : { oscillators: windows.oscillators, quantum, ...more }
}
