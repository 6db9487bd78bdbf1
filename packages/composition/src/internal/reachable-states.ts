import type { BathTransitions } from '../bath-transitions.js'

/** Initial states of less probability are not followed: they cannot change a figure of merit by more. */
const POPULATED = 1e-6

/** Passes over the jumps; an off-resonant ladder that is still spreading after them counts as reached up to there. */
const PASSES = 64

/**
 * States (level, window) of each bath that a run can reach from its populated ones: a superset, found bath by bath, in which a jump
 * driven by one bath moves the level of all.
 */
export const reachableStates = (
  transitions: readonly BathTransitions[], windows: readonly number[], dimension: number, marginals: readonly (Float64Array | null)[],
): readonly Uint8Array[] => {
  const reached = transitions.map((_, bath) => {
    const marginal = marginals[bath]!
    return marginal === null ? new Uint8Array(dimension * windows[bath]!).fill(1) : Uint8Array.from(marginal, (p) => (p >= POPULATED ? 1 : 0))
  })
  let moved = marginals.some((marginal) => marginal !== null)
  const links = new Uint8Array(dimension * dimension)
  for (let pass = 0; moved && pass < PASSES; pass += 1) {
    moved = false
    transitions.forEach((jumps, bath) => {
      const states = reached[bath]!
      const count = windows[bath]!
      links.fill(0)
      for (let i = 0; i < jumps.count; i += 1) {
        if (states[jumps.fromLevel[i]! * count + jumps.fromWindow[i]!] === 0) continue
        const to = jumps.toLevel[i]! * count + jumps.toWindow[i]!
        links[jumps.toLevel[i]! * dimension + jumps.fromLevel[i]!] = 1
        if (states[to] === 1) continue
        states[to] = 1
        moved = true
      }
      reached.forEach((others, other) => {
        if (other !== bath && spread(others, windows[other]!, links, dimension)) moved = true
      })
    })
  }
  return reached
}

/** Moves levels q → k of another bath's states along the links; whether anything was new. */
const spread = (states: Uint8Array, windows: number, links: Uint8Array, dimension: number): boolean => {
  let moved = false
  for (let k = 0; k < dimension; k += 1) {
    for (let q = 0; q < dimension; q += 1) {
      if (k === q || links[k * dimension + q] === 0) continue
      for (let window = 0; window < windows; window += 1) {
        if (states[q * windows + window] === 0 || states[k * windows + window] === 1) continue
        states[k * windows + window] = 1
        moved = true
      }
    }
  }
  return moved
}
