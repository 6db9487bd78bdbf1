import type { Planes, ProductForm, Vector } from '@mesobath/contracts'
import { cos, hermitianEigenbasis, planesView, sin } from '@mesobath/kernels'
import type { State, Workshop } from './evolution.js'
import { PLAIN } from './hamiltonian.js'
import type { Couplings } from './hamiltonian.js'
import { spreadLevels, windowOf } from './microscopic-model.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'
import { OPERATIONS_PER_PRODUCT } from './pace.js'

/**
 * Constant stretches in the eigenbasis of H: where a full mixture fills much of the space, finding the eigenvectors once costs less
 * than a Chebyshev series does, and every time afterwards is nearly free. With Ψ(0) = V C, what is read off is a quadratic form of the phases
 * x_a = e^{−iE_a t}: p_n = Σ x_b* M_ba x_a, M = conj(C C†) ∘ (V_n†V_n), V_n the rows of the node.
 */

/** Times that are read together: the forms are as large as H, and one pass over them serves all. */
const TIMES = 128
const GRAM: ProductForm = { adjoint: true, hermitian: true }
const ADJOINT: ProductForm = { adjoint: true, hermitian: false }

/** Eigenvalues and eigenvectors, as columns, of one component. */
interface Basis {
  readonly dimension: number
  readonly values: Float64Array
  readonly vectors: Planes
}

/** H of all components, diagonalised at one setting. */
export interface Eigensystem {
  readonly bases: readonly Basis[]
  dispose(): void
}

/** A form of the phases of two components, `left` the conjugate ones. */
interface Form {
  readonly left: number
  readonly right: number
  readonly matrix: Planes
  /** Writes Σ x* M x and its derivative to a reading. */
  readonly read: (re: number, im: number, rate: number, out: Reading) => void
}

class Cancelled extends Error {}

/** Diagonalises H of every component; null where an eigenvalue iteration did not converge. */
export const diagonaliseAll = async (shop: Workshop, couplings: Couplings, pace: Pace): Promise<Eigensystem | 'cancelled' | null> => {
  const { backend, model } = shop
  const bases: Basis[] = []
  const dispose = (): void => {
    for (const { vectors } of bases) backend.release(vectors)
    bases.length = 0
  }
  const width = shop.batches.reduce((most, batch) => Math.max(most, batch.width), 1)
  for (const hamiltonian of shop.hamiltonians) {
    const { dimension } = hamiltonian.component
    const held: Planes[] = []
    const room = (rows: number, columns: number): Planes => {
      const planes = backend.allocate(rows, columns, model.real)
      held.push(planes)
      return planes
    }
    let vectors: Planes | null = null
    try {
      const matrix = room(dimension, dimension)
      const unit = room(dimension, width)
      const image = room(dimension, width)
      for (let from = 0; from < dimension; from += width) {
        const count = Math.min(width, dimension - from)
        const x = planesView(unit, 0, dimension * count)
        const y = planesView(image, 0, dimension * count)
        x.re.fill(0)
        for (let c = 0; c < count; c++) x.re[(from + c) * count + c] = 1
        if (!(await hamiltonian.apply(x, y, count, couplings, PLAIN, pace))) return end('cancelled')
        const re = matrix.re, im = matrix.im, yRe = y.re, yIm = y.im
        for (let r = from; r < dimension; r++) {
          for (let c = 0; c < count; c++) {
            re[r * dimension + from + c] = yRe[r * count + c]!
            if (im !== null && yIm !== null) im[r * dimension + from + c] = yIm[r * count + c]!
          }
        }
      }
      vectors = backend.allocate(dimension, dimension, model.real)
      const values = new Float64Array(dimension)
      const ending = await hermitianEigenbasis(backend, matrix, dimension, values, vectors, () => pace.breathe())
      if (ending === 'cancelled') return end('cancelled')
      if (ending !== 'ok') return end(null)
      bases.push({ dimension, values, vectors })
      vectors = null
    } finally {
      for (const planes of held) backend.release(planes)
      if (vectors !== null) backend.release(vectors)
    }
  }
  return { bases, dispose }

  function end<A>(value: A): A {
    dispose()
    return value
  }
}

const isZero = (plane: Float64Array | null, from: number, to: number): boolean => {
  if (plane !== null) for (let at = from; at < to; at++) if (plane[at] !== 0) return false
  return true
}

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

/** The evolution of one state from the beginning of a stretch. */
export class EigenEvolution {
  readonly #shop: Workshop
  readonly #system: Eigensystem
  /** Conjugate coordinates of each batch and component: C† [width, dimension]. */
  readonly #coordinates: readonly (readonly Planes[])[]
  readonly #forms: readonly Form[]
  readonly #energy: number

  private constructor(shop: Workshop, system: Eigensystem, coordinates: readonly (readonly Planes[])[], forms: readonly Form[], energy: number) {
    this.#shop = shop
    this.#system = system
    this.#coordinates = coordinates
    this.#forms = forms
    this.#energy = energy
  }

  /** Takes a state apart; null where cancelled. `pairs` are coherences [window, k, q] to be read. */
  static async begin(
    shop: Workshop, system: Eigensystem, state: State, pairs: readonly (readonly [number, number, number])[], pace: Pace,
  ): Promise<EigenEvolution | null> {
    const { backend } = shop
    const coordinates: Planes[][] = []
    const forms: Form[] = []
    try {
      for (const [index, batch] of shop.batches.entries()) {
        const own: Planes[] = []
        coordinates.push(own)
        for (const [order, at] of batch.components.entries()) own.push(await resolve(shop, system.bases[at]!, at, state[index]![order]!, batch.width, pace))
      }
      let energy = 0
      for (const [at, basis] of system.bases.entries()) {
        const gram = await overlap(shop, coordinates, at, at, pace)
        try {
          for (let a = 0; a < basis.dimension; a++) energy += basis.values[a]! * gram.re[a * basis.dimension + a]!
          await addNodes(shop, basis, at, gram, forms, pace)
        } finally {
          backend.release(gram)
        }
      }
      for (const pair of pairs) await addPair(shop, system, coordinates, pair, forms, pace)
      return new EigenEvolution(shop, system, coordinates, forms, energy)
    } catch (fault) {
      for (const planes of coordinates.flat()) backend.release(planes)
      for (const { matrix } of forms) backend.release(matrix)
      if (fault instanceof Cancelled) return null
      throw fault
    }
  }

  /** Reads off at `times` after the beginning; `into` makes room for each. False where cancelled. */
  async read(times: Vector, into: (index: number) => Reading, pace: Pace): Promise<boolean> {
    for (let from = 0; from < times.length; from += TIMES) {
      const part = times.subarray(from, from + TIMES)
      const readings = Array.from(part, (_, at) => clear(into(from + at)))
      if (!(await this.#readPart(part, readings, pace))) return false
      for (const reading of readings) {
        reading.energy = this.#energy
        reading.norm = 0
        const { model } = this.#shop
        for (let node = 0; node < reading.populations.length; node++) {
          const population = reading.populations[node]!
          reading.norm += population
          model.baths.forEach(({ centres }, bath) => {
            reading.bathEnergies[bath] = reading.bathEnergies[bath]! + centres[windowOf(model, node % model.windows, bath)]! * population
          })
        }
      }
    }
    return true
  }

  /** Writes Ψ at `time` to `out`, complex; false where cancelled. */
  async write(time: number, out: State, pace: Pace): Promise<boolean> {
    const { backend, batches } = this.#shop
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
          if (!(await inBands(this.#shop, vectors, turned, dimension, dimension, batch.width, out[index]![order]!, pace))) return false
        } finally {
          backend.release(turned)
        }
      }
    }
    return true
  }

  dispose(): void {
    const { backend } = this.#shop
    for (const planes of this.#coordinates.flat()) backend.release(planes)
    for (const { matrix } of this.#forms) backend.release(matrix)
  }

  async #readPart(times: Vector, readings: readonly Reading[], pace: Pace): Promise<boolean> {
    const { backend } = this.#shop
    const count = times.length
    const largest = this.#system.bases.reduce((most, { dimension }) => Math.max(most, dimension), 0)
    const image = backend.allocate(largest, count, false)
    const phases = this.#system.bases.map(({ dimension }) => backend.allocate(dimension, count, false))
    try {
      this.#system.bases.forEach(({ dimension, values }, at) => {
        const re = phases[at]!.re, im = phases[at]!.im!
        for (let a = 0; a < dimension; a++) {
          for (let t = 0; t < count; t++) {
            re[a * count + t] = cos(values[a]! * times[t]!)
            im[a * count + t] = -sin(values[a]! * times[t]!)
          }
        }
      })
      const sumRe = new Float64Array(count)
      const sumIm = new Float64Array(count)
      const rates = new Float64Array(count)
      for (const { left, right, matrix, read } of this.#forms) {
        const rows = this.#system.bases[left]!.dimension
        const { values } = this.#system.bases[left]!
        const z = planesView(image, 0, rows * count)
        if (!(await inBands(this.#shop, matrix, phases[right]!, rows, this.#system.bases[right]!.dimension, count, z, pace))) return false
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
}

const clear = (reading: Reading): Reading => {
  reading.populations.fill(0)
  reading.populationRates.fill(0)
  reading.re.fill(0)
  reading.im.fill(0)
  reading.norm = 0
  reading.energy = 0
  reading.bathEnergies.fill(0)
  return reading
}

/** out = a·b in bands of rows, so that a signal is heard between them. */
const inBands = async (shop: Workshop, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, pace: Pace): Promise<boolean> => {
  const most = Math.max(64, Math.floor((4 * OPERATIONS_PER_PRODUCT) / (8 * k * n)))
  for (let from = 0; from < m; from += most) {
    const to = Math.min(m, from + most)
    const pending = shop.backend.multiply(planesView(a, from * k, to * k), b, to - from, k, n, planesView(out, from * n, to * n), false)
    if (pending !== undefined) await pending
    if (pace.due(8 * (to - from) * k * n) && !(await pace.breathe())) return false
  }
  return true
}

/** out += a†b by parts of the sum over k, so that a signal is heard between them. */
const addAdjoint = async (
  shop: Workshop, form: ProductForm, a: Planes, b: Planes, m: number, from: number, to: number, n: number, out: Planes, pace: Pace,
): Promise<void> => {
  // A Hermitian product is half the work, and each part is mirrored.
  const most = Math.max(64, Math.floor(((form.hermitian ? 10 : 4) * OPERATIONS_PER_PRODUCT) / (8 * m * n)))
  for (let start = from; start < to; start += most) {
    const end = Math.min(to, start + most)
    const pending = shop.backend.multiplyAs!(
      form, planesView(a, start * m, end * m), planesView(b, start * n, end * n), m, end - start, n, out, true)
    if (pending !== undefined) await pending
    if (pace.due(8 * m * (end - start) * n) && !(await pace.breathe())) throw new Cancelled()
  }
}

/** C† = Ψ†V [width, dimension], over the rows of Ψ that are not zero. */
const resolve = async (shop: Workshop, basis: Basis, component: number, psi: Planes, width: number, pace: Pace): Promise<Planes> => {
  const { dimension, vectors } = basis
  const out = shop.backend.allocate(width, dimension, vectors.im === null && psi.im === null)
  try {
    for (const block of shop.structure.components[component]!.blocks) {
      for (let at = 0; at < block.windows.length; at++) {
        const from = block.rows[at]!
        const to = block.rows[at + 1]!
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

/** Σ over columns of (C_left C_right†)* [dimension of left, dimension of right]. */
const overlap = async (shop: Workshop, coordinates: readonly (readonly Planes[])[], left: number, right: number, pace: Pace): Promise<Planes> => {
  const rows = shop.structure.components[left]!.dimension
  const columns = shop.structure.components[right]!.dimension
  const real = coordinates.every((own) => own.every(({ im }) => im === null))
  const out = shop.backend.allocate(rows, columns, real)
  try {
    for (const [index, batch] of shop.batches.entries()) {
      const a = batch.components.indexOf(left)
      const b = batch.components.indexOf(right)
      if (a < 0 || b < 0) continue
      await addAdjoint(
        shop, left === right ? GRAM : ADJOINT, coordinates[index]![a]!, coordinates[index]![b]!, rows, 0, batch.width, columns, out, pace)
    }
    return out
  } catch (fault) {
    shop.backend.release(out)
    throw fault
  }
}

/** Forms of p(ε_k, E) and of the energy of each bath within its windows. */
const addNodes = async (shop: Workshop, basis: Basis, component: number, gram: Planes, forms: Form[], pace: Pace): Promise<void> => {
  const { backend, model } = shop
  const { dimension, vectors } = basis
  const { windows } = model
  const { blocks } = shop.structure.components[component]!
  const real = gram.im === null
  for (const block of blocks) {
    for (const [at, window] of block.windows.entries()) {
      const node = block.level * windows + window
      const diagonal = (window * model.dimension + block.level) * model.dimension + block.level
      const matrix = backend.allocate(dimension, dimension, real)
      forms.push({
        left: component, right: component, matrix,
        read: (re, _im, rate, out) => {
          out.populations[node] = re
          out.populationRates[node] = rate
          out.re[diagonal] = re
        },
      })
      await addAdjoint(shop, GRAM, vectors, vectors, dimension, block.rows[at]!, block.rows[at + 1]!, dimension, matrix, pace)
      weigh(matrix, gram)
      if (!(await pace.breathe())) throw new Cancelled()
    }
  }
  const scaled = backend.allocate(dimension, dimension, real)
  try {
    for (const [bath, { centres }] of model.baths.entries()) {
      const matrix = backend.allocate(dimension, dimension, real)
      forms.push({ left: component, right: component, matrix, read: (re, _im, _rate, out) => { out.bathEnergies[bath] = out.bathEnergies[bath]! + re } })
      const target = scaled.re, targetIm = scaled.im, re = vectors.re, im = vectors.im
      for (const block of blocks) {
        block.windows.forEach((window, at) => {
          const centre = centres[windowOf(model, window, bath)]!
          spreadLevels(model, window, bath, (energy) => energy - centre).forEach((weight, i) => {
            const start = (block.rows[at]! + i) * dimension
            for (let c = start; c < start + dimension; c++) target[c] = weight * re[c]!
            if (targetIm !== null && im !== null) for (let c = start; c < start + dimension; c++) targetIm[c] = weight * im[c]!
          })
        })
      }
      await addAdjoint(shop, GRAM, vectors, scaled, dimension, 0, dimension, dimension, matrix, pace)
      weigh(matrix, gram)
      if (!(await pace.breathe())) throw new Cancelled()
    }
  } finally {
    backend.release(scaled)
  }
}

/** The form of ⟨k|ρ_S(E)|q⟩, k < q: Σ x^q_b* M_ba x^k_a. */
const addPair = async (
  shop: Workshop, system: Eigensystem, coordinates: readonly (readonly Planes[])[], pair: readonly [number, number, number], forms: Form[], pace: Pace,
): Promise<void> => {
  const { backend, model, structure } = shop
  const [window, k, q] = pair
  const { windows } = model
  const find = (level: number): { component: number; from: number; to: number } => {
    const component = structure.componentOf[level * windows + window]!
    const block = structure.components[component]!.blocks.find((each) => each.level === level)!
    const at = block.windows.indexOf(window)
    return { component, from: block.rows[at]!, to: block.rows[at + 1]! }
  }
  const upper = find(k)
  const lower = find(q)
  const right = system.bases[upper.component]!
  const left = system.bases[lower.component]!
  const real = coordinates.every((own) => own.every(({ im }) => im === null))
  const matrix = backend.allocate(left.dimension, right.dimension, real)
  const at = (window * model.dimension + k) * model.dimension + q
  const mirrored = (window * model.dimension + q) * model.dimension + k
  forms.push({
    left: lower.component, right: upper.component, matrix,
    read: (re, im, _rate, out) => {
      out.re[at] = re
      out.im[at] = im
      out.re[mirrored] = re
      out.im[mirrored] = -im
    },
  })
  const size = lower.to - lower.from
  await addAdjoint(
    shop, ADJOINT, planesView(left.vectors, lower.from * left.dimension, lower.to * left.dimension),
    planesView(right.vectors, upper.from * right.dimension, upper.to * right.dimension), left.dimension, 0, size, right.dimension, matrix, pace)
  const gram = await overlap(shop, coordinates, lower.component, upper.component, pace)
  try {
    weigh(matrix, gram)
  } finally {
    backend.release(gram)
  }
}
