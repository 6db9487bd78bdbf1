import type { Planes, Vector } from '@mesobath/contracts'
import { cos, planesView, sin, sinCos } from '@mesobath/kernels'
import { makeForms } from './eigen-forms.js'
import type { Forms } from './eigen-forms.js'
import { Cancelled, multiplyInBands, releaseCoordinates, resolveState } from './eigen-products.js'
import type { Coordinates } from './eigen-products.js'
import type { Eigensystem } from './eigensystem.js'
import type { State, Workshop } from './evolution.js'
import { windowOf } from './microscopic-model.js'
import { clearReading } from './moments.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'

/** Times that are read together: the forms are as large as H, and one pass over them serves all. */
const TIMES = 128

/**
 * The evolution of one state from the beginning of a constant stretch, in the eigenbasis of H: where a full mixture fills much of the space,
 * finding the eigenvectors once costs less than a Chebyshev series does, and every time afterwards is nearly free.
 */
export class EigenEvolution {
  readonly #shop: Workshop
  readonly #system: Eigensystem
  /** Ψ at the beginning, as long as it is there: C is found when the state itself is first wanted. */
  readonly #state: State
  readonly #forms: Forms
  #coordinates: Coordinates | null

  private constructor(shop: Workshop, system: Eigensystem, state: State, forms: Forms) {
    this.#shop = shop
    this.#system = system
    this.#state = state
    this.#forms = forms
    this.#coordinates = forms.coordinates
  }

  /** Takes a state apart, which must stay until the first `write`; null where cancelled. `pairs` are coherences [window, k, q] to be read. */
  static async begin(
    shop: Workshop, system: Eigensystem, state: State, pairs: readonly (readonly [number, number, number])[], pace: Pace,
  ): Promise<EigenEvolution | null> {
    const forms = await makeForms(shop, system, state, pairs, pace)
    return forms === null ? null : new EigenEvolution(shop, system, state, forms)
  }

  /** Reads off at `times` after the beginning; `into` makes room for each. False where cancelled. */
  async read(times: Vector, into: (index: number) => Reading, pace: Pace): Promise<boolean> {
    for (let from = 0; from < times.length; from += TIMES) {
      const part = times.subarray(from, from + TIMES)
      const readings = Array.from(part, (_, at) => clearReading(into(from + at)))
      if (!(await this.#readPart(part, readings, pace))) return false
      for (const reading of readings) this.#complete(reading)
    }
    return true
  }

  /** Writes Ψ at `time` to `out`, complex; false where cancelled. */
  async write(time: number, out: State, pace: Pace): Promise<boolean> {
    const { backend, batches } = this.#shop
    if (this.#coordinates === null) {
      try {
        this.#coordinates = await resolveState(this.#shop, this.#system, this.#state, pace)
      } catch (fault) {
        if (fault instanceof Cancelled) return false
        throw fault
      }
    }
    for (const [index, batch] of batches.entries()) {
      for (const [order, at] of batch.components.entries()) {
        const { dimension, values, vectors } = this.#system.bases[at]!
        const source = this.#coordinates[index]![order]!
        const turned = backend.allocate(dimension, batch.width, false)
        try {
          const re = turned.re, im = turned.im!, sourceRe = source.re, sourceIm = source.im
          for (let a = 0; a < dimension; a++) {
            const c = cos(values[a]! * time)
            const s = sin(values[a]! * time)
            for (let column = 0; column < batch.width; column++) {
              const x = sourceRe[column * dimension + a]!
              const y = sourceIm === null ? 0 : -sourceIm[column * dimension + a]!
              re[a * batch.width + column] = c * x + s * y
              im[a * batch.width + column] = c * y - s * x
            }
          }
          if (!(await multiplyInBands(this.#shop, vectors, turned, dimension, dimension, batch.width, out[index]![order]!, pace))) return false
        } finally {
          backend.release(turned)
        }
      }
    }
    return true
  }

  dispose(): void {
    const { backend } = this.#shop
    if (this.#coordinates !== null) releaseCoordinates(this.#shop, this.#coordinates)
    for (const { matrix } of this.#forms.forms) backend.release(matrix)
  }

  async #readPart(times: Vector, readings: readonly Reading[], pace: Pace): Promise<boolean> {
    const { backend } = this.#shop
    const { bases } = this.#system
    const count = times.length
    const largest = bases.reduce((most, { dimension }) => Math.max(most, dimension), 0)
    const image = backend.allocate(largest, count, false)
    const phases: Planes[] = []
    try {
      const pair = new Float64Array(2)
      for (const { dimension, values } of bases) {
        const planes = backend.allocate(dimension, count, false)
        phases.push(planes)
        const re = planes.re, im = planes.im!
        for (let a = 0; a < dimension; a++) {
          for (let t = 0; t < count; t++) {
            sinCos(values[a]! * times[t]!, pair)
            re[a * count + t] = pair[1]!
            im[a * count + t] = -pair[0]!
          }
        }
      }
      const sumRe = new Float64Array(count)
      const sumIm = new Float64Array(count)
      const rates = new Float64Array(count)
      for (const { left, right, matrix, real, read } of this.#forms.forms) {
        const rows = bases[left]!.dimension
        const columns = bases[right]!.dimension
        const { values } = bases[left]!
        const z = planesView(image, 0, rows * count)
        const form = planesView(matrix, 0, rows * columns, real)
        if (!(await multiplyInBands(this.#shop, form, phases[right]!, rows, columns, count, z, pace))) return false
        sumRe.fill(0)
        sumIm.fill(0)
        rates.fill(0)
        const xRe = phases[left]!.re, xIm = phases[left]!.im!, zRe = z.re, zIm = z.im!
        for (let b = 0; b < rows; b++) {
          for (let t = 0, at = b * count; t < count; t++, at++) {
            const re = xRe[at]! * zRe[at]! + xIm[at]! * zIm[at]!
            const im = xRe[at]! * zIm[at]! - xIm[at]! * zRe[at]!
            sumRe[t] = sumRe[t]! + re
            sumIm[t] = sumIm[t]! + im
            // d/dt of a form of one component: −2 Σ E_b Im(x_b* z_b).
            rates[t] = rates[t]! - 2 * values[b]! * im
          }
        }
        for (let t = 0; t < count; t++) read(sumRe[t]!, sumIm[t]!, rates[t]!, readings[t]!)
      }
      return true
    } finally {
      backend.release(image)
      for (const planes of phases) backend.release(planes)
    }
  }

  /** What follows from the forms that were read. */
  #complete(reading: Reading): void {
    const { model } = this.#shop
    const { windows, dimension, baths } = model
    const { populations, populationRates, bathEnergies } = reading
    reading.energy = this.#forms.energy
    for (const { node, others, total } of this.#forms.rests) {
      populations[node] = total
      for (const other of others) {
        populations[node] = populations[node]! - populations[other]!
        populationRates[node] = populationRates[node]! - populationRates[other]!
      }
      reading.norm += total
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
