import { describe, expect, it } from 'vitest'
import { diagonaliseBath, spinChainBath } from '@mesobath/baths'
import { orThrow, succeed } from '@mesobath/contracts'
import type { BathModel, BathState, Drive, LocalBath, Problem } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'

const bath = orThrow(spinChainBath({ spins: 5, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 3, edge: 0.2 }))
const even: BathState = { kind: 'windows', probabilities: bath.windows.energies.map((energy) => (energy === 0 ? 1 : 0)) }

/** A chain of any length of which nothing but its terms is known. */
const localOf = (spins: number): BathModel => ({
  ...bath, windows: { energies: Float64Array.of(0), width: 100, logVolumes: Float64Array.of(spins * Math.LN2) }, meanCouplings: [Float64Array.of(0)],
  can: { microscopic: () => succeed({ kind: 'local', siteDimensions: new Array<number>(spins).fill(2), hamiltonian: [{ sites: [0], operator: complexMatrix(2, 2, [1, 0, 0, -1]) }], couplings: [[{ sites: [0], operator: complexMatrix(2, 2, [0, 1, 1, 0]) }]] }) },
})

const problemOf = (state: BathState = even, model: BathModel = bath, drive: Drive | null = null): Problem => ({
  energies: Float64Array.of(0, 3),
  baths: [{ label: 'chain', bath: model, strength: 0.3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [state] },
  times: Float64Array.of(0, 1, 2),
  drive,
})
const faults = async (problem: Problem, options: Parameters<typeof exact>[0] = {}): Promise<string[]> => {
  const outcome = await solve(problem, exact(options))
  return outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : []
}

describe('exact evolution with a bath of local terms refuses', () => {
  it('a start by levels, which are not known', async () => {
    expect(await faults(problemOf({ kind: 'levels', weights: new Float64Array(32).fill(1 / 32) }))).toContain('integrator-exact/local-levels')
  })

  it('samplings that are none, and the mutual information', async () => {
    expect(await faults(problemOf(), { sampling: { vectors: 0, seed: -1 } })).toEqual(['integrator-exact/sampling', 'integrator-exact/sampling'])
    expect(await faults(problemOf(), { mutualInformation: true })).toEqual(['integrator-exact/mutual-information'])
  })

  it('several windows that nothing tells apart', async () => {
    const { filter: _filter, ...bare } = orThrow(bath.can.microscopic!()) as LocalBath
    expect(await faults(problemOf(even, { ...bath, can: { microscopic: () => succeed(bare) } }))).toEqual(['integrator-exact/local-filter'])
  })

  it('a state that is not positive', async () => {
    const problem = problemOf()
    const initial = { ...problem.initial, system: complexMatrix(2, 2, [0.5, 0.9, 0.9, 0.5]) } as Problem['initial']
    const codes = await faults({ ...problem, initial })
    expect(codes.length).toBeGreaterThan(0)
  })

  it('a bath by levels beside one of local terms, and says how to make levels of the other', async () => {
    const levels = orThrow(await diagonaliseBath(bath))
    const mixed = { ...problemOf(), baths: [{ ...problemOf().baths[0], label: 'levels', bath: levels }, problemOf().baths[0]] }
    const outcome = await solve({ ...mixed, initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [even, even] } }, exact())
    expect(outcome._tag === 'Left' && outcome.left.map(({ code, path, message }) => [code, path, message.includes('diagonaliseBath')]))
      .toEqual([['integrator-exact/local-bath', ['baths', 1, 'bath'], true]])
  })

  it('two baths whose joint states no index counts, and starts of one that are none, all at once', () => {
    const long = localOf(16)
    const joined = problemOf(even, long)
    const both: Problem = {
      ...joined, baths: [joined.baths[0], { ...joined.baths[0], label: 'other' }],
      initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [even, { kind: 'levels', weights: Float64Array.of(1) }] },
    }
    const outcome = exact().estimate(both, {})
    expect(outcome._tag === 'Left' && outcome.left.map(({ code }) => code)).toEqual(['integrator-exact/memory', 'integrator-exact/local-levels'])
  })

  it('more than the host has, from an estimate that is right to a fifth', async () => {
    const algorithm = exact({ sampling: { vectors: 3 } })
    const { bytes, jointStates } = orThrow(algorithm.estimate(problemOf(), {}))
    expect(jointStates).toBe(64)
    // Three vectors and their room, of two levels each: 3·2 + 6 vectors of 32 complex numbers, and the diagonal of H.
    expect(bytes).toBe(8 * 32 * (2 * 12 + 2))
    // Of a smooth drive, nine Taylor vectors of two levels each besides.
    const smooth: Drive = { recipe: null, segments: (from, to) => [{ from, to, constant: false, energies: (_time, out) => { out.set([0, 3]) }, strengths: (_time, out) => { out.fill(0.3) } }] }
    expect(orThrow(algorithm.estimate(problemOf(even, bath, smooth), {})).bytes).toBe(8 * 32 * (2 * (12 + 18) + 2))
    // Of two baths, V_ν Ψ of the second, and one set of Ψ and both V_ν Ψ for each window of the first; H, H_1, H_2 and two couplings.
    const twice: Problem = { ...problemOf(), baths: [problemOf().baths[0], { ...problemOf().baths[0], label: 'other' }], initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [even, even] } }
    const windows = bath.windows.energies.length
    expect(orThrow(algorithm.estimate(twice, {})).bytes).toBe(8 * 1024 * (2 * (12 + 2 + 6 * windows) + 5))
    expect(await solve(problemOf(), algorithm, { host: { memoryLimit: bytes / 2 } })).toMatchObject({ _tag: 'Left' })
  })
})

describe('exact evolution with a bath of local terms', () => {
  it('runs with one window that holds everything, without a filter', async () => {
    const { filter: _filter, ...bare } = orThrow(bath.can.microscopic!()) as LocalBath
    const whole: BathModel = {
      ...bath, windows: { energies: Float64Array.of(0), width: 100, logVolumes: Float64Array.of(Math.log(32)) }, meanCouplings: [Float64Array.of(0)],
      can: { microscopic: () => succeed(bare) },
    }
    const run = orThrow(await solve(problemOf({ kind: 'windows', probabilities: Float64Array.of(1) }, whole), exact({ sampling: { vectors: 8 } })))
    expect(run.status).toBe('ok')
    expect(run.populations!.slice(0, 2)).toEqual(Float64Array.of(0, run.populations![1]))
    expect(run.populations![1]).toBeCloseTo(1, 12)
    const thermal = orThrow(await solve(problemOf({ kind: 'gibbs', inverseTemperature: 0.5 }, whole), exact()))
    expect(thermal.scalars['bathEnergy/chain'][0]).toBeLessThan(-1)
  })

  it('hears a signal in the middle of a step or of a reading, and goes on to the same end', async () => {
    const long = orThrow(spinChainBath({ spins: 12, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 4, edge: 0.06, vectors: 1 }))
    const problem = { ...problemOf({ kind: 'windows', probabilities: long.windows.energies.map((energy) => (energy === 0 ? 1 : 0)) }, long), times: Float64Array.of(0, 12) }
    const segment = { from: 0, to: 12, constant: true, energies: (_time: number, out: Float64Array) => { out.set([0, 3]) }, strengths: (_time: number, out: Float64Array) => { out.set([0.3]) } }
    let breaths = 0
    const stepperOf = async () => {
      const made = orThrow(await exact({ sampling: { vectors: 2 } }).prepare(problem, { breathe: async () => { breaths += 1 } }, 1e-10))
      orThrow(made.enter(segment))
      return made
    }
    const whole = await stepperOf()
    breaths = 0
    orThrow(await whole.advance(10))
    const all = breaths
    expect(all).toBeGreaterThan(3)
    for (let after = 0; after < all; after += Math.max(1, all >> 2)) {
      const stepper = await stepperOf()
      const start = stepper.sample('after').populations.slice()
      breaths = 0
      expect(orThrow(await stepper.advance(12, { get aborted() { return breaths > after } }))).toBe('cancelled')
      expect(stepper.time).toBe(0)
      expect(stepper.sample('after').populations).toEqual(start)
      // Some columns stand at 12 by now, and go back.
      expect(orThrow(await stepper.advance(10))).toBe('ok')
      stepper.sample('after').populations.forEach((p, at) => expect(Math.abs(p - whole.sample('after').populations[at])).toBeLessThan(1e-10))
    }
  })

  it('hears a signal: nothing is lost, and the run says that it was cancelled', async () => {
    let breaths = 0
    const signal = { get aborted() { return breaths > 2 } }
    const long = orThrow(spinChainBath({ spins: 12, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 60, edge: 0.2, vectors: 1 }))
    const begun = performance.now()
    const run = orThrow(await solve({ ...problemOf({ kind: 'windows', probabilities: Float64Array.of(1) }, long), times: Float64Array.of(0, 2000) }, exact(), {
      signal, host: { breathe: async () => { breaths += 1 } },
    }))
    expect(run.status).toBe('cancelled')
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})
