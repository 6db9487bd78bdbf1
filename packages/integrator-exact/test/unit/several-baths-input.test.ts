import { describe, expect, it } from 'vitest'
import type { BathState, Outcome, Problem } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const windows = (...probabilities: number[]): BathState => ({ kind: 'windows', probabilities: Float64Array.from(probabilities) })
const small = smallBath({ seed: 1, sizes: [4, 4], centres: [0, 1], width: 0.5 })
const wide = smallBath({ seed: 1, sizes: [60, 60], centres: [0, 1], width: 0.5 })
const problemOf = (baths: Problem['baths'], states: readonly BathState[]): Problem => ({
  energies: Float64Array.of(0, 1), baths, times: Float64Array.of(0, 1), drive: null,
  initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: states },
})
const found = <A>(outcome: Outcome<A>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code, path }) => `${code} ${path.join('.')}`) : [])

describe('exact evolution with several baths', () => {
  it('names the bath whose state does not fit it', () => {
    const [a, b] = [attachment(small, 0.1, [X]), { ...attachment(small, 0.1, [X]), label: 'second' }]
    expect(found(exact().estimate(problemOf([a, b], [windows(1, 0)]), {}))).toEqual(['integrator-exact/initial initial.baths'])
    expect(found(exact().estimate(problemOf([a, b], [windows(1, 0), windows(1, 0, 0)]), {}))).toEqual(['integrator-exact/initial initial.baths.1'])
    const negative: BathState = { kind: 'levels', weights: Float64Array.of(1, 0.5, -0.5, 0, 0, 0, 0, 0) }
    expect(found(exact().estimate(problemOf([a, b], [windows(1, 0), negative]), {}))).toEqual(['integrator-exact/initial initial.baths.1.weights.2'])
    const mute = { ...b, bath: { ...b.bath, can: {} } }
    expect(found(exact().estimate(problemOf([mute, mute], [windows(1, 0), windows(1, 0)]), {}))).toEqual([
      'integrator-exact/missing-capability baths.0.bath', 'integrator-exact/missing-capability baths.1.bath'])
  })

  it('says at once when a mixture fits into no memory', async () => {
    const baths = ['a', 'b', 'c'].map((label) => ({ ...attachment(wide, 0.01, [X]), label }))
    const two = problemOf(baths.slice(0, 2), [windows(1, 0), windows(1, 0)])
    expect(found(exact().estimate(two, {}))).toEqual([])
    const three = problemOf(baths, [windows(1, 0), windows(1, 0), windows(1, 0)])
    expect(found(exact().estimate(three, {}))).toEqual(['integrator-exact/memory initial'])
    expect(found(await exact().prepare(three, {}, 1e-10))).toEqual(['integrator-exact/memory initial'])
    // 120³ levels of the baths, all of them occupied.
    expect(found(exact().estimate(problemOf(baths, [windows(0.5, 0.5), windows(0.5, 0.5), windows(0.5, 0.5)]), {}))).toEqual(['integrator-exact/memory initial'])
  })
})
