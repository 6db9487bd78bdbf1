import { orThrow } from '@mesobath/contracts'
import type { Finding } from '@mesobath/contracts'
import { LEVELS_IN_LINEWIDTH, prepareBaths, validityAlong, validityReport, windowLattice, worstFindings } from '@mesobath/composition'
import { atOnce } from '@mesobath/kernels'
import { describe, expect, it } from 'vitest'
import { attach, makeProblem, matrix, spinCoupling, spinRates, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

/** Fig. 2's spin, |1⟩ ⊗ lowest window. */
const spinReport = (volumes: readonly [number, number], strength: number, duration: number, finiteTime = true): readonly Finding[] => {
  const problem = makeProblem([0, 1], [attach('bath', toyBath({ energies: [0, 1], width: 0.5, logVolumes: volumes.map(Math.log) }), strength, [spinCoupling])])
  return validityReport({
    lattice: windowLattice(problem), baths: orThrow(prepareBaths(problem, spinRates())), energies: problem.energies,
    strengths: Float64Array.of(strength), duration, populations: Float64Array.of(0, 0, 1, 0), finiteTime,
  })
}
const found = (report: readonly Finding[], what: string): Finding => report.find((each) => each.code === `composition/${what}`)!

describe('when to trust a run', () => {
  it('trusts Fig. 2: rate/δ = 0.14, 81 levels in a linewidth, far below the Heisenberg time', () => {
    const report = spinReport([400, 600], 3e-3, 60)
    const rate = (2 * Math.PI * 9e-6 * 600) / 0.5
    expect(found(report, 'weak-coupling').value).toBeCloseTo(rate / 0.5, 12)
    expect(found(report, 'levels-in-linewidth').value).toBeCloseTo((rate * 600) / 0.5, 8)
    expect(found(report, 'heisenberg-time').value).toBeCloseTo(60 / ((2 * Math.PI * 400) / 0.5), 12)
    expect(report.every((each) => each.verdict === 'trust')).toBe(true)
  })

  it('doubts its Markov transient, which is 0.14 off', () => {
    const report = spinReport([400, 600], 3e-3, 60, false)
    expect(report.filter((each) => each.verdict !== 'trust').map((each) => each.code)).toEqual(['composition/weak-coupling'])
    expect(found(report, 'weak-coupling').verdict).toBe('doubt')
  })

  it('doubts λ = 5e-4 with its 2.3 levels in a linewidth (Fig. 8), and fails 20/40 windows', () => {
    const levels = found(spinReport([400, 600], 5e-4, 2500), 'levels-in-linewidth')
    expect(levels.value).toBeCloseTo(2.26, 2)
    expect(levels.verdict).toBe('doubt')
    const small = found(spinReport([20, 40], 3e-3, 60), 'levels-in-linewidth')
    expect(small.value).toBeLessThan(1)
    expect(small.verdict).toBe('fails')
  })

  it('judges a weak contact that is held, and not one that a ramp passes while it is switched', () => {
    const problem = makeProblem([0, 1], [attach('bath', toyBath({ energies: [0, 1], width: 0.5, logVolumes: [400, 600].map(Math.log) }), 3e-3, [spinCoupling])])
    const subject = { lattice: windowLattice(problem), baths: orThrow(prepareBaths(problem, spinRates())), duration: 60, populations: Float64Array.of(0, 0, 1, 0), finiteTime: true }
    const at = (strength: number) => ({ energies: problem.energies, strengths: Float64Array.of(strength) })
    expect(found(atOnce(validityAlong(subject, [at(3e-3), at(1e-6)], [])), 'levels-in-linewidth').verdict).toBe('fails')
    const ramped = found(atOnce(validityAlong(subject, [at(3e-3)], [at(1e-6), at(1e-3)])), 'levels-in-linewidth')
    expect(ramped.value).toBeCloseTo(9.05, 1) // of λ = 1e-3, the weakest that moves anything
    expect(ramped.verdict).toBe('doubt')
  })

  it('doubts strong coupling (Fig. 9) and runs beyond the Heisenberg time', () => {
    expect(found(spinReport([400, 600], 1e-2, 10), 'weak-coupling').verdict).toBe('doubt')
    expect(found(spinReport([400, 600], 1e-2, 10, false), 'weak-coupling').verdict).toBe('fails')
    expect(found(spinReport([400, 600], 3e-3, 5000), 'heisenberg-time').verdict).toBe('doubt')
    expect(found(spinReport([400, 600], 3e-3, 50000), 'heisenberg-time').verdict).toBe('fails')
  })

  const ladder = (energies: readonly number[], centres: readonly number[], populations?: Float64Array) => {
    const d = energies.length
    const all = matrix(energies.map((_, k) => energies.map((__, q) => (k === q ? 0 : 1))))
    const problem = makeProblem(energies, [attach('bath', toyBath({ energies: centres, width: 0.5, logVolumes: centres.map(() => 8) }), 0.01, [all])])
    return validityReport({
      lattice: windowLattice(problem), baths: orThrow(prepareBaths(problem, toyRates(() => ({ re: [1], im: [0] })))), energies: problem.energies,
      strengths: Float64Array.of(0.01), duration: 1, ...(populations === undefined ? {} : { populations: populations.subarray(0, d * centres.length) }),
    })
  }

  it('finds off-resonant transitions and their share', () => {
    expect(found(ladder([0, 0.5], [0, 0.5, 1]), 'off-resonant')).toMatchObject({ value: 0, verdict: 'trust' })
    expect(found(ladder([0, 0.6], [0, 0.5, 1, 1.5]), 'off-resonant')).toMatchObject({ value: 1, verdict: 'doubt' })
  })

  it('finds closed transitions, with the nearest window', () => {
    // ω = 0.7 lies 0.7 from both windows of {0, 1.4}.
    const finding = found(ladder([0, 0.7], [0, 1.4]), 'closed-transitions')
    expect(finding).toMatchObject({ value: 2, verdict: 'doubt' })
    expect(finding.message).toContain('0.700')
    expect(found(ladder([0, 0.5], [0, 0.5]), 'closed-transitions').value).toBe(0)
  })

  it('finds probability at the end of the windows', () => {
    const populations = Float64Array.of(0, 0, 0, 0.4, 0, 0.6)
    expect(found(ladder([0, 0.5], [0, 0.5, 1], populations), 'window-edge')).toMatchObject({ value: 0.6, verdict: 'doubt' })
  })

  it('finds frequencies too close for the secular approximation', () => {
    expect(found(ladder([0, 1, 2 + 1e-5], [0, 0.5, 1, 1.5, 2]), 'near-degenerate-frequencies').verdict).toBe('fails')
    expect(found(ladder([0, 1, 2], [0, 0.5, 1, 1.5, 2]), 'near-degenerate-frequencies').verdict).toBe('trust')
  })

  it('speaks of what the run can reach only', () => {
    const centres = [0, 1]
    const bath = toyBath({ energies: centres, width: 0.5, logVolumes: [Math.log(1000), Math.log(1000)] })
    const tiny = toyBath({ energies: [0, 1, 2], width: 0.5, logVolumes: [Math.log(1000), Math.log(1000), 0] })
    const reports = [bath, tiny].map((each) => {
      const problem = makeProblem([0, 1], [attach('bath', each, 3e-3, [spinCoupling])])
      const populations = new Float64Array(2 * each.windows.energies.length)
      populations[each.windows.energies.length] = 1
      return validityReport({
        lattice: windowLattice(problem), baths: orThrow(prepareBaths(problem, spinRates())), energies: problem.energies,
        strengths: Float64Array.of(3e-3), duration: 60, populations,
      })
    })
    expect(found(reports[1]!, 'levels-in-linewidth').value).toBeCloseTo(found(reports[0]!, 'levels-in-linewidth').value, 10)
  })

  it('follows a level that one bath moves into the windows of the others', () => {
    // From |1⟩ the first bath leads to |0⟩; only from there does the second one, coupled to 0 ↔ 2, do anything.
    const windows = { energies: [0, 1], width: 0.5, logVolumes: [Math.log(1000), Math.log(1000)] }
    const first = matrix([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    const second = matrix([[0, 0, 1], [0, 0, 0], [1, 0, 0]])
    const report = (strength: number): readonly Finding[] => {
      const problem = makeProblem([0, 1, -1], [attach('a', toyBath(windows), strength, [first]), attach('b', toyBath(windows), 3e-3, [second])])
      const populations = new Float64Array(12)
      populations[4] = 1
      return validityReport({
        lattice: windowLattice(problem), baths: orThrow(prepareBaths(problem, spinRates())), energies: problem.energies,
        strengths: Float64Array.of(strength, 3e-3), duration: 60, populations,
      })
    }
    const ofBath = (findings: readonly Finding[]): Finding | undefined =>
      findings.find((each) => each.code === 'composition/levels-in-linewidth' && each.quantity.includes('"b"'))
    expect(ofBath(report(3e-3))!.value).toBeGreaterThan(LEVELS_IN_LINEWIDTH)
    expect(ofBath(report(0))).toBeUndefined()
  })

  it('keeps the worst of several reports', () => {
    const merged = worstFindings([spinReport([400, 600], 3e-3, 60), spinReport([20, 40], 3e-3, 60), spinReport([400, 600], 3e-3, 1)])
    expect(found(merged, 'levels-in-linewidth').verdict).toBe('fails')
    expect(merged.length).toBe(spinReport([400, 600], 3e-3, 60).length)
  })
})
