import type { BathLedger, Books, Ledger } from './ledger.js'

/** One series of a ledger under the name by which files and figures know it. */
export interface ThermodynamicsColumn {
  /** `clausius`, or with the bath's label `heat/<label>`, or with a temperature `relativeEntropy/<β>`. */
  readonly name: string
  /** In terms of the run's unit of energy, ħ = k_B = 1: `energy`, `1/energy` (which is time), `energy^2` (energy per time), `nat`, `nat energy`. */
  readonly unit: string
  /** What it is, with its equation. */
  readonly description: string
  /** [T]. */
  readonly values: Float64Array
}

type SeriesOf<T> = { [K in keyof T]: T[K] extends Float64Array ? K : never }[keyof T]
type Row<T> = readonly [name: SeriesOf<T> & string, unit: string, description: string]

const SERIES: readonly Row<Books>[] = [
  ['times', '1/energy', 't'],
  ['internalEnergy', 'energy', 'U = sum (e_k + E) p, Eq. 46'],
  ['systemEnergy', 'energy', 'U_S = sum e_k p, Eq. 48'],
  ['work', 'energy', 'W on the system since the start, Eq. 47'],
  ['power', 'energy^2', 'dW/dt of smooth driving, Eq. 47; a quench is a jump of work instead'],
  ['systemHeat', 'energy', 'U_S gained since the start less work, Eq. 49'],
  ['systemHeatFlow', 'energy^2', 'sum e_k dp/dt, Eq. 50'],
  ['coarseGrainingDefect', 'energy', 'energy gained by off-resonant jumps since the start'],
  ['firstLawResidual', 'energy', 'what the first law leaves over'],
  ['totalEnergy', 'energy', '<H> of exact evolution'],
  ['interactionEnergy', 'energy', '<H_int> of exact evolution'],
  ['exactEnergyResidual', 'energy', 'U_S + tr rho H_B + <H_int> - <H>'],
  ['observationalEntropy', 'nat', 'S_obs, Eq. 51'],
  ['entropyProduction', 'nat', 'S_obs gained since the start, Eq. 57'],
  ['entropyProductionRate', 'nat energy', 'dS_obs/dt, Eq. 54'],
  ['systemEntropy', 'nat', '-sum p_k ln p_k'],
  ['vonNeumannEntropy', 'nat', 'S_vN(rho_S), Eq. 52'],
  ['projectedEntropy', 'nat', 'S[P rho] = sum_E [S_vN(rho_S(E)) + p(E) ln V_E]'],
  ['mutualInformation', 'nat', 'I_CG between the system and all baths, Eq. 41'],
  ['totalCorrelation', 'nat', 'sum of the entropies of all parts less S_obs'],
  ['exactMutualInformation', 'nat', 'I^{S:B} of the exact state, Eq. 40'],
  ['entropySum', 'nat', 'entropy gained by the system and the baths, each by itself, Eq. 67'],
  ['clausius', 'nat', 'entropy gained by the system less the integral of heat over T*, Eqs. 60, 65'],
  ['clausiusConstantTemperature', 'nat', 'entropy gained by the system less heat over T(0), Eq. 61'],
]

const BATH_SERIES: readonly Row<BathLedger>[] = [
  ['energy', 'energy', 'U_B = sum E p(E)'],
  ['heat', 'energy', 'heat into the system from this bath since the start, Eq. 50'],
  ['heatFlow', 'energy^2', '-sum E dp/dt, Eq. 50'],
  ['microscopicEnergy', 'energy', 'tr rho H_B of exact evolution'],
  ['entropy', 'nat', 'sum p(E) (-ln p(E) + ln V_E)'],
  ['inverseTemperature', '1/energy', '1/T*, Eq. 62'],
  ['canonicalEntropy', 'nat', 'entropy of the canonical bath at T*, Eq. 65'],
  ['finiteBathCorrection', 'nat', 'D(p_T*(t) || p_T*(0))'],
  ['mutualInformation', 'nat', 'I_CG between the system and this bath'],
]

/** Names in the table; a bath's energy and entropy must not be taken for the whole's. */
const BATH_NAMES: Readonly<Partial<Record<string, string>>> = {
  energy: 'bathEnergy', microscopicEnergy: 'microscopicBathEnergy', entropy: 'bathEntropy', canonicalEntropy: 'canonicalBathEntropy',
  mutualInformation: 'systemBathInformation',
}

const bathColumns = (bath: BathLedger): readonly ThermodynamicsColumn[] => [
  ...BATH_SERIES.map(([name, unit, description]) =>
    ({ name: `${BATH_NAMES[name] ?? name}/${bath.label}`, unit, description, values: bath[name] })),
  {
    name: `effectiveTemperature/${bath.label}`, unit: 'energy', description: 'T*, Eq. 62',
    values: bath.inverseTemperature.map((beta) => 1 / beta),
  },
]

/**
 * A ledger as a table: every series once, under one name, with its unit [T]. What the run did not give (NaN throughout) is left out.
 */
export const thermodynamicsTable = (ledger: Ledger): readonly ThermodynamicsColumn[] => [
  ...SERIES.map(([name, unit, description]) => ({ name, unit, description, values: ledger[name] })),
  ...ledger.baths.flatMap(bathColumns),
  ...ledger.bathCorrelations.map(({ first, second, values }) =>
    ({ name: `bathBathInformation/${first}:${second}`, unit: 'nat', description: 'I_CG between these two baths', values })),
  ...ledger.relativeEntropies.flatMap(({ inverseTemperature, values, rates }) => [
    { name: `relativeEntropy/${inverseTemperature}`, unit: 'nat', description: 'D[p || p_T] at this 1/T, Eq. 53', values },
    { name: `relativeEntropyRate/${inverseTemperature}`, unit: 'nat energy', description: 'how fast the dynamics lowers it, Eq. 56', values: rates },
  ]),
].filter(({ values }) => values.length === 0 || values.some((value) => !Number.isNaN(value)))
