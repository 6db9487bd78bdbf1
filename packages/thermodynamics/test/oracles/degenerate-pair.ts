// ρ̇ = −i[h, ρ] + Σ (AρA† − ½{A†A, ρ}) for two degenerate levels and one window, by small Runge-Kutta steps on 2 × 2 complex matrices.

type Complex = readonly [number, number]
type Matrix = readonly Complex[]

const times = (a: Matrix, b: Matrix): Matrix => [0, 1, 2, 3].map((at) => {
  const [row, column] = [at >> 1, at & 1]
  return [0, 1].reduce<Complex>(([re, im], k) => {
    const [x, y] = [a[2 * row + k]!, b[2 * k + column]!]
    return [re + x[0] * y[0] - x[1] * y[1], im + x[0] * y[1] + x[1] * y[0]]
  }, [0, 0])
})
const plus = (a: Matrix, b: Matrix, scale: Complex = [1, 0]): Matrix =>
  a.map(([re, im], i) => [re + scale[0] * b[i]![0] - scale[1] * b[i]![1], im + scale[0] * b[i]![1] + scale[1] * b[i]![0]])
const dagger = (a: Matrix): Matrix => [0, 1, 2, 3].map((at) => { const [re, im] = a[2 * (at & 1) + (at >> 1)]!; return [re, -im] })

export interface Pair { readonly time: number; readonly rho: Matrix; readonly change: Matrix }

/** Starts in (|0⟩ + |1⟩)/√2 mixed with `noise` of white; h = frequency·σ_y/2 turns it into |0⟩; A = √rate·σ_y dephases. */
export const degeneratePair = (frequency: number, rate: number, noise: number, duration: number, samples: number): readonly Pair[] => {
  const h: Matrix = [[0, 0], [0, -frequency / 2], [0, frequency / 2], [0, 0]]
  const root = Math.sqrt(rate)
  const jump: Matrix = [[0, 0], [0, -root], [0, root], [0, 0]]
  const square = times(dagger(jump), jump)
  const change = (rho: Matrix): Matrix => {
    const turning = plus(plus([[0, 0], [0, 0], [0, 0], [0, 0]], times(h, rho), [0, -1]), times(rho, h), [0, 1])
    return plus(plus(plus(turning, times(times(jump, rho), dagger(jump))), times(square, rho), [-0.5, 0]), times(rho, square), [-0.5, 0])
  }
  let rho: Matrix = [[0.5, 0], [(1 - noise) / 2, 0], [(1 - noise) / 2, 0], [0.5, 0]]
  const out: Pair[] = [{ time: 0, rho, change: change(rho) }]
  const inner = 200
  const step = duration / samples / inner
  for (let sample = 1; sample <= samples; sample++) {
    for (let i = 0; i < inner; i++) {
      const k1 = change(rho)
      const k2 = change(plus(rho, k1, [step / 2, 0]))
      const k3 = change(plus(rho, k2, [step / 2, 0]))
      const k4 = change(plus(rho, k3, [step, 0]))
      rho = plus(plus(plus(plus(rho, k1, [step / 6, 0]), k2, [step / 3, 0]), k3, [step / 3, 0]), k4, [step / 6, 0])
    }
    out.push({ time: (sample * duration) / samples, rho, change: change(rho) })
  }
  return out
}
