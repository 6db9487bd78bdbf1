import type { Vector } from '@mesobath/contracts'
import { logSumExp } from '@mesobath/kernels'
import { observationalEntropy } from './entropies.js'
import { CanonicalBath } from './internal/canonical-bath.js'

/** One of several bodies that work is taken from: a bath by its windows and p(E), a system by its levels and populations. */
export interface Body {
  /** [n], in any order. */
  readonly energies: Vector
  /** ln V [n]; all 0, the levels of a system, unless told. */
  readonly logVolumes?: Vector
  /** [n], adding up to 1. */
  readonly probabilities: Vector
}

/** What can be taken out at most, and where it ends. */
export interface ReversibleWork {
  /** ≥ 0 up to rounding. */
  readonly work: number
  /** β ≥ 0 at which all bodies end; Infinity where they end in their lowest windows. */
  readonly inverseTemperature: number
  /** Σ S_obs of the bodies at the start, which at finite β is kept. */
  readonly entropy: number
}

/** Halvings of a bracket of doubles: none is left after these. */
const HALVINGS = 200

interface Part {
  readonly bath: CanonicalBath
  readonly lowest: number
  readonly referenceLogVolume: number
  /** Energy above the lowest window. */
  readonly above: number
}

/** The windows of a body in ascending order, equal energies as one window: what is degenerate counts in full in a canonical entropy. */
const distinctWindows = (energies: Vector, logVolumes: Vector): { readonly energies: Float64Array; readonly logVolumes: Float64Array } => {
  const order = Array.from(energies, (_, i) => i).sort((a, b) => energies[a] - energies[b])
  const groups: number[][] = []
  for (const i of order) {
    const group = groups[groups.length - 1]
    if (group !== undefined && energies[group[0]] === energies[i]) group.push(i)
    else groups.push([i])
  }
  return {
    energies: Float64Array.from(groups, ([first]) => energies[first]),
    logVolumes: Float64Array.from(groups, (group) => logSumExp(Float64Array.from(group, (i) => logVolumes[i]))),
  }
}

/**
 * The most work that can be taken from bodies that start independent of each other: W ≤ Σ U(0) − Σ U(β), all bodies brought to the one β ≥ 0
 * at which their canonical entropies add up to what they had, Σ S_obs(p_β) = Σ S_obs(p(0)), or to its lowest windows where those can hold as much.
 *
 * It follows from Σ ΔS_i ≥ ΔS_obs ≥ 0 (Eqs. 57, 66) and from the canonical distribution having the least energy of its entropy, so it
 * binds whatever obeys the second law from a product start, for baths of any temperature and of none. A driven system is one of the
 * bodies where its levels end as they began.
 *
 * @param bodies - at least one; baths as `{ ...windows, probabilities }`
 * @equation 66
 */
export const reversibleWork = (bodies: readonly Body[]): ReversibleWork => {
  let target = 0
  let entropy = 0
  const parts: Part[] = []
  for (const body of bodies) {
    const { probabilities } = body
    const volumes = body.logVolumes ?? new Float64Array(probabilities.length)
    const { energies, logVolumes } = distinctWindows(body.energies, volumes)
    entropy += observationalEntropy(probabilities, volumes)
    // Of a single energy nothing can be taken out; degenerate, it may still take up entropy that the others are rid of.
    if (energies.length < 2) {
      target += observationalEntropy(probabilities, volumes) - logVolumes[0]
      continue
    }
    const referenceLogVolume = logVolumes.reduce((most, each) => Math.max(most, each), -Infinity)
    target += observationalEntropy(probabilities, volumes.map((each) => each - referenceLogVolume))
    parts.push({
      bath: new CanonicalBath({ energies, logVolumes, width: 0 }), lowest: logVolumes[0] - referenceLogVolume, referenceLogVolume,
      above: probabilities.reduce((sum, p, i) => sum + p * (body.energies[i] - energies[0]), 0),
    })
  }
  const available = parts.reduce((sum, { above }) => sum + above, 0)
  if (parts.length === 0) return { work: 0, inverseTemperature: Infinity, entropy }
  if (parts.reduce((sum, { lowest }) => sum + lowest, 0) >= target) return { work: available, inverseTemperature: Infinity, entropy }
  const entropyAt = (beta: number): number => parts.reduce((sum, { bath, referenceLogVolume }) => {
    bath.evaluate(beta)
    return sum + bath.entropy(beta, bath.above, referenceLogVolume)
  }, 0)
  let low = 0
  let high = 1
  while (entropyAt(high) > target) high *= 2
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = low + (high - low) / 2
    if (middle === low || middle === high) break
    if (entropyAt(middle) > target) low = middle
    else high = middle
  }
  const kept = parts.reduce((sum, { bath }) => {
    bath.evaluate(high)
    return sum + bath.above
  }, 0)
  return { work: available - kept, inverseTemperature: high, entropy }
}
