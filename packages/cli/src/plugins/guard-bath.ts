import { fail, failIfAny, succeed } from '@mesobath/contracts'
import type { BathCapabilities, BathModel, CouplingSums, Issue, MicroscopicBath, Outcome, Planes, SpectralBath } from '@mesobath/contracts'
import { caught, PluginError, pluginIssue } from './plugin-fault.js'
import type { PluginName } from './plugin-fault.js'

const isVector = (value: unknown, length: number): boolean => value instanceof Float64Array && value.length === length

const formIssues = (plugin: PluginName, { can, couplings, meanCouplings, windows }: BathModel): readonly Issue[] => {
  const refuse = (must: string): Issue => pluginIssue(plugin, 'plugin-form', [], must, 'does not')
  const count = windows?.energies instanceof Float64Array ? windows.energies.length : -1
  if (count < 0 || !isVector(windows.logVolumes, count) || typeof windows.width !== 'number') return [refuse('make a bath with `windows` { energies, width, logVolumes }')]
  if (!Array.isArray(meanCouplings) || meanCouplings.length !== couplings || !meanCouplings.every((means) => isVector(means, count))) {
    return [refuse('make a bath with one ⟨B^α⟩_E for each coupling and window')]
  }
  if (typeof can !== 'object' || can === null) return [refuse('make a bath with `can`, what it can give beyond its windows')]
  return [
    ...(can.microscopic === undefined || typeof can.microscopic === 'function' ? [] : [refuse('give its levels by a function, since it says that it can')]),
    ...(can.ensemble === undefined || typeof can.ensemble.secondMoment === 'function' ? [] : [refuse('give its ensemble by `secondMoment`, since it says that it can')]),
    ...(can.couplingSums === undefined || typeof can.couplingSums === 'function' ? [] : [refuse('give `couplingSums` by a function, since it says that it can')]),
    ...(can.spectralFunction === undefined || typeof can.spectralFunction.evaluate === 'function' ? [] : [refuse('give its spectral function by `evaluate`, since it says that it can')]),
  ]
}

/** Half-open windows, with a rounding of their edges. */
const EDGE = 1e-9

const levelIssue = (plugin: PluginName, { windows }: BathModel, { levels, window }: SpectralBath): Issue | null => {
  const lies = (must: string, but: string): Issue => pluginIssue(plugin, 'plugin-lies', [], must, but)
  const { energies, width } = windows
  if (window.length !== levels.length) return lies('name the window of each of its levels', `names ${window.length} for ${levels.length}`)
  for (let i = 0; i < levels.length; i += 1) {
    const centre = energies[window[i] ?? -1] ?? NaN
    if (!(Math.abs((levels[i] ?? NaN) - centre) <= width * (0.5 + EDGE))) return lies('have every level in the window it names', `level ${i} (E = ${levels[i]}) is not in window ${window[i]} (centre ${centre})`)
  }
  return null
}

const guardBlock = (plugin: PluginName, spectral: SpectralBath): SpectralBath['block'] => {
  const members = new Map<number, number>()
  for (const index of spectral.window) members.set(index, (members.get(index) ?? 0) + 1)
  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    let written: boolean
    try {
      written = spectral.block(coupling, to, from, out)
    } catch (cause) {
      throw new PluginError(caught(plugin, '`block`', cause).left[0])
    }
    if (!written) return written
    const entries = (members.get(to) ?? 0) * (members.get(from) ?? 0)
    for (let i = 0; i < entries; i += 1) {
      if (Number.isFinite(out.re[i]) && (out.im === null || Number.isFinite(out.im[i]))) continue
      throw new PluginError(pluginIssue(plugin, 'plugin-numbers', [], 'give finite coupling operators', `gives ${out.re[i]} between windows ${to} and ${from}`))
    }
    return written
  }
  const { meanSquare } = spectral.block
  if (meanSquare === undefined) return block
  return Object.assign(block, {
    meanSquare: (coupling: number, to: number, from: number): number => {
      let known: number
      try {
        known = meanSquare(coupling, to, from)
      } catch (cause) {
        throw new PluginError(caught(plugin, '`block.meanSquare`', cause).left[0])
      }
      if (known >= 0) return known
      throw new PluginError(pluginIssue(plugin, 'plugin-numbers', [], 'give mean squares of its blocks that are numbers, 0 or more', `gives ${known} between windows ${to} and ${from}`))
    },
  })
}

const guardMicroscopic = (plugin: PluginName, bath: BathModel, microscopic: () => Outcome<MicroscopicBath>) => (): Outcome<MicroscopicBath> => {
  try {
    const made = microscopic()
    if (made._tag === 'Left' || made.right.kind !== 'spectral') return made
    const lie = levelIssue(plugin, bath, made.right)
    return lie === null ? succeed({ ...made.right, block: guardBlock(plugin, made.right) }) : fail(lie)
  } catch (cause) {
    return caught(plugin, '`can.microscopic`', cause)
  }
}

/** What a function wrote, checked where the contract gives it no way to say that it failed. */
const checked = (plugin: PluginName, what: string, write: () => number | void, out: Planes, couplings: number): number => {
  let result: number | void
  try {
    result = write()
  } catch (cause) {
    throw new PluginError(caught(plugin, `\`${what}\``, cause).left[0])
  }
  const numbers = [result ?? 0, ...out.re.subarray(0, couplings * couplings), ...out.im?.subarray(0, couplings * couplings) ?? []]
  const bad = numbers.find((each) => !Number.isFinite(each))
  if (bad !== undefined) throw new PluginError(pluginIssue(plugin, 'plugin-numbers', [], `give finite numbers by \`${what}\``, `gives ${bad}`))
  return result ?? 0
}

const guardSums = (plugin: PluginName, couplings: number, couplingSums: () => Outcome<CouplingSums>) => (): Outcome<CouplingSums> => {
  try {
    const made = couplingSums()
    if (made._tag === 'Left') return made
    const sums = made.right
    return succeed({ offDiagonal: (to, from, out) => checked(plugin, 'offDiagonal', () => sums.offDiagonal(to, from, out), out, couplings) })
  } catch (cause) {
    return caught(plugin, '`can.couplingSums`', cause)
  }
}

const guardCapabilities = (plugin: PluginName, bath: BathModel): BathCapabilities => {
  const { couplings } = bath
  const { couplingSums, ensemble, microscopic, spectralFunction } = bath.can
  return {
    ...bath.can,
    ...(microscopic === undefined ? {} : { microscopic: guardMicroscopic(plugin, bath, microscopic) }),
    ...(couplingSums === undefined ? {} : { couplingSums: guardSums(plugin, couplings, couplingSums) }),
    ...(ensemble === undefined ? {} : {
      ensemble: { secondMoment: (to, from, out) => checked(plugin, 'secondMoment', () => ensemble.secondMoment(to, from, out), out, couplings) },
    }),
    ...(spectralFunction === undefined ? {} : {
      spectralFunction: { evaluate: (energy, frequency, out) => { checked(plugin, 'evaluate', () => { spectralFunction.evaluate(energy, frequency, out) }, out, couplings) } },
    }),
  }
}

/** A bath whose exceptions, senseless numbers and untrue capabilities are issues that name it. */
export const guardBath = (plugin: PluginName, bath: BathModel): Outcome<BathModel> =>
  failIfAny(formIssues(plugin, bath), () => ({ ...bath, can: guardCapabilities(plugin, bath) }))
