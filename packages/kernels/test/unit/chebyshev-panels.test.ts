import { chebyshevPanels } from '@mesobath/kernels'
import type { ChebyshevPanels } from '@mesobath/kernels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const read = (from: number, to: number, ...functions: ((time: number) => number)[]): ChebyshevPanels => {
  const panels = chebyshevPanels((time, out) => {
    // Nothing may be asked outside: there a drive speaks of other segments.
    if (!(time >= from && time <= to)) throw new RangeError(`${time} lies outside [${from}, ${to}]`)
    out.set(functions.map((value) => value(time)))
  }, functions.length, from, to)
  if ('kind' in panels) throw new Error(`${panels.kind} at ${panels.time}`)
  return panels
}

const at = (panels: ChebyshevPanels, time: number, component = 0): readonly [value: number, rate: number, integral: number] => {
  panels.locate(time)
  return [panels.value(component), panels.rate(component), panels.integral(component)]
}

/** Rounding of the numbers that the slope is a difference of, over an eighth of the length; noise in a later coefficient counts j² times. */
const SLOPE_ROUNDING = 256 * Number.EPSILON

describe('functions of time on Chebyshev panels', () => {
  it('a straight line has its slope to the rounding of its values, wherever it is looked at, its ends included', () => {
    fc.assert(fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }), fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 2, noNaN: true }), fc.double({ min: -2, max: -1e-9, noNaN: true })), fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 1e-3, max: 50, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (start, slope, from, length, share) => {
        const to = from + length
        const panels = read(from, to, (time) => start + slope * (time - from))
        const size = Math.abs(start) + Math.abs(slope) * length + Math.abs(slope) * Math.abs(from)
        for (const time of [from, from + share * length, to]) {
          expect(Math.abs(at(panels, Math.min(to, time))[1] - slope)).toBeLessThan(SLOPE_ROUNDING * (8 / length) * (size + 1e-300))
        }
      }), { numRuns: 200 })
  })

  it('value, derivative and integral of smooth functions, several at once', () => {
    const panels = read(1, 9, (time) => Math.sin(2 * time), (time) => 3 - Math.exp(-time))
    for (let time = 1; time <= 9; time += 1 / 16) {
      const [sine, slope, area] = at(panels, time)
      expect(Math.abs(sine - Math.sin(2 * time))).toBeLessThan(1e-13)
      expect(Math.abs(slope - 2 * Math.cos(2 * time))).toBeLessThan(1e-10)
      expect(Math.abs(area + panels.offset[0]! * (time - 1) - (Math.cos(2) - Math.cos(2 * time)) / 2)).toBeLessThan(1e-13)
      expect(Math.abs(at(panels, time, 1)[1] - Math.exp(-time))).toBeLessThan(1e-10)
    }
  })

  it('at the ends the limits from inside count, whatever the functions say there', () => {
    const panels = read(0, 2, (time) => (time === 0 ? 7 : time === 2 ? -7 : time * time))
    expect(Math.abs(at(panels, 0)[1])).toBeLessThan(1e-12)
    expect(Math.abs(at(panels, 2)[0] - 4)).toBeLessThan(1e-13)
    expect(Math.abs(at(panels, 2)[1] - 4)).toBeLessThan(1e-12)
  })

  it('says where a jump is, and where there is no number', () => {
    const jump = chebyshevPanels((time, out) => { out[0] = time < 0.7 ? 0 : 1 }, 1, 0, 2)
    expect(jump).toMatchObject({ kind: 'not-smooth', component: 0 })
    expect('kind' in jump && Math.abs(jump.time - 0.7)).toBeLessThan(1e-9)
    const nowhere = chebyshevPanels((time, out) => { out.set([0, time > 1.5 ? NaN : 1]) }, 2, 0, 2)
    expect(nowhere).toMatchObject({ kind: 'not-finite', component: 1 })
  })
})
