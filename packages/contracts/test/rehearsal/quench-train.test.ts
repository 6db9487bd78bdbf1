import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Drive, Observer, Problem, Sample, Segment } from '@mesobath/contracts'
import { jumpProcess } from './support/jump-process.js'
import { attach, flatRates, inWindow, systemLevel, toyBath, unitWindows } from './support/parts.js'
import { walk } from './support/walk.js'

const PULSES = 5000
const PERIOD = 0.01
const LIFT = 5
const STRENGTH = 0.3
const VOLUMES = [400, 600]
const windows = unitWindows(VOLUMES.map(Math.log), 0.5)

/** ε_1 is lifted by `LIFT` for half of every period; the k-th time is k·PERIOD/2, one rounding and no drift. */
const train = (pulled: { count: number }): Drive => ({
  recipe: { pulses: PULSES },
  *segments(from, to): Iterable<Segment> {
    for (let half = 0; half < 2 * PULSES; half += 1) {
      pulled.count += 1
      const [begin, end] = [(half * PERIOD) / 2, ((half + 1) * PERIOD) / 2]
      const top = half % 2 === 0 ? 1 : 1 + LIFT
      yield {
        from: half === 0 ? from : begin, to: half === 2 * PULSES - 1 ? to : end, constant: true,
        energies: (_time, out) => out.set([0, top]), strengths: (_time, out) => out.set([STRENGTH]),
      }
    }
  },
})

const problemWith = (pulled: { count: number }, times: readonly number[]): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attach('bath', toyBath(windows), STRENGTH)],
  initial: { kind: 'product', system: systemLevel(2, 1), baths: [inWindow(windows, 0)] },
  times: Float64Array.from(times),
  drive: train(pulled),
})

/** Books of energy, from samples alone. */
const ledger = (): Observer<{ stops: number; worst: number; work: number; expected: number; last: Float64Array; monotone: boolean }> => {
  const book = { stops: 0, worst: 0, work: 0, expected: 0, last: new Float64Array(), monotone: true }
  let before: { time: number; work: number; populations: Float64Array; energies: Float64Array } | null = null
  let latest = -Infinity
  return {
    begin: () => undefined,
    sample: (sample: Sample) => {
      book.monotone &&= sample.time >= latest
      latest = sample.time
      if (sample.side === 'before') {
        before = {
          time: sample.time, work: sample.scalars.work, populations: Float64Array.from(sample.populations), energies: Float64Array.from(sample.energies),
        }
      } else if (before) {
        book.stops += 1
        const excited = before.populations[2] + before.populations[3]
        const jump = (sample.energies[1] - before.energies[1]) * excited
        book.expected += jump
        book.worst = Math.max(book.worst, Math.abs(sample.scalars.work - before.work - jump), Math.abs(sample.time - before.time))
        expect(sample.populations).toEqual(before.populations)
        before = null
      }
      book.work = sample.scalars.work
      book.last = Float64Array.from(sample.populations)
    },
    end: () => book,
  }
}

describe('a train of thousands of quenches', () => {
  it('is walked lazily, loses no pulse between outputs, and jumps in work by Σ Δε p exactly', async () => {
    const pulled = { count: 0 }
    const lookahead: number[] = []
    const book = ledger()
    let entered = 0
    const end = PULSES * PERIOD
    // Three outputs for ten thousand segments: a solver that looked at the drive on its output grid would see no pulse at all.
    const run = orThrow(await walk(problemWith(pulled, [0, end / 3, end]), jumpProcess(flatRates(2)), {
      observers: [book],
      onSegment: () => {
        entered += 1
        lookahead.push(pulled.count - entered)
      },
    }))
    const found = book.end()
    expect(run.status).toBe('ok')
    expect(entered).toBe(2 * PULSES)
    expect(found.stops).toBe(2 * PULSES - 1)
    expect(found.monotone).toBe(true)
    expect(Math.max(...lookahead)).toBe(0)
    // One rounding per jump of work of order LIFT.
    expect(found.worst).toBeLessThan(1e-9)
    expect(Math.abs(found.work - found.expected)).toBeLessThan(1e-8)

    // Lifted, the spin is out of resonance: it relaxes during half of the time, towards 400/1000.
    const rate = 2 * STRENGTH ** 2 * (Math.sqrt(600 / 400) + Math.sqrt(400 / 600))
    const excited = 0.4 + 0.6 * Math.exp((-rate * end) / 2)
    expect(Math.abs(found.last[2] - excited)).toBeLessThan(1e-9)
  })

  it('gives the same when split in two through a checkpoint', async () => {
    const [whole, first, second] = [ledger(), ledger(), ledger()]
    const constant = (times: readonly number[]): Problem => ({ ...problemWith({ count: 0 }, times), drive: null })
    orThrow(await walk(constant([0, 3, 7]), jumpProcess(flatRates(2)), { observers: [whole] }))
    const half = orThrow(await walk(constant([0, 3]), jumpProcess(flatRates(2)), { observers: [first] }))
    const initial = orThrow(half.stepper.checkpoint())
    expect(initial.kind).toBe('conditional')
    orThrow(await walk({ ...constant([3, 7]), initial }, jumpProcess(flatRates(2)), { observers: [second] }))
    second.end().last.forEach((p, i) => expect(Math.abs(p - whole.end().last[i])).toBeLessThan(1e-12))
  })
})
