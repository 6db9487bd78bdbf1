import { failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Vector } from '@mesobath/contracts'
import { exp, log } from '@mesobath/kernels'
import { ownCoefficient } from './internal/active-groups.js'
import { axisRates, hasReverse } from './internal/axis-rates.js'
import type { PreparedBath } from './prepare-baths.js'

/** Every jump (q, E') → (k, E) that one bath drives between populations, forward and reverse jumps next to each other. */
export interface BathTransitions {
  readonly count: number
  /** k and q. */
  readonly toLevel: Int32Array
  readonly fromLevel: Int32Array
  /** Indices of E and E'. */
  readonly toWindow: Int32Array
  readonly fromWindow: Int32Array
  /** ω = ε_q − ε_k, what the system gives to the bath. */
  readonly frequency: Float64Array
  /** Ω = ω + E' − E; 0 on resonance. */
  readonly mismatch: Float64Array
  /** Share of the transition that goes to this window, 1 on resonance. */
  readonly weight: Float64Array
  /** W_kq(E,E')/√(V_E V_E'), the same bits for a jump and its reverse. */
  readonly strength: Float64Array
  /** ln of the jump rate W_kq(E,E')/V_E', finite where the rate itself over- or underflows. */
  readonly logRate: Float64Array
  /** The jump rate. */
  readonly rate: Float64Array
}

/** c·eˣ without overflow of eˣ alone. */
const scaledExponential = (factor: number, exponent: number): number => {
  if (factor === 0) return 0
  if (Math.abs(exponent) <= 700) return factor * exp(exponent)
  const half = exp(0.5 * exponent)
  return factor * half * half
}

/**
 * All jumps of one bath, λ included: rate (q,E') → (k,E) = W_kq(E,E')/V_E' with
 * W_kq(E,E') = Σ_αα' conj⟨k|S^α'|q⟩ ⟨k|S^α|q⟩ γ^αα'(E,E'), so that ln(rate/reverse rate) = S_mic(E) − S_mic(E') to the last bits.
 *
 * @param bath - the bath
 * @param energies - ε_k [d], units of energy
 * @param strength - λ of this bath
 * @returns the jumps with k ≠ q or E ≠ E'. Issues: `composition/rates-not-positive`, `composition/rates-not-finite`,
 * `composition/no-markov-limit`, and the rate model's own
 * @equation 31
 * @equation 33
 * @equation C1
 */
export const bathTransitions = (bath: PreparedBath, energies: Vector, strength: number): Outcome<BathTransitions> => {
  const outcome = axisRates(bath, energies)
  if (outcome._tag === 'Left') return outcome
  const rates = outcome.right
  const { logVolumes } = bath.windows
  const block = rates.couplings * rates.couplings
  let most = 0
  for (let r = 0; r < rates.count; r += 1) most += (hasReverse(rates, r) ? 1 : 0.5) * rates.groups[rates.group[r]!]!.pairs.length
  const toLevel = new Int32Array(most)
  const fromLevel = new Int32Array(most)
  const toWindow = new Int32Array(most)
  const fromWindow = new Int32Array(most)
  const row = new Int32Array(most)
  const values = new Float64Array(most)
  const lambdaSquared = strength * strength
  let count = 0
  const add = (k: number, q: number, to: number, from: number, origin: number, value: number): void => {
    toLevel[count] = k
    fromLevel[count] = q
    toWindow[count] = to
    fromWindow[count] = from
    row[count] = origin
    values[count] = value
    count += 1
  }
  for (let r = 0; r < rates.count; r += 1) {
    const group = rates.groups[rates.group[r]!]!
    const to = rates.to[r]!
    const from = rates.from[r]!
    const reversed = hasReverse(rates, r)
    for (let p = 0; p < group.pairs.length / 2; p += 1) {
      const k = group.pairs[2 * p]!
      const q = group.pairs[2 * p + 1]!
      if (k === q && to === from) continue
      const value = lambdaSquared * Math.max(0, ownCoefficient(group, rates.couplings, rates.kappa.re, rates.kappa.im, r * block, p))
      if (value === 0) continue
      add(k, q, to, from, r, value)
      if (reversed) add(q, k, from, to, ~r, value)
    }
  }
  const table = {
    count,
    toLevel: toLevel.slice(0, count), fromLevel: fromLevel.slice(0, count),
    toWindow: toWindow.slice(0, count), fromWindow: fromWindow.slice(0, count),
    frequency: new Float64Array(count), mismatch: new Float64Array(count), weight: new Float64Array(count),
    strength: values.slice(0, count), logRate: new Float64Array(count), rate: new Float64Array(count),
  }
  for (let i = 0; i < count; i += 1) {
    const r = row[i]! < 0 ? ~row[i]! : row[i]!
    const sign = row[i]! < 0 ? -1 : 1
    const halfEntropy = (logVolumes[toWindow[i]!]! - logVolumes[fromWindow[i]!]!) / 2
    table.frequency[i] = sign * rates.groups[rates.group[r]!]!.frequency
    table.mismatch[i] = sign * rates.mismatch[r]!
    table.weight[i] = rates.weight[r]!
    table.logRate[i] = log(values[i]!) + halfEntropy
    table.rate[i] = scaledExponential(values[i]!, halfEntropy)
  }
  return succeed(table)
}

/** ln of the rate of the jump (q, E') → (k, E), summed over nothing: −Infinity where the bath does not drive it. @equation 33 */
export const logTransitionRate = (
  transitions: BathTransitions, toLevel: number, toWindow: number, fromLevel: number, fromWindow: number,
): number => {
  for (let i = 0; i < transitions.count; i += 1) {
    if (transitions.toLevel[i] === toLevel && transitions.toWindow[i] === toWindow
      && transitions.fromLevel[i] === fromLevel && transitions.fromWindow[i] === fromWindow) return transitions.logRate[i]!
  }
  return -Infinity
}

/** Fails where a jump rate overflows a double, which only a run needs. */
export const finiteRates = (bath: PreparedBath, transitions: BathTransitions): Outcome<BathTransitions> => {
  const issues: Issue[] = []
  let worst = -1
  for (let i = 0; i < transitions.count; i += 1) {
    if (!Number.isFinite(transitions.rate[i]!) && (worst < 0 || transitions.logRate[i]! > transitions.logRate[worst]!)) worst = i
  }
  if (worst >= 0) {
    issues.push(issue('composition/rate-overflow', ['baths', bath.axis],
      `\`baths.${bath.axis}\`: every jump rate must fit a double, but the rate from window ${transitions.fromWindow[worst]} to window `
      + `${transitions.toWindow[worst]} is e^${transitions.logRate[worst]!.toPrecision(6)}; log volumes of neighbouring windows differ too much`))
  }
  return failIfAny(issues, () => transitions)
}
