import { CONTRACT, fail, issue, succeed } from '@mesobath/contracts'
import { brokenLaws, integratorLaws } from '@mesobath/conformance'
import type { IntegratorCapabilities, IntegratorFactory } from '@mesobath/conformance'
import { exact } from '@mesobath/integrator-exact'
import { describe, expect, it } from 'vitest'
import { denseMarkov } from '../broken/dense-markov.js'
import type { Flaws } from '../broken/dense-markov.js'

const MARKOV: IntegratorCapabilities = { equation: 'markov' }
const CHOSEN: IntegratorCapabilities = { equation: 'markov', fixedStep: { order: 4, make: (rates, step) => denseMarkov(rates, { step: () => step }) } }

const codes = async (factory: IntegratorFactory, capabilities: IntegratorCapabilities): Promise<readonly string[]> =>
  (await brokenLaws(integratorLaws(factory, capabilities))).map(({ issues }) => issues[0].code)

let drift = 0

const BROKEN: readonly (readonly [string, string, Flaws, IntegratorCapabilities?])[] = [
  ['identity', 'built for another contract', { identity: { contract: CONTRACT + 1 } }],
  ['estimate', 'that does not know its cost', { identity: { estimate: () => succeed({ bytes: NaN, operations: 1, jointStates: 12 }) } }],
  ['estimate', 'that refuses to estimate', { identity: { estimate: () => fail(issue('dense/no', [], 'no')) } }],
  ['lands', 'that stops a little early', { arrival: (to) => to * (1 - 1e-12) }],
  ['lands', 'that tells half of the states', { sample: (sample) => ({ ...sample, populations: sample.populations.slice(1) }) }],
  ['probability', 'that gives NaN', { populations: (p, time) => (time > 3 ? p.map(() => NaN) : p) }],
  ['probability', 'with negative probabilities', { populations: (p, time) => (time > 3 ? p.map((x, i) => (i === 0 ? -1e-3 : i === 1 ? x + 1e-3 : x)) : p) }],
  ['probability', 'with rates that are no numbers', { sample: (sample) => ({ ...sample, populationRates: sample.populations.map(() => Infinity) }) }],
  ['conservation', 'that leaks', { populations: (p, time) => p.map((x) => x * Math.exp(-1e-4 * time)) }],
  ['same-bits', 'that never runs alike', { populations: (p) => { drift += 1e-13; return p.map((x) => x * (1 - drift)) } }],
  ['cancel', 'that does not hear', { deaf: true }],
  ['shells', 'that lets energy drift', {
    jumps: (jumps, { baths, energies }) => [...jumps, ...Array.from({ length: energies.length }, (_, k) => {
      const windows = baths[0]!.bath.windows.energies.length
      return { from: k * windows, to: k * windows + 1, up: true, rate: 1e-3 * baths[0]!.strength ** 2 }
    })],
  }],
  ['steady-state', 'that breaks detailed balance', { jumps: (jumps) => jumps.map((jump) => (jump.up ? { ...jump, rate: 1.01 * jump.rate } : jump)) }],
  ['entropy-production', 'whose clock runs back now and then', { clock: (time, strength) => time + Math.sin(20 * strength ** 2 * time) / (10 * strength ** 2) }],
  ['scaling', 'cubic in the coupling', { strength: (strength) => 0.3 * Math.sqrt((strength / 0.3) ** 3) }],
  ['closed-form', 'with another prefactor', { jumps: (jumps) => jumps.map((jump) => ({ ...jump, rate: 1.01 * jump.rate })) }],
  ['closed-form', 'without memory, declared as finite-time', {}, { equation: 'finite-time' }],
  ['closed-form', 'whose bath moves, declared as a reference', {}, { equation: 'reference' }],
  ['rate-equation', 'that forgets how two couplings interfere', { dropImaginary: true }],
  ['slope', 'whose rates are not the slope', { sample: (sample) => ({ ...sample, populationRates: sample.populationRates!.map((x) => 1.1 * x) }) }],
  ['split', 'that forgets where it stopped', { checkpoint: 'initial' }],
  ['invisible', 'that couples without a coupling', { strength: (strength) => Math.max(strength, 0.05) }],
  ['work', 'that does no work', { sample: (sample) => ({ ...sample, scalars: {} }) }],
  ['work', 'that calls a quench a power', { sample: (sample) => ({ ...sample, scalars: { ...sample.scalars, power: 1e-3 } }) }],
  ['order', 'of first order that claims the fourth', {}, { ...CHOSEN, fixedStep: { order: 4, make: (rates, step) => denseMarkov(rates, { scheme: 'euler', step: () => step }) } }],
  ['tolerance', 'that overlooks what is asked', { step: (tolerance) => (tolerance > 1e-9 ? 6 : 0.02) }],
]

describe('a sound algorithm passes', () => {
  it('with a tolerance', async () => {
    expect(await codes((rates) => denseMarkov(rates), MARKOV)).toEqual([])
  })

  it('with a step of its user', async () => {
    expect(await codes((rates) => denseMarkov(rates), CHOSEN)).toEqual([])
  })
})

describe('a broken algorithm is rejected by the law meant for it, and by no other', () => {
  for (const [code, what, flaws, capabilities = MARKOV] of BROKEN) {
    it(`${code}: one ${what}`, async () => { expect(await codes((rates) => denseMarkov(rates, flaws), capabilities)).toEqual([`conformance/${code}`]) })
  }

  it('schroedinger: an exact evolution with another coupling', async () => {
    const sound = exact()
    const broken: IntegratorFactory = () => ({
      ...sound, prepare: (problem, host, tolerance) => sound.prepare({ ...problem, baths: problem.baths.map((each) => ({ ...each, systemCouplings: each.systemCouplings.map((matrix) => ({ ...matrix, re: matrix.re.map((x) => 1.01 * x) })) })) }, host, tolerance),
    })
    expect(await codes(broken, { equation: 'exact' })).toEqual(['conformance/schroedinger'])
  })

  it('lands: one that throws, and one that refuses', async () => {
    const throwing = await brokenLaws(integratorLaws((rates) => denseMarkov(rates, { identity: { prepare: () => { throw new TypeError('no') } } }), MARKOV))
    expect(throwing.map(({ issues }) => issues[0].code)).toContain('conformance/lands')
    expect(throwing.map(({ issues }) => issues[0].message).join()).toContain('must give issues and never throw, but throws TypeError: no')
    const refusing = await brokenLaws(integratorLaws((rates) => denseMarkov(rates, { identity: { prepare: async () => fail(issue('dense/no', [], 'not today')) } }), MARKOV))
    expect(refusing[0]?.issues[0].message).toContain('not today [dense/no]')
  })

  it('every law has a mutant', () => {
    const laws = [integratorLaws((rates) => denseMarkov(rates), MARKOV), integratorLaws((rates) => denseMarkov(rates), CHOSEN)]
    const names = new Set(laws.flat().map((law) => law.name))
    expect(new Set(BROKEN.map(([code]) => code)).size).toBe(names.size)
  })
})
