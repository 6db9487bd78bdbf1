import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Problem, Trajectory } from '@mesobath/contracts'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { solve } from '@mesobath/solve'
import { flatProblem, flatRates, matrix, windowsOnly } from '../fixtures/flat-problem.js'
import { grid } from '../fixtures/explicit-problem.js'
import { dispersion, rescaledTime } from '../oracles/flat-window.js'

const CLOSED_FORM = 1e-9
/** What is left of the relaxation over the last sixth of the run: 0.6 e^{−0.113·55} = 1.2e-3 and the retardation of Ξ. */
const PLATEAU = 4e-3
const methods = [finiteTimeRedfield, finiteTimeSecular] as const

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) throw new Error('lengths differ')
  let worst = 0
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]))
  return worst
}

describe('[Eqs. E5-E7] the spin in closed form', () => {
  for (const method of methods) {
    for (const [v0, v1, strength] of [[400, 600, 3e-3], [600, 400, 3e-3], [20, 40, 1e-2], [40, 20, 0.05]]) {
      const algorithm = method({ rates: flatRates() })
      it(`${algorithm.name}, V = ${v0}/${v1}, λ = ${strength}`, async () => {
        const times = grid(60, 24)
        const run = orThrow(await solve(flatProblem(windowsOnly([0, 1], 0.5, [v0, v1]), strength, times), algorithm))
        const gamma = 2 * Math.PI * strength ** 2 / 0.5 * v0 * v1
        const twice = gamma * (1 / v0 + 1 / v1)
        times.forEach((time, at) => {
          // p(ε_1, E = 0) from 1: 1 − (γ/V_0)(1 − e^{−2γ̄Ξ})/2γ̄.
          const survived = 1 - gamma / v0 * (1 - Math.exp(-twice * rescaledTime(time, 0.5))) / twice
          expect(Math.abs(run.populations![at * 4 + 2] - survived)).toBeLessThan(CLOSED_FORM)
          expect(Math.abs(run.populations![at * 4 + 1] - (1 - survived))).toBeLessThan(CLOSED_FORM)
        })
      })
    }
  }

  it('Fig. 2: with V = 400/600 the inverted plateau is 0.4', async () => {
    for (const method of methods) {
      const run = orThrow(await solve(flatProblem(windowsOnly([0, 1], 0.5, [400, 600]), 3e-3, grid(60, 120)), method({ rates: flatRates() })))
      const tail = Array.from({ length: 20 }, (_, i) => run.populations![(101 + i) * 4 + 2])
      expect(Math.abs(tail.reduce((sum, each) => sum + each, 0) / 20 - 0.4)).toBeLessThan(PLATEAU)
    }
  })
})

describe('[Eq. 45] both methods agree where every open transition is resonant', () => {
  const ladder = windowsOnly([0, 0.5, 1, 1.5, 2], 0.5, [30, 60, 90, 70, 40])
  const both = async (problem: Problem): Promise<readonly [Trajectory, Trajectory]> => [
    orThrow(await solve(problem, finiteTimeRedfield({ rates: flatRates((a, b, to, from) => [a === b && to - from === 2 ? 1 : 0, 0]) }))),
    orThrow(await solve(problem, finiteTimeSecular({ rates: flatRates((a, b, to, from) => [a === b && to - from === 2 ? 1 : 0, 0]) }))),
  ]

  it('with two baths of different widths, each on a transition of its own', async () => {
    const left = windowsOnly([0, 1], 0.5, [60, 30])
    const right = windowsOnly([0, 1.5], 0.2, [20, 40])
    const problem: Problem = {
      energies: Float64Array.of(0, 1, 1.5),
      baths: [
        { label: 'left', bath: left, strength: 0.02, systemCouplings: [matrix(3, [0, 1, 0, 1, 0, 0, 0, 0, 0])] },
        { label: 'right', bath: right, strength: 0.013, systemCouplings: [matrix(3, new Array<number>(9).fill(0), [0, 0, -1, 0, 0, 0, 1, 0, 0])] },
      ],
      // From the ground state with both baths high: |0, 1, 1⟩ ↔ |1, 0, 1⟩ and |2, 1, 0⟩, nothing else is open.
      initial: {
        kind: 'product', system: matrix(3, [1, 0, 0, 0, 0, 0, 0, 0, 0]),
        baths: [{ kind: 'windows', probabilities: Float64Array.of(0, 1) }, { kind: 'windows', probabilities: Float64Array.of(0, 1) }],
      },
      times: grid(40, 20),
      drive: null,
    }
    const rates = flatRates()
    const full = orThrow(await solve(problem, finiteTimeRedfield({ rates })))
    const secular = orThrow(await solve(problem, finiteTimeSecular({ rates })))
    expect(largest(full.populations!, secular.populations!)).toBeLessThan(CLOSED_FORM)
    const last = full.populations!.slice(-12)
    expect(last[4 + 1]).toBeGreaterThan(0.1)
    expect(last[8 + 2]).toBeGreaterThan(0.1)
  })

  it('and differ where a reachable one is not', async () => {
    const resonant = await both(flatProblem(windowsOnly([0, 1], 0.5, [30, 60]), 0.02, grid(20, 10)))
    expect(largest(resonant[0].populations!, resonant[1].populations!)).toBeLessThan(CLOSED_FORM)
    const off = await both(flatProblem(ladder, 0.01, grid(20, 10), { window: 2 }))
    expect(largest(off[0].populations!, off[1].populations!)).toBeGreaterThan(1e-3)
  })
})

describe('[Eqs. 5, 45] coherences of the secular method', () => {
  it('decay with half the rates times Ξ(t) and turn with the Lamb shift at full strength', async () => {
    const strength = 0.01
    const volumes = [30, 60]
    const half = matrix(2, [0.5, 0.5, 0.5, 0.5])
    const times = grid(30, 10)
    for (const [name, coupling] of [['σ_x', matrix(2, [0, 1, 1, 0])], ['σ_y', matrix(2, [0, 0, 0, 0], [0, -1, 1, 0])]] as const) {
      const problem = flatProblem(windowsOnly([0, 1], 0.5, volumes), strength, times, { system: half, systemCouplings: [coupling] })
      const run = orThrow(await solve(problem, finiteTimeSecular({ rates: flatRates() })))
      const gamma = 2 * Math.PI * strength ** 2 / 0.5 * volumes[0] * volumes[1]
      // In window 0 only |1⟩ is resonant (ω = 1 leads to window 1); |0⟩ → |1⟩ has ω = −1 and Ω = −2: its Lamb shift alone.
      // H_LS(E) = −Σ_ω A(E',E;−ω)/V_E S_ω†S_ω, A = γ·Im B12(Ω): level 1 has Ω = 0, level 0 has Ω = −2.
      const shiftOfLevel0 = -gamma / volumes[0] * dispersion(-2, 0.5)
      times.forEach((time, at) => {
        const size = 0.5 * Math.exp(-0.5 * gamma / volumes[0] * rescaledTime(time, 0.5))
        const phase = (0 + shiftOfLevel0 - 1) * time
        const here = at * 8 + 1
        expect(Math.abs(run.conditionalStates!.re[here] - size * Math.cos(phase)), name).toBeLessThan(CLOSED_FORM)
        expect(Math.abs(run.conditionalStates!.im![here] + size * Math.sin(phase)), name).toBeLessThan(CLOSED_FORM)
      })
    }
  })
})
