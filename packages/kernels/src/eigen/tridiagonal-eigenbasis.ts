import type { DenseBackend, Planes } from '@mesobath/contracts'
import { planesView } from '../dense/planes-view.js'
import { multiplyInBands } from './multiply-in-bands.js'
import { mergeSpectra } from './merge.js'
import type { MergerRoom } from './merge.js'
import type { SecularKernels } from './secular-kernels.js'

/** Matrices up to this size go by implicit QL. */
const LEAF = 32
/** Sweeps per eigenvalue before giving up; two or three are usual. */
const SWEEPS = 60

/** Implicit QL of `count` entries from `from`, eigenvectors as rows of `rows` [count × count, stride]. */
const solveLeaf = (diagonal: Float64Array, off: Float64Array, from: number, count: number, rows: Float64Array, stride: number): boolean => {
  const d = diagonal.subarray(from, from + count)
  const e = off.slice(from, from + count)
  e[count - 1] = 0
  const start = from * stride + from
  for (let r = 0; r < count; r++) {
    rows.fill(0, start + r * stride, start + r * stride + count)
    rows[start + r * stride + r] = 1
  }
  for (let l = 0; l < count; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l
      for (; m < count - 1; m++) {
        const size = Math.abs(d[m]!) + Math.abs(d[m + 1]!)
        if (Math.abs(e[m]!) + size === size) break
      }
      if (m === l) break
      if (sweep === SWEEPS) return false
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!)
      let r = Math.sqrt(g * g + 1)
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r))
      let s = 1
      let c = 1
      let p = 0
      let i = m - 1
      for (; i >= l; i--) {
        const f = s * e[i]!
        const b = c * e[i]!
        r = Math.sqrt(f * f + g * g)
        e[i + 1] = r
        if (r === 0) {
          d[i + 1] = d[i + 1]! - p
          e[m] = 0
          break
        }
        s = f / r
        c = g / r
        g = d[i + 1]! - p
        r = (d[i]! - g) * s + 2 * c * b
        p = s * r
        d[i + 1] = g + p
        g = c * r - b
        const x = start + i * stride
        const y = x + stride
        for (let k = 0; k < count; k++) {
          const u = rows[y + k]!
          const v = rows[x + k]!
          rows[y + k] = s * v + c * u
          rows[x + k] = c * v - s * u
        }
      }
      if (r === 0 && i >= l) continue
      d[l] = d[l]! - p
      e[l] = g
      e[m] = 0
    }
  }
  return true
}

/** Room for the products of mergers. */
interface Room extends MergerRoom {
  readonly left: Planes
  readonly right: Planes
  readonly out: Planes
}

/** Merges [from, middle) and [middle, to), whose vectors are rows of `rows` in the diagonal blocks. */
const mergeHalves = async (
  backend: DenseBackend, kernels: SecularKernels, room: Room, values: Float64Array, from: number, middle: number, to: number, coupling: number,
  rowsOf: () => Float64Array, stride: number, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const upper = middle - from
  const count = to - from
  const z = new Float64Array(count)
  let before = rowsOf()
  const sign = coupling < 0 ? -1 : 1
  for (let i = 0; i < upper; i++) z[i] = before[(from + i) * stride + middle - 1]!
  for (let i = upper; i < count; i++) z[i] = sign * before[(from + i) * stride + middle]!
  const merger = await mergeSpectra(kernels, values.slice(from, to), upper, z, Math.abs(coupling), room, breathe)
  if (merger === null || !(await breathe())) return false
  before = rowsOf()
  const { turns, mixed, upperOnly, both, kept } = merger
  for (const { first, second, cosine, sine } of turns) {
    const x = (from + first) * stride + from
    const y = (from + second) * stride + from
    for (let c = 0; c < count; c++) {
      const u = before[x + c]!
      const v = before[y + c]!
      before[x + c] = cosine * u + sine * v
      before[y + c] = cosine * v - sine * u
    }
  }
  const size = mixed.length
  // New vectors, then the kept ones, in a copy of the block; all of it is written but where a vector is in one half only.
  room.gaps.re.fill(0, 0, count * count)
  const part = async (first: number, vectors: number, column: number, width: number): Promise<boolean> => {
    if (vectors === 0 || width === 0 || size === 0) return true
    const left = room.left.re
    const right = room.right.re
    const rows = rowsOf()
    const coefficients = room.coefficients.re
    for (let j = 0; j < size; j++) left.set(coefficients.subarray(j * size + first, j * size + first + vectors), j * vectors)
    for (let i = 0; i < vectors; i++) {
      const start = (from + mixed[first + i]!) * stride + from + column
      right.set(rows.subarray(start, start + width), i * width)
    }
    const done = await multiplyInBands(
      backend, planesView(room.left, 0, size * vectors), planesView(room.right, 0, vectors * width), size, vectors, width,
      planesView(room.out, 0, size * width), false, breathe,
    )
    if (!done || !(await breathe())) return false
    const out = room.out.re
    const next = room.gaps.re
    for (let j = 0; j < size; j++) next.set(out.subarray(j * width, (j + 1) * width), j * count + column)
    return true
  }
  if (!(await part(0, upperOnly + both, 0, upper)) || !(await part(upperOnly, size - upperOnly, upper, count - upper))) return false
  const rows = rowsOf()
  const next = room.gaps.re
  kept.forEach((index, at) => {
    const start = (from + index) * stride + from
    next.set(rows.subarray(start, start + count), (size + at) * count)
  })
  for (let r = 0; r < count; r++) rows.set(next.subarray(r * count, (r + 1) * count), (from + r) * stride + from)
  values.set(merger.values, from)
  return true
}

/**
 * Eigenvalues, in no order, and eigenvectors, rows of `rows` [n × n], of a real symmetric tridiagonal matrix by divide and conquer, with products
 * by the backend. `diagonal` [n] becomes the eigenvalues; `off` [n − 1] is not changed. False where an iteration did not converge or `breathe` said
 * to stop.
 */
export const tridiagonalEigenbasis = async (
  backend: DenseBackend, kernels: SecularKernels, diagonal: Float64Array, off: Float64Array, rows: Planes, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const n = diagonal.length
  if (n === 0) return true
  rows.re.fill(0)
  const bounds: number[] = []
  let parts = 1
  while (parts * LEAF < n) parts *= 2
  for (let i = 0; i <= parts; i++) bounds.push(Math.floor((i * n) / parts))
  // Rank-one tears: the coupling is taken off both neighbours.
  for (let i = 1; i < parts; i++) {
    const at = bounds[i]!
    const size = Math.abs(off[at - 1]!)
    diagonal[at - 1] = diagonal[at - 1]! - size
    diagonal[at] = diagonal[at]! - size
  }
  for (let i = 0; i < parts; i++) if (!solveLeaf(diagonal, off, bounds[i]!, bounds[i + 1]! - bounds[i]!, rows.re, n)) return false
  if (parts === 1) return true
  if (!(await breathe())) return false
  const half = Math.ceil(n / 2) + 1
  const room: Room = {
    left: backend.allocate(n, n, true), right: backend.allocate(n, half, true), out: backend.allocate(n, half, true),
    gaps: backend.allocate(n, n, true), coefficients: backend.allocate(n, n, true),
  }
  try {
    for (let step = 1; step < parts; step *= 2) {
      for (let i = 0; i < parts; i += 2 * step) {
        const [from, middle, to] = [bounds[i]!, bounds[i + step]!, bounds[i + 2 * step]!]
        if (!(await mergeHalves(backend, kernels, room, diagonal, from, middle, to, off[middle - 1]!, () => rows.re, n, breathe))) return false
        if (!(await breathe())) return false
      }
    }
    return true
  } finally {
    for (const planes of [room.left, room.right, room.out, room.gaps, room.coefficients]) backend.release(planes)
  }
}
