import { orThrow, succeed } from '@mesobath/contracts'
import type { BathModel, ComplexMatrix, InitialState, Outcome, Problem, RateModel } from '@mesobath/contracts'
import {
  conditionalGenerator, FREQUENCY_GROUPING, gibbsProbabilities, initialConditional, microcanonicalTemperatures, populationGenerator, prepareBaths,
  ratesRecipe, rememberCorrelation, transitionFrequencies, transitionInverseTemperatures, windowLattice,
} from '@mesobath/composition'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, spinCoupling, spinRates, sum, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { transform } from '../../../../test/oracles/dense-master-equation.js'

const codes = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map((each) => each.code) : [])
const two = (): BathModel => toyBath({ energies: [0, 1], width: 0.5, logVolumes: [Math.log(400), Math.log(600)] })

describe('transitionFrequencies', () => {
  it('groups equal gaps, degenerate levels into ω = 0, and mirrors ω and −ω exactly', () => {
    const groups = transitionFrequencies(Float64Array.of(0, 1, 2, 2))
    expect(groups.map((group) => group.frequency)).toEqual([-2, -1, 0, 1, 2])
    expect(groups.map((group) => group.pairs.length / 2)).toEqual([2, 3, 6, 3, 2])
    const uniform = parkMiller(9)
    const random = transitionFrequencies(Float64Array.from({ length: 7 }, () => 10 * uniform()))
    random.forEach((group, i) => {
      const mirror = random[random.length - 1 - i]!
      expect(mirror.frequency).toBe(-group.frequency + 0)
      if (group.frequency !== 0) group.pairs.forEach((level, j) => expect(mirror.pairs[j ^ 1]).toBe(level))
    })
    expect(random.reduce((count, group) => count + group.pairs.length / 2, 0)).toBe(49)
  })

  it('joins gaps within the grouping, keeps those outside it, whatever the common shift', () => {
    for (const shift of [0, 1e6]) {
      const count = (gap: number): number => transitionFrequencies(Float64Array.of(0, 1, 2 + gap).map((e) => e + shift)).length
      expect(count(0.3 * FREQUENCY_GROUPING)).toBe(5)
      expect(count(1e-6)).toBe(7)
    }
  })

  it('of one level, or of equal levels, is ω = 0 alone', () => {
    expect(transitionFrequencies(Float64Array.of(3))).toEqual([{ frequency: 0, pairs: Int32Array.of(0, 0) }])
    expect(transitionFrequencies(Float64Array.of(0, 0)).map((group) => group.pairs.length)).toEqual([8])
  })
})

describe('windowLattice', () => {
  it('has the last bath fastest', () => {
    const long = toyBath({ energies: [0, 1, 2], width: 1, logVolumes: [1, 2, 3] })
    const lattice = windowLattice(makeProblem([0, 1], [attach('a', two(), 1, [spinCoupling]), attach('b', long, 1, [spinCoupling])]))
    expect(lattice).toMatchObject({ dimension: 2, size: 6, counts: Int32Array.of(2, 3), strides: Int32Array.of(3, 1) })
  })
})

describe('prepareBaths', () => {
  it('reports every fault at once', () => {
    const needy: RateModel = { ...spinRates(), needs: ['ensemble'] }
    const problem = makeProblem([0, 1], [
      attach('old', { ...two(), contract: 0 }, 1, [spinCoupling]),
      attach('few', two(), 1, []),
      attach('large', two(), 1, [matrix([[1]])]),
      attach('needy', two(), 1, [spinCoupling]),
      attach('bare', two(), 1, [spinCoupling]),
    ])
    const outcome = prepareBaths(problem, { old: spinRates(), few: spinRates(), large: spinRates(), needy, stray: spinRates() })
    expect(codes(outcome)).toEqual([
      'composition/unknown-bath', 'composition/wrong-contract', 'composition/couplings-mismatch', 'composition/couplings-mismatch',
      'composition/missing-capability', 'composition/missing-rates',
    ])
    if (outcome._tag === 'Left') outcome.left.forEach((each) => expect(each.message).toMatch(/must .*but/))
  })

  it('keeps the recipe of a choice of rate models', () => {
    expect(ratesRecipe(spinRates())).toEqual({ model: 'toy-random-matrix' })
    expect(ratesRecipe({ a: spinRates() })).toEqual({ baths: { a: { model: 'toy-random-matrix' } } })
    expect(ratesRecipe({ a: { ...spinRates(), recipe: null } })).toBeNull()
  })
})

describe('initialConditional', () => {
  const problem = (initial: InitialState, bath = two()): Problem => makeProblem([0, 1], [attach('bath', bath, 1, [spinCoupling])], initial, [3, 4])
  const up = matrix([[0, 0], [0, 1]])

  it('multiplies ρ_S by p(E), coherences kept', () => {
    const plus = matrix([[0.5, [0, -0.5]], [[0, 0.5], 0.5]])
    const start = orThrow(initialConditional(problem({ kind: 'product', system: plus, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.25, 0.75) }] })))
    expect(Array.from(start.states.re)).toEqual([0.125, 0, 0, 0.125, 0.375, 0, 0, 0.375])
    expect(Array.from(start.states.im)).toEqual([0, -0.125, 0.125, 0, 0, -0.375, 0.375, 0])
    expect(start.memoryStart).toBe(3)
    expect(start.findings).toEqual([])
  })

  it('has Gibbs states at β = 0, β < 0, β = ±∞, and for log volumes that no double holds', () => {
    const large = { energies: Float64Array.of(0, 1, 2), width: 1, logVolumes: Float64Array.of(1e5, 1e5 + 1, 1e5 + 2) }
    expect(sum(gibbsProbabilities(large, 0.3))).toBeCloseTo(1, 10)
    gibbsProbabilities(large, 1).forEach((p) => expect(p).toBeCloseTo(1 / 3, 9))
    expect(gibbsProbabilities(two().windows, 0)[1]).toBeCloseTo(0.6, 14)
    expect(gibbsProbabilities(two().windows, -1)[1]).toBeCloseTo((600 * Math.E) / (400 + 600 * Math.E), 14)
    expect(Array.from(gibbsProbabilities(large, Infinity))).toEqual([1, 0, 0])
    expect(Array.from(gibbsProbabilities(large, -Infinity))).toEqual([0, 0, 1])
  })

  it('drops what a part-filled window has beyond p(E), and says so with its size', () => {
    const window = Int32Array.of(0, 0, 0, 0, 1, 1)
    const bath: BathModel = {
      ...toyBath({ energies: [0, 1], width: 0.5, logVolumes: [Math.log(4), Math.log(2)] }),
      can: { microscopic: () => succeed({ kind: 'spectral', levels: Float64Array.of(-0.2, -0.1, 0.1, 0.2, 0.9, 1), window, real: true, block: () => false }) },
    }
    const half = orThrow(initialConditional(problem({ kind: 'product', system: up, baths: [{ kind: 'levels', weights: Float64Array.of(0.5, 0.5, 0, 0, 0, 0) }] }, bath)))
    expect(Array.from(half.states.re)).toEqual([0, 0, 0, 1, 0, 0, 0, 0])
    expect(half.findings).toMatchObject([{ code: 'composition/uneven-filling', value: 0.5, verdict: 'doubt' }])
    const even = orThrow(initialConditional(problem({ kind: 'product', system: up, baths: [{ kind: 'levels', weights: Float64Array.of(0, 0, 0, 0, 0.5, 0.5) }] }, bath)))
    expect(even.findings).toMatchObject([{ value: 0, verdict: 'trust' }])
  })

  it('takes a conditional state with its memory', () => {
    const states = { re: Float64Array.of(0, 0, 0, 0.5, 0.5, 0, 0, 0), im: null }
    const start = orThrow(initialConditional(problem({ kind: 'conditional', states, memoryStart: -7 })))
    expect(Array.from(start.states.re)).toEqual(Array.from(states.re))
    expect(start.memoryStart).toBe(-7)
  })

  it('returns shapes and states that do not fit as issues', () => {
    expect(codes(initialConditional(problem({ kind: 'conditional', states: { re: new Float64Array(3), im: null }, memoryStart: 0 })))).toEqual(['composition/state-shape'])
    expect(codes(initialConditional(problem({ kind: 'product', system: matrix([[1]]), baths: [] })))).toEqual(['composition/state-shape', 'composition/state-shape'])
    expect(codes(initialConditional(problem({ kind: 'product', system: up, baths: [{ kind: 'levels', weights: new Float64Array(1000) }] })))).toEqual(['composition/levels-unknown'])
    expect(codes(initialConditional(problem({ kind: 'product', system: up, baths: [{ kind: 'gibbs', inverseTemperature: NaN }] })))).toEqual(['composition/inverse-temperature'])
  })
})

describe('[Eq. 37] microcanonical temperatures', () => {
  it('are central differences, one-sided at the edges, negative where volumes fall', () => {
    const windows = { energies: Float64Array.of(0, 1, 2, 3), width: 1, logVolumes: Float64Array.of(0, 2, 3, 1) }
    expect(Array.from(microcanonicalTemperatures(windows))).toEqual([2, 1.5, -0.5, -2])
    expect(microcanonicalTemperatures({ energies: Float64Array.of(0), width: 1, logVolumes: Float64Array.of(1) })[0]).toBeNaN()
    // Volumes 600 and 400: population inversion belongs to a negative temperature.
    expect(microcanonicalTemperatures({ ...two().windows, logVolumes: Float64Array.of(Math.log(600), Math.log(400)) })[0]).toBeCloseTo(Math.log(2 / 3), 14)
  })

  it('per transition are [S(E + ω) − S(E)]/ω', () => {
    const windows = { energies: Float64Array.of(0, 1, 2, 3), width: 1, logVolumes: Float64Array.of(0, 2, 3, 1) }
    expect(Array.from(transitionInverseTemperatures(windows, 2))).toEqual([1.5, -0.5, NaN, NaN])
    expect(Array.from(transitionInverseTemperatures(windows, -1))).toEqual([NaN, 2, 1, -2])
    expect(Array.from(transitionInverseTemperatures(windows, 1.5)).slice(0, 2)).toEqual([2.5 / 1.5, 0])
  })
})

const strengthsOf = (problem: Problem): Float64Array => Float64Array.from(problem.baths, (bath) => bath.strength)

describe('what a rate model may do wrong', () => {
  const problem = makeProblem([0, 1], [attach('bath', two(), 1, [spinCoupling])])
  const generators = (rates: RateModel, bath: BathModel = two()): readonly (readonly string[])[] => {
    const there = { ...problem, baths: [attach('bath', bath, 1, [spinCoupling])] }
    const baths = orThrow(prepareBaths(there, rates))
    return [populationGenerator, conditionalGenerator].map((make) => codes(make(windowLattice(there), baths, there.energies, strengthsOf(there))))
  }

  it('NaN, negative and overflowing rates are issues', () => {
    expect(generators(toyRates(() => ({ re: [NaN], im: [0] })))).toEqual([['composition/rates-not-finite'], ['composition/rates-not-finite']])
    expect(generators(toyRates(() => ({ re: [-1], im: [0] })))).toEqual([['composition/rates-not-positive'], ['composition/rates-not-positive']])
    const steep = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [0, 3000] })
    expect(generators(toyRates(() => ({ re: [1], im: [0] })), steep)).toEqual([['composition/rate-overflow'], ['composition/rate-overflow']])
  })

  it('a rate beyond e^709 counts as long as the product fits', () => {
    const steep = toyBath({ energies: [0, 1], width: 0.5, logVolumes: [0, 1500] })
    expect(generators(toyRates(() => ({ re: [1e-300], im: [0] })), steep)).toEqual([[], []])
  })

  it('a Lamb shift that overflows stops only the path that needs it', () => {
    const steep = toyBath({ energies: [0, 1, 2, 3, 4, 5], width: 0.5, logVolumes: [0, 400, 800, 1200, 1600, 2000] })
    expect(generators(toyRates(() => ({ re: [1], im: [0] })), steep)).toEqual([[], ['composition/lamb-shift-overflow']])
  })

  it('no limit t → ∞ is an issue that names the model', () => {
    const rates = toyRates(() => ({ re: [1], im: [0] }), { kind: 'own', bandwidth: 1, stationary: false })
    const outcome = populationGenerator(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, Float64Array.of(1))
    expect(codes(outcome)).toEqual(['composition/no-markov-limit'])
    if (outcome._tag === 'Left') expect(outcome.left[0].message).toContain('toy-rates')
  })
})

describe('own line shapes', () => {
  const uniform = parkMiller(8)
  const kappa = positiveKappa(2, 4, uniform)
  const bath = toyBath({ energies: [0, 0.5, 1, 1.5], width: 0.5, logVolumes: [1, 2, 2.5, 1.2], couplings: 2 })
  const couplings: readonly ComplexMatrix[] = [hermitian(3, uniform), hermitian(3, uniform)]
  const problem = makeProblem([0, 0.6, 1.3], [attach('bath', bath, 0.3, couplings)])
  let calls = 0
  const own = toyRates(kappa, { kind: 'own', bandwidth: 2, stationary: true }, (request, out) => {
    calls += 1
    request.to.forEach((to, row) => {
      const from = request.from[row]!
      const [re, im] = transform(request.frequency[row]! + bath.windows.energies[from]! - bath.windows.energies[to]!, 0.5)
      const entries = kappa(Math.max(to, from), Math.min(to, from))
      const sign = to >= from ? 1 : -1
      for (let i = 0; i < 4; i += 1) {
        out.re[row * 4 + i] = re * entries.re[i]! - im * sign * entries.im[i]!
        out.im[row * 4 + i] = im * entries.re[i]! + re * sign * entries.im[i]!
      }
    })
  })

  const derivative = (rates: RateModel): Float64Array => {
    const generator = orThrow(conditionalGenerator(windowLattice(problem), orThrow(prepareBaths(problem, rates)), problem.energies, strengthsOf(problem)))
    const random = parkMiller(77)
    const out = new Float64Array(generator.dimension)
    generator.apply(Float64Array.from({ length: generator.dimension }, random), out)
    return out
  }

  it('give the generator of the flat window where their transform is the flat window\'s', () => {
    const flat = derivative(toyRates(kappa))
    const tabulated = derivative(own)
    expect(calls).toBeGreaterThan(0)
    expect(Math.max(...flat.map((x, i) => Math.abs(x - tabulated[i]!)))).toBeLessThan(1e-12 * Math.max(...flat.map(Math.abs)))
  })

  it('are asked once: a remembered correlation answers from its tables', () => {
    const [prepared] = orThrow(prepareBaths(problem, own))
    const remembered = rememberCorrelation(prepared!)
    const lattice = windowLattice(problem)
    const build = () => orThrow(conditionalGenerator(lattice, [remembered], problem.energies, Float64Array.of(0.3)))
    const first = build()
    const before = calls
    const second = build()
    expect(calls).toBe(before)
    const state = Float64Array.from({ length: first.dimension }, parkMiller(5))
    const a = new Float64Array(first.dimension)
    const b = new Float64Array(first.dimension)
    first.apply(state, a)
    second.apply(state, b)
    expect(b).toEqual(a)
  })
})
