import { adjoint, commutator, fromEntries, multiply, plus, scaled, zero } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import { centred, mean, volume } from './explicit-bath.js'
import type { ExplicitBath } from './explicit-bath.js'

/** C^{αα'}(E,E';−τ) at λ = 1, for every τ it is asked for. */
export type Correlation = (alpha: number, alphaPrime: number, to: number, from: number, tau: number) => readonly [number, number]

/** The sum over levels of Eq. (13), for several couplings Eq. (A1). */
export const microscopicCorrelation = (bath: ExplicitBath): Correlation => {
  const operators = bath.couplings.map((_, coupling) => centred(bath, coupling))
  const count = bath.levels.length
  return (alpha, alphaPrime, to, from, tau) => {
    let re = 0
    let im = 0
    for (let i = 0; i < count; i++) {
      if (bath.window[i] !== to) continue
      for (let j = 0; j < count; j++) {
        if (bath.window[j] !== from) continue
        const at = i * count + j
        const a = operators[alpha]
        const b = operators[alphaPrime]
        const x = b.re[at] * a.re[at] + b.im[at] * a.im[at]
        const y = b.re[at] * a.im[at] - b.im[at] * a.re[at]
        const phase = (bath.levels[i] - bath.levels[j]) * tau
        re += x * Math.cos(phase) - y * Math.sin(phase)
        im += x * Math.sin(phase) + y * Math.cos(phase)
      }
    }
    const v = volume(bath, from)
    return [re / v, im / v]
  }
}

/** Everything Eq. (14) needs of one bath. */
export interface RedfieldProblem {
  readonly energies: readonly number[]
  readonly couplings: readonly Dense[]
  readonly windows: number
  readonly strength: number
  readonly correlation: Correlation
  /** ⟨B^α⟩_E. */
  readonly means: (coupling: number, window: number) => number
}

export const redfieldProblem = (energies: readonly number[], couplings: readonly Dense[], strength: number, bath: ExplicitBath): RedfieldProblem =>
  ({ energies, couplings, windows: bath.windows, strength, correlation: microscopicCorrelation(bath), means: (a, w) => mean(bath, a, w) })

// Gauss and Legendre's nodes and weights of order 6 on [−1, 1]: three points.
const NODE = Math.sqrt(3 / 5)
const POINTS: readonly (readonly [number, number])[] = [[-NODE, 5 / 9], [0, 8 / 9], [NODE, 5 / 9]]

/**
 * Eq. (14) as it is printed, in the interaction picture, with S = Σ_ω S_ω, the sum over pairs (ω, ω') and its phases e^{i(ω'−ω)t}; the memory
 * integrals by Gaussian quadrature along the run and the equation by the classical Runge-Kutta method. Returns ρ_S(E) in the
 * Schrödinger picture at every `every`-th of `steps` steps up to `end`, the start included.
 */
export const denseRedfield = (problem: RedfieldProblem, initial: readonly Dense[], end: number, steps: number, every: number): readonly (readonly Dense[])[] => {
  const { energies, couplings, windows, strength, correlation, means } = problem
  const d = energies.length
  const alphas = couplings.map((_, a) => a)
  const omegas: number[] = []
  for (const a of energies) for (const b of energies) if (!omegas.some((w) => Math.abs(w - (b - a)) < 1e-12)) omegas.push(b - a)
  const part = (s: Dense, omega: number): Dense =>
    fromEntries(d, (k, q) => Math.abs(energies[q] - energies[k] - omega) < 1e-12 ? [s.re[k * d + q], s.im[k * d + q]] : [0, 0])
  const jump = alphas.map((a) => omegas.map((omega) => part(couplings[a], omega)))
  const lowered = jump.map((each) => each.map(adjoint))
  const free = (t: number): Dense => fromEntries(d, (k, q) => k === q ? [Math.cos(energies[k] * t), -Math.sin(energies[k] * t)] : [0, 0])

  // G[α][α'][to][from][ω'] = λ² ∫₀ᵗ C e^{−iω'τ} dτ.
  const size = alphas.length * alphas.length * windows * windows * omegas.length
  const index = (a: number, b: number, to: number, from: number, w: number): number =>
    (((a * alphas.length + b) * windows + to) * windows + from) * omegas.length + w
  const grown = (memory: readonly Float64Array[], from: number, to: number): readonly Float64Array[] => {
    const re = memory[0].slice()
    const im = memory[1].slice()
    for (const [node, weight] of POINTS) {
      const tau = (from + to) / 2 + node * (to - from) / 2
      const factor = strength * strength * weight * (to - from) / 2
      for (const a of alphas) {
        for (const b of alphas) {
          for (let target = 0; target < windows; target++) {
            for (let source = 0; source < windows; source++) {
              const [x, y] = correlation(a, b, target, source, tau)
              omegas.forEach((omega, w) => {
                const c = Math.cos(omega * tau)
                const s = -Math.sin(omega * tau)
                re[index(a, b, target, source, w)] += factor * (x * c - y * s)
                im[index(a, b, target, source, w)] += factor * (x * s + y * c)
              })
            }
          }
        }
      }
    }
    return [re, im]
  }

  /** Σ_ω x_ω e^{iωt} M_ω, with complex weights x. */
  const superposed = (t: number, parts: readonly Dense[], sign: number, weight: (w: number) => readonly [number, number]): Dense => {
    let sum = zero(d)
    omegas.forEach((omega, w) => {
      const [x, y] = weight(w)
      const c = Math.cos(omega * t)
      const s = sign * Math.sin(omega * t)
      sum = plus(sum, parts[w], x * c - y * s, x * s + y * c)
    })
    return sum
  }

  const slope = (t: number, memory: readonly Float64Array[], rho: readonly Dense[]): readonly Dense[] => {
    const u = free(t)
    // S̃^α(t) = Σ_ω S_ω e^{−iωt}, and Σ_{α'ω'} G e^{iω't} S_ω'† for every pair of windows.
    const left = alphas.map((a) => superposed(t, jump[a], -1, () => [1, 0]))
    const right = (a: number, to: number, from: number): Dense => alphas.reduce((sum, b) =>
      plus(sum, superposed(t, lowered[b], 1, (w) => [memory[0][index(a, b, to, from, w)], memory[1][index(a, b, to, from, w)]])), zero(d))
    return rho.map((state, window) => {
      let shift = zero(d)
      for (const a of alphas) shift = plus(shift, couplings[a], strength * means(a, window))
      const turned = multiply(multiply(adjoint(u), shift), u)
      let half = zero(d)
      for (let other = 0; other < windows; other++) {
        for (const a of alphas) {
          half = plus(half, multiply(multiply(left[a], rho[other]), right(a, window, other)))
          half = plus(half, multiply(multiply(state, right(a, other, window)), left[a]), -1)
        }
      }
      return plus(plus(half, adjoint(half)), commutator(turned, state), 0, -1)
    })
  }

  const added = (a: readonly Dense[], b: readonly Dense[], x: number): readonly Dense[] => a.map((each, i) => plus(each, b[i], x))
  const out: (readonly Dense[])[] = [initial]
  let rho = initial
  let memory: readonly Float64Array[] = [new Float64Array(size), new Float64Array(size)]
  const h = end / steps
  for (let step = 0; step < steps; step++) {
    const t = step * h
    const middle = grown(memory, t, t + h / 2)
    const last = grown(middle, t + h / 2, t + h)
    const k1 = slope(t, memory, rho)
    const k2 = slope(t + h / 2, middle, added(rho, k1, h / 2))
    const k3 = slope(t + h / 2, middle, added(rho, k2, h / 2))
    const k4 = slope(t + h, last, added(rho, k3, h))
    rho = added(added(added(added(rho, k1, h / 6), k2, h / 3), k3, h / 3), k4, h / 6)
    memory = last
    if ((step + 1) % every === 0) {
      const u = free(t + h)
      out.push(rho.map((each) => multiply(multiply(u, each), adjoint(u))))
    }
  }
  return out
}

/** The same as `scaled`, for initial states. */
export const weighted = (state: Dense, weights: readonly number[]): readonly Dense[] => weights.map((weight) => scaled(state, weight))
