import type { Planes } from '@mesobath/contracts'
import type { Team, TeamArray } from '../threads/team.js'
import { MOST_BANDS, MOST_ROWS, rowBands } from './vector-kernels.js'
import type { Place, VectorKernels } from './vector-kernels.js'

/** Parameters of `hermitianTile` before the bands. */
const HEAD = 6
/** Sizes below which a product with a vector is not shared out: it takes as long as waking a thread. */
const WORTH_SHARING = 256

/** Roots, or vectors, of the secular equation that go together: some hundred thousand terms. */
const TERMS_OF_PART = 60_000

/** A += L†R of planes in the team's memory, whose rows are `stride` numbers apart. */
export type StridedProduct = (matrix: Planes, stride: number, size: number, depth: number, left: Planes, right: Planes) => void

const pointer = (plane: Float64Array | null, at: number): number => (plane === null ? 0 : plane.byteOffset + 8 * at)
const re = ({ planes, at }: Place): number => pointer(planes.re, at)
const im = ({ planes, at }: Place): number => pointer(planes.im, at)

/** The kernels of a reduction in a team's memory; all planes must lie there. */
export const wasmKernels = (team: Team, stride: number, addProduct: StridedProduct): VectorKernels & { dispose(): void } => {
  const addRows = team.kernel('addRows')
  const innerRows = team.kernel('innerRows')
  const turnRow = team.kernel('turnRow')
  const list: TeamArray = team.allocate(2 * MOST_ROWS)
  const sums: TeamArray = team.allocate(2 * MOST_BANDS * stride)
  // Poles, weights, roots, exact weights, order.
  const spectra: TeamArray = team.allocate(5 * stride)
  const equation = new Float64Array(9)
  const bounds = new Int32Array(MOST_BANDS + 1)
  const job = new Float64Array(HEAD + MOST_BANDS + 1)
  return {
    turnRow: (count, factorRe, factorIm, conjugate, x, y) => { turnRow(count, factorRe, factorIm, conjugate ? 1 : 0, re(x), im(x), re(y), im(y)) },
    addRows: (count, rows, factors, x, apart, y) => {
      const numbers = list.values
      for (let r = 0; r < rows; r++) {
        numbers[r] = factors.re[r]!
        numbers[MOST_ROWS + r] = factors.im[r]!
      }
      addRows(count, rows, list.offset, re(x), im(x), 8 * apart, re(y), im(y))
    },
    innerRows: (count, rows, x, apart, y, out) => {
      innerRows(count, rows, re(x), im(x), 8 * apart, re(y), im(y), list.offset)
      const numbers = list.values
      for (let r = 0; r < rows; r++) {
        out.re[r] = numbers[r]!
        out.im[r] = numbers[MOST_ROWS + r]!
      }
    },
    hermitianTimes: (matrix, _stride, size, x, y) => {
      const bands = rowBands(size, bounds)
      job[0] = pointer(matrix.re, 0)
      job[1] = pointer(matrix.im, 0)
      job[2] = stride
      job[3] = re(x)
      job[4] = im(x)
      job[5] = sums.offset
      for (let band = 0; band <= bands; band++) job[HEAD + band] = bounds[band]!
      team.run('hermitianTile', job, bands, size < WORTH_SHARING)
      y.planes.re.fill(0, y.at, y.at + size)
      y.planes.im?.fill(0, y.at, y.at + size)
      list.values[0] = 1
      const toRe = re(y)
      const toIm = im(y)
      for (let band = 0; band < bands; band++) {
        const rows = bounds[band + 1]!
        const from = sums.offset + 16 * band * stride
        addRows(rows, 1, list.offset, from, 0, 0, toRe, 0)
        if (toIm !== 0) addRows(rows, 1, list.offset, from + 8 * stride, 0, 0, toIm, 0)
      }
    },
    secularRoots: (from, to, count, poles, weights, strength, gaps, roots) => {
      const numbers = spectra.values
      numbers.set(poles.subarray(0, count))
      numbers.set(weights.subarray(0, count), stride)
      const part = Math.max(1, Math.floor(TERMS_OF_PART / count))
      equation[0] = count
      equation[1] = spectra.offset
      equation[2] = spectra.offset + 8 * stride
      equation[3] = strength
      equation[4] = pointer(gaps.re, 0)
      equation[5] = spectra.offset + 16 * stride
      equation[6] = from
      equation[7] = to
      equation[8] = part
      team.run('secularTile', equation, Math.ceil((to - from) / part))
      roots.set(spectra.values.subarray(2 * stride + from, 2 * stride + to), from)
    },
    secularVectors: (count, poles, weights, gaps, order, coefficients) => {
      const numbers = spectra.values
      numbers.set(poles.subarray(0, count))
      numbers.set(weights.subarray(0, count), stride)
      numbers.set(order, 4 * stride)
      const part = Math.max(1, Math.floor(TERMS_OF_PART / count))
      const parts = Math.ceil(count / part)
      equation[0] = count
      equation[1] = spectra.offset
      equation[2] = spectra.offset + 8 * stride
      equation[3] = pointer(gaps.re, 0)
      equation[4] = spectra.offset + 24 * stride
      equation[5] = part
      team.run('exactTile', equation, parts)
      equation[1] = spectra.offset + 24 * stride
      equation[2] = pointer(gaps.re, 0)
      equation[3] = spectra.offset + 32 * stride
      equation[4] = pointer(coefficients.re, 0)
      team.run('secularVectorTile', equation, parts)
    },
    addProduct,
    dispose: () => {
      team.release(spectra)
      team.release(list)
      team.release(sums)
    },
  }
}
