import type { Json } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { checkProblem } from '@mesobath/solve'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatScenario, loadScenario, parseScenario } from '@mesobath/scenario'
import type { Scenario } from '@mesobath/scenario'
import { defaultRates, SOUND, toyCatalogue, toyResources } from '../fixtures/toy-catalogue.js'

const load = (text: string) => loadScenario(text, toyCatalogue, toyResources, { check: checkProblem, defaultRates })

const SEVERAL = SOUND.replace(/bath:\n {2}model[^]*?seed: 7\n/, `baths:
  - { label: hot, bath: { model: ladder, windows: [{ energy: 0, volume: 2 }], windowWidth: 1 }, rates: soft }
  - { label: cold, couplingStrength: 0.5, couplings: [[[1, 0], [0, -1]]], bath: { model: smooth, windows: [{ energy: 0, volume: 2 }], windowWidth: 1 } }
`).replace('bath: { window: 0, fill: 1 }', 'baths: { hot: { level: 1 }, cold: { window: 0 } }').replace('[exact, markov]', '[{ method: markov, order: 2 }]')

/** Every path of plain data, the root included. */
const paths = (value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] => [
  path,
  ...(Array.isArray(value) ? (value as readonly Json[]).flatMap((each, index) => paths(each, [...path, index]))
    : typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => paths(each, [...path, key])) : []),
]

/** The same data with another value at one place; undefined takes the place away. */
const replaced = (value: Json, path: readonly (string | number)[], by: Json | undefined): Json | undefined => {
  const [first, ...rest] = path
  if (first === undefined) return by
  if (Array.isArray(value)) {
    return (value as readonly Json[]).flatMap((each, index) => {
      const next = index === first ? replaced(each, rest, by) : each
      return next === undefined ? [] : [next]
    })
  }
  return Object.fromEntries(Object.entries(value as object).flatMap(([key, each]) => {
    const next = key === first ? replaced(each as Json, rest, by) : each as Json
    return next === undefined ? [] : [[key, next]]
  }))
}

const anything = fc.oneof(
  fc.constant(undefined), fc.constantFrom<Json>(null, true, '', 'markov', 'ladder', 0, 1, -1, 2, 0.5, 1e300, [], {}, [[1, 0], [0, 1]], [[1], [0, 1]], { model: 'ladder' }, { method: 'markov' }, { level: 9 }, [null]),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
)

describe.each([['one bath', SOUND], ['two baths', SEVERAL]])('a scenario of %s', (_name, text) => {
  const sound = orThrow(parseScenario(text, toyCatalogue)) as unknown as Json

  it('is built', async () => {
    expect((await load(text))._tag).toBe('Right')
  })

  it('is built, or its faults are named at places that exist, whatever is put in the place of up to two of its parts', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...paths(sound)), anything), { minLength: 1, maxLength: 2 }), async (changes) => {
      const changed = changes.reduce<Json>((value, [path, by]) => {
        try {
          return replaced(value, path, by) ?? null
        } catch {
          // The first change has taken the place of the second away.
          return value
        }
      }, sound)
      const loaded = await load(JSON.stringify(changed))
      if (loaded._tag === 'Right') {
        expect(orThrow(parseScenario(formatScenario(loaded.right.scenario), toyCatalogue))).toEqual(loaded.right.scenario)
        return
      }
      for (const { code, message } of loaded.left) {
        expect(code).toMatch(/^[a-z]+\/[a-z-]+$/)
        expect(message).toMatch(/ must /)
      }
    }), { numRuns: 400 })
  })
})

describe('any text', () => {
  it('is a scenario or gives issues; nothing throws', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((part) => `${SOUND}${part}`), fc.string().map((part) => SOUND.replace('bath:', part))), async (text) => {
      const loaded = await load(text)
      expect(loaded._tag === 'Right' || loaded.left.length > 0).toBe(true)
    }), { numRuns: 200 })
  })
})

describe('formatScenario', () => {
  it('keeps every finite number to the last digit', () => {
    const base = orThrow(parseScenario(SOUND, toyCatalogue))
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 4 }), fc.string(), (numbers, title) => {
      const scenario: Scenario = { ...base, title, system: { ...base.system, energies: numbers } }
      expect(orThrow(parseScenario(formatScenario(scenario), toyCatalogue))).toEqual(scenario)
    }))
  })
})
