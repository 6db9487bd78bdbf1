import { adjoint, exponential, multiply, scaled } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import type { ExplicitBath } from './explicit-bath.js'
import { jointState } from './joint-state.js'

/**
 * The Schrödinger equation of system ⊗ bath from Σ_E ρ_S(E) ⊗ Π_E/V_E, by the matrix exponential of the whole Hamiltonian. A list of
 * energies makes a train of quenches: entry s holds during the s-th of `energies.length` equal stretches. Returns ρ_S(E) at `count + 1` equally spaced times.
 */
export const exactEvolution = (
  energies: readonly (readonly number[])[], couplings: readonly Dense[], strength: number, bath: ExplicitBath, initial: readonly Dense[],
  end: number, count: number,
): readonly (readonly Dense[])[] => {
  const { hamiltonian, start, reduced } = jointState(energies[0].length, couplings, strength, bath, initial)
  const steps = energies.map((levels) => exponential(scaled(hamiltonian(levels), 0, -end / count)))
  let rho = start
  const out = [reduced(rho)]
  for (let at = 0; at < count; at++) {
    const step = steps[Math.floor((at * energies.length) / count)]
    rho = multiply(multiply(step, rho), adjoint(step))
    out.push(reduced(rho))
  }
  return out
}
