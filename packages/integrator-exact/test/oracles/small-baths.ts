// Small baths with every kind of block, made here with a generator of their own.
import { Matrix } from 'ml-matrix'
import type { Attachment, BathModel, ComplexMatrix, Planes, Problem, SpectralBath } from '@mesobath/contracts'
import { CONTRACT } from '@mesobath/contracts'
import type { Complex, DenseSystem } from './dense-evolution.js'
import { diagonal, kron, scaled, zero } from './dense-evolution.js'

/** Numbers in [−1, 1), repeatable. */
export const numbers = (seed: number): (() => number) => {
  let state = (seed * 2654435761 + 12345) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2147483648 - 1
  }
}

export interface SmallBathOptions {
  readonly seed: number
  readonly sizes: readonly number[]
  readonly centres: readonly number[]
  readonly width: number
  readonly couplings?: number
  readonly real?: boolean
  /** Whether windows to and from are coupled; only E ≠ E' unless told. */
  readonly joined?: (coupling: number, to: number, from: number) => boolean
  /** ⟨B^α⟩_E; 0 unless told. */
  readonly mean?: (coupling: number, window: number) => number
}

export interface SmallBath {
  readonly bath: BathModel
  readonly levels: readonly number[]
  readonly window: readonly number[]
  readonly sizes: readonly number[]
  /** B_int^α with means. */
  readonly couplings: readonly Complex[]
  /** Blocks (coupling, to, from) that were read. */
  readonly read: Set<string>
}

export const smallBath = (options: SmallBathOptions): SmallBath => {
  const { sizes, centres, width, real = false } = options
  const joined = options.joined ?? ((_, to, from) => to !== from)
  const mean = options.mean ?? (() => 0)
  const draw = numbers(options.seed)
  const window = sizes.flatMap((size, at) => new Array<number>(size).fill(at))
  const levels = window.map((at) => centres[at]! + (width / 2) * 0.999 * draw())
  const n = levels.length
  const centred = Array.from({ length: options.couplings ?? 1 }, (_, coupling) => {
    const matrix = zero(n, n)
    for (let r = 0; r < n; r++) {
      for (let c = r; c < n; c++) {
        if (!joined(coupling, window[r]!, window[c]!)) continue
        const x = draw() * 1.7
        const y = r === c || real ? 0 : draw() * 1.7
        matrix.re.set(r, c, x); matrix.re.set(c, r, x)
        matrix.im.set(r, c, y); matrix.im.set(c, r, -y)
      }
    }
    for (let at = 0; at < sizes.length; at++) {
      let sum = 0
      for (let i = 0; i < n; i++) if (window[i] === at) sum += matrix.re.get(i, i)
      for (let i = 0; i < n; i++) if (window[i] === at) matrix.re.set(i, i, matrix.re.get(i, i) - sum / sizes[at]!)
    }
    return matrix
  })
  const read = new Set<string>()
  const spectral: SpectralBath = {
    kind: 'spectral',
    levels: Float64Array.from(levels),
    window: Int32Array.from(window),
    real,
    block: (coupling: number, to: number, from: number, out: Planes): boolean => {
      if (!joined(coupling, to, from)) return false
      read.add(`${coupling}:${to}:${from}`)
      let at = 0
      for (let r = 0; r < n; r++) {
        if (window[r] !== to) continue
        for (let c = 0; c < n; c++) {
          if (window[c] !== from) continue
          out.re[at] = centred[coupling]!.re.get(r, c)
          if (out.im !== null) out.im[at] = centred[coupling]!.im.get(r, c)
          at++
        }
      }
      return true
    },
  }
  const bath: BathModel = {
    contract: CONTRACT, name: 'small', package: 'test', version: '0.0.0', citations: [], recipe: null,
    windows: {
      energies: Float64Array.from(centres), width, logVolumes: Float64Array.from(sizes, (size) => Math.log(size)),
    },
    couplings: centred.length,
    meanCouplings: centred.map((_, coupling) => Float64Array.from(sizes, (_size, at) => mean(coupling, at))),
    can: { microscopic: () => ({ _tag: 'Right', right: spectral }) },
  }
  const couplings = centred.map((matrix, coupling) => {
    const full = { re: matrix.re.clone(), im: matrix.im.clone() }
    for (let i = 0; i < n; i++) full.re.set(i, i, full.re.get(i, i) + mean(coupling, window[i]!))
    return full
  })
  return { bath, levels, window, sizes, couplings, read }
}

/** A matrix for a problem from rows of numbers or [re, im]. */
export const matrix = (rows: readonly (readonly (number | readonly [number, number])[])[]): ComplexMatrix => {
  const entries = rows.flat()
  const im = Float64Array.from(entries, (entry) => (typeof entry === 'number' ? 0 : entry[1]))
  return {
    rows: rows.length, columns: rows[0]!.length,
    re: Float64Array.from(entries, (entry) => (typeof entry === 'number' ? entry : entry[0])),
    im: im.every((value) => value === 0) ? null : im,
  }
}

export const toDense = (from: ComplexMatrix): Complex => ({
  re: Matrix.from1DArray(from.rows, from.columns, Array.from(from.re)),
  im: from.im === null ? Matrix.zeros(from.rows, from.columns) : Matrix.from1DArray(from.rows, from.columns, Array.from(from.im)),
})

export const attachment = (small: SmallBath, strength: number, systemCouplings: readonly ComplexMatrix[]): Attachment =>
  ({ label: 'bath', bath: small.bath, strength, systemCouplings })

export const denseSystem = (small: SmallBath, problem: Problem, energies?: readonly number[], strength?: number): DenseSystem => ({
  energies: energies ?? Array.from(problem.energies),
  levels: small.levels,
  window: small.window,
  windows: small.sizes.length,
  strength: strength ?? problem.baths[0]!.strength,
  systemCouplings: problem.baths[0]!.systemCouplings.map(toDense),
  bathCouplings: small.couplings,
})

/** ρ(0) of the whole, from the definitions. */
export const denseStart = (small: SmallBath, problem: Problem): Complex => {
  const d = problem.energies.length
  const { initial } = problem
  const n = small.levels.length
  if (initial.kind === 'product') {
    const state = initial.baths[0]!
    let weights: number[]
    if (state.kind === 'levels') weights = Array.from(state.weights)
    else if (state.kind === 'windows') weights = small.window.map((at) => state.probabilities[at]! / small.sizes[at]!)
    else {
      const raw = small.levels.map((energy) => Math.exp(-state.inverseTemperature * energy))
      const total = raw.reduce((sum, value) => sum + value, 0)
      weights = raw.map((value) => value / total)
    }
    return kron(toDense(initial.system), diagonal(weights))
  }
  let rho = zero(d * n, d * n)
  for (let at = 0; at < small.sizes.length; at++) {
    const part: ComplexMatrix = {
      rows: d, columns: d,
      re: initial.states.re.slice(at * d * d, (at + 1) * d * d),
      im: initial.states.im === null ? null : initial.states.im.slice(at * d * d, (at + 1) * d * d),
    }
    const projector = diagonal(small.window.map((w) => (w === at ? 1 / small.sizes[at]! : 0)))
    const piece = kron(toDense(part), projector)
    rho = { re: rho.re.add(piece.re), im: rho.im.add(piece.im) }
  }
  return scaled(rho, 1)
}
