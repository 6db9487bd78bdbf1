import { orThrow } from '@mesobath/contracts'
import type { ComplexMatrix, StoredBath } from '@mesobath/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBath, decodeRun, encodeBath, encodeRun, recordRun } from '@mesobath/results'
import { toyBath, toyTrajectory } from '../fixtures/toy-run.js'

const record = async (details = {}) =>
  orThrow(await recordRun({ exact: toyTrajectory('exact', 0), 'markov-2': toyTrajectory('markov', 0.01) }, details))

describe('a run file', () => {
  it('gives back what was written, bit for bit', async () => {
    const written = await record({ scenario: 'a: 1 # größer\n', realizations: true, environment: { engine: 'toy' } })
    expect(orThrow(await decodeRun(orThrow(await encodeRun(written))))).toEqual(written)
  })

  it('carries a scenario that is longer than an attribute may be, or none', async () => {
    const scenario = 'times: [0, 1]\n'.repeat(20_000)
    expect(orThrow(await decodeRun(orThrow(await encodeRun(await record({ scenario }))))).scenario).toBe(scenario)
    expect(orThrow(await decodeRun(orThrow(await encodeRun(await record())))).scenario).toBeNull()
  })

  it('takes one trajectory as it comes from solve', async () => {
    const run = orThrow(await decodeRun(orThrow(await encodeRun(toyTrajectory('markov', 0)))))
    expect(Object.keys(run.methods)).toEqual(['markov'])
    expect(run.methods['markov']?.populations).toEqual(toyTrajectory('markov', 0).populations)
  })

  it('can be read as the bath it holds', async () => {
    const written = await record({ realizations: true })
    const bath = orThrow(await decodeBath(orThrow(await encodeRun(written))))
    expect(bath.levels).toEqual(written.realizations[0]?.energies)
    expect(bath.couplings).toEqual(written.realizations[0]?.couplings)
  })

  it('keeps the order of the methods', async () => {
    const runs = { zebra: toyTrajectory('markov', 0), exact: toyTrajectory('exact', 0), alpha: toyTrajectory('markov', 0) }
    const written = orThrow(await recordRun(runs))
    expect(Object.keys(orThrow(await decodeRun(orThrow(await encodeRun(written)))).methods)).toEqual(['zebra', 'exact', 'alpha'])
  })

  it('records that methods with different times do not belong together', async () => {
    const late = { ...toyTrajectory('markov', 0), times: Float64Array.of(0, 1, 2, 3, 4) }
    expect(await recordRun({ exact: toyTrajectory('exact', 0), late })).toMatchObject({ left: [{ code: 'results/times-differ', path: ['late'] }] })
    expect(await recordRun({})).toMatchObject({ left: [{ code: 'results/no-methods' }] })
  })
})

describe('recordRun', () => {
  it('stores the whole Hermitian B, means on its diagonal', async () => {
    const [realization] = (await record({ realizations: true })).realizations
    const [coupling] = realization?.couplings ?? []
    const at = (i: number, j: number) => [coupling?.re[i * 5 + j], coupling?.im?.[i * 5 + j]]
    expect(realization).toMatchObject({ label: 'bath', seed: 41, hash: null, window: Int32Array.of(0, 0, 1, 1, 1) })
    for (let i = 0; i < 5; i++) {
      expect(at(i, i)).toEqual([i < 2 ? 0.5 : -0.25, 0])
      for (let j = 0; j < i; j++) {
        const [re, im] = at(i, j)
        expect(at(j, i)).toEqual([re, im === 0 ? 0 : -(im ?? NaN)])
        // The two windows are coupled, levels of one window are not.
        expect(re).toBe(j < 2 && i >= 2 ? 1 + j + 10 * i : 0)
      }
    }
  })

  it('cites exactly what was used, once each', async () => {
    const written = await record()
    expect(written.citations.map((each) => each.key)).toEqual(['Bath1999', 'Mesobath', 'Paper2021', 'Sharp', 'exact', 'markov'])
    expect(written.versions).toMatchObject({ '@stranger/bath': '1.2.3', '@stranger/exact': '1.2.3', '@stranger/markov': '1.2.3', '@stranger/sharp': '1.2.3' })
  })

  it('keeps seed and hash in place of couplings above 256 MiB', async () => {
    // 4100 levels: 16 N² bytes are just above the limit; one coupled pair of small windows keeps the test cheap.
    const size = 4100
    const bath = (sign: number) => {
      const toy = toyBath()
      return {
        ...toy,
        can: {
          microscopic: () => ({
            _tag: 'Right' as const,
            right: {
              kind: 'spectral' as const, levels: new Float64Array(size), window: new Int32Array(size).fill(1).fill(0, 0, 2), real: true,
              block: (_coupling: number, to: number, from: number, out: { re: Float64Array }) => {
                if (to === from) return false
                out.re.fill(sign)
                return true
              },
            },
          }),
        },
      }
    }
    const hashOf = async (sign: number) => orThrow(await recordRun({ exact: toyTrajectory('exact', 0, bath(sign)) }, { realizations: true })).realizations[0]
    const [one, again, other] = [await hashOf(1), await hashOf(1), await hashOf(-1)]
    expect(one).toMatchObject({ couplings: null, seed: 41, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(again?.hash).toBe(one?.hash)
    expect(other?.hash).not.toBe(one?.hash)
  })
})

const numbers = (length: number) => fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length }).map((list) => Float64Array.from(list))

const baths: fc.Arbitrary<StoredBath> = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), fc.boolean()).chain(([count, operators, real]) =>
  fc.record({
    levels: numbers(count),
    couplings: fc.array(fc.record({ re: numbers(count * count), im: real ? fc.constant(null) : numbers(count * count).map((im) => Float64Array.from(im, (x, i) => (i === 0 ? 1 : x))) })
      .map(({ re, im }): ComplexMatrix => ({ rows: count, columns: count, re, im })), { minLength: operators, maxLength: operators }),
  }))

describe('a bath file', () => {
  it.each(['hdf5', 'npz'] as const)('in %s gives back what was written, bit for bit', async (format) => {
    await fc.assert(fc.asyncProperty(baths, async (bath) => {
      expect(orThrow(await decodeBath(orThrow(await encodeBath(bath, format))))).toEqual(bath)
    }), { numRuns: 40 })
  })
})
