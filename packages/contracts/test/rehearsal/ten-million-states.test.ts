import { describe, expect, it } from 'vitest'
import { fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, Frame, Observer, Problem, RateModel, Stepper } from '@mesobath/contracts'
import { attach, flatRates, systemLevel, toyBath, toyIdentity, unitWindows, windowProbabilities } from './support/parts.js'
import { walk } from './support/walk.js'

const WINDOWS = 2236
const SIZE = 2 * WINDOWS * WINDOWS
// S(E) rises by 3/2 per window at the bottom: volumes up to e^838, which no double holds.
const windows = unitWindows(Array.from({ length: WINDOWS }, (_, e) => 1.5 * e - (0.75 * e * e) / WINDOWS), 0.5)
const STEP = 0.25

/** Explicit steps of the rate equation on the lattice of two baths and a spin in resonance: no matrix, two vectors. */
const latticeFlow = (rates: RateModel): Algorithm => ({
  ...toyIdentity('lattice-flow'),
  needs: [],
  estimate: () => succeed({ bytes: 16 * SIZE, operations: SIZE, jointStates: SIZE }),
  prepare: async (problem, host) => {
    const bytes = 16 * SIZE
    if (host.memoryLimit !== undefined && bytes > host.memoryLimit) {
      return fail(issue('toys/memory', [], `the run must fit into ${host.memoryLimit} bytes, but needs ${bytes}`))
    }
    const { initial } = problem
    if (initial.kind !== 'product') throw new Error('the toy starts from a product')
    // Only neighbouring windows are asked for: linear in the number of windows.
    const up: Float64Array[] = []
    const down: Float64Array[] = []
    for (const attachment of problem.baths) {
      const n = attachment.bath.windows.energies.length
      const correlation = orThrow(rates.correlate(attachment.bath))
      const kappa = new Float64Array(n - 1)
      orThrow(correlation.strength({ to: Int32Array.from(kappa, (_, e) => e + 1), from: Int32Array.from(kappa, (_, e) => e) }, { re: kappa, im: null }))
      const logs = attachment.bath.windows.logVolumes
      up.push(kappa.map((k, e) => k * attachment.strength ** 2 * Math.exp((logs[e + 1] - logs[e]) / 2)))
      down.push(kappa.map((k, e) => k * attachment.strength ** 2 * Math.exp((logs[e] - logs[e + 1]) / 2)))
    }
    const [first, second] = initial.baths.map((state) => orThrow(windowProbabilities(state)))
    const populations = new Float64Array(SIZE)
    const flow = new Float64Array(SIZE)
    const half = SIZE / 2
    for (let level = 0; level < 2; level += 1) {
      for (let i = 0; i < half; i += 1) {
        populations[level * half + i] = initial.system.re[3 * level] * first[Math.floor(i / WINDOWS)] * second[i % WINDOWS]
      }
    }
    const apply = (): void => {
      flow.fill(0)
      for (let e = 0; e < WINDOWS; e += 1) {
        for (let f = 0; f < WINDOWS; f += 1) {
          const excited = half + e * WINDOWS + f
          // The spin falls from 1 to 0 and one of the baths rises by a window.
          if (e + 1 < WINDOWS) {
            const current = up[0][e] * populations[excited] - down[0][e] * populations[excited - half + WINDOWS]
            flow[excited] -= current
            flow[excited - half + WINDOWS] += current
          }
          if (f + 1 < WINDOWS) {
            const current = up[1][f] * populations[excited] - down[1][f] * populations[excited - half + 1]
            flow[excited] -= current
            flow[excited - half + 1] += current
          }
        }
      }
    }
    let time = problem.times[0]
    const stepper: Stepper = {
      frame: {
        dimension: 2, baths: problem.baths.map((each) => ({ label: each.label, windows: each.bath.windows })),
        algorithm: toyIdentity('lattice-flow'), rates: [rates, rates], backend: 'none',
      },
      get time() { return time },
      enter: () => succeed(undefined),
      advance: async (to) => {
        const steps = Math.ceil((to - time) / STEP - 1e-9)
        for (let step = 0; step < steps; step += 1) {
          apply()
          for (let i = 0; i < SIZE; i += 1) populations[i] += ((to - time) / steps) * flow[i]
        }
        time = to
        return succeed('ok')
      },
      sample: (side) => {
        apply()
        return {
          time, side, energies: problem.energies, strengths: Float64Array.of(problem.baths[0].strength, problem.baths[1].strength),
          populations, populationRates: flow, conditional: null, scalars: { work: 0 },
        }
      },
      validity: () => [],
      checkpoint: () => fail(issue('toys/checkpoint', [], 'the toy must run in one piece, but was asked to be split')),
      dispose: () => undefined,
    }
    return succeed(stepper)
  },
})

interface Fold { entropies: number[]; shells: Float64Array[]; arrayBytes: number; buffers: Set<ArrayBufferLike> }

/** Observational entropy and P(E_tot) of every sample: what remains of 10⁷ numbers are a few thousand. */
const fold = (): Observer<Fold> => {
  const result: Fold = { entropies: [], shells: [], arrayBytes: 0, buffers: new Set() }
  let frame: Frame
  return {
    begin: (given) => { frame = given },
    sample: ({ populations }) => {
      result.buffers.add(populations.buffer)
      const [a, b] = frame.baths.map((bath) => bath.windows)
      const [m, n] = [a.energies.length, b.energies.length]
      const shells = new Float64Array(m + n)
      let entropy = 0
      for (let level = 0, joint = 0; level < frame.dimension; level += 1) {
        for (let e = 0; e < m; e += 1) {
          for (let f = 0; f < n; f += 1, joint += 1) {
            const p = populations[joint]
            shells[level + e + f] += p
            if (p > 0) entropy += p * (a.logVolumes[e] + b.logVolumes[f] - Math.log(p))
          }
        }
      }
      result.entropies.push(entropy)
      result.shells.push(shells)
      result.arrayBytes = Math.max(result.arrayBytes, process.memoryUsage().arrayBuffers)
    },
    end: () => result,
  }
}

const problem: Problem = {
  energies: Float64Array.of(0, 1),
  baths: [attach('left', toyBath(windows), 1), attach('right', toyBath(windows), 0.5)],
  initial: {
    kind: 'product', system: systemLevel(2, 1),
    baths: [0, 1].map(() => ({ kind: 'windows', probabilities: new Float64Array(WINDOWS).fill(1 / WINDOWS) })),
  },
  times: Float64Array.of(0, 0.5, 1, 1.5, 2),
  drive: null,
}

describe('ten million joint states', () => {
  it('are folded by an observer into entropies and shells without storing a trajectory', async () => {
    expect(SIZE).toBeGreaterThan(9.9e6)
    const before = process.memoryUsage().arrayBuffers
    const observer = fold()
    orThrow(await walk(problem, latticeFlow(flatRates(0.2)), { observers: [observer] }))
    const { entropies, shells, arrayBytes, buffers } = observer.end()
    expect(entropies).toHaveLength(5)
    // Two vectors and small change, however many samples: the arrays of a sample are borrowed.
    expect(buffers.size).toBe(1)
    expect(arrayBytes - before).toBeLessThan(2.1 * 8 * SIZE)
    for (const each of shells) {
      // 10⁷ roundings of the order of 10⁻⁷ each.
      each.forEach((p, shell) => expect(Math.abs(p - shells[0][shell])).toBeLessThan(1e-12))
      expect(Math.abs(each.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-9)
    }
    for (let row = 1; row < entropies.length; row += 1) expect(entropies[row]).toBeGreaterThan(entropies[row - 1])
  })

  it('are refused before anything is allocated where the host lends too little memory', async () => {
    const before = process.memoryUsage().arrayBuffers
    const outcome = await walk(problem, latticeFlow(flatRates(0.2)), { host: { memoryLimit: 2 ** 20 } })
    expect(outcome._tag === 'Left' && outcome.left[0].code).toBe('toys/memory')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(SIZE)
  })
})
