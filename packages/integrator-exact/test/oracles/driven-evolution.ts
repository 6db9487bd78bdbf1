// i dU/dt = H(t) U by classical Runge-Kutta on the whole matrix, twice with halved steps, extrapolated. Nothing is shared with the
// package under test.
import { Matrix } from 'ml-matrix'
import type { Complex, DenseSystem } from './dense-evolution.js'
import { diagonal, hamiltonian, interaction } from './dense-evolution.js'

export interface Protocol {
  readonly energies: (time: number) => readonly number[]
  readonly strength: (time: number) => number
}

interface Flat {
  readonly re: Float64Array
  readonly im: Float64Array
}

const flat = (matrix: Complex): Flat => ({ re: Float64Array.from(matrix.re.to1DArray()), im: Float64Array.from(matrix.im.to1DArray()) })

/** out = −i H x. */
const apply = (h: Flat, x: Flat, n: number, out: Flat): void => {
  out.re.fill(0)
  out.im.fill(0)
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < n; k++) {
      const a = h.re[r * n + k]!
      const b = h.im[r * n + k]!
      if (a === 0 && b === 0) continue
      for (let c = 0; c < n; c++) {
        const p = x.re[k * n + c]!
        const q = x.im[k * n + c]!
        out.re[r * n + c]! += a * q + b * p
        out.im[r * n + c]! -= a * p - b * q
      }
    }
  }
}

/** H(t) = Σ (a function of time)·(a matrix). */
export type MovingTerms = readonly { readonly matrix: Complex; readonly factor: (time: number) => number }[]

const once = (terms: MovingTerms, from: number, to: number, steps: number): Flat => {
  const n = terms[0]!.matrix.re.rows
  const parts = terms.map(({ matrix, factor }) => ({ ...flat(matrix), factor }))
  const h: Flat = { re: new Float64Array(n * n), im: new Float64Array(n * n) }
  const set = (time: number): void => {
    h.re.fill(0)
    h.im.fill(0)
    for (const { re, im, factor } of parts) {
      const weight = factor(time)
      for (let i = 0; i < n * n; i++) {
        h.re[i]! += weight * re[i]!
        h.im[i]! += weight * im[i]!
      }
    }
  }
  const room = (): Flat => ({ re: new Float64Array(n * n), im: new Float64Array(n * n) })
  const u = room()
  for (let i = 0; i < n; i++) u.re[i * n + i] = 1
  const k = room()
  const sum = room()
  const point = room()
  const step = (to - from) / steps
  const add = (out: Flat, base: Flat, x: Flat, factor: number): void => {
    for (let i = 0; i < n * n; i++) {
      out.re[i] = base.re[i]! + factor * x.re[i]!
      out.im[i] = base.im[i]! + factor * x.im[i]!
    }
  }
  for (let s = 0; s < steps; s++) {
    const time = from + s * step
    set(time)
    apply(h, u, n, k)
    add(sum, u, k, step / 6)
    add(point, u, k, step / 2)
    set(time + step / 2)
    apply(h, point, n, k)
    add(sum, sum, k, step / 3)
    add(point, u, k, step / 2)
    apply(h, point, n, k)
    add(sum, sum, k, step / 3)
    add(point, u, k, step)
    set(time + step)
    apply(h, point, n, k)
    add(sum, sum, k, step / 6)
    u.re.set(sum.re)
    u.im.set(sum.im)
  }
  return u
}

/** U(to, from); the error falls as the fifth power of the step. */
export const movingPropagator = (terms: MovingTerms, from: number, to: number, steps: number): Complex => {
  const coarse = once(terms, from, to, steps)
  const fine = once(terms, from, to, 2 * steps)
  const n = terms[0]!.matrix.re.rows
  const better = (a: Float64Array, b: Float64Array): Matrix => Matrix.from1DArray(n, n, Array.from(a, (x, i) => b[i]! + (b[i]! - x) / 15))
  return { re: better(coarse.re, fine.re), im: better(coarse.im, fine.im) }
}

/** The same for one bath. */
export const drivenPropagator = (system: DenseSystem, protocol: Protocol, from: number, to: number, steps: number): Complex => {
  const d = system.energies.length
  const n = system.levels.length
  const projector = (k: number): Complex => diagonal(Array.from({ length: d * n }, (_, i) => Number(Math.floor(i / n) === k)))
  return movingPropagator([
    { matrix: hamiltonian({ ...system, energies: system.energies.map(() => 0), strength: 0 }), factor: () => 1 },
    { matrix: interaction(system), factor: protocol.strength },
    ...system.energies.map((_, k) => ({ matrix: projector(k), factor: (time: number) => protocol.energies(time)[k]! })),
  ], from, to, steps)
}
