import { CONTRACT, succeed } from '@mesobath/contracts'
import type { Outcome, Planes, Problem, RateModel, Vector, WindowCorrelation } from '@mesobath/contracts'
import { bathTransitions } from './bath-transitions.js'
import type { BathTransitions } from './bath-transitions.js'
import { productFillings } from './initial-conditional.js'
import { gridOf } from './nearest-resonance.js'
import type { OffResonance } from './nearest-resonance.js'
import type { PreparedBath } from './prepare-baths.js'
import { VERSION } from './version.js'
import { windowLattice } from './window-lattice.js'
import type { Lattice } from './window-lattice.js'

/**
 * The share of a lattice below which its reached states are kept apart: each then takes about eighty bytes, tables of its jumps included,
 * against thirty-two for every state of the lattice (a state and three vectors of a recurrence).
 */
export const REACHED_SHARE = 0.3

/** Larger lattices than this are not searched before a run: nor could their samples be stored. */
const SEARCHED = 0x2000_0000

/** Numbers as they come, as many as are allowed. */
class Found {
  count = 0
  #values: Int32Array

  constructor(private readonly most: number) {
    this.#values = new Int32Array(Math.min(1024, most))
  }

  /** False where there is no room. */
  add(value: number): boolean {
    if (this.count >= this.most) return false
    if (this.count === this.#values.length) {
      const larger = new Int32Array(Math.min(this.most, 2 * this.count))
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.count] = value
    this.count += 1
    return true
  }

  at(index: number): number {
    return this.#values[index]!
  }

  sorted(): Int32Array {
    return this.#values.slice(0, this.count).sort()
  }
}

/** Where the jumps out of each (level, window) of one bath lead, as steps of the joint index. */
interface Exits {
  readonly first: Int32Array
  readonly step: Float64Array
}

const exitsOf = ({ counts, dimension, size, strides }: Lattice, axis: number, jumps: BathTransitions): Exits => {
  const windows = counts[axis]!
  const { count, fromLevel, fromWindow, toLevel, toWindow } = jumps
  const first = new Int32Array(dimension * windows + 1)
  for (let i = 0; i < count; i += 1) first[fromLevel[i]! * windows + fromWindow[i]! + 1]! += 1
  for (let place = 0; place < dimension * windows; place += 1) first[place + 1]! += first[place]!
  const next = first.slice()
  const step = new Float64Array(count)
  for (let i = 0; i < count; i += 1) {
    const place = fromLevel[i]! * windows + fromWindow[i]!
    step[next[place]!] = (toLevel[i]! - fromLevel[i]!) * size + (toWindow[i]! - fromWindow[i]!) * strides[axis]!
    next[place]! += 1
  }
  return { first, step }
}

/** Calls `visit` with each joint state of the start until it says false; whether it never did. */
type Seeds = (visit: (state: number) => boolean) => boolean

const search = (lattice: Lattice, transitions: readonly BathTransitions[], seeds: Seeds, most: number): Int32Array | null => {
  const { counts, dimension, size, strides } = lattice
  const seen = new Uint8Array(Math.ceil((dimension * size) / 8))
  const found = new Found(most)
  const meet = (state: number): boolean => {
    const bit = 1 << (state & 7)
    const byte = Math.floor(state / 8)
    if ((seen[byte]! & bit) !== 0) return true
    seen[byte]! |= bit
    return found.add(state)
  }
  if (!seeds(meet)) return null
  const exits = transitions.map((jumps, axis) => exitsOf(lattice, axis, jumps))
  for (let i = 0; i < found.count; i += 1) {
    const state = found.at(i)
    const level = Math.floor(state / size)
    const joint = state - level * size
    for (let axis = 0; axis < counts.length; axis += 1) {
      const { first, step } = exits[axis]!
      const place = level * counts[axis]! + (Math.floor(joint / strides[axis]!) % counts[axis]!)
      for (let jump = first[place]!; jump < first[place + 1]!; jump += 1) if (!meet(state + step[jump]!)) return null
    }
  }
  return found.sorted()
}

/**
 * The joint states that probability can come to from those where p(0) > 0, ascending; null where they are more than `most`. On resonance
 * a microcanonical start stays in its energy shell, which is a small part of the lattice.
 *
 * @param transitions - the jumps of each bath, in the lattice's order
 * @param populations - p(0) [level, window₁ … windowₙ]
 * @equation 32
 */
export const reachedStates = (lattice: Lattice, transitions: readonly BathTransitions[], populations: Vector, most: number): Int32Array | null =>
  search(lattice, transitions, (visit) => {
    for (let state = 0; state < populations.length; state += 1) if (populations[state] !== 0 && !visit(state)) return false
    return true
  }, most)

/** Every jump that a flat window of this width would allow, at the same rate. */
const allowedCorrelation = (width: number, couplings: number): WindowCorrelation => ({
  lineShape: { kind: 'flat-window', width, finiteTime: false },
  strength: ({ to }, out: Planes) => {
    for (let row = 0; row < to.length; row += 1) {
      for (let a = 0; a < couplings; a += 1) out.re[(row * couplings + a) * couplings + a] = 1
    }
    return succeed(undefined)
  },
})

/** A bath's couplings and windows, with jumps wherever they allow one. */
const allowed = (problem: Problem, axis: number, offResonance: OffResonance): PreparedBath => {
  const { bath, label, systemCouplings } = problem.baths[axis]!
  const correlation = allowedCorrelation(bath.windows.width, systemCouplings.length)
  const rates: RateModel = {
    contract: CONTRACT, name: 'allowed', package: '@mesobath/composition', version: VERSION, citations: [], recipe: null, needs: [],
    correlate: () => succeed(correlation),
  }
  return {
    label, axis, windows: bath.windows, systemCouplings, meanCouplings: bath.meanCouplings, correlation, rates,
    ...(offResonance === 'nearest' ? { resonanceGrid: gridOf(problem.baths.map((each) => each.bath)) } : {}),
  }
}

const productSeeds = (lattice: Lattice, levels: readonly number[], windows: readonly (readonly number[])[]): Seeds => (visit) => {
  const { size, strides } = lattice
  const walk = (axis: number, state: number): boolean => (axis === windows.length
    ? visit(state)
    : windows[axis]!.every((window) => walk(axis + 1, state + window * strides[axis]!)))
  return levels.every((level) => walk(0, level * size))
}

const indicesWhere = (count: number, holds: (index: number) => boolean): readonly number[] => {
  const indices: number[] = []
  for (let index = 0; index < count; index += 1) if (holds(index)) indices.push(index)
  return indices
}

const seedsOf = (problem: Problem, lattice: Lattice): Outcome<Seeds> => {
  const { initial } = problem
  const { dimension, size } = lattice
  const block = dimension * dimension
  if (initial.kind === 'product') {
    const fillings = productFillings(problem, initial)
    if (fillings._tag === 'Left') return fillings
    const levels = indicesWhere(dimension, (k) => initial.system.re[k * (dimension + 1)] !== 0)
    return succeed(productSeeds(lattice, levels,
      fillings.right.map(({ probabilities }) => indicesWhere(probabilities.length, (window) => probabilities[window] !== 0))))
  }
  return succeed((visit) => {
    for (let joint = 0; joint < size; joint += 1) {
      for (let k = 0; k < dimension; k += 1) if (initial.states.re[joint * block + k * (dimension + 1)] !== 0 && !visit(k * size + joint)) return false
    }
    return true
  })
}

/**
 * How many joint states a run of populations can come to, for an estimate: couplings and windows are read, rate models are not, so that
 * line shapes of their own may reach further. Null where that is most of the lattice, or the lattice is too large to be searched.
 *
 * @returns issues of the initial state
 */
export const countReachedStates = (problem: Problem, offResonance: OffResonance = 'shared'): Outcome<number | null> => {
  const lattice = windowLattice(problem)
  const states = lattice.dimension * lattice.size
  if (states > SEARCHED) return succeed(null)
  const seeds = seedsOf(problem, lattice)
  if (seeds._tag === 'Left') return seeds
  const most = Math.floor(REACHED_SHARE * states)
  // The start alone may be too much: then jumps need not be looked for.
  let started = 0
  if (!seeds.right(() => { started += 1; return started <= most })) return succeed(null)
  const transitions: BathTransitions[] = []
  for (let axis = 0; axis < problem.baths.length; axis += 1) {
    const jumps = bathTransitions(allowed(problem, axis, offResonance), problem.energies, problem.baths[axis]!.strength === 0 ? 0 : 1)
    if (jumps._tag === 'Left') return jumps
    transitions.push(jumps.right)
  }
  return succeed(search(lattice, transitions, seeds.right, most)?.length ?? null)
}
