import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Algorithm, Drive, Planes, Problem, Trajectory } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { driveOf } from '../fixtures/drives.js'
import { explicitProblem, grid, termwiseRates } from '../fixtures/explicit-problem.js'
import { flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { genericBath } from '../oracles/explicit-bath.js'

/** Two integrations of one equation with other steps: each is within the tolerance of 1e-10 of the truth. */
const SAME = 1e-9

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error('lengths differ')
  let worst = 0
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]))
  return worst
}
const apart = (a: Planes, b: Planes): number => Math.max(largest(a.re, b.re), largest(a.im!, b.im!))

const MEANS = [[0.3, -0.2, 0.1, 0.5], [0.1, 0.1, -0.4, 0]]
const MOMENT = (a: number, b: number, to: number, from: number): readonly [number, number] =>
  a === b ? [1 + 0.2 * a + 0.1 * (to - from), 0] : [0.3, a < b ? 0.2 : -0.2]

const couplings = [
  matrix(3, [0.2, 1, 0.1, 1, 0, 0.6, 0.1, 0.6, -0.3]),
  matrix(3, [0, 0.3, 0, 0.3, 0, 0.2, 0, 0.2, 0], [0, -0.5, 0.4, 0.5, 0, -0.2, -0.4, 0.2, 0]),
]
const coherent = matrix(3, [0.5, 0.2, 0.05, 0.2, 0.3, -0.1, 0.05, -0.1, 0.2], [0, 0.1, -0.02, -0.1, 0, 0.05, 0.02, -0.05, 0])

/** Two couplings, complex κ, windows that do not tile evenly, a coherent start: nothing is resonant. */
const generic = (times: ArrayLike<number>, changes: Partial<Problem> = {}, shift = 0): Problem => ({
  energies: Float64Array.of(shift, shift + 0.83, shift + 1.9),
  baths: [{
    label: 'bath', strength: 0.01, systemCouplings: couplings,
    bath: windowsOnly([shift, shift + 0.5, shift + 1.1, shift + 1.7], 0.5, [20, 50, 60, 30], 2, MEANS),
  }],
  initial: { kind: 'product', system: coherent, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.4, 0.3, 0.2) }] },
  times: Float64Array.from(times),
  drive: null,
  ...changes,
})

const quench: Drive = {
  recipe: null,
  segments: (from, to) => [[0, 3, 0.83], [3, 7, 0.3], [7, 20, 1.2]]
    .filter(([begin, end]) => begin < to && end > from)
    .map(([begin, end, level]) => ({
      from: Math.max(begin, from), to: Math.min(end, to), constant: true,
      energies: (_t, out) => out.set([0, level, 1.9]), strengths: (_t, out) => out.fill(level > 1 ? 0.02 : 0.01),
    })),
}

/** A coupling that is there for a few units of time in a run of 200, in which else nothing moves: steps may grow to any length before. */
const touch = driveOf([{ to: 200, energies: [0, 0.83, 1.9], strengths: (t) => [0.02 / (1 + (t - 132) ** 2) ** 8] }])

const algorithms: readonly Algorithm[] = [finiteTimeRedfield({ rates: flatRates(MOMENT) }), finiteTimeSecular({ rates: flatRates(MOMENT) })]

const last = (run: Trajectory): Planes => {
  const block = run.conditionalStates!.re.length / run.times.length
  return { re: run.conditionalStates!.re.slice(-block), im: run.conditionalStates!.im!.slice(-block) }
}

for (const algorithm of algorithms) {
  describe(`${algorithm.name}: invariance`, () => {
    // Mutant: steps that end at the times asked for.
    for (const [name, drive] of [['undriven', null], ['across quenches', quench]] as const) {
      it(`times asked for on the way change no bit of the states at others: ${name}`, async () => {
        const seldom = orThrow(await solve(generic([0, 5, 12], { drive }), algorithm))
        const often = orThrow(await solve(generic([0, 0.1, 0.7, 1.9, 4.99, 5, 5.01, 6.5, 8, 12], { drive }), algorithm))
        const block = seldom.conditionalStates!.re.length / seldom.times.length
        for (const time of [5, 12]) {
          const states = [seldom, often].map((run) => {
            const at = run.times.lastIndexOf(time) * block
            return [...run.conditionalStates!.re.slice(at, at + block), ...run.conditionalStates!.im!.slice(at, at + block)]
          })
          expect(states[0]).toEqual(states[1])
        }
      })
    }

    // Mutant: steps that reach up to the end of the segment, whatever the drive does on the way.
    it('a smooth pulse between two outputs is met after any silence', async () => {
      const met = orThrow(await solve(generic([0, 200], { drive: touch }), algorithm))
      const watched = orThrow(await solve(generic([0, ...grid(20, 40).map((t) => 120 + t), 200], { drive: touch }), algorithm))
      expect(apart(last(met), last(watched))).toBeLessThan(SAME)
      const block = met.populations!.length / 2
      expect(largest(met.populations!.slice(block), met.populations!.slice(0, block))).toBeGreaterThan(1e-3)
    })

    for (const [name, drive] of [['undriven', null], ['across quenches, whose memory the drive itself recalls', quench]] as const) {
      it(`a run split in two is the same run: ${name}`, async () => {
        const whole = orThrow(await solve(generic([0, 5, 12], { drive }), algorithm))
        const first = orThrow(await solve(generic([0, 2, 5], { drive }), algorithm))
        expect(first.checkpoint?.kind).toBe('conditional')
        const second = orThrow(await solve(generic([5, 12], { drive, initial: first.checkpoint! }), algorithm))
        expect(apart(last(second), last(whole))).toBeLessThan(SAME)
        const restarted = orThrow(await solve(generic([5, 12], { drive, initial: { ...first.checkpoint!, memoryStart: 5 } as Problem['initial'] }), algorithm))
        expect(apart(last(restarted), last(whole))).toBeGreaterThan(1e-5)
      })
    }

    it('a stop at which nothing changes is none', async () => {
      const idle: Drive = {
        recipe: null,
        segments: (from, to) => [[0, 4], [4, 5], [5, 12]].filter(([begin, end]) => begin < to && end > from).map(([begin, end]) => ({
          from: Math.max(begin, from), to: Math.min(end, to), constant: true,
          energies: (_t, out) => out.set([0, 0.83, 1.9]), strengths: (_t, out) => out.fill(0.01),
        })),
      }
      const plain = orThrow(await solve(generic([0, 12]), algorithm))
      const stopped = orThrow(await solve(generic([0, 12], { drive: idle }), algorithm))
      expect(apart(last(stopped), last(plain))).toBeLessThan(SAME)
      expect(stopped.scalars['work']!.at(-1)).toBe(0)
    })

    it('does not see a common shift of all energies', async () => {
      const plain = orThrow(await solve(generic([0, 12]), algorithm))
      const shifted = orThrow(await solve(generic([0, 12], {}, 64), algorithm))
      expect(apart(last(shifted), last(plain))).toBeLessThan(SAME)
    })

    it('permutes with the levels of the system', async () => {
      const order = [2, 0, 1]
      const permuted = (entries: Float64Array, offset = 0): Float64Array =>
        Float64Array.from({ length: 9 }, (_, i) => entries[offset + order[Math.floor(i / 3)] * 3 + order[i % 3]])
      const reordered = couplings.map((each) => ({ ...each, re: permuted(each.re as Float64Array), im: each.im === null ? null : permuted(each.im as Float64Array) }))
      const plain = orThrow(await solve(generic([0, 12]), algorithm))
      const base = generic([0, 12])
      const run = orThrow(await solve({
        ...base,
        energies: Float64Array.from(order, (k) => base.energies[k]),
        baths: [{ ...base.baths[0], systemCouplings: reordered }],
        initial: { ...base.initial, system: { ...coherent, re: permuted(coherent.re as Float64Array), im: permuted(coherent.im as Float64Array) } } as Problem['initial'],
      }, algorithm))
      const mapped = { re: new Float64Array(36), im: new Float64Array(36) }
      for (let window = 0; window < 4; window++) {
        mapped.re.set(permuted(last(plain).re, window * 9), window * 9)
        mapped.im.set(permuted(last(plain).im!, window * 9), window * 9)
      }
      expect(apart(last(run), mapped)).toBeLessThan(SAME)
    })

    it('permutes with the baths, and a bath with λ = 0 is invisible', async () => {
      const one = { ...generic([0, 8]).baths[0], label: 'one' }
      const other = { label: 'other', strength: 0.02, systemCouplings: [couplings[0]], bath: windowsOnly([0, 0.9], 0.5, [10, 30], 1, [[0.2, -0.3]]) }
      const weights = [Float64Array.of(0.1, 0.4, 0.3, 0.2), Float64Array.of(0.7, 0.3)]
      const state = (at: number) => ({ kind: 'windows' as const, probabilities: weights[at] })
      const run = async (baths: Problem['baths'], order: readonly number[]): Promise<Planes> =>
        last(orThrow(await solve(generic([0, 8], { baths, initial: { kind: 'product', system: coherent, baths: order.map(state) } }), algorithm)))
      const forward = await run([one, other], [0, 1])
      const backward = await run([other, one], [1, 0])
      const transposed = { re: new Float64Array(72), im: new Float64Array(72) }
      for (let e = 0; e < 4; e++) {
        for (let f = 0; f < 2; f++) {
          transposed.re.set(backward.re.subarray((f * 4 + e) * 9, (f * 4 + e + 1) * 9), (e * 2 + f) * 9)
          transposed.im.set(backward.im!.subarray((f * 4 + e) * 9, (f * 4 + e + 1) * 9), (e * 2 + f) * 9)
        }
      }
      expect(apart(forward, transposed)).toBeLessThan(SAME)
      const silent = await run([one, { ...other, strength: 0 }], [0, 1])
      const alone = await run([one], [0])
      const traced = { re: new Float64Array(36), im: new Float64Array(36) }
      for (let e = 0; e < 4; e++) {
        for (let i = 0; i < 9; i++) {
          traced.re[e * 9 + i] = silent.re[(e * 2) * 9 + i] + silent.re[(e * 2 + 1) * 9 + i]
          traced.im[e * 9 + i] = silent.im![(e * 2) * 9 + i] + silent.im![(e * 2 + 1) * 9 + i]
        }
      }
      expect(apart(traced, alone)).toBeLessThan(SAME)
      expect(apart(forward, { re: Float64Array.from(silent.re), im: silent.im })).toBeGreaterThan(1e-3)
    })

    it('keeps every probability within the tolerance asked for', async () => {
      const truth = orThrow(await solve(generic(grid(20, 10)), algorithm, { tolerance: 1e-13 }))
      const errors: number[] = []
      for (const tolerance of [1e-5, 1e-7, 1e-9, 1e-10]) {
        const run = orThrow(await solve(generic(grid(20, 10)), algorithm, { tolerance }))
        errors.push(largest(run.populations!, truth.populations!))
        expect(errors.at(-1)).toBeLessThan(tolerance)
      }
      expect(errors[0]).toBeGreaterThan(errors[3])
    })
  })
}

describe('finite-time-redfield: relabelling windows', () => {
  it('permutes the result', async () => {
    const algorithm = algorithms[0]
    const order = [2, 0, 3, 1]
    const base = generic([0, 8])
    const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (e) => values[e])
    const { windows } = base.baths[0].bath
    const bath = {
      ...base.baths[0].bath,
      windows: { energies: pick(windows.energies), width: windows.width, logVolumes: pick(windows.logVolumes) },
      meanCouplings: base.baths[0].bath.meanCouplings.map(pick),
    }
    // Windows out of order are refused by the checks of a run; the equation itself does not care.
    const relabelled = flatRates((a, b, to, from) => {
      const [x, y] = MOMENT(a, b, Math.max(order[to], order[from]), Math.min(order[to], order[from]))
      return [x, order[to] < order[from] ? -y : y]
    })
    const moved = finiteTimeRedfield({ rates: relabelled })
    const problem: Problem = {
      ...base, baths: [{ ...base.baths[0], bath }],
      initial: { kind: 'product', system: coherent, baths: [{ kind: 'windows', probabilities: pick([0.1, 0.4, 0.3, 0.2]) }] },
    }
    const stepper = orThrow(await moved.prepare(problem, {}, 1e-10))
    orThrow(stepper.enter({ from: 0, to: 8, constant: true, energies: (_t, out) => out.set(base.energies), strengths: (_t, out) => out.fill(0.01) }))
    expect(orThrow(await stepper.advance(8))).toBe('ok')
    const { conditional } = stepper.sample('after')
    const plain = last(orThrow(await solve(base, algorithm)))
    order.forEach((original, at) => {
      expect(largest(conditional!.re.subarray(at * 9, at * 9 + 9), plain.re.subarray(original * 9, original * 9 + 9))).toBeLessThan(SAME)
      expect(largest(conditional!.im!.subarray(at * 9, at * 9 + 9), plain.im!.subarray(original * 9, original * 9 + 9))).toBeLessThan(SAME)
    })
    stepper.dispose()
  })

  it('and so does a table of its own shape: the order of levels inside a bath does not matter', async () => {
    const bath = genericBath(5, [3, 4], 0.9, 1)
    const reversed = {
      ...bath,
      levels: [...bath.levels].reverse(), window: [...bath.window].reverse(),
      couplings: bath.couplings.map((each) => fromEntries(each.n, (r, c) => {
        const at = (each.n - 1 - r) * each.n + each.n - 1 - c
        return [each.re[at], each.im[at]]
      })),
    }
    const state = fromEntries(2, (k, q) => (k === q ? [0.5, 0] : [0.3, k < q ? 0.2 : -0.2]))
    const coupling = fromEntries(2, (k, q) => (k === q ? [k, 0] : [1, 0]))
    const runs = await Promise.all([bath, reversed].map(async (each) =>
      orThrow(await solve(explicitProblem([0, 0.7], [coupling], 0.1, each, state, [0.4, 0.6], grid(5, 5)), finiteTimeRedfield({ rates: termwiseRates(each) })))))
    expect(apart(runs[0].conditionalStates!, runs[1].conditionalStates!)).toBeLessThan(SAME)
  })
})
