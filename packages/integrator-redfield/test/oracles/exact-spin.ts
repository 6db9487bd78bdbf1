import { generator } from './explicit-bath.js'

/** Regular levels in two windows and a real Gaussian matrix of variance one between them. */
export interface TwoWindows {
  readonly volumes: readonly [number, number]
  readonly levels: Float64Array
  /** [level of window 0, level of window 1]. */
  readonly coupling: Float64Array
}

export const twoWindows = (seed: number, volumes: readonly [number, number], width: number, centres: readonly [number, number]): TwoWindows => {
  const random = generator(seed)
  for (let i = 0; i < 20; i++) random()
  const gaussian = (): number => Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6)
  const levels = Float64Array.from({ length: volumes[0] + volumes[1] }, (_, i) => i < volumes[0]
    ? centres[0] + ((i + 0.5) / volumes[0] - 0.5) * width
    : centres[1] + ((i - volumes[0] + 0.5) / volumes[1] - 0.5) * width)
  return { volumes, levels, coupling: Float64Array.from({ length: volumes[0] * volumes[1] }, gaussian) }
}

/**
 * Schrödinger's equation of a spin with σ_x ⊗ B, excited, with the lower window evenly filled, under a train of quenches of ε_1: entry s of
 * `excited` holds for `duration`. Each stretch by Taylor's series in short pieces. Returns p(ε_k, E) [k, E] after each stretch.
 */
export const spinTrain = (bath: TwoWindows, strength: number, excited: readonly number[], duration: number): readonly (readonly number[])[] => {
  const [lower, upper] = bath.volumes
  const n = lower + upper
  const size = 2 * n * lower
  // ψ[(k, i), column]; columns begin in |1⟩ ⊗ |i⟩, i in window 0.
  let psi: readonly Float64Array[] = [new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < lower; i++) psi[0][(n + i) * lower + i] = 1
  const couple = (from: Float64Array, into: Float64Array, factor: number, here: number, there: number): void => {
    for (let i = 0; i < lower; i++) {
      for (let j = 0; j < upper; j++) {
        const weight = factor * strength * bath.coupling[i * upper + j]
        const a = (here + i) * lower
        const b = (there + lower + j) * lower
        for (let c = 0; c < lower; c++) {
          into[a + c] += weight * from[b + c]
          into[b + c] += weight * from[a + c]
        }
      }
    }
  }
  /** out = factor·H·x, with energies counted from `origin`. */
  const apply = (level: number, origin: number, x: Float64Array, factor: number): Float64Array => {
    const out = new Float64Array(size)
    for (let row = 0; row < 2 * n; row++) {
      const energy = factor * ((row < n ? 0 : level) + bath.levels[row % n] - origin)
      for (let c = 0; c < lower; c++) out[row * lower + c] = energy * x[row * lower + c]
    }
    couple(x, out, factor, 0, n)
    couple(x, out, factor, n, 0)
    return out
  }
  return excited.map((level) => {
    const pieces = Math.ceil(duration)
    const h = duration / pieces
    for (let piece = 0; piece < pieces; piece++) {
      let term = psi
      const sum = psi.map((plane) => plane.slice())
      for (let k = 1; k <= 16; k++) {
        // (−ih/k) H on re + i im.
        term = [apply(level, 1, term[1], h / k), apply(level, 1, term[0], -h / k)]
        for (const plane of [0, 1]) for (let i = 0; i < size; i++) sum[plane][i] += term[plane][i]
      }
      psi = sum
    }
    return [0, 1].flatMap((k) => [[0, lower], [lower, n]].map(([from, to]) => {
      let probability = 0
      for (let i = (k * n + from) * lower; i < (k * n + to) * lower; i++) probability += psi[0][i] ** 2 + psi[1][i] ** 2
      return probability / lower
    }))
  })
}
