import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, Outcome, Planes, Problem, RateModel, Stepper, TransformRequest, TransformWriter } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { expectHeard } from '../../../../test/fixtures/hearing.js'
import { driveOf } from '../fixtures/drives.js'
import { explicitProblem, termwiseRates } from '../fixtures/explicit-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import { genericBath } from '../oracles/explicit-bath.js'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'

const SIGMA_X_DENSE = fromEntries(2, (k, q) => (k === q ? [0, 0] : [1, 0]))
const UP_DENSE = fromEntries(2, (k, q) => (k === 1 && q === 1 ? [1, 0] : [0, 0]))
const WINDOWS = 200

/** The most rows that are asked for in one go, and the one that is asked both ways. */
const ROWS = 8192 + 1

const bath = windowsOnly(Array.from({ length: WINDOWS }, (_, i) => i / 2), 0.5, Array.from({ length: WINDOWS }, () => 50))
const coherent = flatProblem(bath, 0.01, [0, 1], { window: 100, system: matrix(2, [0.5, 0.5, 0.5, 0.5]) })
const driven: Problem = { ...coherent, drive: driveOf([{ to: 1, energies: (t) => [0, 1 + 0.1 * t], strengths: [0.01] }]) }

/** A run with a sample before its end, that is cancelled when others have had `last` turns, looked at, and taken up again. */
const interrupted = async (
  method: (options: { readonly rates: RateModel }) => Algorithm, problem: Problem, last: number,
): Promise<{ readonly breaths: number; readonly time: number; readonly states: readonly number[] }> => {
  let breaths = 0
  const stepper = orThrow(await method({ rates: flatRates() }).prepare(problem, { breathe: async () => { breaths += 1 } }, 1e-4))
  const end = problem.times[1]
  const most = 0.9 * end
  for (const segment of (problem.drive ?? constantDrive(problem.energies, Float64Array.of(0.01))).segments(0, end)) orThrow(stepper.enter(segment))
  breaths = 0
  const status = orThrow(await stepper.advance(most, { get aborted() { return breaths >= last } }))
  const { time } = stepper
  expect([status, time === most]).toEqual(last < Infinity ? ['cancelled', false] : ['ok', true])
  if (last < Infinity) expect(breaths).toBe(last)
  const states: number[] = []
  const look = (): void => {
    const { populations, conditional } = stepper.sample('after')
    states.push(...populations, ...(conditional?.re ?? []), ...(conditional?.im ?? []))
    expect(Math.abs(populations.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-12)
  }
  look()
  states.length = 0
  for (const to of [most, end]) {
    expect(orThrow(await stepper.advance(to))).toBe('ok')
    look()
  }
  return { breaths, time, states }
}

describe('a signal is heard', () => {
  // Mutants: pairs of windows asked for in one go; parts without a turn for others; a signal that is not handed on.
  for (const [what, method, problem] of [
    ['finite-time-redfield', (rates: RateModel) => finiteTimeRedfield({ rates }), coherent],
    ['finite-time-secular', (rates: RateModel) => finiteTimeSecular({ rates }), driven],
  ] as const) {
    it(`${what}: while a run is prepared, between the pairs of windows that a rate model is asked for`, async () => {
      const { rows } = await expectHeard(method, flatRates(), problem, ROWS)
      expect(rows).toBeGreaterThan(WINDOWS * WINDOWS)
    })
  }

  // Mutants: a table asked for as a whole; parts without a turn for others; parts that are lost on the way through the checks.
  it('finite-time-redfield: while a run is prepared, between the parts of a table that a rate model makes in parts', async () => {
    const own = genericBath(2, [3, 3], 0.8, 1)
    const problem = explicitProblem([0, 1], [SIGMA_X_DENSE], 0.01, own, UP_DENSE, [1, 0], [0, 5])
    let parts = 0
    let turns = 0
    const rates: RateModel = {
      ...termwiseRates(own),
      correlate: (bath) => {
        const made = orThrow(termwiseRates(own).correlate(bath))
        // A time each: what a request asks for is written into its own place.
        const inParts: TransformWriter['inParts'] = (request: TransformRequest, out: Planes) => {
          const { times, to } = request
          let at = 0
          turns = 0
          return succeed(() => {
            // Whoever makes a part has had a turn since the one before.
            expect(turns).toBeGreaterThanOrEqual(at > 0 ? 1 : 0)
            turns = 0
            parts += 1
            const part = { re: new Float64Array(to.length), im: new Float64Array(to.length) }
            orThrow(made.transform!({ ...request, times: times.subarray(at, at + 1) }, part))
            for (let row = 0; row < to.length; row += 1) {
              out.re[row * times.length + at] = part.re[row]
              out.im![row * times.length + at] = part.im[row]
            }
            at += 1
            return at < times.length
          })
        }
        const transform: TransformWriter = Object.assign((): never => { throw new Error('asked for as a whole') }, { inParts })
        return succeed({ ...made, transform })
      },
    }
    const prepare = (last: number): Promise<Outcome<Stepper>> => {
      parts = 0
      const host = { breathe: async () => { turns += 1 } }
      return finiteTimeRedfield({ rates }).prepare(problem, host, 1e-8, { get aborted() { return parts >= last } })
    }
    orThrow(await prepare(Infinity))
    expect(parts).toBeGreaterThan(10)
    expect(await prepare(5)).toMatchObject({ left: [{ code: 'composition/cancelled' }] })
    expect(parts).toBe(5)
  })

  // Mutants: pauses between steps alone; a state that moved on within the step that is not done; a signal that is not handed on to the mover; a time
  // that is not the one at which the mover stands; a step taken up again at another of its derivatives.
  it('finite-time-redfield: within a step, which is then taken up again to the same bits', async () => {
    const whole = await interrupted(finiteTimeRedfield, { ...coherent, times: Float64Array.of(0, 1e-3) }, Infinity)
    // One derivative between two turns: two before the first step, and eleven more of it.
    for (const last of [1, 2, 8, 12, 14]) {
      const { time, ...rest } = await interrupted(finiteTimeRedfield, { ...coherent, times: Float64Array.of(0, 1e-3) }, last)
      expect(rest).toEqual({ breaths: whole.breaths, states: whole.states })
      if (last < 13) expect(time).toBe(0)
      else expect(time).toBeGreaterThan(0)
    }
  })

  // Populations are cheap, and move far between two turns.
  for (const [what, initial, end] of [['states', coherent.initial, 40], ['populations', flatProblem(bath, 0.01, [0, 1], { window: 100 }).initial, 2e4]] as const) {
    it(`finite-time-secular: along a smooth drive, which is then taken up again to the same bits of ${what}`, async () => {
      const problem: Problem = {
        ...coherent, initial, times: Float64Array.of(0, end), drive: driveOf([{ to: end, energies: (t) => [0, 1 + (0.4 * t) / end], strengths: [0.01] }]),
      }
      const whole = await interrupted(finiteTimeSecular, problem, Infinity)
      let before = 0
      for (const last of [1, 2]) {
        const { time, ...rest } = await interrupted(finiteTimeSecular, problem, last)
        expect(rest).toEqual({ breaths: whole.breaths, states: whole.states })
        expect(time).toBeGreaterThan(before)
        before = time
      }
    })
  }
})
