import type { Frame, Planes, Sample } from '@mesobath/contracts'
import { log, logSumExp } from '@mesobath/kernels'
import { shannonEntropy } from '../entropies.js'
import { BathBook } from './bath-book.js'
import type { BathCorrelation } from '../ledger.js'
import type { BathSeries } from './bath-book.js'
import { CanonicalBath } from './canonical-bath.js'
import { Columns } from './columns.js'
import { CorrelationBook } from './correlation-book.js'
import { HermitianSpectrum } from './hermitian-spectrum.js'
import { dot, Marginals } from './marginals.js'

const COLUMNS = [
  'times', 'systemEnergy', 'work', 'power', 'systemHeatFlow', 'coarseGrainingDefect', 'totalEnergy', 'interactionEnergy', 'observationalEntropy',
  'entropyProductionRate', 'systemEntropy', 'vonNeumannEntropy', 'projectedEntropy', 'mutualInformation', 'totalCorrelation', 'exactMutualInformation',
] as const

/** An empty state that fills more slowly than this share of all change adds nothing to Σ̇, though its logarithm is infinite: a tail. */
const FILLING_FLOOR = 1e-30

/** What the observer wrote down; S_obs and S[Pρ] are relative to the log volumes of the baths' references. */
export interface Recorded {
  readonly frame: Frame
  readonly joint: Readonly<Record<(typeof COLUMNS)[number], Float64Array>>
  readonly baths: readonly BathSeries[]
  readonly bathCorrelations: readonly BathCorrelation[]
  readonly relativeEntropies: readonly { readonly inverseTemperature: number; readonly values: Float64Array; readonly rates: Float64Array }[]
  readonly extremes: Extremes
}

/** Largest and smallest numbers met in a run, by which rounding is judged. */
export interface Extremes {
  /** Smallest p. */
  leastProbability: number
  /** |Σp − 1|. */
  normalisation: number
  /** Σ|∂t p|. */
  change: number
  /** Largest and smallest ε_k. */
  highestLevel: number
  lowestLevel: number
  /** Sum over baths of the largest |ln V_E| where p(E) counts, relative to where the bath starts. */
  volumeReach: number
}

/** −∂t Σ p ln p and what goes with it, from one pass over the populations. */
interface Pass {
  total: number
  shannon: number
  shannonFlow: number
  change: number
}

const scalar = (sample: Sample, name: string): number => sample.scalars[name] ?? NaN

/** The ledger's reading of samples: everything is summed as it passes, nothing of the state is kept. */
export class LedgerRecorder {
  readonly #frame: Frame
  readonly #tolerance: number
  readonly #inverseTemperatures: readonly number[]
  readonly #populations: Marginals
  readonly #rates: Marginals
  readonly #baths: readonly BathBook[]
  readonly #correlations: CorrelationBook
  readonly #block: HermitianSpectrum
  readonly #columns = new Columns(COLUMNS)
  readonly #relative: readonly Columns<'values' | 'rates'>[]
  /** Σ_ν ln Z_Bν at each temperature, relative to the reference log volumes; known from the first sample on. */
  #logPartitions: readonly number[] = []
  readonly #exponents: Float64Array
  readonly #pass: Pass = { total: 0, shannon: 0, shannonFlow: NaN, change: 0 }
  readonly #extremes: Extremes = {
    leastProbability: Infinity, normalisation: 0, change: 0, highestLevel: -Infinity, lowestLevel: Infinity, volumeReach: 0,
  }

  constructor(frame: Frame, inverseTemperatures: readonly number[], tolerance: number) {
    this.#frame = frame
    this.#tolerance = tolerance
    this.#inverseTemperatures = inverseTemperatures
    this.#populations = new Marginals(frame)
    this.#rates = new Marginals(frame)
    this.#baths = frame.baths.map((bath) => new BathBook(bath.label, bath.windows))
    this.#correlations = new CorrelationBook(frame)
    this.#block = new HermitianSpectrum(frame.dimension)
    this.#relative = inverseTemperatures.map(() => new Columns(['values', 'rates']))
    this.#exponents = new Float64Array(frame.dimension)
  }

  write(sample: Sample): void {
    const { energies, populations, populationRates } = sample
    this.#readPopulations(sample)
    this.#populations.reduce(populations)
    if (populationRates !== null) this.#rates.reduce(populationRates)
    const { shannon, shannonFlow } = this.#pass
    const systemEntropy = shannonEntropy(this.#populations.levels)
    let volume = 0
    let volumeFlow = 0
    let bathShannon = 0
    let bathEnergy = 0
    let bathEnergyFlow = 0
    for (let axis = 0; axis < this.#baths.length; axis++) {
      const book = this.#baths[axis]
      book.write(this.#populations.windows[axis], populationRates === null ? null : this.#rates.windows[axis],
        systemEntropy - this.#correlations.systemWith(axis, populations, shannon), scalar(sample, `bathEnergy/${book.label}`), this.#tolerance)
      volume += book.volume
      volumeFlow += book.volumeFlow
      bathShannon += book.shannon
      bathEnergy += book.energy
      bathEnergyFlow += book.energyFlow
    }
    this.#correlations.write(populations, (axis) => this.#baths[axis].shannon)
    const systemEnergy = dot(energies, this.#populations.levels)
    const systemHeatFlow = populationRates === null ? NaN : dot(energies, this.#rates.levels)
    const observationalEntropy = shannon + volume
    const entropyProductionRate = shannonFlow + volumeFlow
    const { conditional } = sample
    this.#columns.push({
      times: sample.time,
      systemEnergy,
      work: scalar(sample, 'work'),
      power: scalar(sample, 'power'),
      systemHeatFlow,
      coarseGrainingDefect: scalar(sample, 'coarseGrainingDefect'),
      totalEnergy: scalar(sample, 'energy'),
      interactionEnergy: scalar(sample, 'interactionEnergy'),
      observationalEntropy,
      entropyProductionRate,
      systemEntropy,
      vonNeumannEntropy: conditional === null ? systemEntropy : this.#systemStateEntropy(conditional),
      projectedEntropy: conditional === null ? observationalEntropy : this.#conditionalEntropies(conditional) + volume,
      mutualInformation: systemEntropy + (this.#baths.length === 1 ? bathShannon : this.#populations.jointWindowEntropy(populations)) - shannon,
      totalCorrelation: systemEntropy + bathShannon - shannon,
      exactMutualInformation: scalar(sample, 'systemBathMutualInformation'),
    })
    this.#writeRelative(sample, observationalEntropy, entropyProductionRate, systemEnergy + bathEnergy, systemHeatFlow + bathEnergyFlow)
  }

  /** D = −S_obs + βU + ln Z_S + ln Z_B (Eq. 58), and −∂t D at fixed ε_k = Σ̇ − β Σ(ε_k + E)∂t p (Eq. 59). */
  #writeRelative(sample: Sample, entropy: number, entropyRate: number, energy: number, energyFlow: number): void {
    if (this.#logPartitions.length === 0) this.#logPartitions = this.#inverseTemperatures.map((beta) => this.#bathLogPartition(beta))
    for (let at = 0; at < this.#relative.length; at++) {
      const beta = this.#inverseTemperatures[at]
      for (let k = 0; k < this.#exponents.length; k++) this.#exponents[k] = -beta * sample.energies[k]
      this.#relative[at].push({
        values: logSumExp(this.#exponents) + this.#logPartitions[at] + beta * energy - entropy,
        rates: entropyRate - beta * energyFlow,
      })
    }
  }

  #bathLogPartition(beta: number): number {
    let sum = 0
    for (const { windows, referenceLogVolume } of this.#baths) {
      if (windows.energies.length === 1) {
        sum -= beta * windows.energies[0]
        continue
      }
      const bath = new CanonicalBath(windows)
      bath.evaluate(beta)
      sum += windows.logVolumes[bath.peak] - referenceLogVolume - beta * windows.energies[bath.peak] + bath.logSum
    }
    return sum
  }

  /** S_vN of ρ_S = Σ_E ρ_S(E). */
  #systemStateEntropy(conditional: Planes): number {
    this.#block.clear()
    for (let window = 0; window < this.#populations.size; window++) this.#block.add(conditional, window)
    return this.#block.entropy()
  }

  /** Σ_E S_vN(ρ_S(E)). */
  #conditionalEntropies(conditional: Planes): number {
    let sum = 0
    for (let window = 0; window < this.#populations.size; window++) {
      this.#block.clear()
      this.#block.add(conditional, window)
      sum += this.#block.entropy()
    }
    return sum
  }

  #readPopulations({ energies, populations, populationRates }: Sample): void {
    const extremes = this.#extremes
    let total = 0
    let least = Infinity
    let shannon = 0
    let flow = 0
    let change = 0
    let filling = 0
    for (let i = 0; i < populations.length; i++) {
      const p = populations[i]
      const rate = populationRates === null ? 0 : populationRates[i]
      total += p
      change += Math.abs(rate)
      if (p < least) least = p
      // A probability below 0 counts as 0 in −p ln p, and so does its rate of change.
      if (p > 0) {
        const logarithm = log(p)
        shannon -= p * logarithm
        flow -= rate * logarithm
      } else if (p === 0 && rate > filling) {
        filling = rate
      }
    }
    const pass = this.#pass
    pass.total = total
    pass.shannon = shannon
    pass.change = change
    pass.shannonFlow = populationRates === null ? NaN : filling > FILLING_FLOOR * change ? Infinity : flow
    extremes.leastProbability = Math.min(extremes.leastProbability, least)
    extremes.normalisation = Math.max(extremes.normalisation, Math.abs(total - 1))
    extremes.change = Math.max(extremes.change, change)
    for (let k = 0; k < energies.length; k++) {
      extremes.highestLevel = Math.max(extremes.highestLevel, energies[k])
      extremes.lowestLevel = Math.min(extremes.lowestLevel, energies[k])
    }
  }

  finish(): Recorded {
    this.#extremes.volumeReach = this.#baths.reduce((sum, book) => sum + book.volumeReach, 0)
    return {
      frame: this.#frame,
      joint: this.#columns.finish(),
      baths: this.#baths.map((book) => book.finish()),
      bathCorrelations: this.#correlations.finish(),
      relativeEntropies: this.#relative.map((columns, at) => ({ inverseTemperature: this.#inverseTemperatures[at], ...columns.finish() })),
      extremes: this.#extremes,
    }
  }
}
