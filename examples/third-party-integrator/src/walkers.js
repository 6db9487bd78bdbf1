import { log, randomStream } from '@mesobath/kernels'

/**
 * The jumps that leave each (level, window) of one bath, with running sums of their rates.
 *
 * @param {import('@mesobath/composition').BathTransitions} transitions
 * @param {number} levels
 * @param {number} windows
 */
const departures = (transitions, levels, windows) => {
  const table = Array.from({ length: levels * windows }, () => ({ total: 0, sums: [], toLevel: [], toWindow: [] }))
  for (let i = 0; i < transitions.count; i += 1) {
    const place = table[transitions.fromLevel[i] * windows + transitions.fromWindow[i]]
    place.total += transitions.rate[i]
    place.sums.push(place.total)
    place.toLevel.push(transitions.toLevel[i])
    place.toWindow.push(transitions.toWindow[i])
  }
  return table
}

/** The jumps of every bath while energies and strengths hold. */
export const jumpTables = (lattice, perBath) => perBath.map((transitions, axis) => departures(transitions, lattice.dimension, lattice.counts[axis]))

/**
 * N walkers over joint states (level, window of each bath): each keeps a random stream of its own, so that no result depends on the order in
 * which they move.
 */
export class Walkers {
  constructor(lattice, initial, count, seed) {
    const { counts, dimension, size, strides } = lattice
    this.lattice = lattice
    this.count = count
    this.level = new Int32Array(count)
    this.window = counts.length === 0 ? [] : Array.from(counts, () => new Int32Array(count))
    this.streams = Array.from({ length: count }, (_, walker) => randomStream(seed, walker))
    const sums = new Float64Array(dimension * size)
    let total = 0
    for (let state = 0; state < sums.length; state += 1) {
      total += Math.max(0, initial[state])
      sums[state] = total
    }
    for (let walker = 0; walker < count; walker += 1) {
      const state = firstAbove(sums, this.streams[walker].uniform() * total)
      this.level[walker] = Math.floor(state / size)
      for (let axis = 0; axis < counts.length; axis += 1) this.window[axis][walker] = Math.floor((state % size) / strides[axis]) % counts[axis]
    }
  }

  /** Moves every walker by `time`: waiting times of a Poisson process forget, so a run may be cut anywhere. */
  advance(tables, time) {
    for (let walker = 0; walker < this.count; walker += 1) this.#walk(tables, walker, time)
  }

  #walk(tables, walker, time) {
    const stream = this.streams[walker]
    for (let left = time; ;) {
      let total = 0
      for (let axis = 0; axis < tables.length; axis += 1) total += this.#place(tables, walker, axis).total
      if (total === 0) return
      left += log(1 - stream.uniform()) / total
      if (left <= 0) return
      let aim = stream.uniform() * total
      for (let axis = 0; axis < tables.length; axis += 1) {
        const place = this.#place(tables, walker, axis)
        if (aim < place.total || axis === tables.length - 1) {
          const jump = firstAbove(place.sums, aim)
          this.level[walker] = place.toLevel[jump]
          this.window[axis][walker] = place.toWindow[jump]
          break
        }
        aim -= place.total
      }
    }
  }

  #place(tables, walker, axis) {
    return tables[axis][this.level[walker] * this.lattice.counts[axis] + this.window[axis][walker]]
  }

  /** The share of walkers in each joint state [level, window₁ … windowₙ]. */
  shares(out) {
    const { counts, size, strides } = this.lattice
    out.fill(0)
    for (let walker = 0; walker < this.count; walker += 1) {
      let state = this.level[walker] * size
      for (let axis = 0; axis < counts.length; axis += 1) state += this.window[axis][walker] * strides[axis]
      out[state] += 1
    }
    for (let state = 0; state < out.length; state += 1) out[state] /= this.count
  }
}

/** The first index whose running sum exceeds a number; the last where rounding leaves none. */
const firstAbove = (sums, aim) => {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle] > aim) high = middle
    else low = middle + 1
  }
  return low
}
