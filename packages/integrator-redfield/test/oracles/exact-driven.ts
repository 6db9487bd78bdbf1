import { adjoint, exponential, fromEntries, multiply, plus, scaled } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import { volume } from './explicit-bath.js'
import type { ExplicitBath } from './explicit-bath.js'

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
  const d = initial[0].n
  const n = bath.levels.length
  const hamiltonian = (levels: readonly number[]): Dense => fromEntries(d * n, (row, column) => {
    const k = Math.floor(row / n)
    const q = Math.floor(column / n)
    const i = row % n
    const j = column % n
    let re = row === column ? levels[k] + bath.levels[i] : 0
    let im = 0
    couplings.forEach((s, a) => {
      const b = bath.couplings[a]
      const x = s.re[k * d + q]
      const y = s.im[k * d + q]
      re += strength * (x * b.re[i * n + j] - y * b.im[i * n + j])
      im += strength * (x * b.im[i * n + j] + y * b.re[i * n + j])
    })
    return [re, im]
  })
  let rho = fromEntries(d * n, (row, column) => {
    if (row % n !== column % n) return [0, 0]
    const window = bath.window[row % n]
    const at = Math.floor(row / n) * d + Math.floor(column / n)
    const v = volume(bath, window)
    return [initial[window].re[at] / v, initial[window].im[at] / v]
  })
  const reduced = (): readonly Dense[] => initial.map((_, window) => fromEntries(d, (k, q) => {
    let re = 0
    let im = 0
    for (let i = 0; i < n; i++) {
      if (bath.window[i] !== window) continue
      re += rho.re[(k * n + i) * d * n + q * n + i]
      im += rho.im[(k * n + i) * d * n + q * n + i]
    }
    return [re, im]
  }))
  const h = end / steps
  const out = [reduced()]
  for (let step = 0; step < steps; step++) {
    const [first, second] = NODES.map((node) => hamiltonian(energies((step + node) * h)))
    const factor = (x: number, y: number): Dense => exponential(scaled(plus(scaled(first, x), second, y), 0, -h))
    const whole = multiply(factor(WEIGHTS[1], WEIGHTS[0]), factor(WEIGHTS[0], WEIGHTS[1]))
    rho = multiply(multiply(whole, rho), adjoint(whole))
    if ((step + 1) % (steps / count) === 0) out.push(reduced())
  }
  return out
}
