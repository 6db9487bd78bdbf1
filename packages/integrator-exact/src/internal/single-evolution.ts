import type { Planes, SingleNumbers } from '@mesobath/contracts'
import type { Batch } from './batches.js'
import type { Couplings } from './couplings.js'
import type { BatchEvolution, Workshop } from './evolution.js'
import { turnBack } from './evolution.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import { momentWeights } from './moments.js'
import type { ComponentMoments } from './moments.js'
import { turnOf } from './gram.js'
import type { Pace } from './pace.js'
import { interleave } from './single-shop.js'
import type { SingleShop } from './single-shop.js'

/** ‖T_m Ψ‖² may exceed ‖Ψ‖² by rounding only. */
const GROWTH = 1e-4
/** Rows of blocks whose overlaps are summed at a time, where there are many. */
const LEAST_ROWS = 256
/** Operations between breaths. */
const OPERATIONS_PER_BREATH = 1e8

/** ‖x‖² of `count` numbers from `at` on. */
const squaredNorm = (values: Float32Array, at: number, count: number): number => {
  let sum = 0
  for (let i = 2 * at; i < 2 * (at + count); i++) sum += values[i]! * values[i]!
  return sum
}

/** out = H x of one column. */
export const applySingly = async (single: SingleShop, component: number, x: Planes, out: Planes, couplings: Couplings, pace: Pace): Promise<boolean> => {
  const count = x.re.length
  const room = single.blocks(2 * count)
  interleave({ re: x.re, im: x.im }, room.values)
  if (!(await single.apply(component, room, 0, null, 1, count, couplings, 1, 0, pace))) return false
  const { values } = room
  const { re, im } = out
  for (let i = 0, from = 2 * count; i < count; i++, from += 2) {
    re[i] = values[from]!
    if (im !== null) im[i] = values[from + 1]!
  }
  return true
}

/** out += weight·V_m, where V_m = T_m for even m and −i T_m for odd m; T_m begins at `at`. */
const addBlock = (out: Planes, values: Float32Array, at: number, m: number, weight: number): void => {
  const { re } = out
  const im = out.im!
  const odd = m % 2
  const lower = odd === 0 ? weight : -weight
  for (let i = 0, from = 2 * at; i < re.length; i++, from += 2) {
    re[i] = re[i]! + weight * values[from + odd]!
    im[i] = im[i]! + lower * values[from + 1 - odd]!
  }
}

/** Adds what is read off overlaps [l, m, column] of the blocks of one node, m ≤ l; of each vector its own. */
const addOverlaps = (component: ComponentMoments, node: number, vectors: Int32Array, overlaps: Planes, weighted: readonly Planes[]): void => {
  const { terms, turned } = component
  const width = vectors.length
  const shares = Array.from(vectors, (vector) => component.shares[vector]!.get(node)!)
  const { re } = overlaps
  const im = overlaps.im!
  for (let l = 0; l < terms; l++) {
    for (let m = 0; m <= l; m++) {
      const at = l * terms + m
      const mirrored = m * terms + l
      const turn = turnOf(l, m)
      let crossed = 0
      for (let column = 0, from = at * width; column < width; column++, from++) {
        const share = shares[column]!
        const own = turn === 0 ? re[from]! : -turn * im[from]!
        crossed += turn === 0 ? im[from]! : turn * re[from]!
        share[at] = share[at]! + own
        if (m !== l) share[mirrored] = share[mirrored]! + own
      }
      if (m !== l) {
        turned[at] = turned[at]! + crossed
        turned[mirrored] = turned[mirrored]! - crossed
      }
      weighted.forEach((planes, set) => {
        const plane = turn === 0 ? planes.re : planes.im!
        let own = 0
        for (let from = at * width; from < (at + 1) * width; from++) own += plane[from]!
        if (turn !== 0) own *= -turn
        const sum = component.weighted[set]!
        sum[at] = sum[at]! + own
        if (m !== l) sum[mirrored] = sum[mirrored]! + own
      })
    }
  }
}

/** Moments of each random vector of a batch and one component; false where cancelled. */
const addMoments = async (
  shop: Workshop, single: SingleShop, batch: Batch, at: number, room: SingleNumbers, component: ComponentMoments, pace: Pace,
): Promise<boolean> => {
  const { model, structure } = shop
  const { width } = batch
  const { terms } = component
  const { blocks, dimension } = structure.components[at]!
  const empty = (): Planes => ({ re: new Float64Array(terms * terms * width), im: new Float64Array(terms * terms * width) })
  const overlaps = empty()
  const weighted = model.baths.map(empty)
  for (const { level, windows, rows } of blocks) {
    for (const [place, window] of windows.entries()) {
      const weights = model.baths.map(({ centres }, bath) => {
        const centre = centres[windowOf(model, window, bath)]!
        return spreadLevels(model, window, bath, (energy) => energy - centre)
      })
      for (const planes of [overlaps, ...weighted]) {
        planes.re.fill(0)
        planes.im!.fill(0)
      }
      const operations = 4 * terms * terms * width * (1 + weights.length)
      const most = Math.max(LEAST_ROWS, Math.floor(OPERATIONS_PER_BREATH / operations))
      const end = rows[place + 1]!
      for (let from = rows[place]!; from < end; from += most) {
        const count = Math.min(most, end - from)
        const own = weights.map((each) => each.subarray(from - rows[place]!, from - rows[place]! + count))
        single.precision.overlap(room, from * width, dimension * width, terms, count, width, overlaps, own, weighted)
        if (pace.due(operations * count) && !(await pace.breathe())) return false
      }
      addOverlaps(component, level * model.windows + window, batch.random!.vector, overlaps, weighted)
    }
  }
  return true
}

/** What `evolve` does for a batch of random vectors, to single precision. */
export const singleEvolution = (shop: Workshop, single: SingleShop): BatchEvolution => async (batch, start, end, moments, couplings, expansion, duration, pace) => {
  const { width } = batch
  for (const [order, at] of batch.components.entries()) {
    const terms = expansion.terms[at]!, radius = expansion.radii[at]!, centre = expansion.centres[at]!
    const size = shop.structure.components[at]!.dimension * width
    const room = single.blocks(terms * size)
    const { re, im } = start[order]!
    interleave({ re, im }, room.values)
    for (let m = 1; m < terms; m++) {
      const factor = (m === 1 ? 1 : 2) / radius
      if (!(await single.apply(at, room, (m - 1) * size, m === 1 ? null : (m - 2) * size, width, m * size, couplings, factor, centre, pace))) return 'cancelled'
    }
    if (terms > 2 && squaredNorm(room.values, (terms - 1) * size, size) > squaredNorm(room.values, 0, size) * (1 + GROWTH)) return 'narrow'
    if (end !== null) {
      const { values } = momentWeights(radius, terms, duration)
      for (let m = 0; m < terms; m++) addBlock({ re: end[order]!.re, im: end[order]!.im }, room.values, m * size, m, values[m]!)
      turnBack(end[order]!, centre * duration)
    }
    if (!(await addMoments(shop, single, batch, at, room, moments.components[at]!, pace))) return 'cancelled'
  }
  return 'done'
}
