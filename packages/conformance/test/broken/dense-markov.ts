import { CONTRACT, fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, Outcome, Problem, RateModel, Sample, Segment, Status, Stepper } from '@mesobath/contracts'

/** One jump (q,E') → (k,E) of the toy. */
export interface Jump {
  readonly to: number
  readonly from: number
  readonly up: boolean
  readonly rate: number
}

/** What a mutant changes; left alone, the toy is sound. */
export interface Flaws {
  readonly identity?: Partial<Algorithm>
  readonly jumps?: (jumps: readonly Jump[], problem: Problem) => readonly Jump[]
  /** Time of the dynamics as a function of time. */
  readonly clock?: (time: number, strength: number) => number
  readonly strength?: (strength: number) => number
  readonly dropImaginary?: boolean
  readonly populations?: (populations: Float64Array, time: number) => Float64Array
  readonly sample?: (sample: Sample) => Sample
  readonly deaf?: boolean
  readonly checkpoint?: 'initial'
  readonly scheme?: 'runge-kutta' | 'euler'
  readonly step?: (tolerance: number) => number
  readonly arrival?: (to: number) => number
}

const populationsOf = ({ baths, energies, initial }: Problem): Outcome<Float64Array> => {
  const d = energies.length
  const windows = baths[0]!.bath.windows.energies.length
  if (initial.kind === 'conditional') {
    return succeed(Float64Array.from({ length: d * windows }, (_, state) => initial.states.re[(state % windows) * d * d + Math.floor(state / windows) * (d + 1)]!))
  }
  const [state] = initial.baths
  if (state?.kind !== 'windows') return fail(issue('toy/state', ['initial'], '`initial` must be given by windows, but is not'))
  return succeed(Float64Array.from({ length: d * windows }, (_, i) => initial.system.re[Math.floor(i / windows) * (d + 1)]! * state.probabilities[i % windows]!))
}

const jumpsOf = (problem: Problem, rates: RateModel, energies: Float64Array, strength: number, dropImaginary: boolean): readonly Jump[] => {
  const { bath, systemCouplings } = problem.baths[0]!
  const { energies: centres, logVolumes, width } = bath.windows
  const correlation = orThrow(rates.correlate(bath))
  const [d, windows, couplings] = [energies.length, centres.length, bath.couplings]
  const jumps: Jump[] = []
  for (let k = 0; k < d; k += 1) {
    for (let q = 0; q < d; q += 1) {
      for (let to = 0; to < windows; to += 1) {
        for (let from = 0; from < windows; from += 1) {
          const mismatch = energies[q]! - energies[k]! + centres[from]! - centres[to]!
          const weight = 1 - Math.abs(mismatch) / width
          if (k === q || weight <= 0) continue
          const kappa = { re: new Float64Array(couplings ** 2), im: new Float64Array(couplings ** 2) }
          orThrow(correlation.strength({ to: Int32Array.of(to), from: Int32Array.of(from) }, kappa))
          let sum = 0
          for (let left = 0; left < couplings; left += 1) {
            for (let right = 0; right < couplings; right += 1) {
              const [a, b] = [systemCouplings[left]!, systemCouplings[right]!]
              const [ar, ai, br, bi] = [a.re[k * d + q]!, a.im?.[k * d + q] ?? 0, b.re[k * d + q]!, b.im?.[k * d + q] ?? 0]
              sum += (br * ar + bi * ai) * kappa.re[left * couplings + right]! - (dropImaginary ? 0 : (br * ai - bi * ar) * kappa.im[left * couplings + right]!)
            }
          }
          jumps.push({ to: k * windows + to, from: q * windows + from, up: to > from, rate: strength ** 2 * weight * sum * Math.exp((logVolumes[to]! - logVolumes[from]!) / 2) })
        }
      }
    }
  }
  return jumps
}

/** A stranger's Markov solver: the rate equation as a list of jumps, stepped by Runge and Kutta, or by a mutant of it. */
export const denseMarkov = (rates: RateModel, flaws: Flaws = {}): Algorithm => {
  const { checkpoint, clock = (time) => time, deaf = false, dropImaginary = false, scheme = 'runge-kutta', strength: strengthOf = (x) => x } = flaws
  const identity = { contract: CONTRACT, name: 'dense-markov', package: '@stranger/dense', version: '1.0.0', citations: [], recipe: null }
  const algorithm: Algorithm = {
    ...identity, needs: [],
    estimate: ({ baths, energies }) => succeed({ bytes: 1e4, operations: 1e5, jointStates: energies.length * baths[0]!.bath.windows.energies.length }),
    prepare: async (problem, _host, tolerance): Promise<Outcome<Stepper>> => {
      const start = populationsOf(problem)
      if (start._tag === 'Left') return start
      const d = problem.energies.length
      const { bath, label, strength } = problem.baths[0]!
      const windows = bath.windows.energies.length
      let populations = start.right
      let jumps: readonly Jump[] = []
      let energies = problem.energies.slice()
      let entered = false
      let work = 0
      let time = problem.times[0]!
      const derivative = (p: Float64Array): Float64Array => {
        const out = new Float64Array(p.length)
        for (const { from, rate, to } of jumps) {
          out[to]! += rate * p[from]!
          out[from]! -= rate * p[from]!
        }
        return out
      }
      const moved = (p: Float64Array, by: Float64Array, step: number): Float64Array => p.map((x, i) => x + step * by[i]!)
      const stepOf = (p: Float64Array, step: number): Float64Array => {
        const a = derivative(p)
        if (scheme === 'euler') return moved(p, a, step)
        const b = derivative(moved(p, a, step / 2))
        const c = derivative(moved(p, b, step / 2))
        const e = derivative(moved(p, c, step))
        return p.map((x, i) => x + (step / 6) * (a[i]! + 2 * b[i]! + 2 * c[i]! + e[i]!))
      }
      const populationsTold = (): Float64Array => flaws.populations?.(populations, time) ?? populations
      const enter = (segment: Segment): Outcome<void> => {
        const next = new Float64Array(d)
        segment.energies(segment.from, next)
        if (entered) next.forEach((energy, k) => { work += (energy - energies[k]!) * populations.slice(k * windows, (k + 1) * windows).reduce((sum, p) => sum + p, 0) })
        entered = true
        energies = next
        const made = jumpsOf(problem, rates, energies, strengthOf(strength), dropImaginary)
        jumps = flaws.jumps?.(made, problem) ?? made
        return succeed(undefined)
      }
      return succeed({
        frame: { dimension: d, baths: [{ label, windows: bath.windows }], algorithm: identity, rates: [null], backend: 'none' },
        get time() { return time },
        enter,
        advance: async (to, signal): Promise<Outcome<Status>> => {
          if (signal?.aborted === true && !deaf) return succeed('cancelled')
          const [from, until] = [clock(time, strength), clock(to, strength)]
          const steps = Math.max(1, Math.ceil(Math.abs(until - from) / (flaws.step?.(tolerance) ?? 0.02)))
          for (let i = 0; i < steps; i += 1) populations = stepOf(populations, (until - from) / steps)
          time = flaws.arrival?.(to) ?? to
          return succeed('ok')
        },
        sample: (side) => {
          const sample: Sample = {
            time, side, energies, strengths: Float64Array.of(strength), populations: populationsTold(), populationRates: derivative(populations), conditional: null, scalars: { work, power: 0 },
          }
          return flaws.sample?.(sample) ?? sample
        },
        validity: () => [],
        checkpoint: () => {
          const kept = checkpoint === 'initial' ? start.right : populations
          const re = new Float64Array(windows * d * d)
          kept.forEach((p, state) => { re[(state % windows) * d * d + Math.floor(state / windows) * (d + 1)] = p })
          return succeed({ kind: 'conditional', states: { re, im: null }, memoryStart: time })
        },
        dispose: () => undefined,
      })
    },
    ...flaws.identity,
  }
  return algorithm
}
