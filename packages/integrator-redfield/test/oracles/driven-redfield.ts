import { adjoint, fromEntries, multiply, plus, zero } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import type { RedfieldProblem } from './dense-redfield.js'

/** A piece of a protocol; pieces tile [0, end] and begin on the oracle's steps. */
export interface Piece {
  readonly from: number
  readonly energies: (time: number) => readonly number[]
  readonly strength: (time: number) => number
  /** False where it goes on from the piece before without a jump. */
  readonly quench?: boolean
}

/** Whether memory is complete, begins at the last quench, or counts from 0 with today's energies and strength. */
export type OracleMemory = 'kernel' | 'restarted' | 'from-start'

// Gauss and Legendre's nodes and weights of order 6 on [0, 1]: three points.
const NODE = Math.sqrt(3 / 5)
const POINTS: readonly (readonly [number, number])[] = [[(1 - NODE) / 2, 5 / 18], [0.5, 4 / 9], [(1 + NODE) / 2, 5 / 18]]

/**
 * The second-order equation with a memory that follows the levels, by brute force: at every stage of the classical Runge-Kutta method, in
 * the interaction picture, the double sum ∫₀ᵗ ds λ(t)λ(s) C(t − s) e^{−i∫_s^t ω} over all nodes of the past, the phases by quadrature too.
 * Returns ρ_S(E) at every `every`-th of `steps` steps up to `end`, the start included.
 */
export const drivenRedfield = (
  problem: RedfieldProblem, pieces: readonly Piece[], initial: readonly Dense[], end: number, steps: number, every: number, memory: OracleMemory = 'kernel',
): readonly (readonly Dense[])[] => {
  const { couplings, windows, correlation, means } = problem
  const d = initial[0].n
  const alphas = couplings.map((_, a) => a)
  const half = end / steps / 2
  const cells = 2 * steps
  const pieceAt = (cell: number): Piece => pieces.findLast((piece) => piece.from < (cell + 0.5) * half)!
  // Phases at half steps and at nodes; strengths at nodes.
  const phaseAt: number[][] = [new Array<number>(d).fill(0)]
  const phases: number[][][] = []
  const strengths: number[][] = []
  for (let cell = 0; cell < cells; cell++) {
    const { energies, strength } = pieceAt(cell)
    const area = (length: number): number[] => {
      const sum = new Array<number>(d).fill(0)
      for (const [x, w] of POINTS) energies((cell + length * x) * half).forEach((value, k) => { sum[k] += w * length * half * value })
      return sum
    }
    phases.push(POINTS.map(([x]) => area(x).map((value, k) => phaseAt[cell][k] + value)))
    strengths.push(POINTS.map(([x]) => strength((cell + x) * half)))
    phaseAt.push(area(1).map((value, k) => phaseAt[cell][k] + value))
  }
  // C at every distance of a half step and a node [distance in cells, node][α, α', to, from].
  const table = Array.from({ length: cells + 1 }, (_, distance) => POINTS.map(([x]) =>
    alphas.flatMap((a) => alphas.flatMap((b) => Array.from({ length: windows * windows }, (_x, pair) =>
      correlation(a, b, Math.floor(pair / windows), pair % windows, (distance - x) * half))))))

  /** Λ^α(E,E')† at half step m, its energies and strength on the side of `piece`. */
  const memoryAt = (m: number, piece: Piece): ((a: number, to: number, from: number) => Dense) => {
    const time = m * half
    const now = piece.energies(time)
    const sums = alphas.flatMap(() => Array.from({ length: windows * windows }, () => zero(d)))
    const quenched = pieces.findLast(({ from, quench }) => from <= piece.from && quench !== false)!
    const first = memory === 'restarted' ? Math.round(quenched.from / half) : 0
    for (let cell = first; cell < m; cell++) {
      POINTS.forEach(([x, weight], node) => {
        const tau = time - (cell + x) * half
        const scale = weight * half * piece.strength(time) * (memory === 'from-start' ? piece.strength(time) : strengths[cell][node])
        const turned = (k: number): number => (memory === 'from-start' ? now[k] * tau : phaseAt[m][k] - phases[cell][node][k])
        const values = table[m - cell][node]
        for (let q = 0; q < d; q++) {
          for (let k = 0; k < d; k++) {
            const angle = turned(q) - turned(k)
            const c = scale * Math.cos(angle)
            const s = -scale * Math.sin(angle)
            for (const b of alphas) {
              const sr = couplings[b].re[q * d + k] * c - couplings[b].im[q * d + k] * s
              const si = couplings[b].re[q * d + k] * s + couplings[b].im[q * d + k] * c
              if (sr === 0 && si === 0) continue
              for (const a of alphas) {
                for (let pair = 0; pair < windows * windows; pair++) {
                  const [cr, ci] = values[(a * alphas.length + b) * windows * windows + pair]
                  const into = sums[a * windows * windows + pair]
                  into.re[q * d + k] += cr * sr - ci * si
                  into.im[q * d + k] += cr * si + ci * sr
                }
              }
            }
          }
        }
      })
    }
    return (a, to, from) => sums[a * windows * windows + to * windows + from]
  }

  const slope = (m: number, piece: Piece, lambda: (a: number, to: number, from: number) => Dense, turned: readonly Dense[]): readonly Dense[] => {
    const u = fromEntries(d, (k, q) => (k === q ? [Math.cos(phaseAt[m][k]), -Math.sin(phaseAt[m][k])] : [0, 0]))
    const rho = turned.map((each) => multiply(multiply(u, each), adjoint(u)))
    return rho.map((state, window) => {
      let part = zero(d)
      for (const a of alphas) {
        for (let other = 0; other < windows; other++) {
          part = plus(part, multiply(multiply(couplings[a], rho[other]), lambda(a, window, other)))
          part = plus(part, multiply(multiply(state, lambda(a, other, window)), couplings[a]), -1)
        }
        // −i δH ρ, whose adjoint is the other half of the commutator.
        part = plus(part, multiply(couplings[a], state), 0, -piece.strength(m * half) * means(a, window))
      }
      return multiply(multiply(adjoint(u), plus(part, adjoint(part))), u)
    })
  }
  const added = (a: readonly Dense[], b: readonly Dense[], x: number): readonly Dense[] => a.map((each, i) => plus(each, b[i], x))
  const out: (readonly Dense[])[] = [initial]
  let rho = initial
  let last: { piece: Piece, lambda: ReturnType<typeof memoryAt> } | null = null
  const h = 2 * half
  for (let step = 0; step < steps; step++) {
    const piece = pieceAt(2 * step)
    const begin = last !== null && last.piece === piece ? last.lambda : memoryAt(2 * step, piece)
    const middle = memoryAt(2 * step + 1, piece)
    const finish = memoryAt(2 * step + 2, piece)
    const k1 = slope(2 * step, piece, begin, rho)
    const k2 = slope(2 * step + 1, piece, middle, added(rho, k1, h / 2))
    const k3 = slope(2 * step + 1, piece, middle, added(rho, k2, h / 2))
    const k4 = slope(2 * step + 2, piece, finish, added(rho, k3, h))
    rho = added(added(added(added(rho, k1, h / 6), k2, h / 3), k3, h / 3), k4, h / 6)
    last = { piece, lambda: finish }
    if ((step + 1) % every === 0) {
      const u = fromEntries(d, (k, q) => (k === q ? [Math.cos(phaseAt[2 * step + 2][k]), -Math.sin(phaseAt[2 * step + 2][k])] : [0, 0]))
      out.push(rho.map((each) => multiply(multiply(u, each), adjoint(u))))
    }
  }
  return out
}
