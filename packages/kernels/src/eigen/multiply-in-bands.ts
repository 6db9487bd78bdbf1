import type { DenseBackend, Planes } from '@mesobath/contracts'
import { planesView } from '../dense/planes-view.js'

/** Operations (8 a complex number) between two breaths: about 15 ms of wasm on one thread. */
const OPERATIONS_PER_BREATH = 4e8
/** Fewer rows would cost more to prepare than to multiply. */
const LEAST_ROWS = 16

/** out (+)= a·b in bands of rows, with a breath between them; false where `breathe` said to stop. */
export const multiplyInBands = async (
  backend: DenseBackend, a: Planes, b: Planes, m: number, k: number, n: number, out: Planes, accumulate: boolean, breathe: () => Promise<boolean>,
): Promise<boolean> => {
  const most = Math.max(LEAST_ROWS, Math.floor(OPERATIONS_PER_BREATH / Math.max(1, 8 * k * n)))
  const bands = Math.ceil(m / most)
  const band = Math.ceil(m / bands)
  for (let from = 0; from < m; from += band) {
    const to = Math.min(m, from + band)
    const pending = backend.multiply(planesView(a, from * k, to * k), b, to - from, k, n, planesView(out, from * n, to * n), accumulate, breathe)
    if (pending !== undefined) await pending
    if ((bands > 1 || pending !== undefined) && !(await breathe())) return false
  }
  return true
}
