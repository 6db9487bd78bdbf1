import type { Issues, Problem, RateModel } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { solve } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'
import { attach, makeProblem, matrix, spinCoupling, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

const bathOf = (energies: readonly number[], couplings = 1) =>
  toyBath({ energies, width: 0.5, logVolumes: energies.map((_, e) => e), couplings })
const flat = toyRates(() => ({ re: [1], im: [0] }))

const twoBaths = (change: Partial<Record<'first' | 'second', Partial<Problem['baths'][number]>>> = {}): Problem => makeProblem([0, 0.5], [
  { ...attach('hot', bathOf([0, 0.5, 1]), 0.1, [spinCoupling]), ...change.first }, { ...attach('cold', bathOf([0, 0.5]), 0.1, [spinCoupling]), ...change.second },
])

const refused = async (problem: Problem, rates: RateModel | Readonly<Record<string, RateModel>> = flat): Promise<Issues> => {
  const outcome = await solve(problem, markov({ rates }))
  if (outcome._tag === 'Right') throw new Error('this must be refused')
  return outcome.left
}

describe('several baths, as a user gets them wrong', () => {
  it('two of the same name', async () => {
    const issues = await refused(twoBaths({ second: { label: 'hot' } }))
    expect(issues.map(({ code, path }) => [code, path])).toEqual([['solve/label', ['baths', 1, 'label']]])
    expect(issues[0].message).toContain('"hot"')
  })

  it('couplings of a wrong shape, number, or not Hermitian, all told at once', async () => {
    const wide = matrix([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    const skew = matrix([[0, 1], [0, 0]])
    const issues = await refused(twoBaths({ first: { systemCouplings: [wide] }, second: { systemCouplings: [skew, spinCoupling] } }))
    expect(issues.every(({ code }) => code === 'solve/couplings')).toBe(true)
    expect(issues.map(({ path }) => path.join('.'))).toEqual(['baths.0.systemCouplings.0', 'baths.1.systemCouplings', 'baths.1.systemCouplings.0'])
  })

  it('rates that are not positive semidefinite in the couplings, the bath and its windows named', async () => {
    const problem = twoBaths({ second: { bath: bathOf([0, 0.5], 2), systemCouplings: [spinCoupling, matrix([[0, [0, -1]], [[0, 1], 0]])] } })
    const indefinite = toyRates(() => ({ re: [1, 2, 2, 1], im: [0, 0, 0, 0] }))
    const issues = await refused(problem, { hot: flat, cold: indefinite })
    expect(issues.map(({ code, path }) => [code, path])).toEqual([['composition/rates-not-positive', ['rates', 'cold']]])
    expect(issues[0].message).toMatch(/positive semidefinite.*between windows 0 and 1/)
  })

  it('rates for a bath that is not there, and none for one that is', async () => {
    const issues = await refused(twoBaths(), { hot: flat, warm: flat })
    expect(issues.map(({ code }) => code).sort()).toEqual(['composition/missing-rates', 'composition/unknown-bath'])
  })

  it('a bath that reaches no transition is doubted, not refused', async () => {
    const problem = twoBaths({ second: { bath: toyBath({ energies: [0, 0.1], width: 0.1, logVolumes: [1, 2] }) } })
    const run = orThrow(await solve(problem, markov({ rates: flat })))
    const idle = run.validity.filter(({ code }) => code === 'composition/idle-bath')
    expect(idle).toHaveLength(1)
    expect(idle[0]).toMatchObject({ verdict: 'doubt' })
    expect(idle[0]!.message).toContain('"cold"')
    expect(idle[0]!.message).toContain('by 0.400')
  })

  it('a start that does not fit the baths', async () => {
    const initial = { kind: 'product' as const, system: matrix([[1, 0], [0, 0]]), baths: [{ kind: 'gibbs' as const, inverseTemperature: 1 }] }
    const issues = await refused({ ...twoBaths(), initial })
    expect(issues.map(({ code }) => code)).toEqual(['solve/initial-bath'])
  })
})
