import { CONTRACT, fail, issue, succeed } from '@mesobath/contracts'
import type { Algorithm, Attachment, BathModel, Capability, ComplexMatrix, Drive, Outcome, Problem, Segment, Status, Stepper } from '@mesobath/contracts'

export const matrix = (dimension: number, re: readonly number[], im: readonly number[] | null = null): ComplexMatrix =>
  ({ rows: dimension, columns: dimension, re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) })

export const SIGMA_X = matrix(2, [0, 1, 1, 0])
export const UP = matrix(2, [0, 0, 0, 1])

export const toyBath = (changes: Partial<BathModel> = {}): BathModel => ({
  contract: CONTRACT, name: 'toy-bath', package: 'test', version: '0', citations: [], recipe: null,
  windows: { energies: Float64Array.of(0, 1, 2), width: 0.5, logVolumes: Float64Array.of(1, 2, 3) },
  couplings: 1, meanCouplings: [new Float64Array(3)], can: {}, ...changes,
})

export const toyAttachment = (changes: Partial<Attachment> = {}): Attachment =>
  ({ label: 'left', bath: toyBath(), strength: 0.1, systemCouplings: [SIGMA_X], ...changes })

export const toyProblem = (changes: Partial<Problem> = {}): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [toyAttachment()],
  initial: { kind: 'product', system: UP, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.25, 0.75, 0) }] },
  times: Float64Array.of(0, 1, 2.5, 4),
  drive: null,
  ...changes,
})

/** A drive of quenches at the given stops, whose energies are the level index times the segment's number plus one. */
export const quenches = (stops: readonly number[]): Drive => ({
  recipe: null,
  segments: (from, to) => {
    const ends = [...stops.filter((stop) => stop > from && stop < to), to]
    return ends.map((end, at): Segment => ({
      from: at === 0 ? from : ends[at - 1]!, to: end, constant: true,
      energies: (_time, out) => { for (let k = 0; k < out.length; k++) out[k] = k * (at + 1) },
      strengths: (_time, out) => out.fill(0.1),
    }))
  },
})

export interface ToyOptions {
  readonly needs?: readonly Capability[]
  readonly contract?: number
  readonly bytes?: number
  readonly coherent?: boolean
  readonly withRates?: boolean
  /** The status of an advance to the given time. */
  readonly statusAt?: (to: number) => Outcome<Status>
  readonly onAdvance?: (to: number) => void
}

export interface Toy {
  readonly algorithm: Algorithm
  readonly log: string[]
}

/** Level 1 of every window decays into level 0 at a rate 0.3, in closed form; the log tells what was called. */
export const toy = (options: ToyOptions = {}): Toy => {
  const log: string[] = []
  const identity = { contract: options.contract ?? CONTRACT, name: 'toy', package: 'test', version: '0', citations: [], recipe: null }
  const algorithm: Algorithm = {
    ...identity,
    needs: options.needs ?? [],
    estimate: () => succeed({ bytes: options.bytes ?? 1000, operations: 1, jointStates: 6 }),
    prepare: async (problem) => {
      log.push('prepare')
      const count = problem.baths[0]!.bath.windows.energies.length
      const energies = new Float64Array(2)
      const strengths = new Float64Array(problem.baths.length)
      const populations = new Float64Array(2 * count)
      const populationRates = new Float64Array(2 * count)
      const conditional = { re: new Float64Array(4 * count), im: new Float64Array(4 * count) }
      const scalars = { work: 0 }
      const begin = problem.times[0]!
      let time = begin
      let entered: Segment | null = null
      const stepper: Stepper = {
        frame: {
          dimension: 2, baths: problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows })),
          algorithm: identity, rates: problem.baths.map(() => null), backend: 'none',
        },
        get time() { return time },
        enter: (segment) => {
          log.push(`enter ${segment.from}`)
          const old = energies[1]!
          segment.energies(segment.from, energies)
          segment.strengths(segment.from, strengths)
          if (entered !== null) scalars.work += (energies[1]! - old) * Math.exp(-0.3 * (time - begin))
          entered = segment
          return succeed(undefined)
        },
        advance: async (to) => {
          log.push(`advance ${to}`)
          options.onAdvance?.(to)
          const status = options.statusAt?.(to) ?? succeed<Status>('ok')
          if (status._tag === 'Right' && status.right === 'ok') time = to
          return status
        },
        sample: (side) => {
          for (let window = 0; window < count; window++) {
            const excited = Math.exp(-0.3 * (time - begin)) / count
            populations[window] = 1 / count - excited
            populations[count + window] = excited
            populationRates[window] = 0.3 * excited
            populationRates[count + window] = -0.3 * excited
            conditional.re.set([1 / count - excited, 0.01, 0.01, excited], 4 * window)
            conditional.im.set([0, -0.02, 0.02, 0], 4 * window)
          }
          return {
            time, side, energies, strengths, populations, scalars: { ...scalars },
            populationRates: options.withRates === false ? null : populationRates,
            conditional: options.coherent === true ? conditional : null,
          }
        },
        validity: () => [],
        checkpoint: () => options.coherent === true
          ? succeed({ kind: 'conditional', states: { re: conditional.re.slice(), im: conditional.im.slice() }, memoryStart: begin })
          : fail(issue('toy/checkpoint', [], 'no')),
        dispose: () => log.push('dispose'),
      }
      return succeed(stepper)
    },
  }
  return { algorithm, log }
}
