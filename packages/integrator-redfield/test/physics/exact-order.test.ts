import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Drive, RateModel, Segment } from '@mesobath/contracts'
import { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import { microscopicRates } from '@mesobath/rates-microscopic'
import { solve } from '@mesobath/solve'
import { explicitProblem, grid, largestDifference, termwiseRates } from '../fixtures/explicit-problem.js'
import { fromEntries } from '../oracles/complex-dense.js'
import type { Dense } from '../oracles/complex-dense.js'
import { weighted } from '../oracles/dense-redfield.js'
import { exactEvolution } from '../oracles/exact-evolution.js'
import { genericBath } from '../oracles/explicit-bath.js'

const STRENGTHS = [0.04, 0.02, 0.01, 0.005]
/** The error's leading power is 3; the next one still bends the first slope. */
const LEAST_ORDER = 2.2
const LEAST_LAST_ORDER = 2.8

const COHERENT = fromEntries(2, (k, q) => [[0.3, 0.25, 0.25, 0.7][2 * k + q], [0, 0.2, -0.2, 0][2 * k + q]])
const COUPLING = fromEntries(2, (k, q) => [[0.3, 1, 1, -0.5][2 * k + q], [0, 0.4, -0.4, 0][2 * k + q]])

const orders = (errors: readonly number[]): readonly number[] => errors.slice(1).map((error, i) => Math.log2(errors[i] / error))

const quenchDrive = (levels: readonly (readonly number[])[], end: number, strengthOf: () => number): Drive => ({
  recipe: null,
  segments: (from, to) => levels
    .map((energies, s): Segment => ({
      from: Math.max(from, (end * s) / levels.length), to: Math.min(to, (end * (s + 1)) / levels.length), constant: true,
      energies: (_t, out) => out.set(energies), strengths: (_t, out) => out.fill(strengthOf()),
    }))
    .filter((segment) => segment.to > segment.from),
})

const errorsOf = async (
  rates: RateModel, bath: ReturnType<typeof genericBath>, energies: readonly (readonly number[])[], end: number, count: number, start: readonly number[], couplings: readonly Dense[],
): Promise<readonly number[]> => {
  const errors: number[] = []
  for (const strength of STRENGTHS) {
    const drive = energies.length === 1 ? null : quenchDrive(energies, end, () => strength)
    const problem = explicitProblem(energies[0], couplings, strength, bath, COHERENT, start, grid(end, count), drive)
    const run = orThrow(await solve(problem, finiteTimeRedfield({ rates }), { tolerance: 1e-12 }))
    const exact = exactEvolution(energies, couplings, strength, bath, weighted(COHERENT, start), end, count)
    // A stop stands twice; compare the samples after it.
    const block = bath.windows * 4
    const keep = run.sides.map((side, at) => (side === 'after' ? at : -1)).filter((at) => at >= 0)
    const pick = (plane: Float64Array): Float64Array => Float64Array.from(keep.flatMap((at) => [...plane.subarray(at * block, (at + 1) * block)]))
    errors.push(largestDifference({ re: pick(run.conditionalStates!.re), im: pick(run.conditionalStates!.im!) }, exact))
  }
  return errors
}

describe('[Eq. 14] deviation from the exact evolution on a generic small bath', () => {
  const bath = genericBath(11, [5, 7, 6], 0.8, 1)
  const start = [0.3, 0.5, 0.2]

  it('falls as λ³ or faster: no resonance, blocks within windows, means, coherences', async () => {
    const errors = await errorsOf(microscopicRates(), bath, [[0, 0.93]], 8, 16, start, [COUPLING])
    const found = orders(errors)
    expect(Math.min(...found), `${errors} → ${found}`).toBeGreaterThan(LEAST_ORDER)
    expect(found[2], `${errors} → ${found}`).toBeGreaterThan(LEAST_LAST_ORDER)
  })

  it('falls slower where memory forgets its phases: the first term that a restart at each quench drops is of order λ²', async () => {
    const levels = [[0, 0.93], [0, 0.2], [0.4, 1.9], [0, 0.93]]
    const errors: number[] = []
    for (const strength of STRENGTHS.slice(1)) {
      let state = weighted(COHERENT, start)
      const problem = (segment: number) => ({
        ...explicitProblem(levels[segment], [COUPLING], strength, bath, COHERENT, start, grid(2, 1)),
        initial: {
          kind: 'conditional' as const, memoryStart: 0,
          states: { re: Float64Array.from(state.flatMap((each) => [...each.re])), im: Float64Array.from(state.flatMap((each) => [...each.im])) },
        },
      })
      for (let segment = 0; segment < 4; segment++) {
        const run = orThrow(await solve(problem(segment), finiteTimeRedfield({ rates: termwiseRates(bath) }), { tolerance: 1e-12 }))
        const { re, im } = run.conditionalStates!
        state = state.map((each, window) => ({ n: each.n, re: re.slice((3 + window) * 4, (4 + window) * 4), im: im!.slice((3 + window) * 4, (4 + window) * 4) }))
      }
      const exact = exactEvolution(levels, [COUPLING], strength, bath, weighted(COHERENT, start), 8, 16)
      errors.push(Math.max(...state.flatMap((each, window) => [...each.re].map((value, i) => Math.abs(value - exact[16][window].re[i])))))
    }
    const found = orders(errors)
    expect(found[1], `${errors} → ${found}`).toBeLessThan(2.5)
  })

  it('falls as λ³ or faster across quenches, whose memory keeps its phases', async () => {
    const errors = await errorsOf(termwiseRates(bath), bath, [[0, 0.93], [0, 0.2], [0.4, 1.9], [0, 0.93]], 8, 16, start, [COUPLING])
    const found = orders(errors)
    expect(Math.min(...found), `${errors} → ${found}`).toBeGreaterThan(LEAST_ORDER)
    expect(found[2], `${errors} → ${found}`).toBeGreaterThan(LEAST_LAST_ORDER)
  })
})
