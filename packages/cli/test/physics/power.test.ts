import { orThrow } from '@mesobath/contracts'
import type { Drive } from '@mesobath/contracts'
import { driveFromOptions, smoothDrive } from '@mesobath/drives'
import { solve } from '@mesobath/solve'
import { thermodynamics } from '@mesobath/thermodynamics'
import type { Ledger } from '@mesobath/thermodynamics'
import { describe, expect, it } from 'vitest'
import { METHODS, problemOf } from '../fixtures/driven-runs.js'

/** Solver and quadrature: probabilities err by 1e-10, powers are of order 0.1. */
const CLOSED = 1e-9

/** Slopes of straight lines: rounding of numbers of order one over eighths of a segment. */
const ROUNDING = 1e-13

/** Nodes and weights of Gauss and Legendre on [0, 1], by Newton's iteration on the recurrence. */
const gauss = (count: number): readonly (readonly [node: number, weight: number])[] => Array.from({ length: count }, (_, i) => {
  let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
  let slope = 0
  for (let round = 0; round < 20; round += 1) {
    let [before, now] = [1, x]
    for (let n = 2; n <= count; n += 1) [before, now] = [now, ((2 * n - 1) * x * now - (n - 1) * before) / n]
    slope = (count * (x * now - before)) / (x * x - 1)
    x -= now / slope
  }
  return [(1 - x) / 2, 1 / ((1 - x * x) * slope * slope)] as const
})

const RULE = gauss(12)

/** What a protocol does, in closed form. */
interface Protocol {
  readonly drive: Drive
  /** ε̇_1(t) and λ̇(t)/λ(t) on the side of a stop where a sample stands; 0 otherwise. */
  readonly slope: (time: number, side: 'before' | 'after') => number
  readonly growth: (time: number, side: 'before' | 'after') => number
  readonly rounding: number
}

const still = (): number => 0
const [STRENGTH, END] = [0.05, 6]

/** ω stays off resonance within one window: rates that follow it have no kinks, which would spoil the quadrature, not the power. */
const wave = (time: number): number => 1.12 + 0.09 * Math.sin(1.3 * time)
const corner = (time: number, side: 'before' | 'after'): number => (time < 2 || (time === 2 && side === 'before') ? 0.04 : time < 4 || (time === 4 && side === 'before') ? -0.03 : 0)

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'a wave': {
    drive: orThrow(smoothDrive({ levels: 2, baths: 1, energies: (time, out) => out.set([0, wave(time)]), strengths: [STRENGTH] })),
    slope: (time) => 0.09 * 1.3 * Math.cos(1.3 * time), growth: still, rounding: CLOSED,
  },
  'straight lines with corners, and rest': {
    drive: orThrow(driveFromOptions({ level: 1, times: [0, 2, 4], values: [1.1, 1.18, 1.12], shape: 'linear' }, [0, 1], [STRENGTH])),
    slope: corner, growth: still, rounding: ROUNDING,
  },
  'a coupling that swells while a level moves': {
    drive: orThrow(smoothDrive({
      levels: 2, baths: 1, energies: (time, out) => out.set([0, wave(time)]), strengths: (time, out) => out.set([STRENGTH * (1 + 0.5 * Math.sin(0.7 * time))]),
    })),
    slope: (time) => 0.09 * 1.3 * Math.cos(1.3 * time), growth: (time) => (0.35 * Math.cos(0.7 * time)) / (1 + 0.5 * Math.sin(0.7 * time)), rounding: CLOSED,
  },
}

/** Output times on which ∫ is a sum: stretches of 1 that begin and end with every stop. */
const times = Float64Array.from([0, ...Array.from({ length: END }, (_, stretch) => [...RULE.map(([node]) => stretch + node), stretch + 1]).flat()])

const run = async (protocol: Protocol, algorithm: (typeof METHODS)[number][1]): Promise<{ readonly books: Ledger; readonly excited: readonly number[]; readonly sides: readonly ('before' | 'after')[] }> => {
  const done = orThrow(await solve({ ...problemOf(protocol.drive, END, STRENGTH), times }, algorithm, { observers: { books: thermodynamics() } }))
  expect(done.status).toBe('ok')
  const excited = Array.from(done.times, (_, i) => done.systemStates!.re[4 * i + 3]!)
  return { books: done.observed.books, excited, sides: done.sides }
}

// Mutants that fall here: λ̇ forgotten, the sign turned, a slope of the moment before, a quench that counts as power.
describe('power', () => {
  for (const [title, protocol] of Object.entries(PROTOCOLS)) {
    it(`[Eq. 47] is Σ ε̇_k p_k, in exact runs with (λ̇/λ)⟨H_int⟩ too, of its own side at a stop, and its integral is the work, under ${title}`, async () => {
      for (const [name, algorithm] of METHODS) {
        const { books, excited, sides } = await run(protocol, algorithm)
        let largest = 0
        books.power.forEach((power, i) => {
          const [time, side] = [books.times[i]!, sides[i]!]
          const coupling = name === 'exact' ? protocol.growth(time, side) * books.interactionEnergy[i]! : 0
          const expected = protocol.slope(time, side) * excited[i]! + coupling
          largest = Math.max(largest, Math.abs(expected))
          expect(Math.abs(power - expected), `${name} at ${time}`).toBeLessThan(protocol.rounding)
        })
        expect(largest, name).toBeGreaterThan(0.01)
        expect(books.findings.map(({ code }) => code)).not.toContain('thermodynamics/no-power')
        for (let stretch = 0; stretch < END; stretch += 1) {
          const begin = books.times.lastIndexOf(stretch)
          const integral = RULE.reduce((sum, [, weight], at) => sum + weight * books.power[begin + 1 + at]!, 0)
          expect(Math.abs(integral - (books.work[begin + 1 + RULE.length]! - books.work[begin]!)), `${name}, ${stretch}`).toBeLessThan(CLOSED)
        }
      }
    })
  }

  it('[Eq. 47] is 0 between quenches and on both sides of them: they are jumps of the work', async () => {
    const drive = orThrow(driveFromOptions({ level: 1, quenches: { period: 4, values: [1, 1.5] } }, [0, 1], [STRENGTH]))
    for (const [name, algorithm] of METHODS) {
      const { observed: { books } } = orThrow(await solve(problemOf(drive, 8, STRENGTH), algorithm, { observers: { books: thermodynamics() } }))
      expect(books.power.every((power) => power === 0), name).toBe(true)
      expect(Math.max(...books.work.map(Math.abs)), name).toBeGreaterThan(0.1)
    }
  })
})
