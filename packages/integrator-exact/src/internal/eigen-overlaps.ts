import type { Planes } from '@mesobath/contracts'
import { addScaled } from './add-scaled.js'
import type { ComponentForms, Form, Forms } from './eigen-forms.js'
import { Cancelled, completeTriangle, overlap, releaseCoordinates, resolveState } from './eigen-products.js'
import type { Coordinates } from './eigen-products.js'
import type { Basis, Eigensystem } from './eigensystem.js'
import type { State, Workshop } from './evolution.js'
import type { Pace } from './pace.js'

/** G = C C† as `share` times a matrix and `rest` times 1. */
export interface Gram {
  readonly matrix: Planes
  readonly share: number
  readonly rest: number
  /** Whether the matrix is not one of the forms. */
  readonly own: boolean
}

/** What a state is in the eigenbasis of H: what its forms are weighted with. */
export interface Overlaps {
  /** G of each component, and between the components of each form; none where no column stands in both. */
  readonly grams: ReadonlyMap<string, Gram>
  /** Norm of each component. */
  readonly totals: Float64Array
  /** ⟨H⟩. */
  readonly energy: number
  /** Whether every node is evenly filled. */
  readonly even: boolean
  /** C† where it was needed: the caller's to release. */
  readonly coordinates: Coordinates | null
}

export const gramKey = ({ left, right }: Pick<Form, 'left' | 'right'>): string => `${left},${right}`

const ownGram = (matrix: Planes): Gram => ({ matrix, share: 1, rest: 0, own: true })

/** G = Σ_n w_n V_n†V_n, the largest node by what the others leave; of one other alone its own form, where lower triangles are all that is read. */
const evenOverlap = async (
  shop: Workshop, { dimension, vectors }: Basis, { largest, matrices }: ComponentForms, weights: Float64Array, triangles: boolean, pace: Pace,
): Promise<Gram> => {
  const rest = weights[largest]!
  const others = weights.filter((_, place) => place !== largest)
  if (triangles && matrices.length === 1) return { matrix: matrices[0]!, share: others[0]! - rest, rest, own: false }
  const gram = shop.backend.allocate(dimension, dimension, vectors.im === null)
  const re = gram.re, im = gram.im
  matrices.forEach((matrix, n) => {
    const share = others[n]! - rest
    addScaled(re, 0, matrix.re, 0, re.length, share)
    if (im !== null) addScaled(im, 0, matrix.im!, 0, im.length, share)
  })
  for (let a = 0; a < dimension; a++) re[a * dimension + a] = re[a * dimension + a]! + rest
  if (!triangles) await completeTriangle(shop, gram, dimension, pace)
  return ownGram(gram)
}

export const releaseGrams = ({ backend }: Pick<Workshop, 'backend'>, grams: Overlaps['grams']): void => {
  for (const { matrix, own } of grams.values()) if (own) backend.release(matrix)
}

/** Takes a state apart; null where cancelled. One of evenly filled nodes, with `weights`, needs no product: its G is a sum of forms. */
export const makeOverlaps = async (
  shop: Workshop, system: Eigensystem, { forms, components }: Forms, state: State, weights: readonly Float64Array[] | null, pace: Pace,
): Promise<Overlaps | null> => {
  const grams = new Map<string, Gram>()
  let coordinates: Coordinates | null = null
  try {
    if (weights === null) coordinates = await resolveState(shop, system, state, pace)
    for (const joined of [...system.bases.map((_, at) => ({ left: at, right: at })), ...forms]) {
      const { left, right } = joined
      if (grams.has(gramKey(joined))) continue
      if (coordinates !== null) grams.set(gramKey(joined), ownGram(await overlap(shop, coordinates, left, right, pace)))
      // Columns that stand on one joint state each link no two components.
      else if (left === right) {
        const triangles = forms.every((form) => form.hermitian || form.left !== left || form.right !== left)
        grams.set(gramKey(joined), await evenOverlap(shop, system.bases[left]!, components[left]!, weights![left]!, triangles, pace))
      }
      if (!(await pace.breathe())) throw new Cancelled()
    }
    const totals = new Float64Array(system.bases.length)
    let energy = 0
    for (const [at, { dimension, values }] of system.bases.entries()) {
      const { matrix: { re }, share, rest } = grams.get(gramKey({ left: at, right: at }))!
      for (let a = 0; a < dimension; a++) {
        const weight = share * re[a * (dimension + 1)]! + rest
        totals[at] = totals[at]! + weight
        energy += values[a]! * weight
      }
    }
    return { grams, totals, energy, even: weights !== null, coordinates }
  } catch (fault) {
    if (coordinates !== null) releaseCoordinates(shop, coordinates)
    releaseGrams(shop, grams)
    if (fault instanceof Cancelled) return null
    throw fault
  }
}
