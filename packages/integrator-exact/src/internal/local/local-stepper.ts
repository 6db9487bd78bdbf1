import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Finding, Frame, Host, InitialState, Outcome, Problem, Sample, Segment, Side, Status, Stepper } from '@mesobath/contracts'
import { makePace } from '../pace.js'
import { exactFindings } from '../validity.js'
import { localEvolution } from './local-evolution.js'
import type { LocalEvolution } from './local-evolution.js'
import { localMeter } from './local-reading.js'
import type { LocalMeter, LocalReading } from './local-reading.js'
import type { LocalShop } from './local-shop.js'
import { samplingFinding } from './sampling-error.js'

/** What a run of a bath of local terms was prepared with; its state stands in the shop. */
export interface LocalPreparation {
  readonly problem: Problem
  readonly host: Host
  readonly frame: Frame
  readonly shop: LocalShop
  /** Random vectors the state is averaged over. */
  readonly draws: number
  /** Of one series. */
  readonly tolerance: number
}

/** Windows that hold less than this share of the fullest one do not count as populated: soft edges leave a little everywhere. */
const POPULATED = 0.1

/** Moves the exact state of a system and a bath of local terms, matrix-free; see `exact`. */
export class LocalStepper implements Stepper {
  readonly frame: Frame
  readonly #given: LocalPreparation
  readonly #evolution: LocalEvolution
  readonly #meter: LocalMeter
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  /** Where each column stands: a cancelled step leaves some ahead of others. */
  readonly #columnTimes: Float64Array
  readonly #end: number
  #samplingError = 0
  #populated: readonly number[] = []
  #time: number
  #segment: Segment | null = null
  #work = 0
  #firstNorm = 1
  #firstEnergy = 0
  #normDrift = 0
  #energyDrift = 0

  private constructor(given: LocalPreparation, meter: LocalMeter) {
    const { problem, shop } = given
    this.#given = given
    this.frame = given.frame
    this.#evolution = localEvolution(shop, given.tolerance)
    this.#meter = meter
    this.#time = problem.times[0]!
    this.#end = problem.times[problem.times.length - 1]!
    this.#columnTimes = new Float64Array(shop.columns).fill(this.#time)
    this.#energies = Float64Array.from(problem.energies)
    this.#strengths = Float64Array.of(problem.baths[0]!.strength)
  }

  /** Reads the initial state; `samplingError` tells the standard error of probabilities from the first reading. */
  static async begin(given: LocalPreparation, samplingError: (reading: LocalReading) => number): Promise<LocalStepper> {
    const meter = localMeter(given.shop, given.draws)
    const stepper = new LocalStepper(given, meter)
    await meter.read(makePace(given.host))
    const { reading } = meter
    stepper.#firstNorm = reading.norm
    stepper.#samplingError = samplingError(reading)
    const windows = given.shop.model.windows.energies.length
    const filled = Float64Array.from({ length: windows }, (_, window) =>
      reading.populations.reduce((sum, p, at) => (at % windows === window ? sum + p : sum), 0))
    const most = filled.reduce((high, p) => Math.max(high, p), 0)
    stepper.#populated = Array.from(filled.keys()).filter((window) => filled[window]! >= POPULATED * most)
    return stepper
  }

  get time(): number {
    return this.#time
  }

  enter(segment: Segment): Outcome<void> {
    if (segment.from !== this.#time) {
      if (this.#segment !== null && this.#time === this.#segment.to && this.#time === this.#end) {
        return fail(issue('integrator-exact/beyond-run', ['times'], `a segment must begin before the end of the run, ${this.#end}, but begins at ${segment.from}`))
      }
      throw new Error(`a segment must begin where the last one ended, at ${this.#time}, but begins at ${segment.from}`)
    }
    if (!segment.constant) {
      return fail(issue('integrator-exact/local-smooth-drive', ['drive'],
        `\`drive\` must be constant between its stops where the bath is given by local terms, but moves smoothly from ${segment.from} to ${segment.to}`))
    }
    const energies = new Float64Array(this.#energies.length)
    const strengths = new Float64Array(1)
    segment.energies(segment.from, energies)
    segment.strengths(segment.from, strengths)
    const before = this.#energy()
    this.#energies.set(energies)
    this.#strengths.set(strengths)
    // The drive's first values are the start of the run, not a quench.
    if (this.#segment === null) this.#firstEnergy = this.#energy()
    else this.#work += this.#energy() - before
    this.#segment = segment
    return succeed(undefined)
  }

  async advance(to: number, signal?: Cancellation): Promise<Outcome<Status>> {
    const segment = this.#segment
    if (segment === null) throw new Error('`enter` must come before `advance`')
    if (!(to >= this.#time && to <= segment.to)) throw new RangeError(`\`to\` must lie in [${this.#time}, ${segment.to}], but is ${to}`)
    if (to === this.#time) return succeed('ok')
    const pace = makePace(this.#given.host, signal)
    if (signal?.aborted === true) return succeed('cancelled')
    const couplings = { energies: this.#energies, strength: this.#strengths[0]! }
    for (let column = 0; column < this.#columnTimes.length; column++) {
      const from = this.#columnTimes[column]!
      // After a cancelled advance a column may stand beyond `to`: time runs backwards as well.
      if (from === to) continue
      if (!(await this.#evolution.move(column, to - from, couplings, pace))) return succeed('cancelled')
      this.#columnTimes[column] = to
    }
    if (!(await this.#meter.read(pace))) return succeed('cancelled')
    this.#time = to
    const { norm } = this.#meter.reading
    this.#normDrift = Math.max(this.#normDrift, Math.abs(norm - this.#firstNorm))
    this.#energyDrift = Math.max(this.#energyDrift, Math.abs(this.#energy() - this.#work - this.#firstEnergy))
    return succeed('ok')
  }

  sample(side: Side): Sample {
    const { populations, re, im, norm, bathEnergy, unitInteraction } = this.#meter.reading
    return {
      time: this.#time,
      side,
      energies: this.#energies,
      strengths: this.#strengths,
      populations,
      populationRates: null,
      conditional: { re, im },
      scalars: {
        work: this.#work,
        norm,
        energy: this.#energy(),
        interactionEnergy: this.#strengths[0]! * unitInteraction,
        [`bathEnergy/${this.#given.shop.model.label}`]: bathEnergy,
        samplingError: this.#samplingError,
      },
    }
  }

  validity(): readonly Finding[] {
    const { problem, shop, draws } = this.#given
    const { lower, upper } = shop.bounds
    return [
      ...exactFindings([shop.model.windows], [this.#populated], this.#time - problem.times[0]!, {
        norm: this.#normDrift, energy: this.#energyDrift, energyScale: Math.max(Math.abs(lower), Math.abs(upper)), accuracy: 0,
      }),
      samplingFinding(this.#samplingError, draws),
    ]
  }

  checkpoint(): Outcome<InitialState> {
    return fail(issue('integrator-exact/checkpoint', [],
      'a checkpoint must hold ρ_S(E), but the state of an exact run is that of the whole bath; run it in one piece'))
  }

  dispose(): void {
    // One piece of memory, which goes with the stepper.
  }

  /** Σ ε_k p_k + ⟨H_B⟩ + λ⟨H_int⟩ of the last reading. */
  #energy(): number {
    const { re, bathEnergy, unitInteraction } = this.#meter.reading
    const d = this.#energies.length
    let sum = bathEnergy + this.#strengths[0]! * unitInteraction
    for (let at = 0; at < re.length; at += d * d) for (let k = 0; k < d; k++) sum += this.#energies[k]! * re[at + k * d + k]!
    return sum
  }
}
