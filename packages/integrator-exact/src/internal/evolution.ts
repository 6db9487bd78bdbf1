import type { DenseBackend, Planes, Vector } from '@mesobath/contracts'
import { cos, planesView, sin } from '@mesobath/kernels'
import { addScaled } from './add-scaled.js'
import type { Batch } from './batches.js'
import type { GramKernel, Stack } from './gram.js'
import type { Couplings } from './couplings.js'
import type { ComponentHamiltonian } from './hamiltonian.js'
import type { InitialColumns } from './initial-columns.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import { completeMoments, momentWeights, nodeMoments } from './moments.js'
import { eachSource, vectorRuns } from './random-columns.js'
import type { Moments } from './moments.js'
import type { Pace } from './pace.js'
import type { SingleShop } from './single-shop.js'
import type { LevelBlock, Structure } from './structure.js'

/** Ψ as planes [dimension of the component, width] per batch and component of the batch. */
export type State = readonly (readonly Planes[])[]

/** Centre, radius and number of terms per component. */
export interface Expansion {
  readonly centres: Vector
  readonly radii: Vector
  readonly terms: Int32Array
}

/** How an evolution ended: 'narrow' where blocks grew, which shows that the spectrum was wider than thought. */
export type Ending = 'done' | 'cancelled' | 'narrow'

/** ‖T_m Ψ‖² may exceed ‖Ψ‖² by rounding only. */
export const GROWTH = 1e-6

/** Room that all stretches of a run share. */
export interface Workshop {
  readonly model: MicroscopicModel
  readonly backend: DenseBackend
  readonly structure: Structure
  readonly batches: readonly Batch[]
  readonly hamiltonians: readonly ComponentHamiltonian[]
  /** How many sets of columns are read apart: random vectors, or 1 where all are read together. */
  readonly vectors: number
  /** What moves random vectors to single precision; null where they are not. */
  readonly single: SingleShop | null
  /** Room for Chebyshev blocks of one batch. */
  blocks(numbers: number, real: boolean): Planes
  /** Room for moments of `terms` blocks. */
  gram(terms: number): GramKernel
}

/** What {@link evolve} does for one batch. */
export type BatchEvolution = (
  batch: Batch, start: readonly Planes[], end: readonly Planes[] | null, moments: Moments, couplings: Couplings, expansion: Expansion, duration: number, pace: Pace,
) => Promise<Ending>

/** Ψ(0) from the columns of the initial mixture. */
export const initialState = (
  model: MicroscopicModel, backend: DenseBackend, structure: Structure, batches: readonly Batch[], columns: InitialColumns, vectors: number,
): State => {
  const real = model.real && columns.factors.every((factor) => factor.im === null || factor.im.every((value) => value === 0))
  return batches.map((batch) => batch.components.map((at) => {
    const component = structure.components[at]!
    const planes = backend.allocate(component.dimension, batch.width, real && (batch.random === null || batch.random.real))
    const { re, im } = planes
    const add = (source: number, column: number, weightRe: number, weightIm: number): void => {
      const factor = columns.factors[columns.factor[source]!]!
      for (const block of component.blocks) {
        const window = block.windows.indexOf(columns.joint[source]!)
        if (window < 0) continue
        const entry = block.level * factor.columns + columns.column[source]!
        const to = (block.rows[window]! + columns.place[source]!) * batch.width + column
        const a = columns.root[source]! * factor.re[entry]!
        const b = factor.im === null ? 0 : columns.root[source]! * factor.im[entry]!
        re[to] = re[to]! + weightRe * a - weightIm * b
        if (im !== null) im[to] = im[to]! + weightRe * b + weightIm * a
      }
    }
    const { random } = batch
    if (random === null) batch.columns.forEach((source, column) => add(source, column, 1, 0))
    else for (let column = 0; column < batch.width; column++) eachSource(random, column, vectors, (source, a, b) => add(source, column, a, b))
    return planes
  }))
}

/** Zeroed room for a complex state. */
export const allocateState = (shop: Pick<Workshop, 'backend' | 'structure' | 'batches'>): State =>
  shop.batches.map((batch) => batch.components.map((at) => shop.backend.allocate(shop.structure.components[at]!.dimension, batch.width, false)))

export const releaseState = (backend: DenseBackend, state: State): void => {
  for (const batch of state) for (const planes of batch) backend.release(planes)
}

const squaredNorm = (x: Planes): number => {
  const { re, im } = x
  let sum = 0
  for (let i = 0; i < re.length; i++) sum += re[i]! * re[i]!
  if (im !== null) for (let i = 0; i < im.length; i++) sum += im[i]! * im[i]!
  return sum
}

const add = (out: Float64Array, x: Float64Array, factor: number): void => { addScaled(out, 0, x, 0, out.length, factor) }

/** out += weight·V_m, where V_m = T_m for even m and −i T_m for odd m. */
const addBlock = (out: Planes, block: Planes, m: number, weight: number): void => {
  const { re, im } = out
  if (m % 2 === 0) {
    add(re, block.re, weight)
    if (block.im !== null) add(im!, block.im, weight)
  } else {
    add(im!, block.re, -weight)
    if (block.im !== null) add(re, block.im, weight)
  }
}

/** x ← e^{−i angle} x. */
export const turnBack = (x: Planes, angle: number): void => {
  const re = x.re, im = x.im!
  const c = cos(angle)
  const s = -sin(angle)
  for (let i = 0; i < re.length; i++) {
    const a = re[i]!
    re[i] = a * c - im[i]! * s
    im[i] = a * s + im[i]! * c
  }
}

/** Chebyshev blocks of one batch, by component. */
interface Blocks {
  readonly of: (component: number, m: number) => Planes
}

const layBlocks = (shop: Workshop, batch: Batch, expansion: Expansion, real: boolean, kept: boolean): Blocks => {
  const starts: number[] = []
  let total = 0
  for (const at of batch.components) {
    starts.push(total)
    total += (kept ? expansion.terms[at]! : Math.min(3, expansion.terms[at]!)) * shop.structure.components[at]!.dimension * batch.width
  }
  const room = shop.blocks(total, real)
  const views = batch.components.map((at, order) => {
    const size = shop.structure.components[at]!.dimension * batch.width
    const count = kept ? expansion.terms[at]! : Math.min(3, expansion.terms[at]!)
    return Array.from({ length: count }, (_, m) => planesView(room, starts[order]! + m * size, starts[order]! + (m + 1) * size, real))
  })
  return { of: (order, m) => { const own = views[order]!; return own[m % own.length]! } }
}

/** All T_m Ψ of one component of a batch; what is reached after `duration` goes to `end`. */
const expand = async (
  shop: Workshop, batch: Batch, order: number, start: Planes, end: Planes | null, couplings: Couplings, expansion: Expansion,
  duration: number, blocks: Blocks, pace: Pace,
): Promise<Ending> => {
  const at = batch.components[order]!
  const { hamiltonians } = shop
  const centre = expansion.centres[at]!
  const radius = expansion.radii[at]!
  const terms = expansion.terms[at]!
  const { values } = momentWeights(radius, terms, duration)
  const first = blocks.of(order, 0)
  first.re.set(start.re)
  if (start.im !== null) first.im!.set(start.im)
  const bound = squaredNorm(start) * (1 + GROWTH)
  if (end !== null) addBlock(end, first, 0, values[0]!)
  for (let m = 1; m < terms; m++) {
    const out = blocks.of(order, m)
    const affine = m === 1
      ? { factor: 1 / radius, centre, before: null }
      : { factor: 2 / radius, centre, before: blocks.of(order, m - 2) }
    if (!(await hamiltonians[at]!.apply(blocks.of(order, m - 1), out, batch.width, couplings, affine, pace))) return 'cancelled'
    if (end !== null) addBlock(end, out, m, values[m]!)
  }
  if (terms > 2 && squaredNorm(blocks.of(order, terms - 1)) > bound) return 'narrow'
  if (end !== null) turnBack(end, centre * duration)
  return 'done'
}

/** One node of a batch. */
interface Place {
  readonly order: number
  readonly block: LevelBlock
  readonly at: number
}

const placesOf = (shop: Workshop, batch: Batch): ReadonlyMap<number, Place> => {
  const places = new Map<number, Place>()
  const { windows } = shop.model
  batch.components.forEach((component, order) => {
    for (const block of shop.structure.components[component]!.blocks) {
      block.windows.forEach((window, at) => places.set(block.level * windows + window, { order, block, at }))
    }
  })
  return places
}

/** Moments of each random vector of a batch, of all its columns where they are not told apart. */
const addMoments = async (
  shop: Workshop, batch: Batch, expansion: Expansion, blocks: Blocks, moments: Moments, pace: Pace,
): Promise<boolean> => {
  const { windows, baths } = shop.model
  const gram = shop.gram(expansion.terms.reduce((most, terms) => Math.max(most, terms), 2))
  const places = placesOf(shop, batch)
  const nodes = [...places].map(([node, place]) => ({
    node, place, component: moments.components[batch.components[place.order]!]!,
    weights: baths.map(({ centres }, bath) => {
      const centre = centres[windowOf(shop.model, node % windows, bath)]!
      return spreadLevels(shop.model, node % windows, bath, (energy) => energy - centre)
    }),
  }))
  const stackOf = ({ order, block, at }: Place, from: number, to: number): Stack => ({
    terms: expansion.terms[batch.components[order]!]!,
    block: (m: number) => blocks.of(order, m),
    from: block.rows[at]!, to: block.rows[at + 1]!, stride: batch.width, column: from, width: to - from,
  })
  const runs = batch.random === null ? [{ vector: null, from: 0, to: batch.width }] : vectorRuns(batch.random)
  for (const { vector, from, to } of runs) {
    for (const { node, place, component, weights } of nodes) {
      if (!(await gram.addNode(stackOf(place, from, to), weights, nodeMoments(component, node, vector), pace))) return false
    }
    for (const pair of moments.pairs) {
      const left = places.get(pair.k * windows + pair.window)
      const right = places.get(pair.q * windows + pair.window)
      if (left === undefined || right === undefined) continue
      if (!(await gram.addCross(stackOf(left, from, to), stackOf(right, from, to), pair, pace))) return false
    }
  }
  return true
}

/**
 * Moves all columns over `duration` and collects moments on the way: e^{−iHt} Ψ = Σ_m (2 − δ_{m0})(−i)^m J_m(Rt) e^{−ict} T_m Ψ.
 *
 * `end` (zeroed) receives the state reached, or is null where nobody needs it; `moments` null keeps three blocks only. Batches
 * go one after another, so that the blocks of one are all that is ever stored. `byVectors` moves those of random vectors in a way of its own, where moments
 * are collected.
 */
export const evolve = async (
  shop: Workshop, state: State, end: State | null, moments: Moments | null, couplings: Couplings, expansion: Expansion, duration: number,
  pace: Pace, byVectors: BatchEvolution | null = null,
): Promise<Ending> => {
  for (const [index, batch] of shop.batches.entries()) {
    const start = state[index]!
    if (byVectors !== null && moments !== null && batch.random !== null) {
      const ending = await byVectors(batch, start, end === null ? null : end[index]!, moments, couplings, expansion, duration, pace)
      if (ending !== 'done') return ending
      continue
    }
    const real = shop.model.real && start.every((planes) => planes.im === null)
    const blocks = layBlocks(shop, batch, expansion, real, moments !== null)
    for (let order = 0; order < batch.components.length; order++) {
      const reached = end === null ? null : end[index]![order]!
      const ending = await expand(shop, batch, order, start[order]!, reached, couplings, expansion, duration, blocks, pace)
      if (ending !== 'done') return ending
    }
    if (moments !== null && !(await addMoments(shop, batch, expansion, blocks, moments, pace))) return 'cancelled'
  }
  if (moments !== null) completeMoments(moments)
  return 'done'
}
