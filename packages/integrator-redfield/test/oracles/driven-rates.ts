import { envelope } from './flat-window.js'

/** A rate equation of p(ε_k,E) of one bath of flat windows with E[|B_ij|²] = 1 between different ones, under moving energies. */
export interface DrivenRates {
  readonly energies: (time: number) => readonly number[]
  readonly strength: (time: number) => number
  /** |S_kq|². */
  readonly squared: readonly (readonly number[])[]
  readonly centres: readonly number[]
  readonly volumes: readonly number[]
  readonly width: number
}

/** ∂t p [k, E]: rate (q,E') → (k,E) = (2πλ²/δ)|S_kq|² V_E max(0, 1 − |ω + E' − E|/δ) ζ(t). */
export const drivenSlope = (problem: DrivenRates, time: number, zeta: number, p: readonly number[]): number[] => {
  const { centres, volumes, width, squared } = problem
  const levels = problem.energies(time)
  const lambda = problem.strength(time)
  const n = centres.length
  const out = p.map(() => 0)
  squared.forEach((row, k) => row.forEach((weight, q) => {
    for (let to = 0; to < n; to++) {
      for (let from = 0; from < n; from++) {
        if (to === from) continue
        const mismatch = Math.abs(levels[q] - levels[k] + centres[from] - centres[to])
        const current = 2 * Math.PI * lambda ** 2 / width * weight * volumes[to] * Math.max(0, 1 - mismatch / width) * zeta * p[q * n + from]
        out[k * n + to] += current
        out[q * n + from] -= current
      }
    }
  }))
  return out
}

/** The classical Runge-Kutta method; p at the end. */
export const drivenPopulations = (problem: DrivenRates, start: readonly number[], end: number, steps: number): readonly number[] => {
  const h = end / steps
  const zetas = Array.from({ length: 2 * steps + 1 }, (_, i) => (i === 0 ? 0 : envelope((i * h) / 2, problem.width)))
  let p = [...start]
  const add = (slope: readonly number[], x: number): number[] => p.map((value, i) => value + x * slope[i])
  for (let step = 0; step < steps; step++) {
    const t = step * h
    const k1 = drivenSlope(problem, t, zetas[2 * step], p)
    const k2 = drivenSlope(problem, t + h / 2, zetas[2 * step + 1], add(k1, h / 2))
    const k3 = drivenSlope(problem, t + h / 2, zetas[2 * step + 1], add(k2, h / 2))
    const k4 = drivenSlope(problem, t + h, zetas[2 * step + 2], add(k3, h))
    p = p.map((value, i) => value + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))
  }
  return p
}
