import type { Planes } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import { evenWeights } from './diagonal-start.js'
import { ADJOINT, addAdjoint, Cancelled, GRAM, overlap, releaseCoordinates, resolveState } from './eigen-products.js'
import type { Coordinates } from './eigen-products.js'
import type { Basis, Eigensystem } from './eigensystem.js'
import type { State, Workshop } from './evolution.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'

/**
 * What is read off a state in the eigenbasis of H, as quadratic forms of the phases x_a = e^{−iE_a t}: with Ψ(0) = V C, p_n = Σ x_b* M_ba x_a,
 * M = conj(C C†) ∘ (V_n†V_n), V_n the rows of node n. Since the columns of V are orthonormal, Σ_n V_n†V_n = 1: the form of one node of every
 * component, its largest, follows from the others.
 */

/** A form of the phases of two components, `left` the conjugate ones. */
export interface Form {
  readonly left: number
  readonly right: number
  readonly matrix: Planes
  /** Whether its imaginary plane is to be left out, being zero. */
  readonly real: boolean
  /** Writes Σ x* M x and its derivative to a reading. */
  readonly read: (re: number, im: number, rate: number, out: Reading) => void
}

/** A node whose population is what the others of its component leave of `total`. */
export interface Rest {
  readonly node: number
  readonly others: readonly number[]
  readonly total: number
}

/** Everything that is read off a state at any time. */
export interface Forms {
  readonly forms: readonly Form[]
  readonly rests: readonly Rest[]
  /** ⟨H⟩. */
  readonly energy: number
  /** C† as far as it was needed: the caller's to release. */
  readonly coordinates: Coordinates | null
}

interface NodeRange {
  readonly node: number
  readonly from: number
  readonly to: number
}

const nodesOf = (shop: Workshop, component: number): readonly NodeRange[] =>
  shop.structure.components[component]!.blocks.flatMap(({ level, windows, rows }) =>
    windows.map((window, at) => ({ node: level * shop.model.windows + window, from: rows[at]!, to: rows[at + 1]! })))

const largestOf = (nodes: readonly NodeRange[]): number =>
  nodes.reduce((best, { from, to }, at) => (to - from > nodes[best]!.to - nodes[best]!.from ? at : best), 0)

/** M ← conj(G) ∘ M, complex where G is. */
const weigh = (matrix: Planes, gram: Planes): void => {
  const re = matrix.re, im = matrix.im, gRe = gram.re, gIm = gram.im
  if (im === null || gIm === null) {
    for (let i = 0; i < re.length; i++) re[i] = re[i]! * gRe[i]!
    return
  }
  for (let i = 0; i < re.length; i++) {
    const a = re[i]!, b = im[i]!, c = gRe[i]!, d = gIm[i]!
    re[i] = a * c + b * d
    im[i] = b * c - a * d
  }
}

/** M ← conj(share·M + rest) ∘ M, which is real. */
const weighBySelf = (matrix: Planes, dimension: number, share: number, rest: number): void => {
  const re = matrix.re, im = matrix.im
  for (let r = 0; r < dimension; r++) {
    const diagonal = r * dimension + r
    const own = re[diagonal]!
    for (let i = r * dimension; i < (r + 1) * dimension; i++) {
      const a = re[i]!
      const b = im === null ? 0 : im[i]!
      re[i] = share * (a * a + b * b)
    }
    re[diagonal] = re[diagonal]! + rest * own
  }
}

/** Builds the forms of one state; gives back all it took where it fails. */
class FormBuilder {
  readonly #shop: Workshop
  readonly #system: Eigensystem
  readonly #pace: Pace
  readonly forms: Form[] = []
  readonly rests: Rest[] = []
  readonly grams: Planes[] = []
  energy = 0

  constructor(shop: Workshop, system: Eigensystem, pace: Pace) {
    this.#shop = shop
    this.#system = system
    this.#pace = pace
  }

  /** Forms of p(ε_k, E) and of the energy of each bath within its windows; `weights` of the nodes where they are evenly filled, else by C. */
  async addComponent(at: number, weights: Float64Array | null, coordinates: Coordinates | null): Promise<void> {
    const basis = this.#system.bases[at]!
    const nodes = nodesOf(this.#shop, at)
    const largest = largestOf(nodes)
    const others = nodes.filter((_, place) => place !== largest)
    const real = basis.vectors.im === null && (coordinates === null || coordinates.every((own) => own.every(({ im }) => im === null)))
    const bySelf = weights !== null && others.length === 1
    const matrices: Planes[] = []
    for (const { node, from, to } of others) {
      const matrix = this.#form(at, real, bySelf, (re, _im, rate, out) => {
        out.populations[node] = re
        out.populationRates[node] = rate
      })
      matrices.push(matrix)
      await addAdjoint(this.#shop, GRAM, basis.vectors, basis.vectors, basis.dimension, from, to, basis.dimension, matrix, this.#pace)
    }
    const gram = weights === null ? await overlap(this.#shop, coordinates!, at, at, this.#pace)
      : this.#evenOverlap(basis, matrices, weights.filter((_, place) => place !== largest), weights[largest]!)
    this.grams.push(gram)
    let total = 0
    for (let a = 0; a < basis.dimension; a++) {
      const share = gram.re[a * basis.dimension + a]!
      total += share
      this.energy += basis.values[a]! * share
    }
    this.rests.push({ node: nodes[largest]!.node, others: others.map(({ node }) => node), total })
    await this.#addBaths(at, basis, real, gram)
    if (bySelf) weighBySelf(matrices[0]!, basis.dimension, weights[1 - largest]! - weights[largest]!, weights[largest]!)
    else for (const matrix of matrices) weigh(matrix, gram)
    await this.#breathe()
  }

  /** The form of ⟨k|ρ_S(E)|q⟩, k < q: Σ x^q_b* M_ba x^k_a. */
  async addPair([window, k, q]: readonly [number, number, number], coordinates: Coordinates | null): Promise<void> {
    const { model, structure } = this.#shop
    const find = (level: number): { component: number; from: number; to: number } => {
      const node = level * model.windows + window
      const component = structure.componentOf[node]!
      const { from, to } = nodesOf(this.#shop, component).find((each) => each.node === node)!
      return { component, from, to }
    }
    const upper = find(k)
    const lower = find(q)
    // Columns that stand on one joint state each link no two components.
    if (coordinates === null && upper.component !== lower.component) return
    const right = this.#system.bases[upper.component]!
    const left = this.#system.bases[lower.component]!
    const at = (window * model.dimension + k) * model.dimension + q
    const mirrored = (window * model.dimension + q) * model.dimension + k
    const gram = upper.component === lower.component ? this.grams[upper.component]!
      : await overlap(this.#shop, coordinates!, lower.component, upper.component, this.#pace)
    try {
      const matrix = this.#shop.backend.allocate(left.dimension, right.dimension, gram.im === null)
      this.forms.push({
        left: lower.component, right: upper.component, matrix, real: false,
        read: (re, im, _rate, out) => {
          out.re[at] = re
          out.im[at] = im
          out.re[mirrored] = re
          out.im[mirrored] = -im
        },
      })
      await addAdjoint(
        this.#shop, ADJOINT, planesView(left.vectors, lower.from * left.dimension, lower.to * left.dimension),
        planesView(right.vectors, upper.from * right.dimension, upper.to * right.dimension), left.dimension, 0, lower.to - lower.from, right.dimension,
        matrix, this.#pace)
      weigh(matrix, gram)
    } finally {
      if (upper.component !== lower.component) this.#shop.backend.release(gram)
    }
  }

  /** G = Σ_n w_n V_n†V_n, the largest node by what the others leave. */
  #evenOverlap({ dimension, vectors }: Basis, matrices: readonly Planes[], weights: Float64Array, rest: number): Planes {
    const gram = this.#shop.backend.allocate(dimension, dimension, vectors.im === null)
    const re = gram.re, im = gram.im
    matrices.forEach((matrix, n) => {
      const share = weights[n]! - rest
      if (share === 0) return
      const a = matrix.re, b = matrix.im
      for (let i = 0; i < re.length; i++) re[i] = re[i]! + share * a[i]!
      if (im !== null && b !== null) for (let i = 0; i < im.length; i++) im[i] = im[i]! + share * b[i]!
    })
    for (let a = 0; a < dimension; a++) re[a * dimension + a] = re[a * dimension + a]! + rest
    return gram
  }

  async #addBaths(at: number, { dimension, vectors }: Basis, real: boolean, gram: Planes): Promise<void> {
    const { backend, model, structure } = this.#shop
    const scaled = backend.allocate(dimension, dimension, vectors.im === null)
    try {
      for (const [bath, { centres }] of model.baths.entries()) {
        const matrix = this.#form(at, real, false, (re, _im, _rate, out) => { out.bathEnergies[bath] = out.bathEnergies[bath]! + re })
        const target = scaled.re, targetIm = scaled.im, re = vectors.re, im = vectors.im
        for (const { windows, rows } of structure.components[at]!.blocks) {
          windows.forEach((window, place) => {
            const centre = centres[windowOf(model, window, bath)]!
            spreadLevels(model, window, bath, (energy) => energy - centre).forEach((weight, i) => {
              const start = (rows[place]! + i) * dimension
              for (let c = start; c < start + dimension; c++) target[c] = weight * re[c]!
              if (targetIm !== null && im !== null) for (let c = start; c < start + dimension; c++) targetIm[c] = weight * im[c]!
            })
          })
        }
        await addAdjoint(this.#shop, GRAM, vectors, scaled, dimension, 0, dimension, dimension, matrix, this.#pace)
        weigh(matrix, gram)
        await this.#breathe()
      }
    } finally {
      backend.release(scaled)
    }
  }

  #form(at: number, realPlanes: boolean, real: boolean, read: Form['read']): Planes {
    const { dimension } = this.#system.bases[at]!
    const matrix = this.#shop.backend.allocate(dimension, dimension, realPlanes)
    this.forms.push({ left: at, right: at, matrix, real: real || realPlanes, read })
    return matrix
  }

  async #breathe(): Promise<void> {
    if (!(await this.#pace.breathe())) throw new Cancelled()
  }
}

/** The forms of a state; null where cancelled. `pairs` are coherences [window, k, q] to be read. */
export const makeForms = async (
  shop: Workshop, system: Eigensystem, state: State, pairs: readonly (readonly [number, number, number])[], pace: Pace,
): Promise<Forms | null> => {
  const { backend } = shop
  const builder = new FormBuilder(shop, system, pace)
  let coordinates: Coordinates | null = null
  try {
    const weights = evenWeights(shop, state)
    if (weights === null) coordinates = await resolveState(shop, system, state, pace)
    for (const at of system.bases.keys()) await builder.addComponent(at, weights?.[at] ?? null, coordinates)
    for (const pair of pairs) await builder.addPair(pair, coordinates)
    return { forms: builder.forms, rests: builder.rests, energy: builder.energy, coordinates }
  } catch (fault) {
    if (coordinates !== null) releaseCoordinates(shop, coordinates)
    for (const { matrix } of builder.forms) backend.release(matrix)
    if (fault instanceof Cancelled) return null
    throw fault
  } finally {
    for (const gram of builder.grams) backend.release(gram)
  }
}
