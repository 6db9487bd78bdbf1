import type { Planes, SpectralBath, Vector, Windows } from '@mesobath/contracts'
import { exp, randomStream } from '@mesobath/kernels'
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

const drawLevels = ({ windows, counts, spectrum, seed }: RealisationOptions, offsets: Int32Array): Float64Array => {
  const levels = new Float64Array(offsets[counts.length] as number)
  for (let window = 0; window < counts.length; window += 1) {
    const count = counts[window] as number
    const start = offsets[window] as number
    const lower = (windows.energies[window] as number) - 0.5 * windows.width
    const slice = levels.subarray(start, start + count)
    if (spectrum === 'regular') {
      for (let index = 0; index < count; index += 1) slice[index] = lower + (index * windows.width) / count
    } else {
      const stream = randomStream(seed, LEVELS_STREAM, window)
      for (let index = 0; index < count; index += 1) slice[index] = lower + windows.width * stream.uniform()
      slice.sort()
    }
  }
  return levels
}

const windowIndices = (counts: Int32Array, offsets: Int32Array): Int32Array => {
  const window = new Int32Array(offsets[counts.length] as number)
  for (let index = 0; index < counts.length; index += 1) window.fill(index, offsets[index], offsets[index + 1])
  return window
}

/**
 * One realisation of Eq. 26. Blocks are drawn when asked for, from a stream named (seed, coupling, upper window, lower
 * window), and not kept: two callers see the same numbers, whatever they ask first, and no N × N matrix exists.
 */
export const realiseRandomMatrix = (options: RealisationOptions): SpectralBath => {
  const { windows, counts, seed, logVariance, scaled, mean, real } = options
  const offsets = new Int32Array(counts.length + 1)
  for (let index = 0; index < counts.length; index += 1) offsets[index + 1] = (offsets[index] as number) + (counts[index] as number)
  const element = new Float64Array(2)
  const silent = mean.zero && logVariance === -Infinity
  const inParts = (coupling: number, to: number, from: number, out: Planes): (() => boolean) | null => {
    if (to === from || silent) return null
    if (!real && out.im === null) throw new TypeError('a complex block must be written into planes with an imaginary part')
    const upper = Math.max(to, from)
    const lower = Math.min(to, from)
    const rows = counts[upper] as number
    const columns = counts[lower] as number
    element[0] = 0
    element[1] = 0
    if (!mean.zero) mean.read(coupling, upper, lower, element)
    const meanRe = element[0] as number
    const meanIm = element[1] as number
    if (Number.isNaN(meanRe)) throw new RangeError(`the mean coupling ${coupling} between windows ${upper} and ${lower} must be a finite number${real ? ' and real' : ''}`)
    const deviation = exp(0.5 * logVarianceOf(logVariance, scaled, windows.logVolumes, upper, lower)) * (real ? 1 : Math.sqrt(0.5))
    const stream = randomStream(seed, BLOCK_STREAM, coupling, upper, lower)
    // Drawn row by row of the (upper, lower) block; the (lower, upper) block is its adjoint.
    const rowStep = to > from ? columns : 1
    const columnStep = to > from ? 1 : rows
    const sign = to > from ? 1 : -1
    const rowsPerPart = Math.max(1, Math.floor(ELEMENTS_PER_PART / columns))
    let drawn = 0
    return () => {
      const { re, im } = out
      const until = Math.min(rows, drawn + rowsPerPart)
      if (real) im?.fill(0, drawn * columns, until * columns)
      for (let row = drawn; row < until; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const at = row * rowStep + column * columnStep
          re[at] = meanRe + deviation * stream.normal()
          if (!real && im !== null) im[at] = sign * (meanIm + deviation * stream.normal())
        }
      }
      drawn = until
      return drawn < rows
    }
  }

  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    const next = inParts(coupling, to, from, out)
    if (next === null) return false
    let more = true
    while (more) more = next()
    return true
  }
  return {
    kind: 'spectral',
    levels: drawLevels(options, offsets) as Vector,
    window: windowIndices(counts, offsets),
    real,
    block: Object.assign(block, { inParts }),
  }
}
