import type { Finding, Guarantee } from '@mesobath/contracts'
import type { LawReport } from './law-report.js'

/** Entries of one bath, one number per sample [T]. Energies in the run's unit of energy, entropies in nats. */
export interface BathLedger {
  readonly label: string
  /** U_B = Σ E p(E), from window centres. */
  readonly energy: Float64Array
  /** Q, the heat into the system from this bath since the start: −ΔU_B (Eq. 50). */
  readonly heat: Float64Array
  /** Q̇ = −Σ E ∂t p(E); NaN where the algorithm gives no ∂t p. */
  readonly heatFlow: Float64Array
  /** tr ρH_B of exact evolution; NaN elsewhere. */
  readonly microscopicEnergy: Float64Array
  /** S_obs^B = Σ p(E)(−ln p(E) + ln V_E). */
  readonly entropy: Float64Array
  /** β* = 1/T* (Eq. 62), ±Infinity at the edges of the spectrum, negative under inversion; NaN for a bath of one window. */
  readonly inverseTemperature: Float64Array
  /** S_obs^B(p_T*) of the canonical bath of the same energy; its growth is −∫Q̇/T* dt (Eq. 65). */
  readonly canonicalEntropy: Float64Array
  /** D(p_T*(t)‖p_T*(0)), by which Eq. 61 exceeds Eq. 60: the finite bath's correction; Infinity where the bath starts in an edge window. */
  readonly finiteBathCorrection: Float64Array
  /** I_CG between the system and this bath, whatever the others do. */
  readonly mutualInformation: Float64Array
}

/** The mutual information of two baths, whatever system and other baths do. */
export interface BathCorrelation {
  /** Labels of the two. */
  readonly first: string
  readonly second: string
  /** I_CG(B_ν:B_ν') [T]. */
  readonly values: Float64Array
}

/** The relative entropy to the joint Gibbs distribution at one temperature, and how fast the dynamics lowers it [T]. */
export interface RelativeEntropySeries {
  /** β = 1/T. */
  readonly inverseTemperature: number
  /** D_CG[p‖p_T] (Eqs. 53, 55, 58). */
  readonly values: Float64Array
  /** −∂t D_CG[p‖p_T] at fixed energies (Eq. 56). */
  readonly rates: Float64Array
}

/** How far the numbers of a run can be trusted. */
export interface LedgerBounds {
  /** Energies below this are rounding and the algorithm's tolerance. */
  readonly energy: number
  /** Entropies below this are, in nats. */
  readonly entropy: number
  /** Times `energy` or `entropy`, the same for a rate: 1/time. */
  readonly perTime: number
  /** The size of the most negative probability, 0 where none lies below the tolerance: what is a law of probabilities is none then. */
  readonly negativity: number
}

/** The thermodynamic ledger of a run without the verdicts on it; one number per sample in every series [T], a stop standing twice. */
export interface Books {
  readonly times: Float64Array
  /** U = Σ(ε_k + ΣE)p (Eq. 46). */
  readonly internalEnergy: Float64Array
  /** U_S = Σ ε_k p (Eq. 48). */
  readonly systemEnergy: Float64Array
  /** W on the system since the start, as the algorithm accumulated it (Eq. 47); NaN where it did not. */
  readonly work: Float64Array
  /**
   * Ẇ = Σ ε̇_k p_k, and (λ̇_ν/λ_ν)⟨H_int,ν⟩ in exact evolution where λ(t) moves (Eq. 47): of its own side at a stop, and 0 where nothing moves. A
   * quench is a jump of `work`, not a power. NaN where the algorithm does not tell.
   */
  readonly power: Float64Array
  /** ΔU_S − W: heat into the system since the start by its own books (Eq. 49). */
  readonly systemHeat: Float64Array
  /** Σ ε_k ∂t p: heat flow into the system by its own books (Eq. 50); NaN without ∂t p. */
  readonly systemHeatFlow: Float64Array
  /** ∫ Σ(ε_k + E) ∂t p dt: what coarse-graining an off-resonant transition costs; 0 on resonance, NaN in exact evolution. */
  readonly coarseGrainingDefect: Float64Array
  /** ΔU − W − defect; in exact evolution Δ(U_S + tr ρH_B + ⟨H_int⟩) − W. */
  readonly firstLawResidual: Float64Array
  /** ⟨H⟩ of exact evolution; NaN elsewhere. */
  readonly totalEnergy: Float64Array
  /** ⟨H_int⟩ of exact evolution; NaN elsewhere. */
  readonly interactionEnergy: Float64Array
  /** U_S + tr ρH_B + ⟨H_int⟩ − ⟨H⟩ of exact evolution; NaN elsewhere. */
  readonly exactEnergyResidual: Float64Array
  /** S_obs (Eqs. 51, 73). */
  readonly observationalEntropy: Float64Array
  /** Σ = ΔS_obs since the start. */
  readonly entropyProduction: Float64Array
  /** Σ̇ = dS_obs/dt (Eq. 54); Infinity where an empty state fills, NaN without ∂t p. */
  readonly entropyProductionRate: Float64Array
  /** One for each temperature asked. */
  readonly relativeEntropies: readonly RelativeEntropySeries[]
  /** S_obs^S = −Σ p_k ln p_k. */
  readonly systemEntropy: Float64Array
  /** S_vN(ρ_S) (Eq. 52). */
  readonly vonNeumannEntropy: Float64Array
  /** S[Pρ] = Σ_E [S_vN(ρ_S(E)) + p(E) ln V_E]: what never falls where coherences matter; S_obs where there are none. */
  readonly projectedEntropy: Float64Array
  /** I_CG between the system and all baths together (Eq. 41). */
  readonly mutualInformation: Float64Array
  /** ΣS_i − S_obs over system and baths: I_CG for one bath, more where baths are correlated with each other (Eq. 66 for several). */
  readonly totalCorrelation: Float64Array
  /** I^{S:B} of the exact state (Eq. 40); NaN where the algorithm does not give it. */
  readonly exactMutualInformation: Float64Array
  /** ΔS_obs^S + Σ_ν ΔS_obs^B since the start, the middle of the chain of Eq. 67. */
  readonly entropySum: Float64Array
  /** ΔS_obs^S − Σ_ν ∫Q̇_ν/T*_ν dt (Eqs. 60, 67, 74), through Eq. 65. */
  readonly clausius: Float64Array
  /** ΔS_obs^S − Σ_ν Q_ν/T_ν(0) (Eq. 61). */
  readonly clausiusConstantTemperature: Float64Array
  readonly baths: readonly BathLedger[]
  /** One for each pair of baths. */
  readonly bathCorrelations: readonly BathCorrelation[]
  /** Whether the evolution was exact: it gave ⟨H_int⟩. */
  readonly exact: boolean
  /** What the algorithm promised of the run. */
  readonly guarantees: readonly Guarantee[]
  readonly bounds: LedgerBounds
  /** When to trust the ledger. */
  readonly findings: readonly Finding[]
}

/** The thermodynamic ledger of a run. */
export interface Ledger extends Books {
  /** Which laws were checked, with which result. */
  readonly laws: readonly LawReport[]
}
