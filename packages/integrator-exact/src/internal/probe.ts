import { randomStream } from '@mesobath/kernels'
import type { Batch } from './batches.js'
import type { State, Workshop } from './evolution.js'

/** Columns that stand for all: ‖E Ψ z‖² of a random sign vector z has the mean ‖E Ψ‖²_F, and four of them little spread. */
const COLUMNS = 4
/** Sets of signs, used in turn, so that no unlucky one stays for a whole run. */
const SETS = 16
/** Any fixed number: the same signs in every run. */
const SEED = 0x70726f62

/** A few columns Ψ z in place of Ψ, on which a step is tried before it is made. */
export interface Probe {
  readonly shop: Workshop
  /** Writes Ψ z; `turn` chooses the signs. */
  fill(state: State, turn: number, out: State): void
  /** Estimate of ‖E Ψ‖_F from two probes that differ by E Ψ z. */
  distance(a: State, b: State): number
}

interface Group {
  readonly batch: Batch
  /** Batches of columns that stand in the same components. */
  readonly sources: readonly number[]
  /** Few columns are taken as they are. */
  readonly whole: boolean
  readonly signs: readonly Float64Array[]
}

const makeGroups = (batches: readonly Batch[]): readonly Group[] => {
  const sources = new Map<string, number[]>()
  batches.forEach((batch, at) => {
    const key = batch.components.join()
    sources.set(key, [...(sources.get(key) ?? []), at])
  })
  return [...sources.values()].map((found, group): Group => {
    const first = batches[found[0]!]!
    const columns = found.reduce((sum, at) => sum + batches[at]!.width, 0)
    const width = Math.min(COLUMNS, columns)
    const whole = columns <= COLUMNS
    const signs = Array.from({ length: whole ? 1 : SETS }, (_, set) => {
      const stream = randomStream(SEED, group, set)
      return Float64Array.from({ length: columns * width }, (_value, i) =>
        whole ? Number(Math.floor(i / width) === i % width) : stream.uniform() < 0.5 ? -1 : 1)
    })
    return { batch: { components: first.components, columns: new Int32Array(width), width, dimension: first.dimension }, sources: found, whole, signs }
  })
}

/** out[r, j] += Σ_c x[r, c] signs[c, j]. */
const combine = (x: Float64Array, columns: number, signs: Float64Array, offset: number, width: number, out: Float64Array): void => {
  const rows = x.length / columns
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = x[r * columns + c]!
      const from = (offset + c) * width
      for (let j = 0; j < width; j++) out[r * width + j] = out[r * width + j]! + value * signs[from + j]!
    }
  }
}

const squaredDistance = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!)
  return sum
}

/** Makes the probe of a workshop. */
export const makeProbe = (shop: Workshop): Probe => {
  const groups = makeGroups(shop.batches)
  return {
    shop: {
      model: shop.model, backend: shop.backend, structure: shop.structure, hamiltonians: shop.hamiltonians,
      batches: groups.map(({ batch }) => batch),
      blocks: (numbers, real) => shop.blocks(numbers, real),
      gram: (terms) => shop.gram(terms),
    },
    fill: (state, turn, out) => {
      for (let g = 0; g < groups.length; g++) {
        const { batch, sources, signs } = groups[g]!
        const set = signs[turn % signs.length]!
        for (let order = 0; order < batch.components.length; order++) {
          const { re, im } = out[g]![order]!
          re.fill(0)
          im!.fill(0)
          let offset = 0
          for (let s = 0; s < sources.length; s++) {
            const columns = shop.batches[sources[s]!]!.width
            const source = state[sources[s]!]![order]!
            combine(source.re, columns, set, offset, batch.width, re)
            if (source.im !== null) combine(source.im, columns, set, offset, batch.width, im!)
            offset += columns
          }
        }
      }
    },
    distance: (a, b) => {
      let sum = 0
      for (let g = 0; g < groups.length; g++) {
        const { batch, whole } = groups[g]!
        let part = 0
        for (let order = 0; order < batch.components.length; order++) {
          const x = a[g]![order]!
          const y = b[g]![order]!
          part += squaredDistance(x.re, y.re) + squaredDistance(x.im!, y.im!)
        }
        sum += whole ? part : part / batch.width
      }
      return Math.sqrt(sum)
    },
  }
}
