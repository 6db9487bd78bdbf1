import type { History } from './history.js'
import { intervalNodes } from './interval-nodes.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/** Largest phase of half an interval of the table. */
const HALF_PHASE = 5

/** What past blocks contribute to memory, as a function of today's time. */
export interface RemoteTable {
  /** Makes room; the only call that allocates. */
  open(): void
  /** The history was forgotten. */
  forget(): void
  /** Looks at a time: the interval that holds it then knows all blocks before `block`, and no other. */
  look(block: number, time: number): void
  /** Beginning of the interval: contributions may be written relative to it. */
  readonly origin: number
  /** Writes the contributions at the time looked at. */
  read(out: FullPlanes): void
}

interface Interval {
  index: number
  /** Blocks before this one are in it. */
  known: number
  /** Values [node, component]. */
  readonly values: FullPlanes
}

/**
 * The past seen from today, interpolated: what a block leaves behind, ∫ λ(s) C(t − s) e^{i∫ω} ds over the block, is an entire function of t,
 * band-limited by the frequencies of C alone, whatever the drive did. A fixed grid of intervals with a few nodes each thus serves all steps, and
 * a block is added when it has passed; where a step is refused that had left a block, it is taken out again. Two intervals are kept, for
 * the same reason.
 *
 * @param bandwidth - bound of the frequencies of C
 * @param end - of the run: no node lies beyond
 * @param contribute - adds what one block contributes at a time, also before the end of the block, where its formula goes on
 */
export const remoteTable = (
  components: number, bandwidth: number, past: History, end: number,
  contribute: (block: number, origin: number, time: number, out: FullPlanes) => void,
): RemoteTable => {
  const { count, nodes, length, weightsAt } = intervalNodes(bandwidth, HALF_PHASE)
  let intervals: Interval[] = []
  let row = fullPlanes(0)
  let origin = 0
  let looked = 0

  const endOf = (from: number): number => Math.max(from, Math.min(end, from + length))
  const include = (interval: Interval, block: number, sign: number): void => {
    const half = (endOf(origin) - origin) / 2
    const { re, im } = interval.values
    for (let j = 0; j < count; j += 1) {
      row.re.fill(0)
      row.im.fill(0)
      contribute(block, origin, origin + half + half * nodes[j], row)
      for (let c = 0; c < components; c += 1) {
        re[j * components + c] += sign * row.re[c]
        im[j * components + c] += sign * row.im[c]
      }
    }
  }
  const forget = (): void => {
    for (const interval of intervals) interval.index = -1
  }

  return {
    get origin() {
      return origin
    },
    open: () => {
      if (intervals.length > 0) return
      intervals = [0, 1].map(() => ({ index: -1, known: 0, values: fullPlanes(count * components) }))
      row = fullPlanes(components)
    },
    forget,
    look: (block, time) => {
      const begin = past.blocks[0].from
      const index = Math.max(0, Math.floor((time - begin) / length))
      origin = index === 0 ? begin : begin + index * length
      looked = time
      if (intervals[0].index !== index) intervals.reverse()
      const interval = intervals[0]
      if (interval.index !== index) {
        interval.index = index
        interval.known = 0
        interval.values.re.fill(0)
        interval.values.im.fill(0)
      }
      for (; interval.known < block; interval.known += 1) include(interval, interval.known, 1)
      for (; interval.known > block; interval.known -= 1) include(interval, interval.known - 1, -1)
    },
    read: (out) => {
      const half = (endOf(origin) - origin) / 2
      const x = half > 0 ? (looked - origin) / half - 1 : 0
      const weights = weightsAt(x)
      const { re, im } = intervals[0].values
      out.re.fill(0)
      out.im.fill(0)
      for (let j = 0; j < count; j += 1) {
        const weight = weights[j]
        for (let c = 0; c < components; c += 1) {
          out.re[c] += weight * re[j * components + c]
          out.im[c] += weight * im[j * components + c]
        }
      }
    },
  }
}
