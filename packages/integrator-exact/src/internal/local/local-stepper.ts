import { fail, issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Finding, Frame, Host, InitialState, Outcome, Problem, Sample, Segment, Side, Status, Stepper } from '@mesobath/contracts'
import { DrivePower } from '../drive-power.js'
import { makePace } from '../pace.js'
import type { Pace } from '../pace.js'
import { exactFindings } from '../validity.js'
import { localEvolution } from './local-evolution.js'
import type { LocalEvolution } from './local-evolution.js'
import { localMeter } from './local-reading.js'
import type { LocalModel } from './local-model.js'
import type { LocalMeter, LocalReading } from './local-reading.js'
import type { LocalShop } from './local-shop.js'
import { smoothEvolution } from './local-taylor.js'
import type { ColumnBooks, SmoothEvolution } from './local-taylor.js'
import { samplingFinding, windowProbabilities } from './sampling-error.js'

/** What a run with baths of local terms was prepared with; its state stands in the shop. */
export interface LocalPreparation {
  readonly problem: Problem
  readonly host: Host
  readonly frame: Frame
  readonly shop: LocalShop
  /** Random vectors the state is averaged over. */
  readonly draws: number
  /** Of one series. */
  readonly tolerance: number
  /** Of every probability over the run. */
  readonly accuracy: number
}

/** Probabilities err by at most twice what Ψ does, and half of the tolerance is left for everything else. */
const STEP_SHARE = 0.25

/** Windows that hold less than this share of the fullest one do not count as populated: soft edges leave a little everywhere. */
const POPULATED = 0.1

/** Moves the exact state of a system and baths of local terms, matrix-free; see `exact`. */
export class LocalStepper implements Stepper {
  readonly frame: Frame
  readonly #given: LocalPreparation
  readonly #evolution: LocalEvolution
  readonly #smooth: SmoothEvolution
  readonly #meter: LocalMeter
  readonly #energies: Float64Array
  readonly #strengths: Float64Array
  /** Where each column stands, and what smooth drives did to it: a cancelled advance leaves some ahead of others. */
  readonly #books: ColumnBooks
  readonly #rates: Float64Array
  readonly #power: DrivePower
  readonly #end: number
  #samplingError = 0
  #populated: readonly (readonly number[])[] = []
  #time: number
  #segment: Segment | null = null
  /** Jumps, and what smooth drives have done up to `time`. */
  #work = 0
  #smoothWork = 0
  /** Whether a smooth segment has been entered: from then on the tolerance counts, not rounding. */
  #driven = false
  #firstNorm = 1
  #firstEnergy = 0
  #normDrift = 0
  #energyDrift = 0

  private constructor(given: LocalPreparation, meter: LocalMeter) {
    const { problem, shop } = given
    this.#given = given
    this.frame = given.frame
    this.#time = problem.times[0]!
    this.#end = problem.times[problem.times.length - 1]!
    this.#evolution = localEvolution(shop, given.tolerance)
    this.#smooth = smoothEvolution(shop, (STEP_SHARE * given.accuracy) / (this.#end - this.#time))
    this.#meter = meter
    this.#books = { times: new Float64Array(shop.columns).fill(this.#time), work: new Float64Array(shop.columns) }
    this.#rates = new Float64Array(meter.reading.populations.length)
    this.#energies = Float64Array.from(problem.energies)
    this.#strengths = Float64Array.from(problem.baths, ({ strength }) => strength)
    this.#power = new DrivePower(this.#energies.length, this.#strengths.length)
  }

  /** Reads the initial state, null where cancelled; `samplingError` tells the standard error of probabilities from the first reading. */
  static async begin(given: LocalPreparation, samplingError: (reading: LocalReading) => number, pace: Pace): Promise<LocalStepper | null> {
    const meter = localMeter(given.shop, given.draws)
    const stepper = new LocalStepper(given, meter)
    if (!(await meter.read(pace))) return null
    const { reading } = meter
    stepper.#firstNorm = reading.norm
    stepper.#samplingError = samplingError(reading)
    stepper.#populated = populatedWindows(given.shop.model, reading)
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
    const read = this.#power.enter(segment)
    if (read._tag === 'Left') return read
    const before = this.#energy()
    segment.energies(segment.from, this.#energies)
    segment.strengths(segment.from, this.#strengths)
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
    const { times } = this.#books
    const couplings = { energies: this.#energies, strengths: this.#strengths }
    this.#driven ||= !segment.constant
    for (let column = 0; column < times.length; column++) {
      // After a cancelled advance a column may stand beyond `to`: time runs backwards as well.
      if (times[column] === to) continue
      if (!segment.constant) {
        const status = await this.#smooth.move(column, segment, to, this.#books, pace)
        if (status !== 'ok') return succeed(status)
      } else if (await this.#evolution.move(column, to - times[column]!, couplings, pace)) times[column] = to
      else return succeed('cancelled')
    }
    if (!(await this.#meter.read(pace))) return succeed('cancelled')
    this.#time = to
    if (!segment.constant) {
      segment.energies(to, this.#energies)
      segment.strengths(to, this.#strengths)
      const done = this.#books.work.reduce((sum, each) => sum + each, 0) / this.#given.draws
      this.#work += done - this.#smoothWork
      this.#smoothWork = done
    }
    const { norm } = this.#meter.reading
    this.#normDrift = Math.max(this.#normDrift, Math.abs(norm - this.#firstNorm))
    this.#energyDrift = Math.max(this.#energyDrift, Math.abs(this.#energy() - this.#work - this.#firstEnergy))
    return succeed('ok')
  }

  sample(side: Side): Sample {
    const { populations, unitRates, unitInteractions, re, im, norm, bathEnergies } = this.#meter.reading
    this.#rates.fill(0)
    unitRates.forEach((rates, bath) => {
      const strength = this.#strengths[bath]!
      for (let node = 0; node < rates.length; node++) this.#rates[node] = this.#rates[node]! + strength * rates[node]!
    })
    return {
      time: this.#time,
      side,
      energies: this.#energies,
      strengths: this.#strengths,
      populations,
      populationRates: this.#rates,
      conditional: { re, im },
      scalars: {
        work: this.#work,
        power: this.#power.at(this.#time, this.#energies, this.#strengths, populations, unitInteractions),
        norm,
        energy: this.#energy(),
        interactionEnergy: this.#interaction(),
        ...Object.fromEntries(this.#given.shop.model.baths.map(({ label }, bath) => [`bathEnergy/${label}`, bathEnergies[bath]!])),
        samplingError: this.#samplingError,
      },
    }
  }

  validity(): readonly Finding[] {
    const { problem, shop, draws, accuracy } = this.#given
    const energyScale = shop.bounds.reduce((sum, { lower, upper }) => sum + Math.max(Math.abs(lower), Math.abs(upper)), 0)
    return [
      ...exactFindings(shop.model.baths.map(({ windows }) => windows), this.#populated, this.#time - problem.times[0]!, {
        norm: this.#normDrift, energy: this.#energyDrift, energyScale, accuracy: this.#driven ? accuracy : 0,
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

  /** Σ λ_ν ⟨V_ν⟩. */
  #interaction(): number {
    return this.#meter.reading.unitInteractions.reduce((sum, each, bath) => sum + this.#strengths[bath]! * each, 0)
  }

  /** Σ ε_k p_k + Σ ⟨H_ν⟩ + Σ λ_ν ⟨V_ν⟩ of the last reading. */
  #energy(): number {
    const { re, bathEnergies } = this.#meter.reading
    const d = this.#energies.length
    let sum = this.#interaction()
    for (const energy of bathEnergies) sum += energy
    for (let at = 0; at < re.length; at += d * d) for (let k = 0; k < d; k++) sum += this.#energies[k]! * re[at + k * d + k]!
    return sum
  }
}

/** Windows of each bath that hold a share worth the name of what its fullest one does. */
const populatedWindows = ({ baths, windows, strides }: LocalModel, { populations }: LocalReading): readonly (readonly number[])[] => {
  const joint = windowProbabilities(populations, windows)
  return baths.map((bath, at) => {
    const filled = new Float64Array(bath.windows.energies.length)
    joint.forEach((p, window) => {
      const own = Math.floor(window / strides[at]!) % filled.length
      filled[own] = filled[own]! + p
    })
    const most = filled.reduce((high, p) => Math.max(high, p), 0)
    return Array.from(filled.keys()).filter((window) => filled[window]! >= POPULATED * most)
  })
}
