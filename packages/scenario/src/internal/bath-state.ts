import { fail, issue, succeed } from '@mesobath/contracts'
import type { BathModel, BathState, Outcome, SpectralBath } from '@mesobath/contracts'
import type { ScenarioBathState } from '../scenario.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'

const refuse = (code: string, path: Path, must: string, but: string) =>
  fail(issue(code, path, `\`${pathName(path)}\` must ${must}, but ${but}`))

const spectral = (bath: BathModel, path: Path): Outcome<SpectralBath> => {
  const realised = bath.can.microscopic?.()
  if (realised === undefined) return refuse('scenario/no-levels', path, 'stand with a bath that has levels', `the bath (${bath.name}) has none`)
  if (realised._tag === 'Left') return realised
  return realised.right.kind === 'spectral' ? succeed(realised.right)
    : refuse('scenario/no-levels', path, 'stand with a bath given by its levels', `the bath (${bath.name}) is given by local terms`)
}

/** The lowest round(f·V) levels of a window, equally likely; equal levels keep their given order. */
const filled = ({ levels, window }: SpectralBath, chosen: number, fill: number, path: Path): Outcome<BathState> => {
  const inside = Array.from(levels.keys()).filter((index) => window[index] === chosen)
    .sort((a, b) => (levels[a] ?? 0) - (levels[b] ?? 0) || a - b)
  const count = Math.round(fill * inside.length)
  if (count < 1) return refuse('scenario/fill', path, 'occupy at least one level', `${fill} of ${inside.length} levels rounds to none`)
  const weights = new Float64Array(levels.length)
  for (const index of inside.slice(0, count)) weights[index] = 1 / count
  return succeed({ kind: 'levels', weights })
}

/**
 * The state of one bath as a scenario writes it → the state of a problem.
 *
 * Issues: `scenario/window` (no such window), `scenario/fill` (outside (0, 1], or no level), `scenario/level`,
 * `scenario/no-levels` (a part of a window, or a level, of a bath without levels).
 */
export const toBathState = (state: ScenarioBathState, bath: BathModel, path: Path): Outcome<BathState> => {
  if ('gibbs' in state) return succeed({ kind: 'gibbs', inverseTemperature: state.gibbs.inverseTemperature })
  if ('probabilities' in state) return succeed({ kind: 'windows', probabilities: Float64Array.from(state.probabilities) })
  if ('level' in state) {
    const at = [...path, 'level']
    const levels = spectral(bath, at)
    if (levels._tag === 'Left') return levels
    const count = levels.right.levels.length
    if (!(Number.isInteger(state.level) && state.level >= 0 && state.level < count)) {
      return refuse('scenario/level', at, `be a level from 0 to ${count - 1}`, `is ${state.level}`)
    }
    const weights = new Float64Array(count)
    weights[state.level] = 1
    return succeed({ kind: 'levels', weights })
  }
  const count = bath.windows.energies.length
  const { window, fill = 1 } = state
  const faulty = [
    ...(Number.isInteger(window) && window >= 0 && window < count ? []
      : [issue('scenario/window', [...path, 'window'], `\`${pathName([...path, 'window'])}\` must be a window from 0 to ${count - 1}, but is ${window}`)]),
    ...(fill > 0 && fill <= 1 ? []
      : [issue('scenario/fill', [...path, 'fill'], `\`${pathName([...path, 'fill'])}\` must be greater than 0 and at most 1, but is ${fill}`)]),
  ]
  const [first, ...rest] = faulty
  if (first !== undefined) return fail(first, ...rest)
  if (fill < 1) {
    const at = [...path, 'fill']
    const levels = spectral(bath, at)
    return levels._tag === 'Left' ? levels : filled(levels.right, window, fill, at)
  }
  const probabilities = new Float64Array(count)
  probabilities[window] = 1
  return succeed({ kind: 'windows', probabilities })
}
