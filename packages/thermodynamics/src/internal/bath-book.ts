import type { Vector, Windows } from '@mesobath/contracts'
import { shannonEntropy } from '../entropies.js'
import { CanonicalBath, edgeEnergies, solveInverseTemperature } from './canonical-bath.js'
import { Columns } from './columns.js'
import { dot } from './marginals.js'

const COLUMNS = ['energy', 'heatFlow', 'microscopicEnergy', 'entropy', 'inverseTemperature', 'canonicalEntropy', 'mutualInformation'] as const

/** What is written down of one bath; entropies are relative to `referenceLogVolume`. */
export type BathSeries = Readonly<Record<(typeof COLUMNS)[number], Float64Array>> & { readonly referenceLogVolume: number }

/** The books of one bath, written sample by sample. */
export class BathBook {
  readonly label: string
  readonly windows: Windows
  readonly #canonical: CanonicalBath | null
  readonly #energies = { total: 0, above: 0, below: 0 }
  readonly #columns = new Columns(COLUMNS)
  /** ln V_E − ln V of the window that holds most at the start: volumes of e^{10⁶} must not drown an entropy of order 1. */
  readonly #logVolumes: Float64Array
  #referenceLogVolume = NaN
  #inverseTemperature = NaN

  /** Σ E p(E) of the sample written last. */
  energy = 0
  /** Σ E ∂t p(E). */
  energyFlow = NaN
  /** −Σ p(E) ln p(E). */
  shannon = 0
  /** Σ p(E) ln V_E, relative. */
  volume = 0
  /** Σ ∂t p(E) ln V_E, relative. */
  volumeFlow = NaN
  /** Largest |ln V_E| seen where p(E) was larger than the tolerance, relative. */
  volumeReach = 0

  constructor(label: string, windows: Windows) {
    this.label = label
    this.windows = windows
    this.#canonical = windows.energies.length > 1 ? new CanonicalBath(windows) : null
    this.#logVolumes = new Float64Array(windows.logVolumes.length)
  }

  get referenceLogVolume(): number { return this.#referenceLogVolume }

  #begin(probabilities: Vector): void {
    let largest = 0
    for (let i = 1; i < probabilities.length; i++) if (probabilities[i] > probabilities[largest]) largest = i
    const { logVolumes } = this.windows
    this.#referenceLogVolume = logVolumes[largest]
    for (let i = 0; i < logVolumes.length; i++) this.#logVolumes[i] = logVolumes[i] - logVolumes[largest]
  }

  /** S_obs^B of the canonical bath of this energy, relative. Evaluated at the bath's own U_B, which is good to the square of β's error. */
  #canonicalEntropy(beta: number): number {
    if (this.#canonical === null) return 0
    if (!Number.isFinite(beta)) return Number.isNaN(beta) ? NaN : this.#logVolumes[beta > 0 ? 0 : this.#logVolumes.length - 1]
    return this.#canonical.entropy(beta, this.#energies.above / this.#energies.total, this.#referenceLogVolume)
  }

  /** `correlated` is −Σ p ln p of the system less that of system and bath together. */
  write(probabilities: Vector, rates: Vector | null, correlated: number, microscopicEnergy: number, tolerance: number): void {
    if (Number.isNaN(this.#referenceLogVolume)) this.#begin(probabilities)
    const { energies } = this.windows
    this.energy = dot(energies, probabilities)
    this.energyFlow = rates === null ? NaN : dot(energies, rates)
    this.shannon = shannonEntropy(probabilities)
    this.volume = dot(this.#logVolumes, probabilities)
    this.volumeFlow = rates === null ? NaN : dot(this.#logVolumes, rates)
    for (let i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > tolerance) this.volumeReach = Math.max(this.volumeReach, Math.abs(this.#logVolumes[i]))
    }
    if (this.#canonical !== null) {
      edgeEnergies(energies, probabilities, this.#energies)
      this.#inverseTemperature = solveInverseTemperature(this.#canonical, this.#energies, this.#inverseTemperature)
    }
    this.#columns.push({
      energy: this.energy,
      heatFlow: -this.energyFlow,
      microscopicEnergy,
      entropy: this.shannon + this.volume,
      inverseTemperature: this.#inverseTemperature,
      canonicalEntropy: this.#canonicalEntropy(this.#inverseTemperature),
      mutualInformation: this.shannon + correlated,
    })
  }

  finish(): BathSeries {
    return { ...this.#columns.finish(), referenceLogVolume: this.#referenceLogVolume }
  }
}
