import { PANEL_NODES } from '@mesobath/kernels'
import type { SegmentCourse } from '../segment-course.js'
import { FREQUENCY_GROUPING } from '../transition-frequencies.js'
import type { FrequencyGroup } from '../transition-frequencies.js'
import { nearestMultiples, splitByMultiples } from './resonant-groups.js'
import type { ResonantGroup } from './resonant-groups.js'
import { crossingTimes } from './crossing-times.js'

/** A part of a smooth segment on which the same pairs of levels share their frequencies, and are sent to the same multiples of a grid. */
export interface CourseStretch {
  readonly from: number
  readonly to: number
  /** Symmetric under ω → −ω, ω = 0 in the middle. A group's numbers are those of the stretch's first node; only its resonance may be constant. */
  readonly groups: readonly ResonantGroup[]
  /** Whether the groups' resonances hold throughout, instead of following their frequencies. */
  readonly held: boolean
  /** The pairs of all groups as text: stretches with the same key have the same tables. */
  readonly key: string
}

/**
 * Frequencies that are one at *every* node of a panel. Those that meet at an instant only stay apart: what the secular equation couples at an
 * instant moves nothing.
 *
 * @param nodes - energies [node, level]
 */
export const lastingGroups = (nodes: Float64Array, dimension: number): readonly FrequencyGroup[] => {
  let span = 0
  let largest = 0
  for (let node = 0; node < PANEL_NODES; node += 1) {
    let low = Infinity
    let high = -Infinity
    for (let k = 0; k < dimension; k += 1) {
      const energy = nodes[node * dimension + k]!
      low = Math.min(low, energy)
      high = Math.max(high, energy)
    }
    span = Math.max(span, high - low)
    largest = Math.max(largest, Math.abs(low), Math.abs(high))
  }
  const tolerance = FREQUENCY_GROUPING * span + 8 * Number.EPSILON * largest
  const gap = (node: number, k: number, q: number): number => nodes[node * dimension + q]! - nodes[node * dimension + k]!
  /** Whether ω_kq = sign·ω_ab throughout. */
  const same = (k: number, q: number, a: number, b: number, sign: number): boolean => {
    for (let node = 0; node < PANEL_NODES; node += 1) {
      if (Math.abs(gap(node, k, q) - sign * gap(node, a, b)) > tolerance) return false
    }
    return true
  }
  const zero: number[] = []
  for (let k = 0; k < dimension; k += 1) zero.push(k, k)
  const upper: number[][] = []
  for (let k = 0; k < dimension; k += 1) {
    for (let q = k + 1; q < dimension; q += 1) {
      if (same(k, q, 0, 0, 1)) {
        zero.push(k, q, q, k)
        continue
      }
      const like = upper.find((pairs) => same(k, q, pairs[0]!, pairs[1]!, 1))
      const unlike = like === undefined ? upper.find((pairs) => same(k, q, pairs[0]!, pairs[1]!, -1)) : undefined
      if (like !== undefined) like.push(k, q)
      else if (unlike !== undefined) unlike.push(q, k)
      else upper.push([k, q])
    }
  }
  const above = upper.map((pairs): FrequencyGroup => ({ frequency: gap(0, pairs[0]!, pairs[1]!), pairs: Int32Array.from(pairs) }))
  const below = above.map(({ frequency, pairs }): FrequencyGroup => ({ frequency: -frequency, pairs: pairs.map((_, i) => pairs[i ^ 1]!) })).reverse()
  return [...below, { frequency: 0, pairs: Int32Array.from(zero) }, ...above]
}

const keyOf = (groups: readonly FrequencyGroup[]): string => groups.map(({ pairs }) => pairs.join(' ')).join('|')

/** Where levels cross from one multiple of the grid to the next, inside (from, to), ascending. */
const multipleChanges = (course: SegmentCourse, from: number, to: number, grid: number): Float64Array => {
  const halves: Float64Array[] = []
  const energies = new Float64Array(course.dimension)
  const lows = new Float64Array(course.dimension).fill(Infinity)
  const highs = new Float64Array(course.dimension).fill(-Infinity)
  for (let panel = 0; panel + 1 < course.panelEnds.length; panel += 1) {
    const nodes = course.nodeEnergies(panel)
    for (let i = 0; i < nodes.length; i += 1) {
      const k = i % course.dimension
      lows[k] = Math.min(lows[k]!, nodes[i]!)
      highs[k] = Math.max(highs[k]!, nodes[i]!)
    }
  }
  for (let k = 0; k < course.dimension; k += 1) {
    // A grid step more on both sides: between its nodes a function may reach a little further.
    const first = Math.round(lows[k]! / grid) - 1
    const last = Math.round(highs[k]! / grid) + 1
    halves.push(Float64Array.from({ length: last - first }, (_, i) => (first + i + 0.5) * grid))
  }
  return crossingTimes(course, from, to, course.dimension, (time, out) => {
    course.energies(time, energies)
    out.set(energies)
  }, halves)
}

/** A shorter stretch than this share of its segment is rounding of its ends. */
const SHORTEST_STRETCH = 1e-12

/**
 * Cuts a segment where its groups of frequencies change, and with a grid where a level passes halfway between two of its multiples.
 *
 * @param grid - spacing of the grid to which frequencies are sent; undefined where they are followed
 */
export const courseStretches = (course: SegmentCourse, grid: number | undefined): readonly CourseStretch[] => {
  const { dimension, panelEnds } = course
  const lasting: { readonly from: number; to: number; readonly groups: readonly FrequencyGroup[]; readonly key: string }[] = []
  for (let panel = 0; panel + 1 < panelEnds.length; panel += 1) {
    const groups = lastingGroups(course.nodeEnergies(panel), dimension)
    const key = keyOf(groups)
    const last = lasting[lasting.length - 1]
    if (last !== undefined && last.key === key) last.to = panelEnds[panel + 1]!
    else lasting.push({ from: panelEnds[panel]!, to: panelEnds[panel + 1]!, groups, key })
  }
  if (grid === undefined) {
    return lasting.map(({ from, groups, key, to }) => ({
      from, to, key, held: false, groups: groups.map((group) => ({ ...group, resonance: group.frequency })),
    }))
  }
  const energies = new Float64Array(dimension)
  const shortest = SHORTEST_STRETCH * (course.to - course.from)
  return lasting.flatMap(({ from, groups, to }) => {
    const changes = Array.from(multipleChanges(course, from, to, grid))
    const cuts = [from, ...changes.filter((time, i) => time - (i === 0 ? from : changes[i - 1]!) > shortest && to - time > shortest), to]
    return cuts.slice(1).map((end, i): CourseStretch => {
      const begin = cuts[i]!
      course.energies(begin + (end - begin) / 2, energies)
      const zeroPairs = groups[(groups.length - 1) / 2]!.pairs
      const split = splitByMultiples(groups, nearestMultiples(energies, zeroPairs, grid), grid)
      return { from: begin, to: end, key: keyOf(split), held: true, groups: split }
    })
  })
}
