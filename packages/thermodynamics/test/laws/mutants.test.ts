import { describe, expect, it } from 'vitest'
import type { Sample } from '@mesobath/contracts'
import { thermodynamics } from '../../src/index.js'
import type { BathLedger, Books, Ledger } from '../../src/index.js'
import { finiteBathCorrection } from '../../src/internal/derived-series.js'
import { judgeLaws } from '../../src/internal/laws.js'
import { exactSpin } from '../oracles/exact-spin.js'
import type { ExactSpec } from '../oracles/exact-spin.js'
import { evolve } from '../oracles/rate-equation.js'
import type { BathSpec, Order } from '../oracles/rate-equation.js'
import { feed, frameOf, lawOf, ledgerOf } from '../fixtures/watch.js'
import { gibbs, product } from '../fixtures/random-runs.js'

// Each law is handed a ledger with one deliberate mistake in it, and must see it. A law without a mutant fails the last test of each group.

/** The hot bath fills large windows from small ones, the cold one is cooler: heat flows through the spin, quenches do work. */
const baths: readonly BathSpec[] = [{ energies: [0, 1, 2], logVolumes: [0, 3, 5] }, { energies: [0, 1, 2], logVolumes: [0, 1, 1.5] }]
const start = product(Float64Array.of(0.1, 0.9), gibbs(baths[0]!, 4), gibbs(baths[1]!, 0.2))
const stages = [1, 2, 1, 2].map((top) => ({ energies: [0, top], duration: 3, samples: 6 }))
const run = (order: Order = 'quench first') => evolve(start, stages, { baths, strength: () => 0.4, offResonance: 0 }, order)
const OPTIONS = { inverseTemperatures: [0.7] }
const honest = ledgerOf(run(), frameOf(2, baths), OPTIONS)
const bare = frameOf(2, baths.map((bath) => ({ ...bath, logVolumes: bath.logVolumes.map(() => 0) })))
const withoutVolumes = ledgerOf(run(), bare, OPTIONS)
/** From p the same everywhere, −Σ p ln p alone can only fall. */
const evenWithoutVolumes = ledgerOf(evolve(new Float64Array(18).fill(1 / 18), stages, { baths, strength: () => 0.4, offResonance: 0 }), bare)

/** The honest books with something of them replaced, judged. */
const judged = (changes: Partial<Books>): Pick<Ledger, 'laws'> => ({ laws: judgeLaws({ ...honest, ...changes }) })
const eachBath = (change: (bath: BathLedger) => Partial<BathLedger>): readonly BathLedger[] => honest.baths.map((bath) => ({ ...bath, ...change(bath) }))
const turned = (values: Float64Array): Float64Array => values.map((value) => -value)
const sum = (a: Float64Array, b: Float64Array, factor = 1): Float64Array => a.map((value, i) => value + factor * b[i]!)
const since = (values: Float64Array): Float64Array => values.map((value) => value - values[0]!)

/** ΔS_S + Σ ∫Q̇/T*: the heat counted as leaving the system. */
const turnedClausius = (): Float64Array => sum(since(honest.systemEntropy).map((value) => 2 * value), honest.clausius, -1)

const MUTANTS: Readonly<Record<string, readonly [mistake: string, ledger: () => Pick<Ledger, 'laws'>]>> = {
  'first law': ['the work of a quench is booked after the next jumps', () => ledgerOf(run('jump first'), frameOf(2, baths))],
  'heat leaves the baths': ['the sign of heat', () => judged({ baths: eachBath(({ heat }) => ({ heat: turned(heat) })) })],
  'second law: entropy': ['no ln V_E', () => evenWithoutVolumes],
  'second law with coherences': ['no ln V_E', () => evenWithoutVolumes],
  'observational entropy never falls': ['no ln V_E', () => withoutVolumes],
  'S[Pρ] never falls': ['no ln V_E', () => withoutVolumes],
  'entropy production rate is not negative': ['no ln V_E', () => withoutVolumes],
  'entropy production rate is the fall': ['the energy of the baths is left out of β Σ(ε + E) ∂t p', () => judged({
    relativeEntropies: [{ ...honest.relativeEntropies[0]!, rates: sum(honest.entropyProductionRate, honest.systemHeatFlow, -0.7) }],
  })],
  'Clausius inequality': ['the sign of heat', () => judged({ clausius: turnedClausius() })],
  'Clausius inequality at': ['the sign of heat', () => judged({
    clausiusConstantTemperature: honest.baths.reduce((total, { heat, inverseTemperature }) => sum(total, heat, inverseTemperature[0]!), since(honest.systemEntropy)),
  })],
  'no p(E) of bath left': ['the canonical entropy has no ln V_E', () => judged({ baths: eachBath((bath) =>
    ({ canonicalEntropy: withoutVolumes.baths[honest.baths.indexOf(bath)]!.canonicalEntropy })) })],
  'no p(E) of bath right': ['the canonical entropy has no ln V_E', () => judged({ baths: eachBath((bath) =>
    ({ canonicalEntropy: withoutVolumes.baths[honest.baths.indexOf(bath)]!.canonicalEntropy })) })],
  'bath left: the constant-temperature bound': ['the sign of heat', () => judged({ baths: eachBath(({ inverseTemperature, heat, canonicalEntropy }) =>
    ({ finiteBathCorrection: finiteBathCorrection(inverseTemperature, turned(heat), canonicalEntropy) })) })],
  'bath right: the constant-temperature bound': ['the sign of heat', () => judged({ baths: eachBath(({ inverseTemperature, heat, canonicalEntropy }) =>
    ({ finiteBathCorrection: finiteBathCorrection(inverseTemperature, turned(heat), canonicalEntropy) })) })],
  'chain: the Clausius sum': ['the sign of heat', () => judged({ clausius: turnedClausius() })],
  'chain: the sum of entropies': ['the entropy of one bath is left out', () => judged({ entropySum: sum(honest.entropySum, since(honest.baths[0]!.entropy), -1) })],
}

const titlesMatch = (laws: Ledger['laws'], beginnings: readonly string[]): void => {
  const found = laws.map(({ law }) => beginnings.filter((beginning) => law.startsWith(beginning)).length)
  expect(laws.filter((_, i) => found[i] === 0).map(({ law }) => law)).toEqual([])
}

describe('a mutant for each law of master equations', () => {
  for (const [law, [mistake, ledger]] of Object.entries(MUTANTS)) {
    it(`${law}: ${mistake}`, () => {
      expect(lawOf(honest, law).verdict).toBe('holds')
      expect(lawOf(ledger(), law).verdict).toBe('violated')
      // Not by a hair.
      expect(lawOf(ledger(), law).largestViolation).toBeGreaterThan(1e-3)
    })
  }

  it('no law is without', () => titlesMatch(honest.laws, Object.keys(MUTANTS)))
})

const V = [5, 8]
const levels = V.flatMap((count, window) => Array.from({ length: count }, (_, i) => window + 0.5 * ((i + 0.5) / count - 0.5)))
const spec: ExactSpec = {
  energies: [0, 1], levels, window: levels.map((level) => Math.round(level)), windows: 2, strength: 0.06,
  coupling: (i, j) => 2 * ((Math.sin(12.9898 * (i + 1) + 78.233 * (j + 1)) * 43758.5453) % 1),
}
const snapshots = exactSpin(spec, levels.map((_, i) => (i < V[0]! ? 1 / V[0]! : 0)), 20, 16)

const exactLedger = (logVolumes: readonly number[], changes: (scalars: Sample['scalars'], p: Float64Array) => Sample['scalars'] = (scalars) => scalars): Ledger =>
  feed(thermodynamics(), frameOf(2, [{ energies: [0, 1], logVolumes }], ['even-windows']), snapshots.map((each): Sample => ({
    time: each.time, side: 'after', energies: each.energies, strengths: Float64Array.of(spec.strength), populations: each.populations,
    populationRates: null, conditional: each.conditional,
    scalars: changes({
      work: 0, norm: 1, energy: each.total, interactionEnergy: each.interaction, 'bathEnergy/left': each.bath,
      systemBathMutualInformation: each.information,
    }, each.populations),
  })))

const EXACT: Readonly<Record<string, readonly [mistake: string, ledger: () => Ledger]>> = {
  'first law': ['the interaction energy is left out', () => exactLedger(V.map(Math.log), (scalars) => ({ ...scalars, interactionEnergy: 0 }))],
  'the parts of the energy': ['the bath by window centres', () => exactLedger(V.map(Math.log), (scalars, p) => ({ ...scalars, 'bathEnergy/left': p[1]! + p[3]! }))],
  'second law: entropy': ['ln V_E of the wrong window', () => exactLedger([8, 0])],
  'second law with coherences': ['ln V_E of the wrong window', () => exactLedger([8, 0])],
  'quantum mutual information': ['most of the information is lost', () => exactLedger(V.map(Math.log), (scalars) =>
    ({ ...scalars, systemBathMutualInformation: 0.3 * scalars['systemBathMutualInformation']! }))],
}

/** What an exact run shares with the others has its mutants above; what it never claims is measured only. */
const CLAIMED_ABOVE = ['Clausius', 'no p(E)', 'bath left', 'chain']

describe('a mutant for each law of exact evolution', () => {
  const ledger = exactLedger(V.map(Math.log))
  for (const [law, [mistake, mutant]] of Object.entries(EXACT)) {
    it(`${law}: ${mistake}`, () => {
      expect(lawOf(ledger, law).verdict).toBe('holds')
      expect(lawOf(mutant(), law).verdict).toBe('violated')
    })
  }

  it('no law is without', () => titlesMatch(ledger.laws.filter(({ verdict }) => verdict !== 'not a law here'), [...Object.keys(EXACT), ...CLAIMED_ABOVE]))
})
