import type { Vector, Windows } from '@mesobath/contracts'
import { exp, log } from '@mesobath/kernels'

/** Windows summed together before a partial sum is added: the rounding of 10⁵ terms stays that of a few hundred. */
const BLOCK = 256

/** ln(⟨E − E_min⟩/⟨E_max − E⟩) that counts as met, relative to 1 or to its own size: rounding of the two sums. */
const RATIO_TOLERANCE = 4e-16

/** Rounding of the two sums, and of each unit of S − βE, in a mismatch: below it a step that does not halve the mismatch is the last. */
const SUM_ROUNDING = 2e-14
const EXPONENT_ROUNDING = 1e-15

/** A guard, never the usual end: doubling to any β takes fewer steps, and so does halving a bracket of doubles. */
const MAXIMUM_STEPS = 400

/** Newton steps go no further than this many units of 1/span beyond twice the present |β| while one side is open. */
const OPEN_REACH = 64

/**
 * The canonical distributions V_E e^{−βE}/Z of one bath. Everything is relative to a window of large weight, so that log volumes may be
 * 10⁶ and β of either sign. At least two windows.
 */
export class CanonicalBath {
  readonly #energies: Vector
  readonly #logVolumes: Vector
  readonly #low: number
  readonly #high: number
  readonly #span: number

  /** Window of largest weight at the β evaluated last. */
  peak = 0
  /** ln Σ_E V_E e^{−βE} relative to the term of `peak`. */
  logSum = 0
  /** ⟨E − E_min⟩. */
  above = 0
  /** ln(⟨E − E_min⟩/⟨E_max − E⟩): falls strictly with β, and nearly linearly even where U_B is flat. */
  logRatio = 0
  /** −d(logRatio)/dβ. */
  steepness = 0
  /** What rounding may do to `logRatio`: it grows with the size of βE over the windows that count. */
  rounding = 0

  constructor(windows: Windows) {
    this.#energies = windows.energies
    this.#logVolumes = windows.logVolumes
    this.#low = windows.energies[0]
    this.#high = windows.energies[windows.energies.length - 1]
    this.#span = this.#high - this.#low
  }

  /** S(E_i) − βE_i relative to window `from`. Differences first: S and βE alone would lose the digits that matter. */
  exponent(i: number, from: number, beta: number): number {
    return this.#logVolumes[i] - this.#logVolumes[from] - beta * (this.#energies[i] - this.#energies[from])
  }

  #heaviest(beta: number, first: number, end: number): number {
    let best = first
    for (let i = first + 1; i < end; i++) if (this.exponent(i, best, beta) > 0) best = i
    return best
  }

  /** Sums over the windows at a finite β. */
  evaluate(beta: number): void {
    const count = this.#energies.length
    const peak = this.#heaviest(beta, 0, count)
    // An edge window may outweigh the rest by e^{10⁶}, yet the rest decides how far U_B is from the edge: they are summed apart.
    const edge = peak === 0 || peak === count - 1
    const first = peak === 0 ? 1 : 0
    const end = peak === count - 1 ? count - 1 : count
    const centre = edge ? this.#heaviest(beta, first, end) : peak
    const origin = this.#energies[centre]
    let sum = 0
    let above = 0
    let below = 0
    let aboveMoment = 0
    let belowMoment = 0
    let distance = 0
    for (let start = first; start < end; start += BLOCK) {
      const stop = Math.min(end, start + BLOCK)
      let blockSum = 0
      let blockAbove = 0
      let blockBelow = 0
      let blockAboveMoment = 0
      let blockBelowMoment = 0
      for (let i = start; i < stop; i++) {
        const weight = exp(this.exponent(i, centre, beta))
        if (weight === 0) continue
        const energy = this.#energies[i]
        const up = weight * (energy - this.#low)
        const down = weight * (this.#high - energy)
        blockSum += weight
        distance += weight * Math.abs(energy - origin)
        blockAbove += up
        blockBelow += down
        blockAboveMoment += up * (energy - origin)
        blockBelowMoment += down * (energy - origin)
      }
      sum += blockSum
      above += blockAbove
      below += blockBelow
      aboveMoment += blockAboveMoment
      belowMoment += blockBelowMoment
    }
    let logScale = 0
    let scale = 1
    if (edge) {
      logScale = this.exponent(centre, peak, beta)
      scale = exp(logScale)
    }
    this.peak = peak
    this.rounding = SUM_ROUNDING + EXPONENT_ROUNDING * Math.abs(beta) * (distance / sum + Math.abs(origin - this.#energies[peak]))
    if (peak === 0) {
      const total = this.#span + scale * below
      this.logRatio = log(above) + logScale - log(total)
      this.steepness = aboveMoment / above - (this.#span * (this.#low - origin) + scale * belowMoment) / total
      this.logSum = log(1 + scale * sum)
      this.above = (scale * above) / (1 + scale * sum)
    } else if (edge) {
      const total = this.#span + scale * above
      this.logRatio = log(total) - logScale - log(below)
      this.steepness = (this.#span * (this.#high - origin) + scale * aboveMoment) / total - belowMoment / below
      this.logSum = log(1 + scale * sum)
      this.above = total / (1 + scale * sum)
    } else {
      this.logRatio = log(above / below)
      this.steepness = aboveMoment / above - belowMoment / below
      this.logSum = log(sum)
      this.above = above / sum
    }
  }

  /**
   * ln Z + βU relative to a log volume, for an energy `above` the lowest window. At fixed U it is least where U_B(β) = U, and nowhere
   * below the entropy of any distribution of that energy: an error of β enters squared.
   */
  entropy(beta: number, above: number, referenceLogVolume: number): number {
    return this.#logVolumes[this.peak] - referenceLogVolume + this.logSum + beta * (above - (this.#energies[this.peak] - this.#low))
  }

  /**
   * The β at which ln(⟨E − E_min⟩/⟨E_max − E⟩) = `target`, by Newton's method within a bracket that opens as needed; the bath is left
   * evaluated there.
   */
  solve(target: number, guess: number): number {
    const tolerance = RATIO_TOLERANCE * Math.max(1, Math.abs(target))
    let left = -Infinity
    let right = Infinity
    let beta = Number.isFinite(guess) ? guess : 0
    let best = beta
    let bestMismatch = Infinity
    let reach = OPEN_REACH / this.#span
    let stride = Infinity
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      this.evaluate(beta)
      const mismatch = this.logRatio - target
      const size = Math.abs(mismatch)
      if (size <= tolerance) return beta
      if (size < this.rounding && size > bestMismatch / 2) break
      if (size < bestMismatch) {
        best = beta
        bestMismatch = size
      }
      if (mismatch > 0) left = beta
      else right = beta
      const newton = beta + mismatch / this.steepness
      let next = newton
      if (left === -Infinity || right === Infinity) {
        const furthest = 2 * Math.abs(beta) + reach
        reach *= 2
        if (!(Math.abs(newton - beta) <= furthest)) next = mismatch > 0 ? beta + furthest : beta - furthest
      } else if (!(newton > left && newton < right) || Math.abs(newton - beta) > Math.abs(stride) / 2) {
        // Outside the bracket, or creeping over a plateau: halve instead.
        next = left + (right - left) / 2
      }
      stride = next - beta
      if (next === beta || next === left || next === right) break
      beta = next
    }
    if (best !== beta) this.evaluate(best)
    return best
  }

  /** dS/dE around an energy above the lowest window, a first guess of β. */
  slopeAt(above: number): number {
    const energies = this.#energies
    let low = 0
    let high = energies.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (energies[middle] - this.#low <= above) low = middle
      else high = middle
    }
    return (this.#logVolumes[high] - this.#logVolumes[low]) / (energies[high] - energies[low])
  }
}

/** Energies of a distribution over windows relative to the two ends of its spectrum, summed in blocks. */
export interface EdgeEnergies {
  /** Σ p. */
  total: number
  /** Σ (E − E_min) p. */
  above: number
  /** Σ (E_max − E) p. */
  below: number
}

export const edgeEnergies = (energies: Vector, probabilities: Vector, out: EdgeEnergies): void => {
  const count = energies.length
  const low = energies[0]
  const high = energies[count - 1]
  out.total = 0
  out.above = 0
  out.below = 0
  for (let start = 0; start < count; start += BLOCK) {
    const stop = Math.min(count, start + BLOCK)
    let total = 0
    let above = 0
    let below = 0
    for (let i = start; i < stop; i++) {
      total += probabilities[i]
      above += probabilities[i] * (energies[i] - low)
      below += probabilities[i] * (high - energies[i])
    }
    out.total += total
    out.above += above
    out.below += below
  }
}

/**
 * β* of a bath of at least two windows (Eq. 62), the bath left evaluated there; +Infinity in the lowest window, −Infinity in the highest.
 * Energies beyond the spectrum, left by slightly negative probabilities, count as its edge. NaN where a probability is not a number.
 */
export const solveInverseTemperature = (bath: CanonicalBath, energies: EdgeEnergies, guess: number): number => {
  const { above, below } = energies
  if (!Number.isFinite(above) || !Number.isFinite(below)) return NaN
  if (above <= 0) return Infinity
  if (below <= 0) return -Infinity
  return bath.solve(log(above) - log(below), Number.isFinite(guess) ? guess : bath.slopeAt(above))
}
