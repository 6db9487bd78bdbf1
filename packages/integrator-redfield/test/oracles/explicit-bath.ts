import { fromEntries } from './complex-dense.js'
import type { Dense } from './complex-dense.js'

/** A bath written out: its levels, the window of each, and its coupling operators before the means are removed. */
export interface ExplicitBath {
  readonly levels: readonly number[]
  readonly window: readonly number[]
  readonly windows: number
  readonly width: number
  readonly centres: readonly number[]
  readonly couplings: readonly Dense[]
}

/** A small generator of random numbers of its own: Park and Miller's. */
export const generator = (seed: number): (() => number) => {
  let state = seed % 2147483647
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Random levels in contiguous windows and random Hermitian couplings, blocks within windows and means included. */
export const genericBath = (seed: number, volumes: readonly number[], width: number, couplings: number, first = 0, real = false): ExplicitBath => {
  const random = generator(seed)
  for (let i = 0; i < 20; i++) random()
  const levels: number[] = []
  const window: number[] = []
  const centres = volumes.map((_, at) => first + at * width)
  volumes.forEach((volume, at) => {
    const inside = Array.from({ length: volume }, () => centres[at] + (random() - 0.5) * width * 0.999).sort((a, b) => a - b)
    for (const level of inside) {
      levels.push(level)
      window.push(at)
    }
  })
  const count = levels.length
  const matrices = Array.from({ length: couplings }, (_, coupling) => {
    const x = Array.from({ length: count * count }, () => random() - 0.5)
    const y = Array.from({ length: count * count }, () => (real ? 0 : random() - 0.5))
    return fromEntries(count, (r, c) => {
      const low = Math.min(r, c) * count + Math.max(r, c)
      const mean = r === c ? 0.4 * (window[r] + 1 + coupling) : 0
      return [2 * x[low] + mean, r === c ? 0 : (r < c ? 2 : -2) * y[low]]
    })
  })
  return { levels, window, windows: volumes.length, width, centres, couplings: matrices }
}

/** ⟨B^α⟩_E. */
export const mean = (bath: ExplicitBath, coupling: number, window: number): number => {
  let sum = 0
  let count = 0
  bath.window.forEach((at, level) => {
    if (at !== window) return
    sum += bath.couplings[coupling].re[level * bath.levels.length + level]
    count += 1
  })
  return sum / count
}

export const volume = (bath: ExplicitBath, window: number): number => bath.window.filter((at) => at === window).length

/** B^α with the means removed. */
export const centred = (bath: ExplicitBath, coupling: number): Dense => {
  const matrix = bath.couplings[coupling]
  return fromEntries(matrix.n, (r, c) => [
    matrix.re[r * matrix.n + c] - (r === c ? mean(bath, coupling, bath.window[r]) : 0), matrix.im[r * matrix.n + c],
  ])
}
