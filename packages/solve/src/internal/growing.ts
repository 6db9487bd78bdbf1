import type { Planes } from '@mesobath/contracts'

/** How much a full buffer grows by: the number of stops is known beforehand, so that growth is the exception. */
const GROWTH = 1.5

/** Rows of equal length in one buffer that grows. */
export interface GrowingRows {
  /** The next row, zeroed, to be written before the next call. */
  next(): Float64Array
  /** The rows so far, a view of the buffer: who stopped a run does not wait for a copy of it. */
  finish(): Float64Array
}

export const growingRows = (length: number, expected: number): GrowingRows => {
  let buffer = new Float64Array(length * Math.max(1, expected))
  let used = 0
  return {
    next: () => {
      if (used + length > buffer.length) {
        const larger = new Float64Array(length * Math.ceil(((used / length) + 1) * GROWTH))
        larger.set(buffer)
        buffer = larger
      }
      used += length
      return buffer.subarray(used - length, used)
    },
    finish: () => (used === buffer.length ? buffer : buffer.subarray(0, used)),
  }
}

/** Complex rows; the imaginary plane exists from the first row that has one. */
export interface GrowingPlanes {
  add(re: Float64Array, im: Float64Array | null): void
  finish(): Planes
}

export const growingPlanes = (length: number, expected: number): GrowingPlanes => {
  const reals = growingRows(length, expected)
  let imaginaries: GrowingRows | null = null
  let rows = 0
  return {
    add: (re, im) => {
      reals.next().set(re)
      if (im !== null && imaginaries === null) {
        imaginaries = growingRows(length, expected)
        for (let row = 0; row < rows; row++) imaginaries.next()
      }
      if (imaginaries !== null) {
        const row = imaginaries.next()
        if (im !== null) row.set(im)
      }
      rows += 1
    },
    finish: () => ({ re: reals.finish(), im: imaginaries === null ? null : imaginaries.finish() }),
  }
}
