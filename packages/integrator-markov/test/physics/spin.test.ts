import type { Problem } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { describe, expect, it } from 'vitest'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, makeProblem, matrix, spinCoupling, spinRates, toyBath } from '../../../../test/fixtures/toy-baths.js'
import { dispersion, excitedProbability, rescaledTime } from '../oracles/spin-closed-form.js'

const WIDTH = 0.5
const STRENGTH = 3e-3
const algorithm = markov({ rates: spinRates() })

const spin = (volumes: readonly [number, number], system = matrix([[0, 0], [0, 1]]), times: readonly number[] = Array.from({ length: 121 }, (_, i) => i / 2)): Problem =>
  makeProblem([0, 1], [attach('bath', toyBath({ energies: [0, 1], width: WIDTH, logVolumes: volumes.map(Math.log) }), STRENGTH, [spinCoupling])],
    { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] }, times)

describe.each([[[400, 600]], [[600, 400]]] as const)('[App. E] the spin in closed form, volumes %j', (volumes) => {
  it('is met to 1e-9 on the populations path', async () => {
    const { samples, stepper } = await run(spin(volumes), algorithm, 1e-10)
    expect(samples).toHaveLength(121)
    for (const { populations, time } of samples) {
      const expected = excitedProbability(time, STRENGTH, WIDTH, 1, volumes)
      expect(Math.abs(populations[2]! - expected)).toBeLessThan(1e-9)
      expect(Math.abs(populations[1]! - (1 - expected))).toBeLessThan(1e-9)
      expect(populations[0]! + populations[3]!).toBe(0)
    }
    // Fig. 2's plateau: 0.40 for 400/600, 0.60 for 600/400, that is V_0/(V_0 + V_1).
    expect(samples[120]!.populations[2]).toBeCloseTo(volumes[0] / 1000, 2)
    expect(stepper.validity().find((each) => each.code === 'integrator-markov/path')!.value).toBe(0)
  })

  it('[Fig. 2] runs ahead of the finite-time solution by the 0.147 (400/600) or 0.098 (600/400) that the build-up of the rates costs', async () => {
    const { samples } = await run(spin(volumes), algorithm, 1e-10)
    const deviation = Math.max(...samples.map(({ populations, time }) =>
      Math.abs(populations[2]! - excitedProbability(time === 0 ? 0 : rescaledTime(time, WIDTH), STRENGTH, WIDTH, 1, volumes))))
    expect(Math.abs(deviation - (volumes[0] === 400 ? 0.147 : 0.098))).toBeLessThan(1e-3)
  })

  it('is met to 1e-9 on the full path, whose coherence decays and turns as it must', async () => {
    const amplitude = 0.3
    const system = matrix([[0.2, amplitude], [amplitude, 0.8]])
    const { samples, stepper } = await run(spin(volumes, system), algorithm, 1e-10)
    expect(stepper.validity().find((each) => each.code === 'integrator-markov/path')!.value).toBe(1)
    const kappa = ((2 * Math.PI) / WIDTH) * STRENGTH ** 2 * Math.sqrt(volumes[0] * volumes[1])
    // ⟨1|ρ(E_0)|0⟩: losses from |1⟩ only; |0⟩ has no window below. Shifts of both levels through the window E_1.
    const decay = 0.5 * kappa * Math.sqrt(volumes[1] / volumes[0])
    const shift = (frequency: number): number => -kappa * Math.sqrt(volumes[1] / volumes[0]) * dispersion(frequency + 0 - 1, WIDTH)
    const turning = 1 + shift(1) - shift(-1)
    expect(Math.abs(turning - 1)).toBeGreaterThan(1e-4)
    for (const { conditional, populations, time } of samples) {
      const excited = excitedProbability(time, STRENGTH, WIDTH, 1, volumes)
      expect(Math.abs(populations[2]! - 0.8 * excited)).toBeLessThan(1e-9)
      expect(Math.abs(populations[0]! - 0.2)).toBeLessThan(1e-9)
      const size = amplitude * Math.exp(-decay * time)
      expect(Math.abs(conditional!.re[2]! - size * Math.cos(turning * time))).toBeLessThan(1e-9)
      expect(Math.abs(conditional!.im[2]! + size * Math.sin(turning * time))).toBeLessThan(1e-9)
    }
  })
})

describe('steady states', () => {
  it('[Eqs. 35, 37] several initial states of the system reach the same inverted one where volumes fall', async () => {
    // Ladder whose volumes fall by 2/3 per quantum: T_mic < 0 throughout.
    const energies = Array.from({ length: 12 }, (_, i) => i)
    const bath = toyBath({ energies, width: 0.5, logVolumes: energies.map((e) => Math.log(1e4) + e * Math.log(2 / 3)) })
    for (const system of [matrix([[1, 0], [0, 0]]), matrix([[0, 0], [0, 1]]), matrix([[0.5, [0, 0.5]], [[0, -0.5], 0.5]])]) {
      const problem = makeProblem([0, 1], [attach('bath', bath, 1e-3, [spinCoupling])],
        { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(energies, (e) => (e === 5 ? 1 : 0)) }] }, [0, 1e4])
      const { samples } = await run(problem, algorithm)
      const { populations } = samples[samples.length - 1]!
      const excited = populations.subarray(12).reduce((total, p) => total + p, 0)
      expect(excited).toBeCloseTo(0.6, 8)
    }
  })

  it('∂t p is the slope of p', async () => {
    const { samples } = await run(spin([400, 600], undefined, [0, 4.999, 5, 5.001]), algorithm)
    const slope = (samples[3]!.populations[2]! - samples[1]!.populations[2]!) / 0.002
    expect(samples[2]!.populationRates[2]).toBeCloseTo(slope, 6)
    expect(samples[2]!.populationRates.reduce((total, x) => total + x, 0)).toBe(0)
  })
})
