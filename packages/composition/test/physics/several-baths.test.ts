import { orThrow } from '@mesobath/contracts'
import type { Problem, RateModel } from '@mesobath/contracts'
import {
  conditionalGenerator, equilibrium, populationGenerator, prepareBaths, reachedGenerator, reachedStates, relaxationGaps, validityReport, windowLattice,
} from '@mesobath/composition'
import { exponentialAction, hermitianEigenvalues, relaxation, uniformisation } from '@mesobath/kernels'
import type { Lane } from '@mesobath/kernels'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, spinCoupling, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

type Rates = RateModel | Readonly<Record<string, RateModel>>

const built = (problem: Problem, rates: Rates) => {
  const lattice = windowLattice(problem)
  const baths = orThrow(prepareBaths(problem, rates))
  const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
  return { lattice, baths, strengths, generator: orThrow(populationGenerator(lattice, baths, problem.energies, strengths)) }
}

/** Baths of any number on one grid, with random volumes, couplings and rates. */
const drawn = (seed: number, counts: readonly number[], energies: readonly number[], couplings = 1) => {
  const uniform = parkMiller(seed)
  const width = 0.5
  const problem = makeProblem(energies, counts.map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => i * width), width, logVolumes: Array.from({ length: count }, () => 3 * uniform()), couplings }),
    0.3 + 0.5 * uniform(), Array.from({ length: couplings }, () => hermitian(energies.length, uniform)))))
  const rates = Object.fromEntries(counts.map((count, axis) => [`b${axis}`, toyRates(positiveKappa(couplings, count, uniform))]))
  return { problem, rates, uniform }
}

const largest = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

describe('[Eqs. 36, G11] the steady state', () => {
  it.each([
    ['two baths on resonance', [7, 6], [0, 0.5, 1.5]], ['three baths on resonance', [5, 4, 4], [0, 0.5]],
    ['three baths, three levels, off resonance', [4, 3, 3], [0, 0.7, 1.1]],
  ])('in closed form is where long times end: %s', async (_title, counts, energies) => {
    const { problem, rates, uniform } = drawn(5, counts, energies)
    const { baths, generator, lattice, strengths } = built(problem, rates)
    const p = Float64Array.from({ length: generator.dimension }, uniform)
    const steady = orThrow(equilibrium(lattice, baths, problem.energies, strengths, p))
    const change = new Float64Array(p.length)
    generator.apply(steady, change)
    expect(largest(change)).toBeLessThan(1e-12 * generator.exitRateBound)
    const { gaps } = orThrow(relaxationGaps(lattice, baths, problem.energies, strengths))
    const room = (): Lane => ({ values: new Float64Array(p.length) })
    const mover = relaxation(generator, { exitRate: generator.exitRateBound, spectralRadius: generator.spectralBound }, [room(), room(), room()])
    const slowest = Math.min(...gaps)
    // Volumes differ by e^9 at most, and so do the squares of an error of the symmetrised equation.
    const move = (time: number): Promise<boolean> => mover.advance(p, time, 1e-7, Math.exp(4.5), () => null)
    await move(2 / slowest)
    const left = largest(p.map((x, i) => x - steady[i]!))
    expect(left).toBeGreaterThan(1e-4)
    await move(18 / slowest)
    expect(largest(p.map((x, i) => x - steady[i]!))).toBeLessThan(1e-7 * largest(steady) + 2 * left * Math.exp(-18))
  })
})

describe('[Eqs. 5, 75] complete positivity', () => {
  it('holds for two baths with two couplings each and complex rates, on degenerate levels too, entangled with an ancilla', () => {
    for (const energies of [[0, 0.5, 1], [0, 0.5, 0.5], [0, 0.63, 1.41]]) {
      const { problem, rates } = drawn(9, [3, 3], energies, 2)
      const lattice = windowLattice(problem)
      const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
      const generator = orThrow(conditionalGenerator(lattice, orThrow(prepareBaths(problem, rates)), problem.energies, strengths))
      const plane = lattice.size * 9
      const uniform = parkMiller(3)
      const psi = Array.from({ length: 9 }, () => [2 * uniform() - 1, 2 * uniform() - 1] as const)
      const propagator = exponentialAction(generator, generator.normBound)
      for (const time of [0.1, 2]) {
        const big = Array.from({ length: lattice.size }, () => ({ re: new Float64Array(81), im: new Float64Array(81) }))
        for (let a = 0; a < 3; a += 1) {
          for (let b = 0; b < 3; b += 1) {
            const state = new Float64Array(2 * plane)
            for (let k = 0; k < 3; k += 1) {
              for (let q = 0; q < 3; q += 1) {
                const [x, y] = psi[k * 3 + a]!
                const [u, v] = psi[q * 3 + b]!
                state[4 * 9 + k * 3 + q] = x * u + y * v
                state[plane + 4 * 9 + k * 3 + q] = y * u - x * v
              }
            }
            propagator.advance(state, time, 1e-13)
            for (let joint = 0; joint < lattice.size; joint += 1) {
              for (let k = 0; k < 3; k += 1) {
                for (let q = 0; q < 3; q += 1) {
                  big[joint]!.re[(k * 3 + a) * 9 + q * 3 + b] = state[joint * 9 + k * 3 + q]!
                  big[joint]!.im[(k * 3 + a) * 9 + q * 3 + b] = state[plane + joint * 9 + k * 3 + q]!
                }
              }
            }
          }
        }
        const least = Math.min(...big.map(({ im, re }) => hermitianEigenvalues({ rows: 9, columns: 9, re, im })[0]!))
        expect(least).toBeGreaterThan(-1e-12)
      }
    }
  })
})

describe('[Eq. 75] finite baths do not simply add', () => {
  /**
   * p(ε_1) of a spin over time, beside one bath at √2 λ or two copies of it at λ, from |1⟩ and the middle window of each. `curvature` is how fast
   * β(E) changes along the bath, `growth` how fast κ does.
   */
  const excited = (copies: number, slope: number, curvature: number, growth: number, time: number): number => {
    const count = 41
    const middle = 20
    const logVolumes = Array.from({ length: count }, (_, e) => slope * (e - middle) - (curvature * (e - middle) ** 2) / 2)
    const bath = toyBath({ energies: Array.from({ length: count }, (_, e) => e), width: 1, logVolumes })
    const strength = copies === 1 ? 0.1 * Math.SQRT2 : 0.1
    const start = Float64Array.from({ length: count }, (_, e) => (e === middle ? 1 : 0))
    const problem = makeProblem([0, 1], Array.from({ length: copies }, (_, i) => attach(`b${i}`, bath, strength, [spinCoupling])), {
      kind: 'product', system: { rows: 2, columns: 2, re: Float64Array.of(0, 0, 0, 1), im: null },
      baths: Array.from({ length: copies }, () => ({ kind: 'windows' as const, probabilities: start })),
    })
    const { generator, lattice } = built(problem, toyRates((to, from) => ({ re: [Math.exp(growth * ((to + from) / 2 - middle))], im: [0] })))
    const p = new Float64Array(generator.dimension)
    p[lattice.size + (copies === 1 ? middle : middle * count + middle)] = 1
    uniformisation(generator, generator.exitRateBound).advance(p, time, 1e-12)
    return p.subarray(lattice.size).reduce((sum, x) => sum + x, 0)
  }

  it('two copies at λ are not one bath at √2 λ: 0.03 in p(ε_1), for a finite bath is not Gaussian', () => {
    const far = [20, 60, 200].map((time) => Math.abs(excited(2, 0.3, 0.3, 0.2, time) - excited(1, 0.3, 0.3, 0.2, time)))
    expect(Math.max(...far)).toBeGreaterThan(0.025)
  })

  it('the difference vanishes as β(E) and κ(E,E+ω) become constant over the energies reached, and with either of them alone it does not', () => {
    const difference = (curvature: number, growth: number): number => Math.max(...[20, 60, 120].map((time) =>
      Math.abs(excited(2, 0.3, curvature, growth, time) - excited(1, 0.3, curvature, growth, time))))
    const series = [1, 0.5, 0.25, 0.125].map((scale) => difference(0.2 * scale, 0.2 * scale))
    for (let i = 1; i < series.length; i += 1) expect(series[i]!).toBeLessThan(0.75 * series[i - 1]!)
    expect(difference(0.2, 0)).toBeGreaterThan(1e-2)
    expect(difference(0, 0.2)).toBeGreaterThan(1e-3)
    expect(difference(0, 0)).toBeLessThan(1e-9)
  })
})

describe('states that a start can reach', () => {
  it('[Eq. 32] are an energy shell on resonance, and move there as in the whole lattice', () => {
    const { problem, rates } = drawn(31, [9, 8, 7], [0, 0.5])
    const { generator, lattice } = built(problem, rates)
    const p = new Float64Array(generator.dimension)
    const start = lattice.size + 4 * 56 + 3 * 7 + 3
    p[start] = 1
    const states = reachedStates(lattice, generator.transitions, p, p.length)!
    const shell = (i: number): number => Math.floor(i / 504) + (Math.floor(i / 56) % 9) + (Math.floor(i / 7) % 8) + (i % 7)
    const members = [...p.keys()].filter((i) => shell(i) === shell(start))
    expect([...states]).toEqual(members)
    expect(states.length / p.length).toBeLessThan(0.1)
    const reached = reachedGenerator(lattice, generator, states)
    expect(reached.components.count).toBe(1)
    const few = Float64Array.from(states, (state) => p[state]!)
    uniformisation(generator, generator.exitRateBound).advance(p, 5, 1e-13)
    uniformisation(reached, reached.exitRateBound).advance(few, 5, 1e-13)
    expect(largest(few.map((x, i) => x - p[states[i]!]!))).toBeLessThan(1e-14)
    states.forEach((state, i) => expect(reached.logVolumes[i]).toBeCloseTo(
      lattice.logVolumes[0]![Math.floor(state / 56) % 9]! + lattice.logVolumes[1]![Math.floor(state / 7) % 8]! + lattice.logVolumes[2]![state % 7]!, 12))
  })

  it('are all that jumps join off resonance, and none is given where they are more than asked for', () => {
    const { problem, rates } = drawn(12, [6, 5], [0, 0.8])
    const { generator, lattice } = built(problem, rates)
    const p = new Float64Array(generator.dimension)
    p[7] = 1
    const states = reachedStates(lattice, generator.transitions, p, p.length)!
    uniformisation(generator, generator.exitRateBound).advance(p, 50, 1e-13)
    expect([...states]).toEqual([...p.keys()].filter((i) => p[i]! > 0))
    expect(reachedStates(lattice, generator.transitions, p, states.length - 1)).toBeNull()
  })
})

describe('[composition/idle-bath] a bath that reaches no transition', () => {
  it('is doubted, the nearest windows and levels named', () => {
    const near = attach('near', toyBath({ energies: [0, 1], width: 0.5, logVolumes: [1, 2] }), 0.1, [spinCoupling])
    const far = attach('far', toyBath({ energies: [0, 0.2, 0.4], width: 0.2, logVolumes: [1, 2, 3] }), 0.1, [spinCoupling])
    const problem = makeProblem([0, 1], [near, far])
    const { baths, lattice, strengths } = built(problem, toyRates(() => ({ re: [1], im: [0] })))
    const findings = validityReport({ lattice, baths, energies: problem.energies, strengths, duration: 1 }).filter(({ code }) => code === 'composition/idle-bath')
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ verdict: 'doubt', value: expect.closeTo(3, 10) as number })
    expect(findings[0]!.message).toContain('"far"')
    expect(findings[0]!.message).toContain('windows 0 and 2')
    expect(findings[0]!.message).toContain('levels 1 and 0 by 0.600')
  })
})
