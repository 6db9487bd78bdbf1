import { describe, expect, it } from 'vitest'
import { fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Outcome, Planes } from '@mesobath/contracts'
import { tabulate, tabulateInParts } from '@mesobath/kernels'

type Evaluate = (times: Float64Array, out: Planes) => Outcome<void>

const planes = (components: number): Planes => ({ re: new Float64Array(components), im: new Float64Array(components) })

/** Component c: Σ_j a_cj e^{iω_cj t}, |ω| ≤ bandwidth, largest modulus about 1. */
const frequencies = (bandwidth: number, terms: number): Float64Array =>
  Float64Array.from({ length: terms }, (_, j) => bandwidth * Math.cos(1 + 1.7 * j * j))

const wave = (omega: Float64Array, component: number, time: number): [number, number] => {
  let [re, im] = [0, 0]
  omega.forEach((w, j) => {
    re += Math.cos(w * time + component * j) / omega.length
    im += Math.sin(w * time + component * j) / omega.length
  })
  return [re, im]
}

const waves =
  (omega: Float64Array, components: number, calls: number[]): Evaluate =>
  (times, out) => {
    calls.push(times.length)
    times.forEach((time, i) => {
      for (let c = 0; c < components; c++) [out.re[i * components + c], out.im![i * components + c]] = wave(omega, c, time)
    })
    return succeed(undefined)
  }

describe('tabulate', () => {
  it('holds band-limited sums of exponentials to 1e-11, in one batch', () => {
    const [bandwidth, to, components] = [2.5, 60, 3]
    const calls: number[] = []
    const omega = frequencies(bandwidth, 40)
    const table = orThrow(tabulate(waves(omega, components, calls), components, 0, to, bandwidth, 1e-12))
    expect(calls.length).toBe(1)
    expect(calls[0]).toBeLessThan(3 * bandwidth * to)
    const out = planes(components)
    for (let i = 0; i <= 5000; i++) {
      const time = (to * i) / 5000
      table.at(time, out)
      for (let c = 0; c < components; c++) {
        const [re, im] = wave(omega, c, time)
        expect(Math.abs(out.re[c] - re)).toBeLessThan(1e-11)
        expect(Math.abs(out.im![c] - im)).toBeLessThan(1e-11)
      }
    }
  })

  // Mutants: parts of the evaluation left out, or done twice; panels summed in one part.
  it('is the same table in parts, those of the evaluation among them', () => {
    const [to, components] = [40, 3000]
    const omega = frequencies(2.5, 4)
    let evaluated = 0
    let yielded = 0
    const parts = tabulateInParts(function* (times, out) {
      for (let i = 0; i < times.length; i++) {
        waves(omega, components, [])(times.subarray(i, i + 1), { re: out.re.subarray(i * components), im: out.im!.subarray(i * components) })
        evaluated++
        yield
      }
      return succeed(undefined)
    }, components, 0, to, 2.5, 1e-12)
    let last = parts.next()
    for (; last.done !== true; last = parts.next()) yielded++
    const [whole, own, out] = [orThrow(tabulate(waves(omega, components, []), components, 0, to, 2.5, 1e-12)), orThrow(last.value), planes(components)]
    expect(yielded).toBeGreaterThan(evaluated)
    for (const time of [0, 7.3, 40]) {
      const other = planes(components)
      whole.at(time, out)
      own.at(time, other)
      expect(other).toEqual(out)
    }
  })

  it('refines where the bandwidth was told too small, in few batches', () => {
    const calls: number[] = []
    const omega = frequencies(50, 20)
    const table = orThrow(tabulate(waves(omega, 1, calls), 1, 0, 10, 5, 1e-12))
    expect(calls.length).toBeGreaterThan(2)
    expect(calls.length).toBeLessThan(8)
    const out = planes(1)
    for (let i = 0; i <= 1000; i++) {
      table.at(i / 100, out)
      expect(Math.abs(out.re[0] - wave(omega, 0, i / 100)[0])).toBeLessThan(1e-11)
    }
  })

  it('refines only where it must', () => {
    const evaluated: number[] = []
    const peak: Evaluate = (times, out) => {
      times.forEach((time, i) => {
        evaluated.push(time)
        out.re[i] = 1 / (1 + 1e4 * (time - 3) * (time - 3))
      })
      return succeed(undefined)
    }
    const table = orThrow(tabulate(peak, 1, 0, 10, 10, 1e-6))
    const near = evaluated.filter((time) => Math.abs(time - 3) < 1).length
    expect(near).toBeGreaterThan(0.5 * evaluated.length)
    const out = planes(1)
    for (let i = 0; i <= 2000; i++) {
      table.at(i / 200, out)
      expect(Math.abs(out.re[0] - 1 / (1 + 1e4 * (i / 200 - 3) ** 2))).toBeLessThan(5e-6)
    }
  })

  it('is relative to the largest value', () => {
    for (const scale of [1e-100, 1e100]) {
      const table = orThrow(
        tabulate(
          (times, out) => {
            times.forEach((time, i) => (out.re[i] = scale * Math.cos(time)))
            return succeed(undefined)
          },
          1, 0, 20, 1, 1e-12,
        ),
      )
      const out = planes(1)
      table.at(7.7, out)
      expect(out.re[0] / scale).toBeCloseTo(Math.cos(7.7), 11)
    }
  })

  it('holds its ends, a single time, and a function that is zero', () => {
    const omega = frequencies(3, 5)
    const table = orThrow(tabulate(waves(omega, 1, []), 1, -2, 5, 3, 1e-12))
    const out = planes(1)
    for (const time of [-2, 5, 5 + 1e-12]) {
      table.at(time, out)
      expect(out.re[0]).toBeCloseTo(wave(omega, 0, time)[0], 11)
    }
    const single = orThrow(tabulate(waves(omega, 1, []), 1, 4, 4, 3, 1e-12))
    single.at(4, out)
    expect(out.im![0]).toBeCloseTo(wave(omega, 0, 4)[1], 12)
    const zero = orThrow(tabulate(() => succeed(undefined), 1, 0, 1, 0, 1e-12))
    zero.at(0.5, out)
    expect(out.re[0]).toBe(0)
  })

  it('writes real planes where the caller has only those', () => {
    const omega = frequencies(3, 5)
    const out: Planes = { re: new Float64Array(1), im: null }
    orThrow(tabulate(waves(omega, 1, []), 1, 0, 5, 3, 1e-12)).at(1, out)
    expect(out.re[0]).toBeCloseTo(wave(omega, 0, 1)[0], 11)
  })

  it('says when it does not converge', () => {
    const step: Evaluate = (times, out) => {
      times.forEach((time, i) => (out.re[i] = time < Math.SQRT1_2 ? 0 : 1))
      return succeed(undefined)
    }
    expect(tabulate(step, 1, 0, 1, 1, 1e-10)).toMatchObject({ _tag: 'Left', left: [{ code: 'kernels/table-not-converged' }] })
    expect(tabulate(step, 1, 0, 1e9, 1e3, 1e-10)).toMatchObject({ _tag: 'Left', left: [{ code: 'kernels/table-not-converged' }] })
    const hole: Evaluate = (_times, out) => {
      out.re[7] = NaN
      return succeed(undefined)
    }
    expect(tabulate(hole, 1, 0, 1, 1, 1e-10)).toMatchObject({ _tag: 'Left', left: [{ code: 'kernels/table-not-finite' }] })
  })

  it('passes the issues of the function on', () => {
    const broken: Evaluate = () => fail(issue('stranger/no-transform', [], 'a transform must exist, but does not'))
    expect(tabulate(broken, 1, 0, 1, 1, 1e-10)).toMatchObject({ _tag: 'Left', left: [{ code: 'stranger/no-transform' }] })
  })

  it('a time outside the table is a bug', () => {
    const table = orThrow(tabulate(() => succeed(undefined), 1, 0, 1, 1, 1e-10))
    for (const time of [-0.1, 1.1, NaN]) expect(() => table.at(time, planes(1))).toThrow(RangeError)
    expect(() => tabulate(() => succeed(undefined), 1, 0, Infinity, 1, 1e-10)).toThrow(RangeError)
  })
})
