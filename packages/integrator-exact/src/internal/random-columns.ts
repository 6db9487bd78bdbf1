import { cos, randomStream, sin } from '@mesobath/kernels'
import type { InitialColumns } from './initial-columns.js'

/** How many random vectors stand for a mixture of levels, and which. */
export interface Sampling {
  readonly vectors: number
  readonly seed: number
}

/**
 * Columns that are random superpositions of those of a mixture, φ = Σ_i e^{iθ_i} ψ_i / √R for each of R vectors: their mean of |φ⟩⟨φ| is Σ |ψ_i⟩⟨ψ_i|,
 * and the norm of each is exact. One set of phases for each vector and column of the system state; signs where everything is real: two vectors
 * of half as many numbers say as much as a complex one.
 */
export interface RandomColumns {
  /** Which vector each column belongs to: those of one stand side by side. */
  readonly vector: Int32Array
  /** Columns of the mixture that each is made of. */
  readonly sources: readonly Int32Array[]
  /** What draws its phases. */
  readonly streams: readonly (readonly [seed: number, vector: number, group: number, column: number])[]
  /** Whether phases are signs. */
  readonly real: boolean
}

/** Random columns of a group of the mixture's columns that stand in the same components, [vector, column of the system state]. */
export const randomColumns = (
  columns: InitialColumns, group: readonly number[], index: number, { vectors, seed }: Sampling, real: boolean,
): RandomColumns => {
  const bySystem = new Map<number, number[]>()
  for (const at of group) {
    const own = bySystem.get(columns.column[at]!)
    if (own === undefined) bySystem.set(columns.column[at]!, [at])
    else own.push(at)
  }
  const parts = [...bySystem].map(([column, found]) => ({ column, found: Int32Array.from(found) }))
  const each = Array.from({ length: vectors }, (_, vector) => parts.map((part) => ({ ...part, vector }))).flat()
  return {
    vector: Int32Array.from(each, ({ vector }) => vector),
    sources: each.map(({ found }) => found),
    streams: each.map(({ vector, column }) => [seed, vector, index, column] as const),
    real,
  }
}

/** Part [from, to) of random columns. */
export const partOf = ({ vector, sources, streams, real }: RandomColumns, from: number, to: number): RandomColumns =>
  ({ vector: vector.slice(from, to), sources: sources.slice(from, to), streams: streams.slice(from, to), real })

/** Calls back with every source of a column and its weight e^{iθ}/√R, or ±1/√R. */
export const eachSource = (
  { sources, streams, real }: RandomColumns, column: number, vectors: number, take: (source: number, re: number, im: number) => void,
): void => {
  const stream = randomStream(...streams[column]!)
  const scale = 1 / Math.sqrt(vectors)
  for (const source of sources[column]!) {
    const draw = stream.uniform()
    if (real) take(source, draw < 0.5 ? scale : -scale, 0)
    else take(source, scale * cos(2 * Math.PI * draw), scale * sin(2 * Math.PI * draw))
  }
}

/** Runs of columns that belong to one vector. */
export const vectorRuns = ({ vector }: RandomColumns): readonly { readonly vector: number; readonly from: number; readonly to: number }[] => {
  const runs: { vector: number; from: number; to: number }[] = []
  vector.forEach((own, at) => {
    const last = runs[runs.length - 1]
    if (last !== undefined && last.vector === own) last.to = at + 1
    else runs.push({ vector: own, from: at, to: at + 1 })
  })
  return runs
}
