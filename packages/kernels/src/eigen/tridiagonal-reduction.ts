import type { DenseBackend, Planes, Rows } from '@mesobath/contracts'
import { planesView } from '../dense/planes-view.js'
import { multiplyInBands } from './multiply-in-bands.js'
import { normalise } from './normalise.js'
import { makeNumbers } from './vector-kernels.js'
import type { Place, VectorKernels } from './vector-kernels.js'

/** Rows reduced before the rest of the matrix is brought up to date by one product. */
const PANEL = 32
/** Squares of what is so far below the largest entry, 1, that they begin to underflow. */
const NEGLIGIBLE = 1e-280
/** Some ten milliseconds of products with a vector in plain JavaScript. */
const OPERATIONS_PER_BREATH = 2.5e7
/** Reflections that are applied to eigenvectors together. */
const BLOCK = 64

/** A = s Q T Q†: T, and Q by its reflections. */
export interface Reduction {
  /** s, a power of two. */
  readonly scale: number
  /** Diagonal of T [n], and beside it [n − 1], real. */
  readonly diagonal: Float64Array
  readonly off: Float64Array
  /** Q = H_{n−1} ⋯ H_1, H_i = 1 − τ_i v v†; conj v_i is row i of the matrix, v_i[i − 1] = 1. */
  readonly factorsRe: Float64Array
  readonly factorsIm: Float64Array
}

const place = (planes: Planes, at: number): Place => ({ planes, at })

/**
 * Reduces a Hermitian matrix [n, n], lower triangle, divided by a power of two so that its largest entry is about 1, to a real tridiagonal one by blocked
 * Householder reflections (Dongarra, Sorensen and Hammarling 1989), from the last row upwards so that every row used is contiguous. The matrix keeps the
 * reflections. About 16/3 n³ real operations if complex, half of them in products.
 */
export const reduceToTridiagonal = async (
  backend: DenseBackend, kernels: VectorKernels, matrix: Planes, n: number, breathe: () => Promise<boolean>,
): Promise<Reduction | 'cancelled' | 'not-finite'> => {
  const scale = normalise(matrix, n)
  if (Number.isNaN(scale)) return 'not-finite'
  if (!(await breathe())) return 'cancelled'
  const real = matrix.im === null
  const diagonal = new Float64Array(n)
  const off = new Float64Array(Math.max(0, n - 1))
  const factorsRe = new Float64Array(n)
  const factorsIm = new Float64Array(n)
  const v = backend.allocate(PANEL, n, real)
  const w = backend.allocate(PANEL, n, real)
  const left = backend.allocate(2 * PANEL, n, real)
  const right = backend.allocate(2 * PANEL, n, real)
  const ofV = makeNumbers()
  const ofW = makeNumbers()
  const vs = Array.from({ length: PANEL }, (_, k) => place(v, k * n))
  const ws = Array.from({ length: PANEL }, (_, k) => place(w, k * n))
  let operations = 0
  try {
    for (let top = n; top > 0;) {
      const depth = Math.min(PANEL, top)
      // Rows top − 1 … top − depth.
      for (let k = 0; k < depth; k++) {
        const i = top - 1 - k
        operations += 8 * i * i
        if (operations > OPERATIONS_PER_BREATH) {
          operations = 0
          if (!(await breathe())) return 'cancelled'
        }
        // Read after every breath: others may have let the memory grow.
        const aRe = matrix.re, vRe = v.re, vIm = v.im, wRe = w.re, wIm = w.im
        const at = k * n
        const row = place(matrix, i * n)
        vRe.fill(0, at + i, at + n)
        vIm?.fill(0, at + i, at + n)
        kernels.turnRow(i, 1, 0, true, row, vs[k]!)
        let d = aRe[row.at + i]!
        for (let j = 0; j < k; j++) {
          const p = vRe[j * n + i]!, q = vIm === null ? 0 : vIm[j * n + i]!
          const x = wRe[j * n + i]!, y = wIm === null ? 0 : wIm[j * n + i]!
          ofV.re[j] = -x
          ofV.im[j] = y
          ofW.re[j] = -p
          ofW.im[j] = q
          d -= 2 * (p * x + q * y)
        }
        kernels.addRows(i, k, ofV, vs[0]!, n, vs[k]!)
        kernels.addRows(i, k, ofW, ws[0]!, n, vs[k]!)
        diagonal[i] = d
        if (i === 0) break
        const alphaRe = vRe[at + i - 1]!
        const alphaIm = vIm === null ? 0 : vIm[at + i - 1]!
        kernels.innerRows(i - 1, 1, vs[k]!, n, vs[k]!, ofV)
        const rest = ofV.re[0]!
        wRe.fill(0, at, at + n)
        wIm?.fill(0, at, at + n)
        vRe[at + i - 1] = 1
        if (vIm !== null) vIm[at + i - 1] = 0
        const whole = alphaRe * alphaRe + alphaIm * alphaIm + rest
        if (whole < NEGLIGIBLE) {
          // Nothing is left to reflect: τ = 0, and an exact zero beside the diagonal.
        } else if (rest === 0 && alphaIm === 0) {
          off[i - 1] = alphaRe
        } else {
          const size = Math.sqrt(whole)
          const beta = alphaRe > 0 ? -size : size
          const tauRe = (beta - alphaRe) / beta
          const tauIm = -alphaIm / beta
          const xRe = alphaRe - beta
          const square = xRe * xRe + alphaIm * alphaIm
          const scaleRe = xRe / square
          const scaleIm = -alphaIm / square
          kernels.turnRow(i - 1, scaleRe, scaleIm, false, vs[k]!, vs[k]!)
          off[i - 1] = beta
          factorsRe[i] = tauRe
          factorsIm[i] = tauIm
          kernels.hermitianTimes(matrix, n, i, vs[k]!, ws[k]!)
          kernels.innerRows(i, k, ws[0]!, n, vs[k]!, ofV)
          kernels.innerRows(i, k, vs[0]!, n, vs[k]!, ofW)
          for (let j = 0; j < k; j++) {
            ofV.re[j] = -ofV.re[j]!
            ofV.im[j] = -ofV.im[j]!
            ofW.re[j] = -ofW.re[j]!
            ofW.im[j] = -ofW.im[j]!
          }
          kernels.addRows(i, k, ofV, vs[0]!, n, ws[k]!)
          kernels.addRows(i, k, ofW, ws[0]!, n, ws[k]!)
          kernels.turnRow(i, tauRe, tauIm, false, ws[k]!, ws[k]!)
          kernels.innerRows(i, 1, ws[k]!, n, vs[k]!, ofV)
          const shareRe = -0.5 * (tauRe * ofV.re[0]! - tauIm * ofV.im[0]!)
          const shareIm = -0.5 * (tauRe * ofV.im[0]! + tauIm * ofV.re[0]!)
          ofV.re[0] = shareRe
          ofV.im[0] = shareIm
          kernels.addRows(i, 1, ofV, vs[k]!, n, ws[k]!)
        }
        kernels.turnRow(i, 1, 0, true, vs[k]!, row)
      }
      top -= depth
      if (top > 0) {
        // A −= V W† + W V†, as L†R with rows of L conjugate, those of R with the sign.
        for (let k = 0; k < depth; k++) {
          const own = k * n
          const other = (depth + k) * n
          kernels.turnRow(top, 1, 0, true, vs[k]!, place(left, own))
          kernels.turnRow(top, 1, 0, true, ws[k]!, place(left, other))
          kernels.turnRow(top, -1, 0, true, ws[k]!, place(right, own))
          kernels.turnRow(top, -1, 0, true, vs[k]!, place(right, other))
        }
        const pending = kernels.addProduct(matrix, n, top, 2 * depth, left, right, breathe)
        if (pending !== undefined) await pending
        operations += 16 * depth * top * top
      }
    }
    return { scale, diagonal, off, factorsRe, factorsIm }
  } finally {
    for (const planes of [v, w, left, right]) backend.release(planes)
  }
}

/** T ← T† of an upper triangle [n, n]. */
const takeAdjoint = ({ re, im }: Planes, n: number): void => {
  for (let r = 0; r < n; r++) {
    for (let c = r; c < n; c++) {
      const at = r * n + c, mirrored = c * n + r
      const real = re[at]!
      re[at] = 0
      re[mirrored] = real
      if (im === null) continue
      const imaginary = im[at]!
      im[at] = 0
      im[mirrored] = -imaginary
    }
  }
}

/** Column r of rows of `high` numbers, as row r of `depth`. Engines compile what is called often before they do so with loops in loops. */
const gather = (rows: Float64Array, r: number, high: number, depth: number, sign: number, out: Float64Array): void => {
  for (let k = 0, at = r * depth, from = r; k < depth; k++, at++, from += high) out[at] = sign * rows[from]!
}

/**
 * Reflections high … low, in the order of their product: V†, rows [depth, high], and V, columns [high, depth], so that bands of either can be taken. Only the
 * first `high` numbers of each are not zero.
 */
const takeReflections = (matrix: Planes, n: number, high: number, depth: number, rows: Planes, columns: Planes): void => {
  const aRe = matrix.re, aIm = matrix.im, rowsRe = rows.re, rowsIm = rows.im, columnsRe = columns.re, columnsIm = columns.im
  rowsRe.fill(0)
  rowsIm?.fill(0)
  for (let k = 0; k < depth; k++) {
    const i = high - k
    rowsRe.set(aRe.subarray(i * n, i * n + i), k * high)
    if (rowsIm !== null && aIm !== null) rowsIm.set(aIm.subarray(i * n, i * n + i), k * high)
  }
  for (let r = 0; r < high; r++) {
    gather(rowsRe, r, high, depth, 1, columnsRe)
    if (columnsIm !== null && rowsIm !== null) gather(rowsIm, r, high, depth, -1, columnsIm)
  }
}

/** −T of 1 − V T V† (Schreiber and Van Loan 1989): T_kk = τ_k, and T_:k = −τ_k T V†v_k above it, of the products V†V [depth, depth]. */
const joinFactors = ({ factorsRe, factorsIm }: Reduction, high: number, depth: number, products: Planes, triangle: Planes): void => {
  const tRe = triangle.re, tIm = triangle.im, gRe = products.re, gIm = products.im
  tRe.fill(0)
  tIm?.fill(0)
  for (let k = 0; k < depth; k++) {
    const tauRe = factorsRe[high - k]!
    const tauIm = factorsIm[high - k]!
    for (let r = 0; r < k; r++) {
      let a = 0
      let b = 0
      for (let j = r; j < k; j++) {
        const p = tRe[r * depth + j]!, q = tIm === null ? 0 : tIm[r * depth + j]!
        const x = gRe[j * depth + k]!, y = gIm === null ? 0 : gIm[j * depth + k]!
        a += p * x - q * y
        b += q * x + p * y
      }
      tRe[r * depth + k] = -(tauRe * a - tauIm * b)
      if (tIm !== null) tIm[r * depth + k] = -(tauRe * b + tauIm * a)
    }
    tRe[k * depth + k] = -tauRe
    if (tIm !== null) tIm[k * depth + k] = -tauIm
  }
}

/** X ← Q X, or Q†X where `adjoint`, for X [n, width], complex where the matrix is; false where `breathe` said to stop. */
export const applyReflections = async (
  backend: DenseBackend, matrix: Planes, reduction: Reduction, n: number, adjoint: boolean, x: Planes, width: number, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const real = matrix.im === null
  const rows = backend.allocate(BLOCK, n, real)
  const columns = backend.allocate(n, BLOCK, real)
  const products = backend.allocate(BLOCK, BLOCK, real)
  const triangle = backend.allocate(BLOCK, BLOCK, real)
  const image = backend.allocate(BLOCK, width, real)
  const turned = backend.allocate(BLOCK, width, real)
  try {
    const blocks = Math.ceil((n - 1) / BLOCK)
    for (let block = 0; block < blocks; block++) {
      // H_high ⋯ H_low; of the adjoint of Q the block of the last reflections comes first.
      const low = 1 + BLOCK * (adjoint ? blocks - 1 - block : block)
      const high = Math.min(n, low + BLOCK) - 1
      const depth = high - low + 1
      takeReflections(matrix, n, high, depth, rows, columns)
      const left = planesView(rows, 0, depth * high)
      const v = planesView(columns, 0, high * depth)
      const square = planesView(products, 0, depth * depth)
      const factors = planesView(triangle, 0, depth * depth)
      const y = planesView(image, 0, depth * width)
      const z = planesView(turned, 0, depth * width)
      const part = planesView(x, 0, high * width)
      await backend.multiply(left, v, depth, high, depth, square, false)
      joinFactors(reduction, high, depth, square, factors)
      if (adjoint) takeAdjoint(factors, depth)
      if (!(await multiplyInBands(backend, left, part, depth, high, width, y, false, breathe))) return false
      await backend.multiply(factors, y, depth, depth, width, z, false)
      if (!(await multiplyInBands(backend, v, z, high, depth, width, part, true, breathe))) return false
      if (!(await breathe())) return false
    }
    return true
  } finally {
    for (const planes of [rows, columns, products, triangle, image, turned]) backend.release(planes)
  }
}

/** Q†P of the columns P of 1 that `rows` name, into zeroed `columns` [n, rows]; false where `breathe` said to stop. */
export const reflectUnits = (
  backend: DenseBackend, matrix: Planes, reduction: Reduction, n: number, { from, to }: Rows, columns: Planes, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const width = to - from
  for (let c = 0; c < width; c++) columns.re[(from + c) * width + c] = 1
  return applyReflections(backend, matrix, reduction, n, true, columns, width, breathe)
}
