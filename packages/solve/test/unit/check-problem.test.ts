import { describe, expect, it } from 'vitest'
import type { InitialState, Outcome, Problem } from '@mesobath/contracts'
import { checkProblem } from '@mesobath/solve'
import { matrix, toyAttachment, toyBath, toyProblem } from '../toys/toy.js'

const faults = (outcome: Outcome<Problem>): readonly string[] =>
  outcome._tag === 'Left' ? outcome.left.map((each) => `${each.code}: ${each.message}`) : []

const product = (changes: Partial<InitialState & { kind: 'product' }>): Partial<Problem> =>
  ({ initial: { ...(toyProblem().initial as InitialState & { kind: 'product' }), ...changes } })

const windows = (changes: object): Partial<Problem> =>
  ({ baths: [toyAttachment({ bath: toyBath({ windows: { ...toyBath().windows, ...changes } }) })] })

const block = (re: readonly number[], memoryStart = 0, im: readonly number[] | null = null): Partial<Problem> => ({
  initial: {
    kind: 'conditional', memoryStart,
    states: { re: Float64Array.from([...re, ...new Array<number>(8).fill(0)]), im: im === null ? null : Float64Array.from([...im, ...new Array<number>(8).fill(0)]) },
  },
})

describe('checkProblem', () => {
  it('lets a sound problem pass unchanged', () => {
    const problem = toyProblem()
    const checked = checkProblem(problem)
    expect(faults(checked)).toEqual([])
    expect(checked._tag === 'Right' && checked.right).toBe(problem)
  })

  const cases: readonly (readonly [string, Partial<Problem>, RegExp])[] = [
    ['no level', { energies: new Float64Array(0) }, /solve\/energies: `energies` must have at least one level, but has none/],
    ['an infinite energy', { energies: Float64Array.of(0, Infinity) }, /`energies\[1\]` must be finite, but is Infinity/],
    ['a plain array', { energies: [0, 1] as unknown as Float64Array }, /`energies` must be a Float64Array, but is an Array/],
    ['no output time', { times: new Float64Array(0) }, /`times` must have at least one entry/],
    ['times that repeat', { times: Float64Array.of(0, 1, 1) }, /`times\[2\]` must exceed the time before it \(1\), but is 1/],
    ['a time that is NaN', { times: Float64Array.of(0, Number.NaN) }, /`times\[1\]` must be finite, but is NaN/],
    ['no bath', { baths: [] }, /`baths` must have at least one entry/],
    ['an empty label', { baths: [toyAttachment({ label: '' })] }, /`baths\[0\]\.label` must be a non-empty string/],
    ['a negative strength', { baths: [toyAttachment({ strength: -1 })] }, /`baths\[0\]\.strength` must be finite and not negative, but is -1/],
    ['a coupling too many', { baths: [toyAttachment({ systemCouplings: [matrix(2, [0, 1, 1, 0]), matrix(2, [0, 1, 1, 0])] })] },
      /`baths\[0\]\.systemCouplings` must have 1 entries, one per coupling operator of the bath, but has 2/],
    ['a coupling of the wrong shape', { baths: [toyAttachment({ systemCouplings: [matrix(3, new Array<number>(9).fill(0))] })] },
      /`baths\[0\]\.systemCouplings\[0\]` must be 2 × 2, but is 3 × 3/],
    ['a coupling that is not Hermitian', { baths: [toyAttachment({ systemCouplings: [matrix(2, [0, 1, 1, 0], [0, 1, 1, 0])] })] },
      /`baths\[0\]\.systemCouplings\[0\]` must be Hermitian, but entry \(1, 0\)/],
    ['a coupling that holds NaN', { baths: [toyAttachment({ systemCouplings: [matrix(2, [0, Number.NaN, 1, 0])] })] },
      /`baths\[0\]\.systemCouplings\[0\]\.re\[1\]` must be finite, but is NaN/],
    ['a capability that is no function', { baths: [toyAttachment({ bath: toyBath({ can: { microscopic: 'levels.h5' as never } }) })] },
      /solve\/capability: `baths\[0\]\.bath\.can\.microscopic` must be a function where the bath has it, but of "toy-bath" \(test .*\) it is a string/],
    ['an ensemble that has no moments', { baths: [toyAttachment({ bath: toyBath({ can: { ensemble: null as never } }) })] },
      /`baths\[0\]\.bath\.can\.ensemble\.secondMoment` must be a function where the bath has it, but of "toy-bath" \(test .*\) it is undefined/],
    ['a bath of another contract', { baths: [toyAttachment({ bath: toyBath({ contract: 7 }) })] },
      /must be 1, the version of the contract in use, but the bath "toy-bath" of test was built for version 7/],
    ['windows that descend', windows({ energies: Float64Array.of(0, 2, 1) }), /`baths\[0\]\.bath\.windows\.energies\[2\]` must exceed the centre before it \(2\)/],
    ['windows that overlap', windows({ energies: Float64Array.of(0, 0.4, 1) }), /energies\[1\]` must lie a width \(0\.5\) above .* overlap/],
    ['a width of zero', windows({ width: 0 }), /`baths\[0\]\.bath\.windows\.width` must be finite and positive, but is 0/],
    ['a volume of zero', windows({ logVolumes: Float64Array.of(1, -Infinity, 1) }), /logVolumes\[1\]` must be finite, but is -Infinity/],
    ['a volume too few', windows({ logVolumes: Float64Array.of(1, 2) }), /logVolumes` must have 3 entries, but has 2/],
    ['a trace of 0.9', product({ system: matrix(2, [0, 0, 0, 0.9]) }), /`initial\.system` must have trace 1, but has 0\.9/],
    ['a state that is not Hermitian', product({ system: matrix(2, [0.5, 0.1, 0.2, 0.5]) }), /`initial\.system` must be Hermitian/],
    ['a state with a negative eigenvalue', product({ system: matrix(2, [0.5, 0.6, 0.6, 0.5]) }), /`initial\.system` must be positive semidefinite/],
    ['a missing bath state', product({ baths: [] }), /`initial\.baths` must have 1 entries, one per bath, but has 0/],
    ['a window that does not exist', product({ baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 0, 0, 1) }] }),
      /`initial\.baths\[0\]\.probabilities` must have 3 entries, but has 4/],
    ['a negative probability', product({ baths: [{ kind: 'windows', probabilities: Float64Array.of(-0.5, 1.5, 0) }] }),
      /`initial\.baths\[0\]\.probabilities\[0\]` must not be negative, but is -0\.5/],
    ['probabilities of sum 1.5', product({ baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 1, 0) }] }),
      /`initial\.baths\[0\]\.probabilities` must have sum 1, but has 1\.5/],
    ['weights of levels that are not known', product({ baths: [{ kind: 'levels', weights: Float64Array.of(1) }] }),
      /`initial\.baths\[0\]` must be a state over windows .* cannot give `microscopic`/],
    ['a temperature that is NaN', product({ baths: [{ kind: 'gibbs', inverseTemperature: Number.NaN }] }),
      /`initial\.baths\[0\]\.inverseTemperature` must be a number, but is NaN/],
    ['conditional states of the wrong length', { initial: { kind: 'conditional', states: { re: new Float64Array(3), im: null }, memoryStart: 0 } },
      /`initial\.states\.re` must have 12 entries, but has 3/],
    ['a conditional block that is not Hermitian', block([0.5, 0.1, 0.2, 0.5]), /`initial\.states` must consist of Hermitian blocks, but block 0/],
    ['a conditional block that is not positive', block([1.2, 0, 0, -0.2]), /must consist of positive semidefinite blocks, but block 0/],
    ['conditional states of trace 2', block([1, 0, 0, 1]), /`initial\.states` must have total trace 1, but has 2/],
    ['memory that begins after the run', block([1, 0, 0, 0], 3), /`initial\.memoryStart` must not lie after the start of the run \(0\), but is 3/],
  ]
  for (const [name, changes, message] of cases) {
    it(`names ${name}`, () => {
      const found = faults(checkProblem(toyProblem(changes)))
      expect(found.some((each) => message.test(each)), found.join('\n')).toBe(true)
    })
  }

  it('names two baths of one label', () => {
    const found = faults(checkProblem(toyProblem({
      baths: [toyAttachment(), toyAttachment()], ...product({ baths: [{ kind: 'gibbs', inverseTemperature: 1 }, { kind: 'gibbs', inverseTemperature: -Infinity }] }),
    })))
    expect(found).toEqual(['solve/label: `baths[1].label` must be unique among the baths, but "left" stands there twice'])
  })

  it('reports every fault at once', () => {
    const found = faults(checkProblem(toyProblem({
      energies: Float64Array.of(0, Number.NaN), times: Float64Array.of(1, 0), ...product({ system: matrix(2, [0, 0, 0, 0.9]) }),
    })))
    expect(found).toHaveLength(3)
  })

  it('accepts ln V < 0 of a density of states, and a complex Hermitian state', () => {
    expect(faults(checkProblem(toyProblem(windows({ logVolumes: Float64Array.of(-3, 0, 1e5) }))))).toEqual([])
    expect(faults(checkProblem(toyProblem(product({ system: matrix(2, [0.5, 0, 0, 0.5], [0, 0.5, -0.5, 0]) }))))).toEqual([])
  })

  it('weighs as many levels as the bath has', () => {
    const microscopic = () => ({
      _tag: 'Right' as const,
      right: { kind: 'local' as const, siteDimensions: [2, 2], hamiltonian: [], couplings: [[]] },
    })
    const changes = (weights: Float64Array): Partial<Problem> =>
      ({ baths: [toyAttachment({ bath: toyBath({ can: { microscopic } }) })], ...product({ baths: [{ kind: 'levels', weights }] }) })
    expect(faults(checkProblem(toyProblem(changes(Float64Array.of(0.5, 0.5, 0, 0)))))).toEqual([])
    expect(faults(checkProblem(toyProblem(changes(Float64Array.of(1)))))[0]).toMatch(/weights` must have 4 entries, but has 1/)
  })

  it('lets a continued run hand over a slightly negative state, never a fresh one', () => {
    expect(faults(checkProblem(toyProblem(block([1.001, 0, 0, -0.001], -5))))).toEqual([])
    expect(faults(checkProblem(toyProblem(block([1.001, 0, 0, -0.001], 0))))).toHaveLength(1)
  })
})
