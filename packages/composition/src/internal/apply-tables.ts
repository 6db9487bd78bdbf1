import type { Vector } from '@mesobath/contracts'
import type { AxisTable } from './axis-table.js'

/** Largest column sum of |M|·2 + |jumps| of one bath over its windows: a bound of the 1-norm on complex entries. */
export const axisBound = (table: AxisTable, dimension: number): number => {
  const block = dimension * dimension
  const columns = new Float64Array(table.windows * block)
  for (let window = 0; window < table.windows; window += 1) {
    for (let q = 0; q < dimension; q += 1) {
      let column = 0
      for (let k = 0; k < dimension; k += 1) {
        const at = window * block + k * dimension + q
        column += Math.abs(table.drift.re[at]!) + Math.abs(table.drift.im[at]!)
      }
      for (let r = 0; r < dimension; r += 1) {
        columns[window * block + q * dimension + r]! += column
        columns[window * block + r * dimension + q]! += column
      }
    }
  }
  for (const { from, im, range, re, source } of table.jumps) {
    for (let row = range[0]!; row < range[1]!; row += 1) {
      for (let i = 0; i < source.length; i += 1) {
        const at = row * source.length + i
        columns[from[row]! * block + source[i]!]! += Math.abs(re[at]!) + Math.abs(im[at]!)
      }
    }
  }
  let largest = 0
  for (const column of columns) largest = Math.max(largest, column)
  return largest
}

/** Adds what one bath's jumps bring to every ρ_S(E). */
export const addJumps = (
  table: AxisTable, stride: number, size: number, dimension: number, state: Vector, out: Float64Array,
): void => {
  const block = dimension * dimension
  const plane = size * block
  const span = table.windows * stride
  for (let b = 0; b < table.jumps.length; b += 1) {
    const { from, im, range, re, source, target, to } = table.jumps[b]!
    const width = source.length
    for (let row = range[0]!; row < range[1]!; row += 1) {
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = 0; inner < stride; inner += 1) {
          const there = (outer + to[row]! * stride + inner) * block
          const here = (outer + from[row]! * stride + inner) * block
          for (let i = 0; i < width; i += 1) {
            const coefficientRe = re[row * width + i]!
            const coefficientIm = im[row * width + i]!
            const x = state[here + source[i]!]!
            const y = state[plane + here + source[i]!]!
            out[there + target[i]!]! += coefficientRe * x - coefficientIm * y
            out[plane + there + target[i]!]! += coefficientRe * y + coefficientIm * x
          }
        }
      }
    }
  }
}

/** out = Mρ + ρM† with M = Σ_ν M_ν(E_ν) for every joint window; M has elements inside eigenspaces of H_S only. */
export const driftAction = (
  tables: readonly AxisTable[], counts: Int32Array, size: number, dimension: number, zeroPairs: Int32Array,
): ((state: Vector, out: Float64Array) => void) => {
  const block = dimension * dimension
  const plane = size * block
  const axes = tables.length
  const elements = zeroPairs.length / 2
  const positions = new Int32Array(axes)
  const re = new Float64Array(elements)
  const im = new Float64Array(elements)
  return (state, out) => {
    positions.fill(0)
    for (let joint = 0; joint < size; joint += 1) {
      const base = joint * block
      for (let z = 0; z < elements; z += 1) {
        const at = zeroPairs[2 * z]! * dimension + zeroPairs[2 * z + 1]!
        let sumRe = 0
        let sumIm = 0
        for (let axis = 0; axis < axes; axis += 1) {
          const { drift } = tables[axis]!
          sumRe += drift.re[positions[axis]! * block + at]!
          sumIm += drift.im[positions[axis]! * block + at]!
        }
        re[z] = sumRe
        im[z] = sumIm
      }
      for (let i = base; i < base + block; i += 1) {
        out[i] = 0
        out[plane + i] = 0
      }
      for (let z = 0; z < elements; z += 1) {
        const row = zeroPairs[2 * z]!
        const column = zeroPairs[2 * z + 1]!
        const a = re[z]!
        const b = im[z]!
        for (let j = 0; j < dimension; j += 1) {
          const left = base + column * dimension + j
          const leftOut = base + row * dimension + j
          const right = base + j * dimension + column
          const rightOut = base + j * dimension + row
          out[leftOut]! += a * state[left]! - b * state[plane + left]!
          out[plane + leftOut]! += a * state[plane + left]! + b * state[left]!
          out[rightOut]! += a * state[right]! + b * state[plane + right]!
          out[plane + rightOut]! += a * state[plane + right]! - b * state[right]!
        }
      }
      for (let axis = axes - 1; axis >= 0; axis -= 1) {
        positions[axis]! += 1
        if (positions[axis]! < counts[axis]!) break
        positions[axis] = 0
      }
    }
  }
}
