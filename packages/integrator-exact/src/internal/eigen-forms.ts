import type { Planes } from '@mesobath/contracts'
import { Cancelled, writeAdjoint } from './eigen-products.js'
import type { Couplings } from './couplings.js'
import { vectorRows } from './eigensystem.js'
import type { Eigensystem } from './eigensystem.js'
import type { Workshop } from './evolution.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import type { Reading } from './moments.js'
import type { NodeRange } from './node-ranges.js'
import { largestOf, nodeRanges } from './node-ranges.js'
import { nodeRows } from './node-rows.js'
import type { Pace } from './pace.js'
import { ADJOINT, TRIANGLE } from './product-forms.js'
import { scaleRows } from './scale-rows.js'

/**
 * What can be read off any state in the eigenbasis of H, as quadratic forms of the phases x_a = e^{−iE_a t}: with Ψ(0) = V C,
 * p_n = Σ x_b* conj(G_ba) F_ba x_a, F = V_n†V_n of the rows V_n of node n, G = C C†. The forms F know nothing of the state: stretches at the same setting
 * share them. Since the columns of V are orthonormal, Σ_n V_n†V_n = 1: the form of one node of every component, its largest, follows from the others.
 */

/** A form of the phases of two components, `left` the conjugate ones. */
export interface Form {
  readonly left: number
  readonly right: number
  /** F, not yet weighted by a state. */
  readonly matrix: Planes
  /** Whether F is Hermitian: of such ones the lower triangle alone is made. */
  readonly hermitian: boolean
  /** Whether it is of the population of a node. */
  readonly population: boolean
  /** Whether that is the only one but the largest: G of an even start is then F itself and a part of 1, and their product real. */
  readonly single: boolean
  /** Writes Σ x* M x and its derivative to a reading. */
  readonly read: (re: number, im: number, rate: number, out: Reading) => void
}

/** The nodes of a component whose populations have forms, in the order of their rows, and the one that the others leave. */
export interface ComponentForms {
  readonly nodes: readonly NodeRange[]
  readonly largest: number
  /** Of every node but the largest. */
  readonly matrices: readonly Planes[]
}

/** Everything that is read off states at any time. */
export interface Forms {
  readonly forms: readonly Form[]
  readonly components: readonly ComponentForms[]
  /**
   * What all levels of a node k·windows + window have in H beside E_i − E, where no component has more than two nodes, none of them coupled within itself: there
   * the energy of a bath in the larger node follows from ⟨H⟩, and has no form. Null elsewhere.
   */
  readonly offsets: Float64Array | null
  dispose(): void
}

/** What is to be read: coherences [window, k, q], and whether one node of every component says what its energies are. */
export interface Readable {
  readonly pairs: readonly (readonly [number, number, number])[]
  readonly paired: boolean
}

/** Builds the forms of one eigensystem. */
class FormBuilder {
  readonly #shop: Workshop
  readonly #system: Eigensystem
  readonly #paired: boolean
  readonly #pace: Pace
  readonly forms: Form[] = []
  readonly components: ComponentForms[] = []

  constructor(shop: Workshop, system: Eigensystem, paired: boolean, pace: Pace) {
    this.#shop = shop
    this.#system = system
    this.#paired = paired
    this.#pace = pace
  }

  /** Forms of p(ε_k, E) and of the energy of each bath within its windows. */
  async addComponent(at: number): Promise<void> {
    const basis = this.#system.bases[at]!
    const { dimension } = basis
    const nodes = nodeRanges(this.#shop.model, this.#shop.structure.components[at]!)
    const largest = largestOf(nodes)
    const others = nodes.filter((_, place) => place !== largest)
    const matrices: Planes[] = []
    for (const { node, from, to } of others) {
      const matrix = this.#form({
        left: at, right: at, hermitian: true, population: true, single: others.length === 1,
        read: (re, _im, rate, out) => {
          out.populations[node] = re
          out.populationRates[node] = rate
        },
      })
      matrices.push(matrix)
      const own = vectorRows(basis, { from, to })
      await writeAdjoint(this.#shop, TRIANGLE, own, own, dimension, 0, to - from, dimension, matrix, this.#pace)
    }
    this.components.push({ nodes, largest, matrices })
    if (!this.#paired) await this.#addBaths(at, 0, dimension)
    else for (const { from, to } of others) await this.#addBaths(at, from, to)
  }

  /** The form of ⟨k|ρ_S(E)|q⟩, k < q: Σ x^q_b* M_ba x^k_a. */
  async addPair([window, k, q]: readonly [number, number, number]): Promise<void> {
    const { model, structure } = this.#shop
    const find = (level: number): { component: number; from: number; to: number } => {
      const node = level * model.windows + window
      const component = structure.componentOf[node]!
      const { from, to } = this.components[component]!.nodes.find((each) => each.node === node)!
      return { component, from, to }
    }
    const upper = find(k)
    const lower = find(q)
    const right = this.#system.bases[upper.component]!
    const left = this.#system.bases[lower.component]!
    const at = (window * model.dimension + k) * model.dimension + q
    const mirrored = (window * model.dimension + q) * model.dimension + k
    const matrix = this.#form({
      left: lower.component, right: upper.component, hermitian: false, population: false, single: false,
      read: (re, im, _rate, out) => {
        out.re[at] = re
        out.im[at] = im
        out.re[mirrored] = re
        out.im[mirrored] = -im
      },
    })
    await writeAdjoint(
      this.#shop, ADJOINT, vectorRows(left, lower), vectorRows(right, upper), left.dimension, 0, lower.to - lower.from, right.dimension, matrix, this.#pace)
  }

  /** Of rows [from, to). */
  async #addBaths(at: number, from: number, to: number): Promise<void> {
    const { backend, model, structure } = this.#shop
    const basis = this.#system.bases[at]!
    const { dimension } = basis
    const vectors = vectorRows(basis, { from, to })
    const scaled = backend.allocate(to - from, dimension, vectors.im === null)
    try {
      for (const [bath, { centres }] of model.baths.entries()) {
        const matrix = this.#form({
          left: at, right: at, hermitian: true, population: false, single: false,
          read: (re, _im, _rate, out) => { out.bathEnergies[bath] = out.bathEnergies[bath]! + re },
        })
        const weights = new Float64Array(dimension)
        for (const { windows, rows } of structure.components[at]!.blocks) {
          windows.forEach((window, place) => {
            const centre = centres[windowOf(model, window, bath)]!
            weights.set(spreadLevels(model, window, bath, (energy) => energy - centre), rows[place]!)
          })
        }
        scaleRows(vectors, weights.subarray(from, to), dimension, scaled)
        await writeAdjoint(this.#shop, TRIANGLE, vectors, scaled, dimension, 0, to - from, dimension, matrix, this.#pace)
        if (!(await this.#pace.breathe())) throw new Cancelled()
      }
    } finally {
      backend.release(scaled)
    }
  }

  /** Makes room for a form. */
  #form(form: Omit<Form, 'matrix'>): Planes {
    const { bases } = this.#system
    const matrix = this.#shop.backend.allocate(bases[form.left]!.dimension, bases[form.right]!.dimension, this.#shop.model.real)
    this.forms.push({ ...form, matrix })
    return matrix
  }
}

const offsetsOf = ({ model, structure }: Workshop, { energies, strengths }: Couplings): Float64Array => {
  const offsets = new Float64Array(model.dimension * model.windows)
  for (const component of structure.components) {
    const rows = nodeRows(model, component)
    nodeRanges(model, component).forEach(({ node }, at) => {
      const { level, means } = rows[at]!
      offsets[node] = model.baths.reduce(
        (sum, { centres }, bath) => sum + strengths[bath]! * means[bath]! + centres[windowOf(model, node % model.windows, bath)]!, energies[level]!)
    })
  }
  return offsets
}

/** The forms of an eigensystem of H at some `couplings`; null where cancelled. */
export const makeForms = async (
  shop: Workshop, system: Eigensystem, { pairs, paired }: Readable, couplings: Couplings, pace: Pace,
): Promise<Forms | null> => {
  const builder = new FormBuilder(shop, system, paired, pace)
  const dispose = (): void => {
    for (const { matrix } of builder.forms) shop.backend.release(matrix)
    builder.forms.length = 0
  }
  try {
    for (const at of system.bases.keys()) await builder.addComponent(at)
    for (const pair of pairs) await builder.addPair(pair)
    return { forms: builder.forms, components: builder.components, offsets: paired ? offsetsOf(shop, couplings) : null, dispose }
  } catch (fault) {
    dispose()
    if (fault instanceof Cancelled) return null
    throw fault
  }
}
