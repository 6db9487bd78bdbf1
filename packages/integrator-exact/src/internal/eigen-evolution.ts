import type { Planes, Vector } from '@mesobath/contracts'
import { cos, planesView, sin } from '@mesobath/kernels'
import type { Batch } from './batches.js'
import type { Forms } from './eigen-forms.js'
import { gramKey, makeOverlaps, releaseGrams } from './eigen-overlaps.js'
import type { Overlaps } from './eigen-overlaps.js'
import { Cancelled, multiplyInBands, releaseCoordinates, resolveState, rowsOfBand } from './eigen-products.js'
import type { Coordinates } from './eigen-products.js'
import { addHermitian, addPlain, writePhases } from './eigen-phases.js'
import type { Sums } from './eigen-phases.js'
import { bandOf, weigh, weighTriangle } from './eigen-weights.js'
import { copyColumns, turnColumns } from './state-columns.js'
import type { Eigensystem } from './eigensystem.js'
import type { State, Workshop } from './evolution.js'
import { windowOf } from './microscopic-model.js'
import { clearReading } from './moments.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'

/** Times that are read together: the forms are as large as H, and one pass over them serves all. */
export const TIMES_TOGETHER = 128
/** Columns that are written together: V is as large as H, and one pass over it serves all. */
export const COLUMNS_TOGETHER = 256

/** What a part of G that is 1 adds to a Hermitian form at any time: tr F, and tr F E. */
interface Traces {
  readonly whole: number
  readonly energy: number
}

const NOTHING: Traces = { whole: 0, energy: 0 }

const traces = ({ re }: Planes, values: Float64Array, factor: number): Traces => {
  let whole = 0
  let energy = 0
  for (let a = 0; a < values.length; a++) {
    const share = factor * re[a * (values.length + 1)]!
    whole += share
    energy += values[a]! * share
  }
  return { whole, energy }
}

/** Batches of the same components, as many as are written together. */
const writtenTogether = (batches: readonly Batch[]): readonly (readonly number[])[] => {
  const groups: number[][] = []
  let columns = 0
  batches.forEach(({ components, width }, index) => {
    const last = groups[groups.length - 1]
    if (last !== undefined && batches[last[0]!]!.components === components && columns + width <= COLUMNS_TOGETHER) {
      last.push(index)
      columns += width
    } else {
      groups.push([index])
      columns = width
    }
  })
  return groups
}

/**
 * The evolution of one state from the beginning of a constant stretch, in the eigenbasis of H: where a full mixture fills much of the space,
 * finding the eigenvectors once costs less than a Chebyshev series does, and every time afterwards is nearly free.
 */
export class EigenEvolution {
  readonly #shop: Workshop
  readonly #system: Eigensystem
  readonly #forms: Forms
  /** Ψ at the beginning, as long as it is there: C is found when the state itself is first wanted. */
  readonly #state: State
  readonly #overlaps: Overlaps
  readonly #groups: readonly (readonly number[])[]
  #coordinates: Coordinates | null

  private constructor(shop: Workshop, system: Eigensystem, forms: Forms, state: State, overlaps: Overlaps) {
    this.#shop = shop
    this.#system = system
    this.#forms = forms
    this.#state = state
    this.#overlaps = overlaps
    this.#groups = writtenTogether(shop.batches)
    this.#coordinates = overlaps.coordinates
  }

  /**
   * Takes a state apart, which must stay until the first `write`; `weights` where its nodes are evenly filled. The forms must stay as long as this does.
   * Null where cancelled.
   */
  static async begin(
    shop: Workshop, system: Eigensystem, forms: Forms, state: State, weights: readonly Float64Array[] | null, pace: Pace,
  ): Promise<EigenEvolution | null> {
    const overlaps = await makeOverlaps(shop, system, forms, state, weights, pace)
    return overlaps === null ? null : new EigenEvolution(shop, system, forms, state, overlaps)
  }

  /** Reads off at `times` after the beginning; `into` makes room for each. False where cancelled. */
  async read(times: Vector, into: (index: number) => Reading, pace: Pace): Promise<boolean> {
    for (let from = 0; from < times.length; from += TIMES_TOGETHER) {
      const part = times.subarray(from, from + TIMES_TOGETHER)
      const readings = Array.from(part, (_, at) => clearReading(into(from + at)))
      const halves = new Float64Array(part.length)
      if (!(await this.#readPart(part, readings, halves, pace))) return false
      readings.forEach((reading, at) => { this.#complete(reading, halves[at]!) })
    }
    return true
  }

  /** Writes Ψ at `time` to `out`, complex; false where cancelled. */
  async write(time: number, out: State, pace: Pace): Promise<boolean> {
    if (this.#coordinates === null) {
      try {
        this.#coordinates = await resolveState(this.#shop, this.#system, this.#state, pace)
      } catch (fault) {
        if (fault instanceof Cancelled) return false
        throw fault
      }
    }
    for (const group of this.#groups) {
      const { components } = this.#shop.batches[group[0]!]!
      for (const order of components.keys()) if (!(await this.#writePart(group, order, time, out, pace))) return false
    }
    return true
  }

  dispose(): void {
    if (this.#coordinates !== null) releaseCoordinates(this.#shop, this.#coordinates)
    releaseGrams(this.#shop, this.#overlaps.grams)
  }

  /** V e^{−iEt} C of one component of batches, in bands of rows: these are laid side by side for the product. */
  async #writePart(group: readonly number[], order: number, time: number, out: State, pace: Pace): Promise<boolean> {
    const { backend, batches } = this.#shop
    const { dimension, values, vectors } = this.#system.bases[batches[group[0]!]!.components[order]!]!
    const width = group.reduce((sum, index) => sum + batches[index]!.width, 0)
    const band = Math.min(dimension, rowsOfBand(dimension, width))
    const turned = backend.allocate(dimension, width, false)
    const image = backend.allocate(band, width, false)
    try {
      const phaseRe = values.map((value) => cos(value * time))
      const phaseIm = values.map((value) => -sin(value * time))
      let first = 0
      for (const index of group) {
        const source = this.#coordinates![index]![order]!
        turnColumns(source, phaseRe, phaseIm, batches[index]!.width, turned, first, width)
        first += batches[index]!.width
      }
      for (let from = 0; from < dimension; from += band) {
        const to = Math.min(dimension, from + band)
        const rows = planesView(vectors, from * dimension, to * dimension, vectors.im === null)
        const product = planesView(image, 0, (to - from) * width)
        if (!(await multiplyInBands(this.#shop, rows, turned, to - from, dimension, width, product, pace))) return false
        let column = 0
        for (const index of group) {
          copyColumns(product, column, width, out[index]![order]!, from, to, batches[index]!.width)
          column += batches[index]!.width
        }
      }
      return true
    } finally {
      backend.release(turned)
      backend.release(image)
    }
  }

  /** Reads the forms; and adds to `halves` what H is in all nodes that have one: their own energies and half of the coupling. */
  async #readPart(times: Vector, readings: readonly Reading[], halves: Float64Array, pace: Pace): Promise<boolean> {
    const { backend } = this.#shop
    const { bases } = this.#system
    const { grams, even } = this.#overlaps
    const count = times.length
    const taken: Planes[] = []
    const room = (rows: number, columns: number): Planes => {
      const planes = backend.allocate(rows, columns, false)
      taken.push(planes)
      return planes
    }
    try {
      const bands = this.#forms.forms.map(({ left, right }) => bandOf(bases[left]!.dimension, bases[right]!.dimension))
      const weighted = room(this.#forms.forms.reduce((most, { right }, at) => Math.max(most, bands[at]! * bases[right]!.dimension), 0), 1)
      const image = room(bands.reduce((most, band) => Math.max(most, band), 0), 2 * count)
      const phases = bases.map(({ dimension, values }) => {
        const own = { plain: room(dimension, count), doubled: room(dimension, 2 * count) }
        writePhases(values, times, own.plain, own.doubled)
        return own
      })
      const sums: Sums = { re: new Float64Array(count), im: new Float64Array(count), rates: new Float64Array(count), energies: new Float64Array(count) }
      for (const [at, form] of this.#forms.forms.entries()) {
        const { left, right, matrix, hermitian, population, single } = form
        const gram = grams.get(gramKey(form))
        if (gram === undefined) continue
        const { dimension: rows, values } = bases[left]!
        const columns = bases[right]!.dimension
        const real = (single && even) || (matrix.im === null && gram.matrix.im === null)
        const width = hermitian ? 2 * count : count
        sums.re.fill(0)
        sums.im.fill(0)
        sums.rates.fill(0)
        sums.energies.fill(0)
        for (let from = 0; from < rows; from += bands[at]!) {
          const to = Math.min(rows, from + bands[at]!)
          const depth = hermitian ? to : columns
          if (hermitian) weighTriangle(matrix, gram.matrix, rows, from, to, real, weighted)
          else weigh(matrix, gram.matrix, from * columns, to * columns, real, weighted)
          const factor = planesView(weighted, 0, (to - from) * depth, real)
          const turning = hermitian ? planesView(phases[right]!.doubled, 0, depth * width) : phases[right]!.plain
          const z = planesView(image, 0, (to - from) * width)
          if (!(await multiplyInBands(this.#shop, factor, turning, to - from, depth, width, z, pace))) return false
          if (hermitian) addHermitian(phases[left]!.plain, z, from, to, values, sums)
          else addPlain(phases[left]!.plain, z, from, to, sums)
        }
        const { share, rest } = gram
        const still = rest === 0 ? NOTHING : traces(matrix, values, rest)
        for (let t = 0; t < count; t++) {
          form.read(share * sums.re[t]! + still.whole, share * sums.im[t]!, share * sums.rates[t]!, readings[t]!)
          if (population) halves[t] = halves[t]! + share * sums.energies[t]! + still.energy
        }
      }
      return true
    } finally {
      for (const planes of taken) backend.release(planes)
    }
  }

  /** What follows from the forms that were read. */
  #complete(reading: Reading, half: number): void {
    const { model } = this.#shop
    const { windows, dimension, baths } = model
    const { totals, energy } = this.#overlaps
    const { populations, populationRates, bathEnergies } = reading
    reading.energy = energy
    for (const [at, { nodes, largest }] of this.#forms.components.entries()) {
      const { node } = nodes[largest]!
      const total = totals[at]!
      populations[node] = total
      for (const { node: other } of nodes) {
        if (other === node) continue
        populations[node] = populations[node]! - populations[other]!
        populationRates[node] = populationRates[node]! - populationRates[other]!
      }
      reading.norm += total
    }
    const { offsets } = this.#forms
    if (offsets !== null) {
      // Of the larger nodes: what the energies of the smaller ones and the coupling leave of the whole.
      let rest = energy - 2 * half + bathEnergies[0]!
      for (const { nodes, largest } of this.#forms.components) {
        nodes.forEach(({ node }, at) => { rest += (at === largest ? -1 : 1) * offsets[node]! * populations[node]! })
      }
      bathEnergies[0] = bathEnergies[0]! + rest
    }
    for (let node = 0; node < populations.length; node++) {
      const population = populations[node]!
      const level = Math.floor(node / windows)
      const window = node % windows
      reading.re[(window * dimension + level) * dimension + level] = population
      baths.forEach(({ centres }, bath) => {
        bathEnergies[bath] = bathEnergies[bath]! + centres[windowOf(model, window, bath)]! * population
      })
    }
  }
}
