import { Solver } from 'odex'
import { describe, expect, it } from 'vitest'
import { BRIDGED_STEP_DERIVATIVES, dormandPrince } from '@mesobath/kernels'
import type { OdeStepper } from '@mesobath/kernels'
import { dormandPrinceTableau } from '../../src/internal/dormand-prince-tableau.js'
import type { Combination } from '../../src/internal/dormand-prince-tableau.js'

type Derivative = (time: number, state: Float64Array, out: Float64Array) => void

// y'' + y = 0 with a drive: y = cos t + t sin(t)/2
const driven: Derivative = (time, y, out) => {
  out[0] = y[1]
  out[1] = -y[0] + Math.cos(time)
}
const drivenExact = (t: number): number => Math.cos(t) + (t * Math.sin(t)) / 2

// A linear equation that moves and a non-linear one: y = e^{sin t} and 1/(2 + t)
const BEGIN = 0.3
const mixed: Derivative = (time, y, out) => {
  out[0] = y[0] * Math.cos(time)
  out[1] = -y[1] * y[1]
}
const mixedExact = (t: number): Float64Array => Float64Array.of(Math.exp(Math.sin(t)), 1 / (2 + t))

// Lotka-Volterra
const predator: Derivative = (_time, y, out) => {
  out[0] = y[0] * (1.5 - y[1])
  out[1] = y[1] * (y[0] - 3)
}

const adaptive = (dimension: number, derivative: Derivative, tolerance: number) =>
  dormandPrince(dimension, derivative, { absoluteTolerance: tolerance, relativeTolerance: tolerance })

const fixed = (derivative: Derivative, fixedStep: number) => dormandPrince(2, derivative, { absoluteTolerance: 1, relativeTolerance: 1, fixedStep })

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(a[0] - b[0], a[1] - b[1])

describe('Dormand-Prince', () => {
  // Mutant of both: a weight of a stage from the fourth on, of the solution or of the interpolant wrong by 1e-5 of itself.
  it('converges with order 8 when the step is halved', () => {
    const errors = [0.4, 0.2, 0.1].map((fixedStep) => {
      const stepper = fixed(mixed, fixedStep)
      stepper.restart(BEGIN, mixedExact(BEGIN))
      expect(stepper.advance(BEGIN + 4, 1000)).toBe('ok')
      expect(stepper.steps).toBe(Math.round(4 / fixedStep))
      return distance(stepper.state, mixedExact(BEGIN + 4))
    })
    for (let i = 1; i < errors.length; i++) expect(Math.abs(Math.log2(errors[i - 1] / errors[i]) - 8)).toBeLessThan(0.5)
  })

  it('errs within a step by its eighth power', () => {
    const errors = [0.4, 0.2, 0.1].map((fixedStep) => {
      const stepper = fixed(mixed, fixedStep)
      stepper.restart(BEGIN, mixedExact(BEGIN))
      let largest = 0
      for (let part = 1; part < 16; part++) {
        expect(stepper.advance(BEGIN + (fixedStep * part) / 16, 1 + BRIDGED_STEP_DERIVATIVES, BEGIN + fixedStep)).toBe('ok')
        largest = Math.max(largest, distance(stepper.state, mixedExact(stepper.time)))
      }
      expect(stepper.steps).toBe(1)
      return largest
    })
    for (let i = 1; i < errors.length; i++) expect(Math.abs(Math.log2(errors[i - 1] / errors[i]) - 8)).toBeLessThan(0.5)
  })

  // Mutant: a weight of any stage, or of either estimate, wrong by 1e-10 of itself.
  it('asks stages at the times that their weights lead to, and compares with solutions of order 5 and 3', () => {
    const { stages, bridge, solution, fifthOrder, thirdOrder } = dormandPrinceTableau()
    const places = [NaN, 0, ...stages.map(({ place }) => place), 1, ...bridge.map(({ place }) => place)]
    const moment = (combination: Combination, power: number): number =>
      combination.weights.reduce((sum, weight, i) => sum + weight * places[combination.stages[i]] ** power, 0)
    for (const stage of [...stages, ...bridge]) expect(Math.abs(moment(stage, 0) - stage.place)).toBeLessThan(1e-14)
    for (let power = 0; power < 8; power++) expect(Math.abs(moment(solution, power) - 1 / (power + 1))).toBeLessThan(1e-14)
    for (let power = 0; power < 5; power++) expect(Math.abs(moment(fifthOrder, power))).toBeLessThan(1e-14)
    for (let power = 0; power < 3; power++) expect(Math.abs(moment(thirdOrder, power))).toBeLessThan(1e-14)
  })

  // Mutant: a weight of the estimate of order 5 wrong by 1e-6 of itself.
  it('sees no error in a polynomial of degree 5', () => {
    const stepper = adaptive(1, (time, _y, out) => void (out[0] = 5 * time * time * time * time), 1e-10)
    stepper.restart(0, Float64Array.of(0))
    expect(stepper.advance(2, 100)).toBe('ok')
    expect(Math.abs(stepper.state[0] - 32)).toBeLessThan(1e-13)
    // The first step knows nothing; each of the others is six times as long as the one before.
    expect(stepper.steps).toBeLessThan(10)
    expect(stepper.rejected).toBe(0)
  })

  it.each([1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12])('the error follows the tolerance %s', (tolerance) => {
    const stepper = adaptive(2, driven, tolerance)
    stepper.restart(0, Float64Array.of(1, 0))
    expect(stepper.advance(10, 1e6)).toBe('ok')
    // Errors of steps add up over ten units of time; rounding of some hundred steps stands at the end.
    expect(Math.abs(stepper.state[0] - drivenExact(10))).toBeLessThan(30 * tolerance + 1e-13)
  })

  it('costs about tolerance^(−1/8) steps', () => {
    const steps = [1e-6, 1e-11].map((tolerance) => {
      const stepper = adaptive(2, predator, tolerance)
      stepper.restart(0, Float64Array.of(1, 1))
      stepper.advance(10, 1e6)
      return stepper.steps
    })
    expect(steps[1] / steps[0]).toBeGreaterThan(3)
    expect(steps[1] / steps[0]).toBeLessThan(6)
  })

  it.each([7, 8])('agrees with odex where steps reach up to %s', (end) => {
    const stepper = adaptive(2, predator, 1e-11)
    stepper.restart(0, Float64Array.of(1, 1))
    expect(stepper.advance(7, 1e6, end)).toBe('ok')
    const oracle = new Solver(2)
    oracle.absoluteTolerance = oracle.relativeTolerance = 1e-13
    const expected = oracle.solve((_time, [a, b]) => [a! * (1.5 - b!), b! * (a! - 3)], 0, [1, 1], 7).y
    expect(Math.abs(stepper.state[0] - expected[0])).toBeLessThan(1e-9)
    expect(Math.abs(stepper.state[1] - expected[1])).toBeLessThan(1e-9)
  })

  it.each([1e-6, 1e-8, 1e-10, 1e-12])('between the ends of steps the error follows the tolerance %s too', (tolerance) => {
    const stepper = adaptive(2, driven, tolerance)
    stepper.restart(0, Float64Array.of(1, 0))
    for (let k = 1; k <= 500; k++) {
      expect(stepper.advance(k / 50, 1e6, 10)).toBe('ok')
      expect(stepper.time).toBe(k / 50)
      expect(Math.abs(stepper.state[0] - drivenExact(k / 50))).toBeLessThan(30 * tolerance + 1e-13)
    }
  })

  // Mutant: a step that ends where the state is asked for.
  it('times asked for on the way change no bit of later states', () => {
    const seldom = adaptive(2, predator, 1e-10)
    seldom.restart(0, Float64Array.of(1, 1))
    const often = adaptive(2, predator, 1e-10)
    often.restart(0, Float64Array.of(1, 1))
    for (let k = 1; k <= 200; k++) {
      expect(often.advance(k / 40, 1e6, 5)).toBe('ok')
      if (k % 40 !== 0) continue
      expect(seldom.advance(k / 40, 1e6, 5)).toBe('ok')
      expect([...seldom.state, seldom.time, seldom.steps, seldom.rejected]).toEqual([...often.state, often.time, often.steps, often.rejected])
    }
    expect(often.time).toBe(5)
  })

  it('conserves within a step what the right-hand side conserves, to rounding', () => {
    const stepper = adaptive(2, (time, y, out) => {
      out[0] = y[1] * Math.cos(time) - y[0]
      out[1] = -out[0]
    }, 1e-6)
    stepper.restart(0, Float64Array.of(0.75, 0.25))
    for (let k = 1; k <= 100; k++) {
      stepper.advance(k / 10, 1000, 10)
      expect(Math.abs(stepper.state[0] + stepper.state[1] - 1)).toBeLessThan(1e-14)
    }
  })

  it('takes 12 derivatives a step, and 3 more once where states within it are asked for', () => {
    let asked = 0
    const stepper = dormandPrince(2, (time, y, out) => {
      asked++
      driven(time, y, out)
    }, { absoluteTolerance: 1, relativeTolerance: 1, fixedStep: 0.5 })
    const derivatives = (to: number): number => {
      asked = 0
      expect(stepper.advance(to, 100, 4)).toBe('ok')
      return asked
    }
    stepper.restart(0, Float64Array.of(1, 0))
    // The derivative at the end of a step is the first one of the next, and is not asked for before.
    expect(derivatives(0.5)).toBe(12)
    expect([1.2, 1.3, 1.49, 1.5].map(derivatives)).toEqual([12 + BRIDGED_STEP_DERIVATIVES + 1, 0, 0, 0])
    expect(derivatives(2.5)).toBe(2 * 12 - 1)
  })

  it('lands on output times bit for bit', () => {
    const stepper = adaptive(2, driven, 1e-9)
    stepper.restart(0, Float64Array.of(1, 0))
    for (let k = 1; k <= 30; k++) {
      const to = 0.1 * k * 1.0000000001
      expect(stepper.advance(to, 1000)).toBe('ok')
      expect(stepper.time).toBe(to)
      expect(Math.abs(stepper.state[0] - drivenExact(to))).toBeLessThan(1e-7)
    }
    const steps = stepper.steps
    expect(stepper.advance(stepper.time, 1000)).toBe('ok')
    expect(stepper.steps).toBe(steps)
  })

  it('lands exactly where the sum of time and step is rounded away from the end', () => {
    const still = adaptive(1, (_time, _y, out) => void out.fill(0), 1e-9)
    let rounded = 0
    for (let i = 1; i <= 100; i++) {
      const [from, to] = [-Math.sqrt(i), Math.cbrt(i + 1) / 100]
      if (from + (to - from) !== to) rounded++
      still.restart(from, Float64Array.of(1))
      expect(still.advance(to, 1000)).toBe('ok')
      expect(still.time).toBe(to)
    }
    expect(rounded).toBeGreaterThan(10)
  })

  it('never asks for the derivative outside the advance', () => {
    let latest = 0
    const stepper = adaptive(
      2,
      (time, y, out) => {
        latest = Math.max(latest, time)
        driven(time, y, out)
      },
      1e-4,
    )
    stepper.restart(0, Float64Array.of(1, 0))
    for (const to of [1e-9, 1e-5, 0.3, 0.30000001, 4, 9.7]) {
      stepper.advance(to, 1000)
      expect(latest).toBeLessThanOrEqual(to)
    }
    for (const to of [9.8, 10, 11]) {
      stepper.advance(to, 1000, 11)
      expect(latest).toBeLessThanOrEqual(11)
    }
    expect(latest).toBe(11)
  })

  it('a step cut to land does not shrink the next one', () => {
    const free = adaptive(2, driven, 1e-9)
    free.restart(0, Float64Array.of(1, 0))
    free.advance(20, 1e6)
    const cut = adaptive(2, driven, 1e-9)
    cut.restart(0, Float64Array.of(1, 0))
    // An extra output just behind each unit of time costs two landings, and no recovery after them.
    for (let k = 1; k <= 20; k++) {
      cut.advance(k, 1e6)
      cut.advance(k + 1e-9, 1e6)
    }
    expect(cut.steps + cut.rejected).toBeLessThanOrEqual(free.steps + free.rejected + 3 * 20)
    expect(Math.abs(cut.state[0] - drivenExact(cut.time))).toBeLessThan(1e-7)
  })

  // Outputs within steps and at an end of theirs, then steps that land on every output.
  const course: readonly (readonly [to: number, end: number])[] = [[0.3, 2], [0.31, 2], [1.9, 2], [2, 2], [2.6, 3.5], [3.5, 3.5], [3.6, 3.6], [5, 5]]

  // Mutants: a derivative asked for twice, or left out, after a pause, of a step or of its bridge; derivatives that are not counted; a first derivative
  // that is taken over from the last step twice; time or state of a pause within the step that is not done.
  it.each<[string, Derivative, number | undefined]>([
    ['of adaptive steps, some of which are rejected', predator, undefined],
    ['of fixed steps', driven, 0.17],
  ])('pausing after any number of derivatives changes no bit %s', (_what, derivative, fixedStep) => {
    let asked = 0
    const made = (): OdeStepper => {
      const stepper = dormandPrince(2, (time, y, out) => { asked++; derivative(time, y, out) },
        { absoluteTolerance: 1e-8, relativeTolerance: 1e-8, ...(fixedStep === undefined ? {} : { fixedStep }) })
      stepper.restart(0, Float64Array.of(1, 1))
      asked = 0
      return stepper
    }
    const standing = ({ state, time, steps, rejected, derivatives }: OdeStepper): readonly number[] => [...state, time, steps, rejected, derivatives]
    const whole = made()
    const expected = course.map(([to, end]) => {
      expect(whole.advance(to, Infinity, end)).toBe('ok')
      return standing(whole)
    })
    expect(whole.derivatives).toBe(asked)
    expect(whole.rejected > 0).toBe(fixedStep === undefined)
    // The ends of all steps, where an integrator stands that is paused.
    const ends = new Map([[0, [1, 1]]])
    const walked = made()
    for (const [to, end] of course) {
      while (walked.advance(to, 1, end) === 'paused') ends.set(walked.time, [...walked.state])
      if (to === end) ends.set(walked.time, [...walked.state])
    }
    expect(ends.size).toBe(whole.steps + 1)
    for (let most = 1; most <= 40; most++) {
      const parts = made()
      course.forEach(([to, end], k) => {
        expect(parts.advance(to, 0, end)).toBe(standing(parts)[2] === to ? 'ok' : 'paused')
        for (asked = 0; parts.advance(to, most, end) === 'paused'; asked = 0) {
          expect(asked).toBe(most)
          expect(parts.time).toBeLessThanOrEqual(to)
          expect([...parts.state]).toEqual(ends.get(parts.time))
        }
        expect(standing(parts)).toEqual(expected[k])
      })
    }
  })

  // Mutants: stages of a step of another length kept; the step's first derivative taken over from the last step again, or asked for again.
  it('begins a step anew that was left in its middle where steps reach up to another end, and no other', () => {
    const begun = (derivatives: number, output: number): OdeStepper => {
      const stepper = adaptive(2, predator, 1e-10)
      stepper.restart(0, Float64Array.of(1, 1))
      expect(stepper.advance(0.1, Infinity, 5)).toBe('ok')
      expect(stepper.advance(output, derivatives, 5)).toBe('paused')
      return stepper
    }
    // The output has closed the step behind, so that eleven derivatives are left of this one.
    for (let stages = 0; stages < 11; stages++) {
      for (const output of [4, 5]) {
        const [left, whole] = [begun(stages, output), begun(0, output)]
        expect([...left.state, left.time]).toEqual([...whole.state, whole.time])
        const soon = whole.time + 1e-3
        for (const [to, end] of [[soon, soon], [soon + 1e-4, 5], [4.5, 4.5]] as const) {
          expect([left.advance(to, Infinity, end), whole.advance(to, Infinity, end)]).toEqual(['ok', 'ok'])
          expect([...left.state, left.time, left.steps]).toEqual([...whole.state, whole.time, whole.steps])
          // What was asked for of the step that is not taken is all that is lost.
          expect(left.derivatives).toBe(whole.derivatives + stages)
        }
        const [goesOn, never] = [begun(stages, output), begun(0, output)]
        for (const stepper of [goesOn, never]) expect(stepper.advance(stepper.time + 1e-3, Infinity, 5)).toBe('ok')
        expect([...goesOn.state, goesOn.time, goesOn.derivatives]).toEqual([...never.state, never.time, never.derivatives])
      }
    }
  })

  // Mutants: a bridge taken up again for the step that follows; an integrator that stands behind the time that it was asked for.
  it('leaves a bridge in its middle for an earlier time, a later one, or that of the end of the step', () => {
    const begun = (derivatives: number): OdeStepper => {
      const stepper = fixed(driven, 0.5)
      stepper.restart(0, Float64Array.of(1, 0))
      expect(stepper.advance(0.7, 24 + derivatives, 3)).toBe('paused')
      return stepper
    }
    for (let derivatives = 0; derivatives < 4; derivatives++) {
      for (const times of [[0.6, 0.8, 3], [1, 1.2, 3], [1.3, 3]]) {
        const left = begun(derivatives)
        expect(left.time).toBe(0.5)
        const whole = fixed(driven, 0.5)
        whole.restart(0, Float64Array.of(1, 0))
        for (const to of times) {
          expect([left.advance(to, Infinity, 3), whole.advance(to, Infinity, 3)]).toEqual(['ok', 'ok'])
          expect([...left.state, left.time]).toEqual([...whole.state, whole.time])
        }
      }
    }
  })

  it('restarting forgets everything, and a step left in its middle', () => {
    const fresh = adaptive(2, predator, 1e-10)
    fresh.restart(0, Float64Array.of(1, 1))
    fresh.advance(2, 1e6)
    for (let more = 0; more <= BRIDGED_STEP_DERIVATIVES; more++) {
      const used = adaptive(2, predator, 1e-10)
      used.restart(3, Float64Array.of(2, 0.1))
      if (more === BRIDGED_STEP_DERIVATIVES) used.advance(4, 1e6)
      else expect(used.advance(4, more < 2 ? more : 50 + more, 4.1)).toBe('paused')
      used.restart(0, Float64Array.of(1, 1))
      expect(used.derivatives).toBe(0)
      used.advance(2, 1e6)
      expect([...used.state, used.steps, used.rejected, used.derivatives]).toEqual([...fresh.state, fresh.steps, fresh.rejected, fresh.derivatives])
    }
  })

  it('does not take the caller\'s state, and keeps its own array', () => {
    const initial = Float64Array.of(1, 0)
    const stepper = adaptive(2, driven, 1e-8)
    const { state } = stepper
    stepper.restart(0, initial)
    stepper.advance(1, 1e6)
    expect([...initial]).toEqual([1, 0])
    expect(stepper.state).toBe(state)
    expect(state[0]).not.toBe(1)
  })

  it('a solution that blows up does not converge, and leaves the last good state', () => {
    const stepper = adaptive(1, (_time, y, out) => void (out[0] = y[0] * y[0]), 1e-9)
    stepper.restart(0, Float64Array.of(1))
    expect(stepper.advance(2, 1e6)).toBe('not-converged')
    expect(stepper.time).toBeLessThanOrEqual(1.0001)
    expect(Number.isFinite(stepper.state[0])).toBe(true)
    expect(stepper.advance(2, 1e6)).toBe('not-converged')
    stepper.restart(0, Float64Array.of(0.1))
    expect(stepper.advance(2, 1e6)).toBe('ok')
  })

  it.each([NaN, Infinity])('a derivative %s does not converge', (value) => {
    for (const fixedStep of [undefined, 0.1]) {
      const options = { absoluteTolerance: 1e-8, relativeTolerance: 1e-8, ...(fixedStep === undefined ? {} : { fixedStep }) }
      const never = dormandPrince(1, (_time, _y, out) => void (out[0] = value), options)
      never.restart(0, Float64Array.of(1))
      expect(never.advance(1, 1e6)).toBe('not-converged')
      const later = dormandPrince(1, (time, _y, out) => void (out[0] = time > 0.55 ? value : 1), options)
      later.restart(0, Float64Array.of(1))
      expect(later.advance(1, 1e6)).toBe('not-converged')
      expect(Math.abs(later.state[0] - 1 - later.time)).toBeLessThan(1e-9)
      expect(later.time).toBeLessThanOrEqual(0.551)
    }
  })

  it('a derivative that is not finite within a step alone leaves the state where the step began', () => {
    const stepper = dormandPrince(1, (time, _y, out) => void (out[0] = time > 0.505 && time < 0.515 ? NaN : 1), { absoluteTolerance: 1, relativeTolerance: 1, fixedStep: 0.1 })
    stepper.restart(0, Float64Array.of(1))
    expect(stepper.advance(0.49, 100, 1)).toBe('ok')
    expect(stepper.advance(0.55, 100, 1)).toBe('not-converged')
    expect(stepper.time).toBeCloseTo(0.5, 12)
    expect(stepper.state[0]).toBeCloseTo(1.5, 12)
    expect(stepper.advance(0.8, 100, 1)).toBe('not-converged')
  })

  // Mutant: the two estimates squared one by one, whose squares are 0.
  it('errors too small to be squared are small errors', () => {
    const stepper = adaptive(1, (time, _y, out) => void (out[0] = 1e-165 * Math.cos(time)), 1e-10)
    stepper.restart(0, new Float64Array(1))
    expect(stepper.advance(10, 1000)).toBe('ok')
    expect(stepper.rejected).toBe(0)
  })

  it('stands still where nothing moves, starting from zero', () => {
    const stepper = adaptive(3, (_time, _y, out) => void out.fill(0), 1e-10)
    stepper.restart(0, new Float64Array(3))
    expect(stepper.advance(1e6, 1000)).toBe('ok')
    expect([...stepper.state]).toEqual([0, 0, 0])
  })

  it('going back in time is a bug', () => {
    const stepper = adaptive(1, (_time, _y, out) => void out.fill(0), 1e-10)
    stepper.restart(1, new Float64Array(1))
    expect(() => stepper.advance(0.5, 10)).toThrow(RangeError)
    expect(() => stepper.advance(NaN, 10)).toThrow(RangeError)
    expect(() => stepper.advance(3, 10, 2)).toThrow(RangeError)
  })
})
