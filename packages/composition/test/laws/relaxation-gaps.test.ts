import { orThrow } from '@mesobath/contracts'
import { connectedComponents, equilibrium, populationGenerator, prepareBaths, relaxationGaps, windowLattice } from '@mesobath/composition'
import { uniformisation } from '@mesobath/kernels'
import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, spinCoupling, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** n baths of random volumes on the grid of a level system, resonant or not. */
const subjectOf = (seed: number, counts: readonly number[], energies: readonly number[], width = 0.5) => {
  const uniform = parkMiller(seed)
  const problem = makeProblem(energies, counts.map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => i * width), width, logVolumes: Array.from({ length: count }, () => 3 * uniform()) }),
    0.3 + uniform(), [hermitian(energies.length, uniform)])))
  const rates = Object.fromEntries(counts.map((count, axis) => [`b${axis}`, toyRates(positiveKappa(1, count, uniform))]))
  const lattice = windowLattice(problem)
  const baths = orThrow(prepareBaths(problem, rates))
  const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
  return { lattice, baths, strengths, energies: problem.energies, uniform }
}

/** Eigenvalues of the generator, column by column, restricted to some states. */
const denseRates = ({ baths, energies, lattice, strengths }: ReturnType<typeof subjectOf>, states: readonly number[]): number[] => {
  const generator = orThrow(populationGenerator(lattice, baths, energies, strengths))
  const unit = new Float64Array(generator.dimension)
  const image = new Float64Array(generator.dimension)
  const matrix = Matrix.zeros(states.length, states.length)
  states.forEach((from, column) => {
    unit.fill(0)
    unit[from] = 1
    generator.apply(unit, image)
    states.forEach((to, row) => { matrix.set(row, column, image[to]!) })
  })
  return [...new EigenvalueDecomposition(matrix).realEigenvalues].map((value) => -value).sort((a, b) => a - b)
}

const membersOf = (component: Int32Array, part: number): number[] => [...component.keys()].filter((state) => component[state] === part)

describe('[Eqs. 33, G8] the relaxation gap', () => {
  it('is the smallest non-zero eigenvalue of each connected component, for one, two and three baths', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom([[7], [0, 0.5]], [[5, 4], [0, 0.5, 1.5]], [[4, 3, 3], [0, 1]], [[6, 5], [0, 0.8]], [[9], [0, 0.3, 0.7]]), (seed, [counts, energies]) => {
        const subject = subjectOf(seed, counts!, energies!)
        const { components: { component, count }, errors, gaps, states } = orThrow(relaxationGaps(subject.lattice, subject.baths, subject.energies, subject.strengths))
        for (let part = 0; part < count; part += 1) {
          const members = membersOf(component, part)
          expect(members).toHaveLength(states[part]!)
          if (members.length === 1) {
            expect(gaps[part]).toBe(Infinity)
            continue
          }
          const dense = denseRates(subject, members)
          expect(Math.abs(dense[0]!)).toBeLessThan(1e-12 * dense.at(-1)!)
          expect(Math.abs(gaps[part]! - dense[1]!)).toBeLessThan(1e-8 * dense[1]! + 1e-12 * dense.at(-1)!)
          expect(errors[part]).toBeLessThanOrEqual(1e-6 * gaps[part]! + 1e-12 * dense.at(-1)!)
        }
      }), { numRuns: 25, seed: 5 })
  })

  it('is what is left at long times: p − p_eq falls as e^{−gap·t}', () => {
    const subject = subjectOf(17, [6, 5], [0, 0.8])
    const { baths, energies, lattice, strengths } = subject
    const { components, gaps } = orThrow(relaxationGaps(lattice, baths, energies, strengths))
    const generator = orThrow(populationGenerator(lattice, baths, energies, strengths))
    const p = new Float64Array(generator.dimension)
    p[20] = 1
    const part = components.component[20]!
    const steady = orThrow(equilibrium(lattice, baths, energies, strengths, p))
    const mover = uniformisation(generator, generator.exitRateBound)
    const far = (): number => p.reduce((sum, value, i) => sum + Math.abs(value - steady[i]!), 0)
    mover.advance(p, 8 / gaps[part]!, 1e-15)
    const before = far()
    mover.advance(p, 2 / gaps[part]!, 1e-15)
    expect(Math.log(before / far()) / 2).toBeCloseTo(1, 2)
  })

  it('reaches small gaps of long chains, and keeps to its component', () => {
    const count = 120
    const bath = toyBath({ energies: Array.from({ length: count }, (_, i) => i / 2), width: 0.5, logVolumes: Array.from({ length: count }, () => 0) })
    const problem = makeProblem([0, 0.8], [attach('b', bath, 1, [spinCoupling])])
    const baths = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] }))))
    const { components, gaps, states } = orThrow(relaxationGaps(windowLattice(problem), baths, problem.energies, Float64Array.of(1)))
    expect(components.count).toBeLessThan(4)
    const part = states.indexOf(Math.max(...states))
    const subject = { baths, lattice: windowLattice(problem), strengths: Float64Array.of(1), energies: problem.energies, uniform: () => 0 }
    const dense = denseRates(subject, membersOf(components.component, part))
    expect(gaps[part]! / dense.at(-1)!).toBeLessThan(1e-3)
    expect(Math.abs(gaps[part]! / dense[1]! - 1)).toBeLessThan(1e-6)
  })

  it('does not depend on how much volumes differ, up to log volumes that no double holds', () => {
    const problem = makeProblem([0, 1], [attach('b', toyBath({ energies: [0, 1, 2], width: 1, logVolumes: [5e4, 5e4 + 1, 5e4 + 2] }), 1, [spinCoupling])])
    const baths = orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] }))))
    const { gaps } = orThrow(relaxationGaps(windowLattice(problem), baths, problem.energies, Float64Array.of(1)))
    // Two pairs of states with rates e^{±1/2} each way, two states alone.
    expect([...gaps].sort((a, b) => a - b).map((gap) => (gap < Infinity ? gap.toFixed(10) : 'alone')))
      .toEqual([...Array.from({ length: 2 }, () => (Math.exp(0.5) + Math.exp(-0.5)).toFixed(10)), 'alone', 'alone'])
  })

  it('components are numbered once, and those of λ = 0 are single states', () => {
    const { baths, energies, lattice } = subjectOf(3, [4, 3], [0, 0.5])
    const { components, gaps } = orThrow(relaxationGaps(lattice, baths, energies, Float64Array.of(0, 0)))
    expect(components.count).toBe(24)
    expect([...gaps].every((gap) => gap === Infinity)).toBe(true)
    expect(connectedComponents(lattice, []).count).toBe(24)
  })
})
