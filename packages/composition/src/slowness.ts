import type { Finding, Problem } from '@mesobath/contracts'
import { PANEL_NODES } from '@mesobath/kernels'
import type { SegmentCourse } from './segment-course.js'

/** A frequency that changes by a tenth of δ within the memory 2π/δ of a window: from there on rates at today's ω lag behind. */
export const SLOW_DRIVING = 0.1

/** Places per panel at which ω̇ is looked at. */
const LOOKS = 2 * PANEL_NODES

/** The largest |ω̇|·2π/δ² that smooth driving has reached, over all transitions that a bath of window width δ drives. */
export interface SlownessMeter {
  /** Begins a segment; null where energies hold. */
  enter(course: SegmentCourse | null): void
  /** The largest value up to `time`, within the segment. */
  until(time: number): number
}

/**
 * Measures how slowly a drive moves the frequencies, whatever steps an integrator takes. Quenches do not count: they are instants, not speeds.
 */
export const slownessMeter = ({ baths, energies }: Problem): SlownessMeter => {
  const dimension = energies.length
  const pairs: number[] = []
  const factors: number[] = []
  const axes: number[] = []
  baths.forEach(({ bath, systemCouplings }, axis) => {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = k + 1; q < dimension; q += 1) {
        if (!systemCouplings.some(({ im, re }) => re[k * dimension + q] !== 0 || (im !== null && im[k * dimension + q] !== 0))) continue
        pairs.push(k, q)
        axes.push(axis)
        factors.push((2 * Math.PI) / (bath.windows.width * bath.windows.width))
      }
    }
  })
  const rates = new Float64Array(dimension)
  const strengths = new Float64Array(baths.length)
  let course: SegmentCourse | null = null
  let done = 0
  let reached = 0
  let panel = 0

  const at = (time: number): number => {
    course!.energyRates(time, rates)
    course!.strengths(time, strengths)
    let largest = 0
    for (let i = 0; i < factors.length; i += 1) {
      if (strengths[axes[i]!] === 0) continue
      largest = Math.max(largest, factors[i]! * Math.abs(rates[pairs[2 * i + 1]!]! - rates[pairs[2 * i]!]!))
    }
    return largest
  }

  return {
    enter: (next) => {
      course = next
      panel = 0
      reached = next === null ? 0 : next.from
      if (next !== null) done = Math.max(done, at(next.from))
    },
    until: (time) => {
      if (course === null) return done
      const { panelEnds } = course
      while (panel + 1 < panelEnds.length) {
        const start = panelEnds[panel]!
        const end = panelEnds[panel + 1]!
        for (let look = 1; look <= LOOKS; look += 1) {
          const place = look === LOOKS ? end : start + ((end - start) * look) / LOOKS
          if (place > time) break
          if (place > reached) done = Math.max(done, at(place))
        }
        if (end > time) break
        panel += 1
      }
      reached = Math.max(reached, time)
      done = Math.max(done, at(time))
      return done
    },
  }
}

/** The finding that goes with a measured slowness. */
export const slownessFinding = (value: number): Finding => ({
  code: 'composition/slow-driving', quantity: 'largest speed of a driven frequency, |dω/dt|·2π/δ²',
  value, bound: SLOW_DRIVING, verdict: value <= SLOW_DRIVING ? 'trust' : 'doubt',
  message: value <= SLOW_DRIVING
    ? 'frequencies move slowly beside the memory of the windows, so rates follow them'
    : `a frequency moves by ${value.toPrecision(3)} window widths within the memory 2π/δ of a window: rates at the frequency of the moment run `
      + 'ahead; drive more slowly, widen the windows, or take finite-time Redfield',
})
