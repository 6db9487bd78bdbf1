import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { orThrow } from '@mesobath/contracts'
import type { Drive } from '@mesobath/contracts'
import { solve } from '@mesobath/solve'
import { driveFromOptions, periodic, piecewiseConstant, quenches } from '../../src/index.js'
import { phaseCounter, toyProblem } from '../fixtures/toy.js'
import type { Pulse } from '../fixtures/toy.js'

const base = { energies: [0, 1], strengths: [0.1] }

const drive = async (through: Drive, times: readonly number[]) => {
  const log: Pulse[] = []
  const run = orThrow(await solve(toyProblem({ times: Float64Array.from(times), drive: through }), phaseCounter(log), { save: 'nothing' }))
  const last = (name: string): number => run.scalars[name]![run.times.length - 1]!
  return { log, run, phase: last('phase'), work: last('work') }
}

describe('through solve', () => {
  it('[Eq. 68] 6 000 pulses, 2 000 times shorter than the output spacing: every one is crossed', async () => {
    const period = 0.01
    const train = orThrow(quenches({ ...base, level: 1, values: [1, 6], period }))
    const { log, phase, work } = await drive(train, [0, 10, 30])
    expect(log.length).toBe(6000)
    log.forEach((pulse, i) => {
      expect([pulse.from, pulse.to, pulse.energy]).toEqual([(i * period) / 2, ((i + 1) * period) / 2, i % 2 === 0 ? 1 : 6])
    })
    expect(Math.abs(phase - 0.1 * 30 * 3.5)).toBeLessThan(1e-10)
    expect(work).toBe(5)
  })

  it('thousands of quenches of random lengths, from 1e-6 on, at random places of the output grid: none is lost', async () => {
    let [pulses, shortest] = [0, Infinity]
    await fc.assert(fc.asyncProperty(
      fc.array(fc.tuple(fc.oneof(fc.double({ min: 1e-6, max: 1e-4, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true })),
        fc.double({ min: -2, max: 2, noNaN: true })), { minLength: 60, maxLength: 200 }),
      fc.integer({ min: 1, max: 5 }),
      async (spans, outputs) => {
        const times: number[] = []
        let time = 0
        for (const [span] of spans) { time += span; times.push(time) }
        const end = time + 0.5
        const values = spans.map(([, value]) => value)
        const grid = Array.from({ length: outputs + 1 }, (_, i) => (i === outputs ? end : (i * end) / outputs))
        const expected = [0, ...times].map((from, i) => ({ from, to: i < times.length ? times[i]! : end, energy: i === 0 ? 1 : values[i - 1]!, strength: 0.1 }))
        const protocols = [
          orThrow(quenches({ ...base, level: 1, times, values, range: { from: 0, to: end } })),
          orThrow(piecewiseConstant({ times: [0, ...times], energies: [1, ...values].map((value) => [0, value]), strengths: [0.1] })),
          orThrow(periodic(orThrow(piecewiseConstant({ times: [0, ...times], energies: [1, ...values].map((value) => [0, value]), strengths: [0.1] })), { period: 2 * end })),
        ]
        for (const protocol of protocols) {
          const { log, phase, run } = await drive(protocol, grid)
          expect(log).toEqual(expected)
          pulses += log.length
          shortest = Math.min(shortest, ...log.map(({ from, to }) => to - from))
          expect(Math.abs(phase - expected.reduce((sum, { from, to, energy }) => sum + 0.1 * energy * (to - from), 0))).toBeLessThan(1e-10)
          // Every stop stands twice.
          expect(run.sides.filter((side) => side === 'before').length).toBe(times.length)
        }
      }), { numRuns: 25 })
    expect(pulses).toBeGreaterThan(5000)
    expect(shortest).toBeLessThan(1e-5)
  }, 30_000)

  it('an output time on a stop, and two levels quenched at the same time, are one stop', async () => {
    const both = orThrow(driveFromOptions([
      { level: 1, quenches: { period: 240, values: [1, 2] } }, { level: 0, times: [120, 200], values: [0.5, 0] }, { bath: 0, times: [240], values: [0] },
    ], [0, 1], [0.1]))
    const { run } = await drive(both, [0, 120, 240, 360, 480])
    expect([...run.times].map((time, i) => `${time} ${run.sides[i]}`)).toEqual([
      '0 after', '120 before', '120 after', '200 before', '200 after', '240 before', '240 after', '360 before', '360 after', '480 after',
    ])
    expect(Array.from(run.strengths)).toEqual([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0, 0, 0])
  })

  it('pulses that fall between two doubles are refused by name, never skipped', async () => {
    const tooFine = orThrow(quenches({ ...base, level: 1, values: [1, 2], period: 1e-30 }))
    const pattern = orThrow(piecewiseConstant({ times: [0, 4e-20], energies: [[0, 1], [0, 2]], strengths: [0.1] }))
    for (const [protocol, from] of [[tooFine, 1], [orThrow(periodic(pattern, { period: 1e-19 })), 1], [orThrow(periodic(pattern, { period: 1 })), 5]] as const) {
      const outcome = await solve(toyProblem({ times: Float64Array.of(from, from + 2), drive: protocol }), phaseCounter([]))
      expect(outcome._tag === 'Left' && outcome.left[0].code).toBe('solve/drive')
    }
  })
})
