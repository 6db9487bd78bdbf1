import { fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { PairRequest, RateModel } from '@mesobath/contracts'
import { bathTransitions, conditionalGenerator, prepareBaths, rememberCorrelation, windowLattice } from '@mesobath/composition'
import { describe, expect, it } from 'vitest'
import { attach, makeProblem, matrix, spinCoupling, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** Constant rates that write down what they are asked, and have none within a window at ω = 0. */
const watchful = (): { readonly rates: RateModel; readonly asked: PairRequest[] } => {
  const asked: PairRequest[] = []
  const plain = toyRates(() => ({ re: [1], im: [0] }))
  return {
    asked,
    rates: {
      ...plain,
      correlate: (bath) => {
        const correlation = orThrow(plain.correlate(bath))
        return succeed({
          ...correlation,
          strength: (request, out) => {
            asked.push({ to: request.to.slice(), from: request.from.slice(), ...(request.frequency === undefined ? {} : { frequency: request.frequency }) })
            const refused = request.frequency !== undefined
              && request.to.some((to, row) => to === request.from[row] && Math.abs(request.frequency![row]!) < 1e-9 * bath.windows.width)
            return refused ? fail(issue('test/undamped', [], 'no rate within a window at rest')) : correlation.strength(request, out)
          },
        })
      },
    },
  }
}

const bath = toyBath({ energies: [0, 0.5, 1], width: 0.5, logVolumes: [1, 2, 3] })

const prepared = (energies: readonly number[], coupling = spinCoupling, remember = false) => {
  const { asked, rates } = watchful()
  const problem = makeProblem(energies, [attach('bath', bath, 1, [coupling])])
  const [only] = orThrow(prepareBaths(problem, rates))
  return { asked, problem, bath: remember ? rememberCorrelation(only!) : only! }
}

describe('the frequency of a rate is told to the rate model', () => {
  it('row by row', () => {
    const { asked, bath: single, problem } = prepared([0, 0.3])
    orThrow(bathTransitions(single, problem.energies, 1))
    // The second request is one pair asked the other way round, to see that κ is symmetric.
    expect(asked).toHaveLength(2)
    expect(asked[1]!.to).toHaveLength(1)
    const { frequency, from, to } = asked[0]!
    expect(frequency).toHaveLength(to.length)
    to.forEach((window, row) => {
      const centres = [0, 0.5, 1]
      expect(Math.abs(Math.abs(frequency![row]!) - 0.3)).toBeLessThan(1e-15)
      expect(Math.abs(frequency![row]! + centres[from[row]!]! - centres[window]!)).toBeLessThan(0.5)
    })
    // ω = 0.3 lies between "none" and one window: rows within a window are among them.
    expect(to.some((window, row) => window === from[row])).toBe(true)
  })

  it('so that a model can refuse a transition at rest, and is not asked for one where κ alone is wanted', () => {
    const { bath: degenerate, problem } = prepared([0, 0])
    expect(bathTransitions(degenerate, problem.energies, 1)).toMatchObject({ _tag: 'Left', left: [{ code: 'test/undamped' }] })
    const { asked, bath: moving, problem: other } = prepared([0, 0.5])
    orThrow(conditionalGenerator(windowLattice(other), [moving], other.energies, Float64Array.of(1)))
    // The Lamb shift's rows.
    expect(asked.some(({ frequency, from, to }) => frequency === undefined && to.some((window, row) => window === from[row]))).toBe(true)
  })

  it('through the memory, which knows a window at rest from the same window at ω ≠ 0', () => {
    const { asked, bath: single, problem } = prepared([0, 0.3], spinCoupling, true)
    orThrow(bathTransitions(single, problem.energies, 1))
    orThrow(conditionalGenerator(windowLattice(problem), [single], problem.energies, Float64Array.of(1)))
    const before = asked.length
    orThrow(bathTransitions(single, Float64Array.of(0, 0.3), 1))
    expect(asked).toHaveLength(before)
    expect(bathTransitions(single, Float64Array.of(0, 0), 1)).toMatchObject({ _tag: 'Left', left: [{ code: 'test/undamped' }] })
    // The refusal is not kept in place of the number.
    expect(bathTransitions(single, Float64Array.of(0, 0.3), 1)._tag).toBe('Right')
    const diagonal = prepared([0, 0.3], matrix([[1, 1], [1, -1]]), true)
    expect(bathTransitions(diagonal.bath, diagonal.problem.energies, 1)).toMatchObject({ left: [{ code: 'test/undamped' }] })
  })
})
