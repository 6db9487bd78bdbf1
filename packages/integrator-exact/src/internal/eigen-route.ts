import type { Segment, Status } from '@mesobath/contracts'
import type { ConstantMeans } from './constant-means.js'
import { EigenEvolution } from './eigen-evolution.js'
import { diagonaliseAll } from './eigensystem.js'
import type { Eigensystem } from './eigensystem.js'
import { allocateState, releaseState } from './evolution.js'
import type { Couplings } from './couplings.js'
import { copyReading, makeReading } from './moments.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'
import { prefersEigenbasis, stopsWithin } from './sizing.js'

/** Eigenbases kept: a protocol that switches between two settings finds each once. */
const REMEMBERED_SYSTEMS = 2
/** Output times read at once. */
const READ_AHEAD = 128

/** A segment that is crossed in the eigenbasis of its H; null in place of it where that is not worth it. */
interface Phases {
  readonly segment: Segment
  readonly evolution: EigenEvolution | null
  /** What has been read off, by time. */
  readonly readings: Map<number, Reading>
}

/** Crosses constant segments in the eigenbasis of H, where that is the cheaper way. */
export class EigenRoute {
  readonly #means: ConstantMeans
  readonly #end: number
  readonly #systems = new Map<string, Eigensystem>()
  #phases: Phases | null = null

  constructor(means: ConstantMeans) {
    this.#means = means
    this.#end = means.times[means.times.length - 1]!
  }

  /** Leaves the segment it is in. */
  restart(): void {
    this.#phases?.evolution?.dispose()
    this.#phases = null
  }

  dispose(): void {
    this.restart()
    for (const system of this.#systems.values()) system.dispose()
    this.#systems.clear()
  }

  /** Reads all there is to read at `to`; null where the segment is better crossed by polynomials. */
  async advance(segment: Segment, to: number, couplings: Couplings, pace: Pace): Promise<Status | null> {
    const phases = await this.#enter(segment, couplings, pace)
    if (phases === 'cancelled') return 'cancelled'
    const { evolution, readings } = phases
    if (evolution === null) return null
    const { shop, held, times, schedule } = this.#means
    let reading = readings.get(to)
    if (reading === undefined) {
      const ahead = times.filter((time) => time > to && time <= segment.to).subarray(0, READ_AHEAD - 1)
      const wanted = Float64Array.of(to, ...ahead)
      const made = Array.from(wanted, () => makeReading(shop.model))
      if (!(await evolution.read(wanted.map((time) => time - segment.from), (index) => made[index]!, pace))) return 'cancelled'
      readings.clear()
      wanted.forEach((time, at) => readings.set(time, made[at]!))
      reading = made[0]!
    }
    if ((to === segment.to && to < this.#end) || schedule.wanted(to)) {
      const reached = allocateState(shop)
      if (!(await evolution.write(to - segment.from, reached, pace))) {
        releaseState(shop.backend, reached)
        return 'cancelled'
      }
      releaseState(shop.backend, held.psi)
      held.psi = reached
      held.time = to
    }
    copyReading(reading, this.#means.reading)
    return 'ok'
  }

  /** Decides once per segment whether to cross it in the eigenbasis, and takes the state there. */
  async #enter(segment: Segment, couplings: Couplings, pace: Pace): Promise<Phases | 'cancelled'> {
    if (this.#phases?.segment === segment) return this.#phases
    const { shop, sizing, times, tolerance, held } = this.#means
    const key = `${couplings.energies.join()};${couplings.strengths.join()}`
    let system = this.#systems.get(key) ?? null
    let evolution: EigenEvolution | null = null
    const stops = stopsWithin(times, segment.from, segment.to)
    const radius = sizing.radiusOf(couplings.energies, couplings.strengths)
    if (shop.backend.multiplyAs !== undefined &&
      prefersEigenbasis(sizing, radius, segment.to - segment.from, stops, tolerance, system !== null)) {
      if (system === null) {
        const found = await diagonaliseAll(shop, couplings, pace)
        if (found === 'cancelled') return found
        system = found
        if (found !== null) this.#remember(key, found)
      }
      if (system !== null) {
        evolution = await EigenEvolution.begin(shop, system, held.psi, sizing.pairs, pace)
        if (evolution === null) return 'cancelled'
      }
    }
    this.#phases = { segment, evolution, readings: new Map() }
    return this.#phases
  }

  #remember(key: string, system: Eigensystem): void {
    for (const [old, unused] of this.#systems) {
      if (this.#systems.size < REMEMBERED_SYSTEMS) break
      unused.dispose()
      this.#systems.delete(old)
    }
    this.#systems.set(key, system)
  }
}
