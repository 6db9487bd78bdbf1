import type { State, Workshop } from './evolution.js'

/** Weights of one node's levels are one weight up to the rounding of their roots. */
const EVEN = 1e-14

/** The first place from `from` on where something stands, `to` where nothing does: most of an even start is empty. */
const nextEntry = (re: Float64Array, im: Float64Array | null, from: number, to: number): number => {
  let at = from
  if (im === null) while (at < to && re[at] === 0) at++
  else while (at < to && re[at] === 0 && im[at] === 0) at++
  return at
}

/**
 * w_n of every node of every component, in the order of their rows, where Ψ Ψ† = Σ_n w_n P_n: no column stands on two joint states, and
 * every node is evenly filled. Null otherwise.
 */
export const evenWeights = (shop: Pick<Workshop, 'structure' | 'batches'>, state: State): readonly Float64Array[] | null => {
  const { components } = shop.structure
  const weights = components.map(({ dimension }) => new Float64Array(dimension))
  for (const [index, batch] of shop.batches.entries()) {
    const { width } = batch
    const met = new Uint8Array(width)
    for (const [order, at] of batch.components.entries()) {
      const { re, im } = state[index]![order]!
      const own = weights[at]!
      for (let row = 0; row < own.length; row++) {
        const begin = row * width
        const end = begin + width
        for (let entry = nextEntry(re, im, begin, end); entry < end; entry = nextEntry(re, im, entry + 1, end)) {
          const column = entry - begin
          const a = re[entry]!
          const b = im === null ? 0 : im[entry]!
          if (met[column] === 1) return null
          met[column] = 1
          own[row] = own[row]! + a * a + b * b
        }
      }
    }
  }
  const found: Float64Array[] = []
  for (const [at, { blocks }] of components.entries()) {
    const nodes: number[] = []
    for (const { windows, rows } of blocks) {
      for (let place = 0; place < windows.length; place++) {
        const [from, to] = [rows[place]!, rows[place + 1]!]
        const weight = weights[at]![from]!
        for (let row = from; row < to; row++) if (Math.abs(weights[at]![row]! - weight) > EVEN * weight) return null
        nodes.push(weight)
      }
    }
    found.push(Float64Array.from(nodes))
  }
  return found
}
