import type { Planes, SpectralBath, Windows } from '@mesobath/contracts'
import { exp, normalStream, randomStream } from '@mesobath/kernels'
import type { MeanElements } from './mean-elements.js'
import { logVarianceOf } from './random-matrix-ensemble.js'

/** Streams are named by what they draw, so that no order of calls can change a draw. */
const LEVELS_STREAM = 1
const BLOCK_STREAM = 2

/** Elements that are drawn in a few milliseconds. */
const ELEMENTS_PER_PART = 1 << 15

/** What one realisation of a random-matrix bath is drawn from. */
export interface RealisationOptions {
  readonly windows: Windows
  /** Levels per window [n], integers. */
  readonly counts: Int32Array
  readonly spectrum: 'regular' | 'random'
  readonly seed: number
  readonly logVariance: number
  readonly scaled: boolean
  readonly mean: MeanElements
  readonly real: boolean
}

/** Levels of all windows one after the other, and the window of each. */
const drawLevels = ({ windows, counts, spectrum, seed }: RealisationOptions): { readonly levels: Float64Array; readonly window: Int32Array } => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const levels = new Float64Array(total)
  const window = new Int32Array(total)
  let start = 0
  counts.forEach((count, index) => {
    const lower = (windows.energies[index] as number) - 0.5 * windows.width
    const slice = levels.subarray(start, start + count)
    if (spectrum === 'regular') slice.forEach((_, level) => { slice[level] = lower + (level * windows.width) / count })
    else {
      const stream = randomStream(seed, LEVELS_STREAM, index)
      slice.forEach((_, level) => { slice[level] = lower + windows.width * stream.uniform() })
      slice.sort()
    }
    window.fill(index, start, start += count)
  })
  return { levels, window }
}

/**
 * One realisation of Eq. 26. Blocks are drawn when asked for, from a stream named (seed, coupling, upper window, lower
 * window), and not kept: two callers see the same numbers, whatever they ask first, and no N × N matrix exists.
 */
export const realiseRandomMatrix = (options: RealisationOptions): SpectralBath => {
  const { windows, counts, seed, logVariance, scaled, mean, real } = options
  const element = new Float64Array(2)
  const silent = mean.zero && logVariance === -Infinity
  const inParts = (coupling: number, to: number, from: number, out: Planes): (() => boolean) | null => {
    if (to === from || silent) return null
    if (!real && out.im === null) throw new TypeError('a complex block must be written into planes with an imaginary part')
    const upper = Math.max(to, from)
    const lower = Math.min(to, from)
    const rows = counts[upper] as number
    const columns = counts[lower] as number
    element.fill(0)
    if (!mean.zero) mean.read(coupling, upper, lower, element)
    const meanRe = element[0] as number
    const meanIm = element[1] as number
    if (Number.isNaN(meanRe)) throw new RangeError(`the mean coupling ${coupling} between windows ${upper} and ${lower} must be a finite number${real ? ' and real' : ''}`)
    const deviation = exp(0.5 * logVarianceOf(logVariance, scaled, windows.logVolumes, upper, lower)) * (real ? 1 : Math.sqrt(0.5))
    const fill = normalStream(seed, BLOCK_STREAM, coupling, upper, lower)
    const normals = new Float64Array((real ? 1 : 2) * columns)
    // Drawn row by row of the (upper, lower) block; the (lower, upper) block is its adjoint.
    const rowStep = to > from ? columns : 1
    const columnStep = to > from ? 1 : rows
    const sign = to > from ? 1 : -1
    const rowsPerPart = Math.max(1, Math.floor(ELEMENTS_PER_PART / columns))
    let drawn = 0
    // One row: engines compile what is called often before they do so with loops in loops.
    const drawRow = (re: Float64Array, im: Float64Array | null, from: number): void => {
      fill(normals)
      for (let at = from, next = 0; next < normals.length; at += columnStep) {
        re[at] = meanRe + deviation * normals[next++]!
        if (im !== null) im[at] = sign * (meanIm + deviation * normals[next++]!)
      }
    }
    return () => {
      const { re, im } = out
      const until = Math.min(rows, drawn + rowsPerPart)
      if (real) im?.fill(0, drawn * columns, until * columns)
      for (let row = drawn; row < until; row += 1) drawRow(re, real ? null : im, row * rowStep)
      drawn = until
      return drawn < rows
    }
  }

  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    const next = inParts(coupling, to, from, out)
    if (next === null) return false
    while (next()) continue
    return true
  }
  return {
    kind: 'spectral',
    ...drawLevels(options),
    real,
    block: Object.assign(block, { inParts }),
  }
}
