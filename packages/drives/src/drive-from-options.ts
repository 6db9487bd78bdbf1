import { failIfAny } from '@mesobath/contracts'
import type { Drive, Json, Outcome } from '@mesobath/contracts'
import type { DriveContext, DriveMove, DriveOptions } from './drive-options.js'
import { Faults, show } from './internal/faults.js'
import type { Path } from './internal/faults.js'
import { mergedSegments } from './internal/merge.js'
import { checkMove, findSlot, moveSegments } from './internal/moves.js'

const isList = (options: DriveOptions): options is readonly DriveMove[] => Array.isArray(options)

/** A move as JSON: what was undefined is left out. */
const asJson = (move: DriveMove): Json => JSON.parse(JSON.stringify(move)) as Json

/**
 * The drive of a scenario: plain JSON options, the system's energies and the coupling strengths → segments.
 *
 * Each move drives one level ε_k(t) or one coupling strength λ_ν(t); several are merged, so that every quench of each is a stop.
 * Times of stops come from their number, never from sums, so that the i-th quench of period T in n parts is at origin + i·T/n.
 * Levels may cross: they keep their index, and ω changes sign.
 *
 * Without `context.range` the run is not known here, and quenches beyond it simply never come.
 *
 * Issues: `drives/target`, `drives/level`, `drives/bath`, `drives/twice` (two moves of one thing), `drives/form`, `drives/shape`,
 * `drives/not-finite`, `drives/negative-strength`, `drives/unordered`, `drives/beyond-run`, `drives/beyond-period`, `drives/period`,
 * `drives/lengths`, `drives/empty`, `drives/not-a-list`, `drives/range`.
 *
 * @param options - a move or several
 * @param energies - ε_k where no move drives them [d]
 * @param strengths - λ_ν where no move drives them [baths]
 * @param context - labels of the baths, and the run
 * @equation 68
 */
export const driveFromOptions = (
  options: DriveOptions, energies: ArrayLike<number>, strengths: ArrayLike<number>, context: DriveContext = {},
): Outcome<Drive> => {
  const faults = new Faults()
  faults.numbers(['energies'], energies, 'not empty')
  faults.strengths(['strengths'], strengths)
  const sound: DriveContext = faults.range(context.range) ? context : { labels: context.labels }
  const moves = isList(options) ? options : [options]
  if (moves.length === 0) faults.add('empty', [], 'hold at least one move', 'holds none')
  const seen = new Map<string, number>()
  const slots = moves.map((move, at) => {
    const path: Path = isList(options) ? [at] : []
    if (typeof move !== 'object' || move === null) {
      faults.add('form', path, 'be a map', `is ${show(move)}`)
      return null
    }
    checkMove(faults, path, move, sound)
    const slot = findSlot(move, path, energies.length, strengths.length, sound, faults)
    if (slot === null) return null
    const key = `${slot.kind} ${slot.index}`
    const earlier = seen.get(key)
    if (earlier !== undefined) faults.add('twice', path, 'move something that no other move does', `moves what move ${earlier} does`)
    else seen.set(key, at)
    return slot
  })
  return failIfAny(faults.issues, () => {
    const ownEnergies = Float64Array.from(energies)
    const ownStrengths = Float64Array.from(strengths)
    const protocols = moves.map((move, at) => {
      const slot = slots[at]!
      return moveSegments(move, slot, (slot.kind === 'energies' ? ownEnergies : ownStrengths)[slot.index]!)
    })
    return {
      recipe: {
        drive: 'moves', moves: moves.map(asJson), energies: [...ownEnergies], strengths: [...ownStrengths],
        ...(context.labels === undefined ? {} : { labels: context.labels }),
      },
      segments: (from, to) => mergedSegments(ownEnergies, ownStrengths, protocols, from, to),
    }
  })
}
