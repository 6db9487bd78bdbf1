import type { Planes, ProductForm } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Workshop } from './evolution.js'
import type { Basis, Eigensystem } from './eigensystem.js'
import type { State } from './evolution.js'
import type { Pace } from './pace.js'
import { operationsOf, OPERATIONS_PER_PRODUCT } from './pace.js'
import { ADJOINT, GRAM, TRIANGLE } from './product-forms.js'

/** The run was cancelled in the middle of a product. */
export class Cancelled extends Error {}

/** Parts of a sum may be so much larger than they should be, where that saves one. */
const PART_SLACK = 1.1

/** Rows of a product with sums of k terms and n columns that are made at once. */
export const rowsOfBand = (k: number, n: number): number => Math.max(64, Math.floor((4 * OPERATIONS_PER_PRODUCT) / (8 * k * n)))

/** out = a·b, or out += a·b, in bands of rows, so that a signal is heard between them. */
export const multiplyInBands = async (
  { backend }: Pick<Workshop, 'backend'>, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, pace: Pace, accumulate = false,
): Promise<boolean> => {
  const most = rowsOfBand(k, n)
  for (let from = 0; from < m; from += most) {
    const to = Math.min(m, from + most)
    const pending = backend.multiply(
      planesView(a, from * k, to * k, a.im === null), b, to - from, k, n, planesView(out, from * n, to * n), accumulate, pace.breathe)
    if (pending !== undefined) await pending
    if (pace.due(8 * (to - from) * k * n) && !(await pace.breathe())) return false
  }
  return true
}

/** a†b of blocks. */
type AdjointProduct = (
  shop: Pick<Workshop, 'backend'>, form: ProductForm, a: Planes, b: Planes, m: number, from: number, to: number, n: number, out: Planes, pace: Pace,
) => Promise<void>

/** By parts of the sum over k, so that a signal is heard between them. */
const multiplyAdjoint = (accumulate: boolean): AdjointProduct => async ({ backend }, form, a, b, m, from, to, n, out, pace) => {
  // A Hermitian product is half the work, and mirrored once.
  const part = form.hermitian ? TRIANGLE : form
  const most = Math.max(64, Math.floor(((form.hermitian ? 10 : 4) * operationsOf(backend)) / (8 * m * n)))
  // Equal parts: a last one of a few rows would go through all of `out` for little.
  const rows = Math.ceil((to - from) / Math.max(1, Math.ceil((to - from) / (PART_SLACK * most))))
  for (let start = from; start < to; start += rows) {
    const end = Math.min(to, start + rows)
    const pending = backend.multiplyAs!(
      end < to ? part : form, planesView(a, start * m, end * m), planesView(b, start * n, end * n), m, end - start, n, out, accumulate || start > from, pace.breathe)
    if (pending !== undefined) await pending
    if (pace.due(8 * m * (end - start) * n) && !(await pace.breathe())) throw new Cancelled()
  }
}

/** out += a†b. */
export const addAdjoint = multiplyAdjoint(true)

/** out = a†b, without reading what was there; no product at all where there is nothing to sum. */
export const writeAdjoint = multiplyAdjoint(false)

const isZero = (plane: Float64Array | null, from: number, to: number): boolean => {
  if (plane !== null) for (let at = from; at < to; at++) if (plane[at] !== 0) return false
  return true
}

/** C† = Ψ†V [width, dimension], over the rows of Ψ that are not zero. */
const resolve = async (shop: Workshop, basis: Basis, component: number, psi: Planes, width: number, pace: Pace): Promise<Planes> => {
  const { dimension, vectors } = basis
  const out = shop.backend.allocate(width, dimension, vectors.im === null && psi.im === null)
  try {
    for (const { windows, rows } of shop.structure.components[component]!.blocks) {
      for (let at = 0; at < windows.length; at++) {
        const [from, to] = [rows[at]!, rows[at + 1]!]
        if (isZero(psi.re, from * width, to * width) && isZero(psi.im, from * width, to * width)) continue
        await addAdjoint(shop, ADJOINT, psi, vectors, width, from, to, dimension, out, pace)
      }
    }
    return out
  } catch (fault) {
    shop.backend.release(out)
    throw fault
  }
}

/** C† of each batch and component of the batch. */
export type Coordinates = readonly (readonly Planes[])[]

/** Takes a state apart. */
export const resolveState = async (shop: Workshop, system: Eigensystem, state: State, pace: Pace): Promise<Coordinates> => {
  const coordinates: Planes[][] = []
  try {
    for (const [index, batch] of shop.batches.entries()) {
      const own: Planes[] = []
      coordinates.push(own)
      for (const [order, at] of batch.components.entries()) own.push(await resolve(shop, system.bases[at]!, at, state[index]![order]!, batch.width, pace))
    }
    return coordinates
  } catch (fault) {
    releaseCoordinates(shop, coordinates)
    throw fault
  }
}

export const releaseCoordinates = ({ backend }: Pick<Workshop, 'backend'>, coordinates: Coordinates): void => {
  for (const planes of coordinates.flat()) backend.release(planes)
}

/** Gives a Hermitian matrix of which the lower triangle is known its upper one. */
export const completeTriangle = async ({ backend }: Pick<Workshop, 'backend'>, matrix: Planes, n: number, pace: Pace): Promise<void> => {
  // A product that adds nothing ends those that left their mirror image to the last one.
  const nothing = backend.allocate(1, n, matrix.im === null)
  try {
    const pending = backend.multiplyAs!(GRAM, nothing, nothing, n, 1, n, matrix, true, pace.breathe)
    if (pending !== undefined) await pending
  } finally {
    backend.release(nothing)
  }
}

/** C C† between two components, over all columns [dimension of left, dimension of right]. */
export const overlap = async (shop: Workshop, coordinates: Coordinates, left: number, right: number, pace: Pace): Promise<Planes> => {
  const rows = shop.structure.components[left]!.dimension
  const columns = shop.structure.components[right]!.dimension
  const real = coordinates.every((own) => own.every(({ im }) => im === null))
  const out = shop.backend.allocate(rows, columns, real)
  try {
    for (const [index, batch] of shop.batches.entries()) {
      const a = batch.components.indexOf(left)
      const b = batch.components.indexOf(right)
      if (a < 0 || b < 0) continue
      const form = left === right ? GRAM : ADJOINT
      await addAdjoint(shop, form, coordinates[index]![a]!, coordinates[index]![b]!, rows, 0, batch.width, columns, out, pace)
    }
    return out
  } catch (fault) {
    shop.backend.release(out)
    throw fault
  }
}
