import { denseDerivative } from '../../../../test/oracles/dense-master-equation.js'
import type { Complex, Dense, OracleBath } from '../../../../test/oracles/dense-master-equation.js'

/** What a driven run gathers. */
export interface DrivenRun {
  readonly states: Dense[]
  readonly work: number
  readonly defect: number
}

interface Everything {
  readonly states: Dense[]
  readonly work: number
  readonly defect: number
}

const combine = (a: Everything, factor: number, b: Everything): Everything => ({
  states: a.states.map((m, e) => m.map((row, r) => row.map((z, c): Complex => [z[0] + factor * b.states[e]![r]![c]![0], z[1] + factor * b.states[e]![r]![c]![1]]))),
  work: a.work + factor * b.work,
  defect: a.defect + factor * b.defect,
})

/**
 * The secular Markov equation under ε_k(t) and λ_ν(t) by Runge's and Kutta's method of fixed steps between the given stops, in the
 * Schrödinger picture; work ∫Σ ε̇_k p_k dt with ε̇ by hand, defect ∫Σ(ε_k + E) ∂t p dt beside the state.
 *
 * @param windowEnergies - Σ_ν E_ν of each joint window
 */
export const drivenRun = (
  baths: readonly OracleBath[], windowEnergies: readonly number[], start: readonly Dense[], stops: readonly number[], stepsPerInterval: number,
  energies: (time: number) => readonly number[], energyRates: (time: number) => readonly number[], strengths: (time: number) => readonly number[],
): DrivenRun => {
  const slope = (time: number, { states }: Everything): Everything => {
    const now = energies(time)
    const change = denseDerivative(now, baths.map((bath, axis) => ({ ...bath, strength: strengths(time)[axis]! })), states)
    let work = 0
    let defect = 0
    states.forEach((state, e) => now.forEach((energy, k) => {
      work += energyRates(time)[k]! * state[k]![k]![0]
      defect += (energy + windowEnergies[e]!) * change[e]![k]![k]![0]
    }))
    return { states: change, work, defect }
  }
  let now: Everything = { states: start.map((m) => m.map((row) => [...row])), work: 0, defect: 0 }
  for (let i = 1; i < stops.length; i += 1) {
    const h = (stops[i]! - stops[i - 1]!) / stepsPerInterval
    for (let step = 0; step < stepsPerInterval; step += 1) {
      const time = stops[i - 1]! + step * h
      const k1 = slope(time, now)
      const k2 = slope(time + h / 2, combine(now, h / 2, k1))
      const k3 = slope(time + h / 2, combine(now, h / 2, k2))
      const k4 = slope(time + h, combine(now, h, k3))
      now = combine(combine(combine(combine(now, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4)
    }
  }
  return now
}
