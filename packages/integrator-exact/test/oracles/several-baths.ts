// A system and several baths as one dense matrix, index (k, i₁, …, iₙ) with the last bath fastest, built from the definitions.
import { Matrix } from 'ml-matrix'
import type { Attachment, ComplexMatrix, InitialState } from '@mesobath/contracts'
import type { Complex } from './dense-evolution.js'
import { diagonal, kron, plus, scaled, times, traceOf, zero } from './dense-evolution.js'
import { toDense } from './small-baths.js'
import type { SmallBath } from './small-baths.js'

export interface Tie {
  readonly small: SmallBath
  readonly label: string
  readonly strength: number
  readonly systemCouplings: readonly ComplexMatrix[]
}

export const attach = ({ small, label, strength, systemCouplings }: Tie): Attachment => ({ label, bath: small.bath, strength, systemCouplings })

const identity = (n: number): Complex => ({ re: Matrix.eye(n, n), im: Matrix.zeros(n, n) })
const sizeOf = (ties: readonly Tie[]): number => ties.reduce((product, { small }) => product * small.levels.length, 1)

/** A ⊗ (operator on one bath, identity on the others). */
const embed = (system: Complex, operator: Complex, ties: readonly Tie[], which: number): Complex => {
  const before = sizeOf(ties.slice(0, which))
  const after = sizeOf(ties.slice(which + 1))
  return kron(system, kron(identity(before), kron(operator, identity(after))))
}

/** V_ν = Σ S^α ⊗ B_int^α. */
export const interactionWith = (d: number, ties: readonly Tie[], which: number): Complex => {
  const n = d * sizeOf(ties)
  return ties[which]!.systemCouplings.reduce((sum, s, at) => plus(sum, embed(toDense(s), ties[which]!.small.couplings[at]!, ties, which)), zero(n, n))
}

export const bathHamiltonian = (d: number, ties: readonly Tie[], which: number): Complex =>
  embed(identity(d), diagonal(ties[which]!.small.levels), ties, which)

export const systemHamiltonian = (energies: readonly number[], ties: readonly Tie[]): Complex =>
  kron(diagonal(energies), identity(sizeOf(ties)))

export const hamiltonianOf = (energies: readonly number[], ties: readonly Tie[], strengths = ties.map(({ strength }) => strength)): Complex =>
  ties.reduce((sum, _, which) => plus(sum, plus(bathHamiltonian(energies.length, ties, which), scaled(interactionWith(energies.length, ties, which), strengths[which]!))),
    systemHamiltonian(energies, ties))

/** The joint window of every joint level, last bath fastest in both. */
const windowsOf = (ties: readonly Tie[]): { window: number[]; count: number } => {
  let window = [0]
  let count = 1
  for (const { small } of ties) {
    window = window.flatMap((joint) => small.window.map((own) => joint * small.sizes.length + own))
    count *= small.sizes.length
  }
  return { window, count }
}

export const startOf = (d: number, ties: readonly Tie[], initial: InitialState): Complex => {
  if (initial.kind === 'product') {
    const weights = ties.map(({ small }, which) => {
      const state = initial.baths[which]!
      if (state.kind === 'levels') return Array.from(state.weights)
      if (state.kind === 'windows') return small.window.map((at) => state.probabilities[at]! / small.sizes[at]!)
      const raw = small.levels.map((energy) => Math.exp(-state.inverseTemperature * energy))
      const total = raw.reduce((sum, value) => sum + value, 0)
      return raw.map((value) => value / total)
    })
    return kron(toDense(initial.system), weights.map(diagonal).reduce(kron))
  }
  const { window, count } = windowsOf(ties)
  let rho = zero(d * window.length, d * window.length)
  for (let at = 0; at < count; at++) {
    const own = window.filter((each) => each === at).length
    const part: ComplexMatrix = {
      rows: d, columns: d,
      re: initial.states.re.slice(at * d * d, (at + 1) * d * d),
      im: initial.states.im === null ? null : initial.states.im.slice(at * d * d, (at + 1) * d * d),
    }
    rho = plus(rho, kron(toDense(part), diagonal(window.map((each) => (each === at ? 1 / own : 0)))))
  }
  return rho
}

export interface JointReading {
  readonly populations: number[]
  readonly rates: number[]
  readonly re: number[]
  readonly im: number[]
  readonly energy: number
  readonly bathEnergies: number[]
  readonly interactionEnergy: number
}

export const readJoint = (energies: readonly number[], ties: readonly Tie[], strengths: readonly number[], rho: Complex): JointReading => {
  const d = energies.length
  const { window, count } = windowsOf(ties)
  const n = window.length
  const h = hamiltonianOf(energies, ties, [...strengths])
  const flow = plus(times(h, rho), scaled(times(rho, h), -1))
  const populations = new Array<number>(d * count).fill(0)
  const rates = new Array<number>(d * count).fill(0)
  const re = new Array<number>(count * d * d).fill(0)
  const im = new Array<number>(count * d * d).fill(0)
  for (let k = 0; k < d; k++) {
    for (let i = 0; i < n; i++) {
      populations[k * count + window[i]!]! += rho.re.get(k * n + i, k * n + i)
      rates[k * count + window[i]!]! += flow.im.get(k * n + i, k * n + i)
      for (let q = 0; q < d; q++) {
        re[(window[i]! * d + k) * d + q]! += rho.re.get(k * n + i, q * n + i)
        im[(window[i]! * d + k) * d + q]! += rho.im.get(k * n + i, q * n + i)
      }
    }
  }
  return {
    populations, rates, re, im,
    energy: traceOf(rho, h),
    bathEnergies: ties.map((_, which) => traceOf(rho, bathHamiltonian(d, ties, which))),
    interactionEnergy: ties.reduce((sum, _, which) => sum + strengths[which]! * traceOf(rho, interactionWith(d, ties, which)), 0),
  }
}
