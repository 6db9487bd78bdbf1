import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Guarantee, Sample } from '@mesobath/contracts'
import { joinLedgers, thermodynamics } from '../../src/index.js'
import type { Ledger } from '../../src/index.js'
import { exactSpin } from '../oracles/exact-spin.js'
import type { ExactSpec } from '../oracles/exact-spin.js'
import { feed, frameOf, lawOf } from '../fixtures/watch.js'

/** Books of exact evolution, from a propagator good to 1e-13. */
const CLOSED = 1e-9

const V = [5, 8]
const levels = V.flatMap((count, window) => Array.from({ length: count }, (_, i) => window + 0.5 * ((i + 0.5) / count - 0.5)))
const spec: ExactSpec = {
  energies: [0, 1], levels, window: levels.map((level) => Math.round(level)), windows: 2, strength: 0.06,
  // A fixed symmetric table without a pattern.
  coupling: (i, j) => 2 * ((Math.sin(12.9898 * (i + 1) + 78.233 * (j + 1)) * 43758.5453) % 1),
}
const bath = { energies: [0, 1], logVolumes: V.map(Math.log) }

const samplesFrom = (weights: readonly number[], changes: (sample: Sample) => Partial<Sample> = () => ({})): readonly Sample[] =>
  exactSpin(spec, weights, 20, 16).map((each): Sample => {
    const sample: Sample = {
      time: each.time, side: 'after', energies: each.energies, strengths: Float64Array.of(spec.strength), populations: each.populations,
      populationRates: null, conditional: each.conditional,
      scalars: {
        work: 0, power: 0, norm: 1, energy: each.total, interactionEnergy: each.interaction, 'bathEnergy/left': each.bath,
        systemBathMutualInformation: each.information,
      },
    }
    return { ...sample, ...changes(sample) }
  })

const ledgerFrom = (weights: readonly number[], guarantees: readonly Guarantee[], changes?: (sample: Sample) => Partial<Sample>): Ledger =>
  feed(thermodynamics(), frameOf(2, [bath], guarantees), samplesFrom(weights, changes))

const evenly = levels.map((_, i) => (i < V[0]! ? 1 / V[0]! : 0))
const half = levels.map((_, i) => (i < V[0]! / 2 ? 2 / V[0]! : 0))
const largest = (values: Float64Array): number => Math.max(...Array.from(values, Math.abs))

describe('exact evolution', () => {
  const ledger = ledgerFrom(evenly, ['even-windows'])

  it('[Eqs. 46, 47] books close with tr ρH_B and ⟨H_int⟩, not with window centres, which are kept beside them', () => {
    expect(largest(ledger.exactEnergyResidual)).toBeLessThan(CLOSED)
    expect(largest(ledger.firstLawResidual)).toBeLessThan(CLOSED)
    expect(lawOf(ledger, 'first law').law).toContain('interaction')
    expect(lawOf(ledger, 'first law').verdict).toBe('holds')
    expect(lawOf(ledger, 'the parts of the energy').verdict).toBe('holds')
    expect(largest(ledger.internalEnergy.map((value) => value - ledger.internalEnergy[0]!))).toBeGreaterThan(1e-3)
    expect(largest(ledger.interactionEnergy)).toBeGreaterThan(1e-3)
    expect(lawOf(ledger, 'heat leaves')).toMatchObject({ verdict: 'not a law here' })
  })

  it('[Eqs. 40, 42] I^{S:B} ≥ I_CG at all times, and both grow', () => {
    ledger.times.forEach((_, i) => expect(ledger.exactMutualInformation[i]! - ledger.mutualInformation[i]!).toBeGreaterThan(-1e-12))
    expect(largest(ledger.mutualInformation)).toBeGreaterThan(0.1)
    expect(lawOf(ledger, 'quantum mutual information').verdict).toBe('holds')
  })

  it('[Eq. 57] from evenly filled windows S_obs stays above its start, though it may fall on the way; from half of a window it is not a law', () => {
    expect(lawOf(ledger, 'second law: entropy').verdict).toBe('holds')
    expect(lawOf(ledger, 'second law with coherences').verdict).toBe('holds')
    expect(lawOf(ledger, 'observational entropy never falls')).toMatchObject({ verdict: 'not a law here' })
    expect(lawOf(ledger, 'Clausius inequality').verdict).toBe('holds')
    const fromHalf = ledgerFrom(half, [])
    expect(lawOf(fromHalf, 'second law: entropy').message).toContain('every window evenly filled')
    expect(lawOf(fromHalf, 'Clausius inequality').verdict).toBe('not a law here')
  })

  it('[Eqs. 40, 46, 47] cut in two at any sample and glued, the ledger is the same, I^{S:B} and ⟨H_int⟩ with it', () => {
    const samples = samplesFrom(evenly)
    const frame = frameOf(2, [bath], ['even-windows'])
    for (let cut = 0; cut < samples.length; cut++) {
      const glued = orThrow(joinLedgers(feed(thermodynamics(), frame, samples.slice(0, cut + 1)), feed(thermodynamics(), frame, samples.slice(cut))))
      for (const name of ['times', 'work', 'power', 'interactionEnergy', 'exactMutualInformation', 'exactEnergyResidual', 'firstLawResidual', 'clausius'] as const) {
        expect(glued[name].length, name).toBe(ledger[name].length)
        glued[name].forEach((value, i) => expect(Math.abs(value - ledger[name][i]!), `${name} cut at ${cut}`).toBeLessThan(CLOSED))
      }
      expect(glued.laws.map(({ law, verdict }) => [law, verdict])).toEqual(ledger.laws.map(({ law, verdict }) => [law, verdict]))
    }
  })

  it('[Eq. 42] a mutant that loses information is rejected, and so is one that loses interaction energy', () => {
    const poor = ledgerFrom(evenly, [], ({ scalars }) => ({ scalars: { ...scalars, systemBathMutualInformation: 0.3 * scalars.systemBathMutualInformation! } }))
    expect(lawOf(poor, 'quantum mutual information').verdict).toBe('violated')
    const open = ledgerFrom(evenly, [], ({ scalars }) => ({ scalars: { ...scalars, interactionEnergy: 0 } }))
    expect(lawOf(open, 'first law').verdict).toBe('violated')
    expect(lawOf(open, 'the parts of the energy').verdict).toBe('violated')
  })
})
