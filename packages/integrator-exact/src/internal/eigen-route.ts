import type { Segment, Status } from '@mesobath/contracts'
import { isWholeRun } from './constant-means.js'
import type { ConstantMeans } from './constant-means.js'
import { evenWeights } from './diagonal-start.js'
import { EigenEvolution } from './eigen-evolution.js'
import { makeForms } from './eigen-forms.js'
import type { Forms } from './eigen-forms.js'
import { REMEMBERED_SYSTEMS, settingKey, setupWork } from './eigen-plan.js'
import { diagonaliseAll } from './eigensystem.js'
import type { Eigensystem } from './eigensystem.js'
import { allocateState, releaseState } from './evolution.js'
import type { Couplings } from './couplings.js'
import { copyReading, makeReading } from './moments.js'
import type { Reading } from './moments.js'
import type { Pace } from './pace.js'
import { prefersEigenbasis, stopsWithin } from './sizing.js'

/** Output times read at once. */
const READ_AHEAD = 128

/** H at one setting, with the forms of its eigenbasis as long as there is room for them. */
interface Known {
  readonly system: Eigensystem
  forms: Forms | null
}

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
  readonly #known = new Map<string, Known>()
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
    this.#forget(0)
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
    const key = settingKey(couplings)
    let known = this.#known.get(key) ?? null
    let evolution: EigenEvolution | null = null
    const whole = isWholeRun(this.#means, segment)
    const stops = stopsWithin(times, segment.from, segment.to)
    const radius = sizing.radiusOf(couplings.energies, couplings.strengths)
    const { eigen } = sizing
    if (shop.backend.multiplyAs !== undefined && eigen !== null && prefersEigenbasis(
      sizing, radius, segment.to - segment.from, stops, tolerance,
      setupWork(eigen, key, { basis: known !== null, forms: known !== null && known.forms !== null }, whole))) {
      if (known === null) this.#forget(REMEMBERED_SYSTEMS - 1)
      if (known === null || known.forms === null) this.#makeRoom(eigen.kept - 1)
      if (known === null) {
        const found = await diagonaliseAll(shop, couplings, whole && eigen.alone !== null, pace)
        if (found === 'cancelled') return found
        if (found !== null) {
          known = { system: found, forms: null }
          this.#known.set(key, known)
        }
      }
      if (known !== null) {
        known.forms ??= await makeForms(shop, known.system, sizing, couplings, pace)
        if (known.forms === null) return 'cancelled'
        evolution = await EigenEvolution.begin(shop, known.system, known.forms, held.psi, evenWeights(shop, held.psi), pace)
        if (evolution === null) return 'cancelled'
      }
    }
    this.#phases = { segment, evolution, readings: new Map() }
    return this.#phases
  }

  /** Keeps the latest `most` systems alone. */
  #forget(most: number): void {
    for (const [key, { system, forms }] of this.#known) {
      if (this.#known.size <= most) break
      forms?.dispose()
      system.dispose()
      this.#known.delete(key)
    }
  }

  /** Keeps the latest `most` sets of forms alone. */
  #makeRoom(most: number): void {
    const formed = [...this.#known.values()].filter(({ forms }) => forms !== null)
    for (const known of formed.slice(0, Math.max(0, formed.length - most))) {
      known.forms!.dispose()
      known.forms = null
    }
  }
}
