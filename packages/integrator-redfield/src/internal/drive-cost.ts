import type { Problem } from '@mesobath/contracts'
import { driveOf, settingAt } from './course.js'
import { HALF_PANEL_PHASE, PANEL_NODES } from './panels.js'

/** What a drive adds to the cost of memory: bytes kept, operations per derivative, and operations once per run. */
export interface DriveCost {
  readonly bytes: number
  readonly perDerivative: number
  readonly once: number
}

/** Nodes of the interpolation of the past, and of a unit of phase of it. */
const REMOTE_NODES = 28
const REMOTE_PHASE = 10

/** Real operations of one complex product that is added. */
const PRODUCT = 8

/**
 * Estimates by walking the drive once: blocks of the history are its stops and the panels of its smooth segments; each is read once per interval
 * of the interpolation that comes after it.
 */
export const driveCost = (problem: Problem): DriveCost => {
  const { drive, times, energies, baths } = problem
  if (drive === null) return { bytes: 0, perDerivative: 0, once: 0 }
  const end = times[times.length - 1]
  const levels = energies.length
  let constant = 0
  let smooth = 0
  let panels = 0
  const reach = baths.map(({ bath: { windows } }) => windows.energies[windows.energies.length - 1] - windows.energies[0] + windows.width)
  const widest = Math.max(0, ...reach)
  for (const segment of driveOf(problem).segments(times[0], end)) {
    if (segment.constant) constant += 1
    else {
      const found = settingAt(segment, segment.from, levels, baths.length).energies
      const spread = Math.max(...found) - Math.min(...found)
      smooth += 1
      panels += ((segment.to - segment.from) * (widest + spread)) / (2 * HALF_PANEL_PHASE) + 4
    }
    if (segment.to >= end) break
  }
  const blocks = constant + panels
  let bytes = panels * levels * 4 * PANEL_NODES * 8
  let perDerivative = 0
  let once = 0
  for (const { bath: { windows, couplings } } of baths) {
    const sums = (2 * windows.energies.length - 1) * couplings * couplings * levels * levels
    const intervals = 1 + ((end - times[0]) * windows.width) / REMOTE_PHASE
    bytes += panels * PANEL_NODES * levels * levels * 16 + (blocks > 1 ? 4 * REMOTE_NODES * sums * 8 : 0)
    perDerivative += ((smooth > 0 ? PANEL_NODES : 0) + (blocks > 1 ? REMOTE_NODES : 0)) * sums * PRODUCT
    once += blocks * (1 + intervals / 2) * REMOTE_NODES * PANEL_NODES * sums * PRODUCT
  }
  return { bytes, perDerivative, once }
}

/**
 * Entries of the tables that rates of the moment are looked up in, for all baths: pairs of windows that some frequency of a smooth segment joins,
 * or all pairs where coherences move too. 0 without smooth segments.
 */
export const drivenEntries = (problem: Problem, coherences: boolean): number => {
  const { drive, times, energies, baths } = problem
  if (drive === null) return 0
  const end = times[times.length - 1]
  let lowest = Infinity
  let highest = -Infinity
  for (const segment of driveOf(problem).segments(times[0], end)) {
    if (!segment.constant) {
      for (const share of [0, 0.25, 0.5, 0.75, 1]) {
        const found = settingAt(segment, share === 1 ? segment.to : segment.from + share * (segment.to - segment.from), energies.length, baths.length)
        const spread = Math.max(...found.energies) - Math.min(...found.energies)
        lowest = Math.min(lowest, spread)
        highest = Math.max(highest, spread)
      }
    }
    if (segment.to >= end) break
  }
  if (highest < lowest) return 0
  let entries = 0
  for (const { bath: { windows } } of baths) {
    const count = windows.energies.length
    const spacing = count > 1 ? (windows.energies[count - 1] - windows.energies[0]) / (count - 1) : windows.width
    const joined = coherences ? count : Math.min(count, 2 + (highest - lowest + 2 * windows.width) / spacing)
    entries += count * joined * energies.length * energies.length
  }
  return entries
}
