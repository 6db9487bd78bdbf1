import { adjoint, exponential, multiply, plus, scaled } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import type { ExplicitBath } from './explicit-bath.js'
import { jointState } from './joint-state.js'

// Nodes and weights of the commutator-free method of order four with two exponentials.
const NODES = [0.5 - Math.sqrt(3) / 6, 0.5 + Math.sqrt(3) / 6]
const WEIGHTS = [0.25 + Math.sqrt(3) / 6, 0.25 - Math.sqrt(3) / 6]

/**
 * The Schrödinger equation of system ⊗ bath under ε_k(t) from Σ_E ρ_S(E) ⊗ Π_E/V_E, in `steps` steps of order four. Returns ρ_S(E) at `count` + 1
 * equally spaced times.
 */
export const exactDriven = (
  energies: (time: number) => readonly number[], couplings: readonly Dense[], strength: number, bath: ExplicitBath, initial: readonly Dense[],
  end: number, count: number, steps: number,
): readonly (readonly Dense[])[] => {
  const { hamiltonian, start, reduced } = jointState(initial[0].n, couplings, strength, bath, initial)
  const h = end / steps
  let rho = start
  const out = [reduced(rho)]
  for (let step = 0; step < steps; step++) {
    const [first, second] = NODES.map((node) => hamiltonian(energies((step + node) * h)))
    const factor = (x: number, y: number): Dense => exponential(scaled(plus(scaled(first, x), second, y), 0, -h))
    const whole = multiply(factor(WEIGHTS[1], WEIGHTS[0]), factor(WEIGHTS[0], WEIGHTS[1]))
    rho = multiply(multiply(whole, rho), adjoint(whole))
    if ((step + 1) % (steps / count) === 0) out.push(reduced(rho))
  }
  return out
}
