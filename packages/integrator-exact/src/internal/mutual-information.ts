import type { Planes } from '@mesobath/contracts'
import { hermitianEigenbasis, hermitianEigenvalues, log } from '@mesobath/kernels'
import { Cancelled, multiplyInBands, writeAdjoint } from './eigen-products.js'
import type { State, Workshop } from './evolution.js'
import type { InitialColumns } from './initial-columns.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'
import { GRAM } from './product-forms.js'

/** −Σ x ln x over eigenvalues; those that rounding left below 0 count as 0. */
const entropyOf = (eigenvalues: Float64Array): number => {
  let sum = 0
  for (const value of eigenvalues) if (value > 0) sum -= value * log(value)
  return sum
}

/**
 * S(ρ) of the whole, which the evolution conserves. Joint levels of the baths are orthogonal, so ρ(0) = ⊕_i w_i L L† with one factor L
 * per level: its eigenvalues are w_i times those of L L†, although the columns of L need not be orthogonal.
 */
export const globalEntropy = (columns: InitialColumns): number => {
  const spectra = columns.factors.map((factor) => {
    const { rows, columns: rank } = factor
    const re = new Float64Array(rows * rows)
    const im = new Float64Array(rows * rows)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < rows; c++) {
        for (let s = 0; s < rank; s++) {
          const a = factor.re[r * rank + s]!
          const b = factor.im === null ? 0 : factor.im[r * rank + s]!
          const p = factor.re[c * rank + s]!
          const q = factor.im === null ? 0 : factor.im[c * rank + s]!
          re[r * rows + c] = re[r * rows + c]! + a * p + b * q
          im[r * rows + c] = im[r * rows + c]! + b * p - a * q
        }
      }
    }
    return hermitianEigenvalues({ rows, columns: rows, re, im })
  })
  let sum = 0
  for (let at = 0; at < columns.root.length; at++) {
    // Once per level: its first column.
    if (columns.column[at] !== 0) continue
    const weight = columns.root[at]! * columns.root[at]!
    for (const value of spectra[columns.factor[at]!]!) if (value > 0) sum -= weight * value * log(weight * value)
  }
  return sum
}

/** S(ρ_S) from ρ_S = Σ_E ρ_S(E). */
const systemEntropy = (reading: Reading, dimension: number): number => {
  const size = dimension * dimension
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  for (let at = 0; at < reading.re.length; at++) {
    re[at % size] = re[at % size]! + reading.re[at]!
    im[at % size] = im[at % size]! + reading.im[at]!
  }
  return entropyOf(hermitianEigenvalues({ rows: dimension, columns: dimension, re, im }))
}

/** Columns X of ρ_B = X X†, one per column of Ψ and level of the system, of one part of the baths that shares no joint window with others. */
interface Part {
  readonly windows: readonly number[]
  /** First row of each window. */
  readonly rows: readonly number[]
  readonly sources: readonly { readonly batch: number; readonly order: number; readonly block: number; readonly from: number }[]
  readonly dimension: number
  readonly rank: number
}

const makeParts = (shop: Pick<Workshop, 'model' | 'structure' | 'batches'>): readonly Part[] => {
  const { model, structure, batches } = shop
  // One stack of columns per batch and system level: what stands in one column of X, over the components of the batch.
  const stacks: { batch: number; windows: Set<number>; places: { order: number; block: number }[] }[] = []
  batches.forEach(({ components }, batch) => {
    for (let level = 0; level < model.dimension; level++) {
      const stack = { batch, windows: new Set<number>(), places: [] as { order: number; block: number }[] }
      components.forEach((component, order) => structure.components[component]!.blocks.forEach((block, at) => {
        if (block.level !== level) return
        for (const window of block.windows) stack.windows.add(window)
        stack.places.push({ order, block: at })
      }))
      if (stack.places.length > 0) stacks.push(stack)
    }
  })
  const groups: { windows: Set<number>; stacks: typeof stacks }[] = []
  for (const stack of stacks) {
    const joined = groups.filter((group) => [...stack.windows].some((window) => group.windows.has(window)))
    const merged = { windows: new Set(stack.windows), stacks: [stack] }
    for (const group of joined) {
      for (const window of group.windows) merged.windows.add(window)
      merged.stacks.push(...group.stacks)
      groups.splice(groups.indexOf(group), 1)
    }
    groups.push(merged)
  }
  return groups.map((group): Part => {
    const windows = [...group.windows].sort((a, b) => a - b)
    const rows: number[] = []
    let dimension = 0
    for (const window of windows) {
      rows.push(dimension)
      dimension += model.volumes[window]!
    }
    let rank = 0
    const sources = group.stacks.flatMap(({ batch, places }) => {
      const from = rank
      rank += batches[batch]!.width
      return places.map((place) => ({ batch, ...place, from }))
    })
    return { windows, rows, sources, dimension, rank }
  })
}

/** Bytes that one evaluation takes at most in the backend; `adjoints` where its products may take one. */
export const correlationBytes = (shop: Pick<Workshop, 'model' | 'structure' | 'batches'>, adjoints: boolean): number =>
  makeParts(shop).reduce((most, { dimension, rank }) => {
    const size = Math.min(dimension, rank)
    return Math.max(most, 16 * ((adjoints ? 1 : 2) * dimension * rank + size * size))
  }, 0)

/** Measures I^{S:B} of a state. */
export interface CorrelationMeter {
  /** S(ρ_S) + S(ρ_B) − S(ρ), null where cancelled. `reading` is of the same state. */
  measure(state: State, reading: Reading, pace: Pace): Promise<number | null>
}

/**
 * The mutual information of the system and its baths together, I = S(ρ_S) + S(ρ_B) − S(ρ) (Eq. 40), without a logarithm of the whole: S(ρ) is that of
 * the start, and ρ_B = X X† has the spectrum of X†X, the smaller of the two being diagonalised. Parts of the bath that
 * share no window are orthogonal and go one by one.
 */
export const correlationMeter = (shop: Workshop, conserved: number): CorrelationMeter => {
  const parts = makeParts(shop)
  const { backend, model } = shop

  /** X [dimension, rank], or X† where `turned`. */
  const fill = (part: Part, state: State, turned: boolean, out: Planes): void => {
    const outRe = out.re, outIm = out.im!
    for (const { batch, order, block: at, from } of part.sources) {
      const { components, width } = shop.batches[batch]!
      const block = shop.structure.components[components[order]!]!.blocks[at]!
      const { re, im } = state[batch]![order]!
      block.windows.forEach((window, w) => {
        const first = part.rows[part.windows.indexOf(window)]!
        const count = model.volumes[window]!
        for (let i = 0; i < count; i++) {
          for (let c = 0; c < width; c++) {
            const source = (block.rows[w]! + i) * width + c
            const to = turned ? (from + c) * part.dimension + first + i : (first + i) * part.rank + from + c
            outRe[to] = re[source]!
            outIm[to] = im === null ? 0 : turned ? -im[source]! : im[source]!
          }
        }
      })
    }
  }

  const spectrumOf = async (part: Part, state: State, pace: Pace): Promise<Float64Array | null> => {
    const { dimension, rank } = part
    const size = Math.min(dimension, rank)
    const inner = Math.max(dimension, rank)
    const held: Planes[] = []
    const room = (rows: number, columns: number): Planes => {
      const planes = backend.allocate(rows, columns, false)
      held.push(planes)
      return planes
    }
    try {
      const tall = room(inner, size)
      fill(part, state, rank > dimension, tall)
      const gram = room(size, size)
      if (backend.multiplyAs === undefined) {
        const wide = room(size, inner)
        fill(part, state, rank <= dimension, wide)
        if (!(await multiplyInBands(shop, wide, tall, size, inner, size, gram, pace))) return null
      } else await writeAdjoint(shop, GRAM, tall, tall, size, 0, inner, size, gram, pace)
      const values = new Float64Array(size)
      const ending = await hermitianEigenbasis(backend, gram, size, values, null, () => pace.breathe())
      if (ending === 'cancelled') return null
      return ending === 'ok' ? values : values.fill(NaN)
    } catch (fault) {
      if (fault instanceof Cancelled) return null
      throw fault
    } finally {
      for (const planes of held) backend.release(planes)
    }
  }

  return {
    measure: async (state, reading, pace) => {
      let bath = 0
      for (const part of parts) {
        const spectrum = await spectrumOf(part, state, pace)
        if (spectrum === null) return null
        bath += entropyOf(spectrum)
        if (!(await pace.breathe())) return null
      }
      return systemEntropy(reading, model.dimension) + bath - conserved
    },
  }
}
