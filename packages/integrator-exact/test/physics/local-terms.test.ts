import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { diagonaliseBath, localTermsBath, spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { Algorithm, BathModel, BathState, Drive, LocalBath, LocalTerm, Problem, Trajectory } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { denseTerms } from '../../../kernels/test/oracles/kronecker.js'
import { localEvolution } from '../../src/internal/local/local-evolution.js'
import { localModel } from '../../src/internal/local/local-model.js'
import { localMeter } from '../../src/internal/local/local-reading.js'
import { openLocalShop } from '../../src/internal/local/local-shop.js'
import { makePace } from '../../src/internal/pace.js'
import { dagger, kron, plus, propagator, scaled, times as product } from '../oracles/dense-evolution.js'
import type { Complex } from '../oracles/dense-evolution.js'
import { softWindows } from '../oracles/soft-windows.js'

const chain = { bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: 'x' as const }] }
const SIGMA_X = complexMatrix(2, 2, [0, 1, 1, 0])
const EXCITED = complexMatrix(2, 2, [0, 0, 0, 1])

const problemOf = (bath: BathModel, state: BathState | null, more: Partial<Problem> = {}): Problem => ({
  energies: Float64Array.of(0, 4),
  baths: [{ label: 'chain', bath, strength: 0.4, systemCouplings: bath.couplings === 1 ? [SIGMA_X] : [SIGMA_X, complexMatrix(2, 2, [0, 0, 0, 0], [0, -1, 1, 0])] }],
  initial: { kind: 'product', system: EXCITED, baths: [state ?? { kind: 'gibbs', inverseTemperature: 0 }] },
  times: Float64Array.of(0, 1, 2.5, 6),
  drive: null,
  ...more,
})
const run = async (problem: Problem, algorithm: Algorithm): Promise<Trajectory> => orThrow(await solve(problem, algorithm, { save: 'states' }))

const dense = (dimensions: readonly number[], terms: readonly LocalTerm[]): Complex => denseTerms(dimensions, terms)
const ones = (size: number): Complex => ({ re: Matrix.eye(size, size), im: Matrix.zeros(size, size) })
const ofMatrix = (matrix: typeof SIGMA_X): Complex => ({
  re: Matrix.from1DArray(matrix.rows, matrix.columns, matrix.re), im: Matrix.from1DArray(matrix.rows, matrix.columns, matrix.im ?? new Float64Array(matrix.re.length)),
})

describe('a system and a chain, from one pure vector', () => {
  const terms: LocalTerm[] = [
    ...[0, 1, 2, 3].map((site) => ({ sites: [site, site + 1], operator: complexMatrix(4, 4, [1, 0, 0, 0, 0, -1, 0.6, 0, 0, 0.6, -1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0.4, 0, 0, -0.4, 0, 0, 0, 0, 0, 0]) })),
    ...[0, 1, 2, 3, 4].map((site) => ({ sites: [site], operator: complexMatrix(2, 2, [0.5, 1.05, 1.05, -0.5]) })),
  ]
  const couplings = [[{ sites: [0], operator: SIGMA_X }, { sites: [1], operator: complexMatrix(2, 2, [0.2, 0, 0, -0.2]) }], [{ sites: [2], operator: complexMatrix(2, 2, [0, 0, 0, 0], [0, -1, 1, 0]) }]]
  const energies = Float64Array.of(0, 1.5, 2.2)
  const systemCouplings = [complexMatrix(3, 3, [0, 1, 0, 1, 0, 0.5, 0, 0.5, 0.3]), complexMatrix(3, 3, [0.1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, -0.7, 0, 0, 0, 0.7, 0, 0])]
  const bath = orThrow(localTermsBath({ sites: 5, terms, couplings, windowWidth: 3, edge: 0.1 }))
  const local = orThrow(bath.can.microscopic!()) as LocalBath
  const problem: Problem = { energies, baths: [{ label: 'chain', bath, strength: 0.4, systemCouplings }], initial: { kind: 'conditional', states: { re: new Float64Array(0), im: null }, memoryStart: 0 }, times: Float64Array.of(0, 7), drive: null }

  const sizes = [2, 2, 2, 2, 2]
  const states = 32
  const bathH = dense(sizes, terms)
  const coupled = couplings.reduce((sum, each, at) => plus(sum, scaled(kron(ofMatrix(systemCouplings[at]), dense(sizes, each)), 0.4)),
    { re: Matrix.zeros(96, 96), im: Matrix.zeros(96, 96) })
  const whole = (levels: ArrayLike<number>): Complex => plus(plus(kron({ re: Matrix.diag(Array.from(levels)), im: Matrix.zeros(3, 3) }, ones(states)), kron(ones(3), bathH)), coupled)
  const vector: Complex = { re: Matrix.zeros(96, 1), im: Matrix.zeros(96, 1) }
  for (let i = 0; i < 96; i += 1) {
    vector.re.set(i, 0, Math.sin(3 + i * i) / 8)
    vector.im.set(i, 0, Math.cos(5 * i) / 9)
  }
  it('moves as the whole matrix says and reads ρ_S(E) and its rates off it, to 1e-9, through a quench', async () => {
    const model = orThrow(localModel(problem, [local]))
    const shop = (await openLocalShop(model, 1, false, makePace({})))!
    for (let k = 0; k < 3; k += 1) {
      for (let i = 0; i < states; i += 1) {
        shop.workspace.vector(k).re[i] = vector.re.get(k * states + i, 0)
        shop.workspace.vector(k).im[i] = vector.im.get(k * states + i, 0)
      }
    }
    const pace = makePace({})
    const evolution = localEvolution(shop, 1e-13)
    const meter = localMeter(shop, 1)
    const projectors = softWindows(bathH, bath.windows.energies, 3, bath.report.filter)
    let state = vector
    for (const [levels, duration] of [[energies, 7], [Float64Array.of(0.4, 0.9, 2.9), 40]] as const) {
      expect(await evolution.move(0, duration, { energies: levels, strengths: Float64Array.of(0.4) }, pace)).toBe(true)
      state = product(propagator(whole(levels))(duration), state)
      const driven = product(whole(levels), state)
      expect(await meter.read(pace)).toBe(true)
      const { populations, re, im, norm, bathEnergies: [bathEnergy], unitInteractions: [unitInteraction], unitRates: [unitRates] } = meter.reading
      projectors.forEach((projector, window) => {
        for (let k = 0; k < 3; k += 1) {
          for (let q = 0; q < 3; q += 1) {
            const part = (at: number): Complex => ({ re: state.re.subMatrix(at * states, (at + 1) * states - 1, 0, 0), im: state.im.subMatrix(at * states, (at + 1) * states - 1, 0, 0) })
            const value = product(dagger(part(q)), product(projector, part(k)))
            expect(Math.abs(re[(window * 3 + k) * 3 + q] - value.re.get(0, 0))).toBeLessThan(1e-9)
            expect(Math.abs(im[(window * 3 + k) * 3 + q] - value.im.get(0, 0))).toBeLessThan(1e-9)
            if (k !== q) continue
            const at = k * projectors.length + window
            expect(populations[at]).toBe(re[(window * 3 + k) * 3 + k])
            // −i⟨[Π_E |k⟩⟨k|, H]⟩ of the whole H, not of the interaction.
            const flow = product(dagger(part(k)), product(projector, { re: driven.re.subMatrix(k * states, (k + 1) * states - 1, 0, 0), im: driven.im.subMatrix(k * states, (k + 1) * states - 1, 0, 0) }))
            expect(Math.abs(0.4 * unitRates[at] - 2 * flow.im.get(0, 0))).toBeLessThan(1e-9)
          }
        }
      })
      const mean = (h: Complex): number => product(dagger(state), product(h, state)).re.get(0, 0)
      expect(Math.abs(norm - mean(ones(96)))).toBeLessThan(1e-9)
      expect(Math.abs(bathEnergy - mean(kron(ones(3), bathH)))).toBeLessThan(1e-9)
      expect(Math.abs(0.4 * unitInteraction - mean(coupled))).toBeLessThan(1e-9)
    }
  })
})

describe('random vectors for the mixture', () => {
  const all = { kind: 'windows', probabilities: Float64Array.of(1) } as const
  const seven = orThrow(spinChainBath({ ...chain, spins: 7, windowWidth: 80, edge: 0.2, vectors: 1 }))

  it('err as told: the spread of forty seeds lies within the error bar, and their mean at the truth', async () => {
    const truth = await run(problemOf(orThrow(await diagonaliseBath(seven)), all), exact())
    const runs = await Promise.all(Array.from({ length: 40 }, async (_, seed) => run(problemOf(seven, all), exact({ sampling: { vectors: 1, seed } }))))
    const told = runs[0].scalars['samplingError'][0]
    // One vector of 128 states: 1/√128.
    expect(told).toBeGreaterThan(0.087)
    expect(told).toBeLessThan(0.09)
    for (let row = 1; row < truth.times.length; row += 1) {
      const off = runs.map(({ populations }) => populations![2 * row + 1] - truth.populations![2 * row + 1])
      const spread = Math.sqrt(off.reduce((sum, each) => sum + each * each, 0) / off.length)
      expect(spread).toBeLessThan(1.2 * told)
      expect(spread).toBeGreaterThan(0.02 * told)
      expect(Math.abs(off.reduce((sum, each) => sum + each, 0) / off.length)).toBeLessThan((4 * told) / Math.sqrt(40))
    }
  })

  it('fall together with their number, and are the same for one seed', async () => {
    const [one, again, other, many] = await Promise.all([[1, 3], [1, 3], [1, 4], [16, 3]].map(async ([vectors, seed]) =>
      run(problemOf(seven, all), exact({ sampling: { vectors, seed } }))))
    expect(again.populations).toEqual(one.populations)
    expect(other.populations).not.toEqual(one.populations)
    expect(many.scalars['samplingError'][0]).toBeCloseTo(one.scalars['samplingError'][0] / 4, 12)
    expect(one.frame.backend).toBe('local-wasm-simd')
  })

  it('are as many as the error asked for takes', async () => {
    const narrow = orThrow(spinChainBath({ ...chain, spins: 7, windowWidth: 4, edge: 0.02, vectors: 8 }))
    const thermal: BathState = { kind: 'gibbs', inverseTemperature: 0.1 }
    const middle: BathState = { kind: 'windows', probabilities: narrow.windows.energies.map((energy) => (Math.abs(energy) < 1e-9 ? 1 : 0)) }
    for (const state of [thermal, middle]) {
      const error = (await run(problemOf(narrow, state), exact({ sampling: { targetError: 0.03 } }))).scalars['samplingError'][0]
      expect(error).toBeLessThan(0.031)
      expect(error).toBeGreaterThan(0.02)
    }
  })

  it('of one window agree with its levels, to the error bar and what leaks over the edges', async () => {
    const bath = orThrow(spinChainBath({ ...chain, spins: 8, windowWidth: 2, edge: 0.02, vectors: 8 }))
    const levels = orThrow(await diagonaliseBath(bath))
    const at = (each: BathModel): BathState => ({ kind: 'windows', probabilities: each.windows.energies.map((energy) => (Math.abs(energy) < 1e-9 ? 1 : 0)) })
    const truth = await run(problemOf(levels, at(levels)), exact())
    const found = await run(problemOf(bath, at(bath)), exact({ sampling: { vectors: 40, seed: 1 } }))
    const bound = 4 * found.scalars['samplingError'][0] + 2 * bath.report.leakedWeights[bath.windows.energies.indexOf(0)]
    expect(bound).toBeLessThan(0.2)
    const sumOver = ({ populations }: Trajectory, windows: number, row: number, level: number, energy: number | null, bathOf: BathModel): number => {
      let sum = 0
      for (let window = 0; window < windows; window += 1) {
        if (energy === null || Math.abs(bathOf.windows.energies[window] - energy) < 1e-9) sum += populations![(row * 2 + level) * windows + window]
      }
      return sum
    }
    for (let row = 0; row < truth.times.length; row += 1) {
      for (const energy of [null, 0, 4, -2]) {
        for (const level of [0, 1]) {
          const a = sumOver(truth, levels.windows.energies.length, row, level, energy, levels)
          const b = sumOver(found, bath.windows.energies.length, row, level, energy, bath)
          expect(Math.abs(a - b)).toBeLessThan(bound)
        }
      }
    }
    // The start itself: all in its window but for the leak.
    expect(sumOver(found, bath.windows.energies.length, 0, 1, 0, bath)).toBeGreaterThan(1 - 2 * bath.report.leakedWeights[bath.windows.energies.indexOf(0)])
  })

  it('of a thermal and of a correlated start agree with levels', async () => {
    const bath = orThrow(spinChainBath({ ...chain, spins: 7, windowWidth: 4, edge: 0.02, vectors: 16 }))
    const levels = orThrow(await diagonaliseBath(bath))
    const centresOf = (each: BathModel): readonly number[] => Array.from(each.windows.energies)
    const correlated = (each: BathModel): Problem => {
      const windows = centresOf(each).length
      const re = new Float64Array(4 * windows)
      const im = new Float64Array(4 * windows)
      centresOf(each).forEach((energy, window) => {
        if (Math.abs(energy) < 1e-9) re.set([0.3, 0.1, 0.1, 0.2], 4 * window)
        if (Math.abs(energy - 4) < 1e-9) {
          re.set([0.25, 0.05, 0.05, 0.25], 4 * window)
          im.set([0, -0.1, 0.1, 0], 4 * window)
        }
      })
      return problemOf(each, null, { initial: { kind: 'conditional', states: { re, im }, memoryStart: 0 } })
    }
    const makers: readonly ((each: BathModel) => Problem)[] = [(each) => problemOf(each, { kind: 'gibbs', inverseTemperature: 0.3 }), (each) => problemOf(each, { kind: 'gibbs', inverseTemperature: -0.2 }), correlated]
    for (const make of makers) {
      const truth = await run(make(levels), exact())
      const found = await run(make(bath), exact({ sampling: { vectors: 32, seed: 2 } }))
      const bound = 4 * found.scalars['samplingError'][0] + 0.03
      expect(bound).toBeLessThan(0.2)
      const system = ({ systemStates }: Trajectory): number[] => [...systemStates!.re, ...(systemStates!.im ?? new Float64Array(systemStates!.re.length))]
      const [a, b] = [system(truth), system(found)]
      a.forEach((value, at) => expect(Math.abs(b[at] - value)).toBeLessThan(bound))
      expect(Math.abs(truth.scalars['bathEnergy/chain'][0] - found.scalars['bathEnergy/chain'][0])).toBeLessThan(20 * bound)
      expect(found.scalars['norm'][0]).toBeCloseTo(1, 12)
    }
  })
})

describe('drives and books of a chain', () => {
  const bath = orThrow(spinChainBath({ ...chain, spins: 6, windowWidth: 60, edge: 0.2, vectors: 1 }))
  const all = { kind: 'windows', probabilities: Float64Array.of(1) } as const
  const steps = (...levels: readonly (readonly [number, number])[]): Drive => ({
    recipe: null,
    segments: (from, to) => levels.map(([begin, gap], at) => ({
      from: Math.max(from, begin), to: Math.min(to, levels[at + 1]?.[0] ?? to), constant: true,
      energies: (_time: number, out: Float64Array) => { out.set([0, gap]) }, strengths: (_time: number, out: Float64Array) => { out.set([at === 1 ? 0.7 : 0.4]) },
    })),
  })

  it('[Eq. 47] close: energy gained is work done, at quenches of gap and coupling', async () => {
    const found = await run(problemOf(bath, all, { drive: steps([0, 4], [1, 2.5], [2, 3]) }), exact({ sampling: { vectors: 2, seed: 1 } }))
    const { energy, work, norm } = found.scalars
    expect(Math.abs(work.at(-1)!)).toBeGreaterThan(0.1)
    energy.forEach((value, row) => expect(Math.abs(value - energy[0] - (work[row] - work[0]))).toBeLessThan(1e-9))
    norm.forEach((value) => expect(Math.abs(value - 1)).toBeLessThan(1e-11))
    expect(found.validity.map(({ code, verdict }) => [code, verdict])).toContainEqual(['integrator-exact/energy-drift', 'trust'])
  })

  it('do not change when a run stops on its way without a quench', async () => {
    const whole = await run(problemOf(bath, all), exact())
    const split = await run(problemOf(bath, all, { times: Float64Array.of(0, 0.3, 1, 2.5, 3.1, 6) }), exact())
    const at = (time: number, { times, populations }: Trajectory): number => populations![2 * times.indexOf(time) + 1]
    for (const time of [1, 2.5, 6]) expect(Math.abs(at(time, whole) - at(time, split))).toBeLessThan(1e-9)
  })
})
