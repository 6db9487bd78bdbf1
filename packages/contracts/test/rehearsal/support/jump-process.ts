import { fail, issue, succeed } from '@mesobath/contracts'
import type { Algorithm, InitialState, Issue, Issues, Outcome, Problem, RateModel, Segment, Stepper, Vector } from '@mesobath/contracts'
import { toyIdentity, windowProbabilities } from './parts.js'

interface Jumps {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly rate: readonly number[]
  /** Largest rate out of any state. */
  readonly exit: number
}

/** p(k, E₁ … Eₙ; 0). */
const initialPopulations = (initial: InitialState, dimension: number, counts: readonly number[]): Outcome<Float64Array> => {
  const size = counts.reduce((product, count) => product * count, dimension)
  const cells = size / dimension
  if (initial.kind === 'conditional') {
    return succeed(Float64Array.from({ length: size }, (_, joint) => {
      const level = Math.floor(joint / cells)
      return initial.states.re[(joint % cells) * dimension * dimension + level * dimension + level]
    }))
  }
  const states = initial.baths.map(windowProbabilities)
  const issues = states.flatMap((state): readonly Issue[] => (state._tag === 'Left' ? state.left : []))
  if (issues.length > 0) return { _tag: 'Left', left: issues as unknown as Issues }
  return succeed(Float64Array.from({ length: size }, (_, joint) => {
    const level = Math.floor(joint / cells)
    let weight = initial.system.re[level * dimension + level]
    for (let bath = counts.length - 1, rest = joint % cells; bath >= 0; bath -= 1) {
      const state = states[bath]
      weight *= state._tag === 'Right' ? state.right[rest % counts[bath]] : 0
      rest = Math.floor(rest / counts[bath])
    }
    return weight
  }))
}

/**
 * Populations by Eq. 30 for any number of baths and levels, one coupling per bath:
 * W_kq(E,E') = |S_kq|² λ² κ (1 − |Ω|/δ) e^{(S(E) − S(E'))/2}, Ω = ε_q − ε_k + E' − E. Every bath is the n-th of several.
 */
export const jumpProcess = (rates: RateModel): Algorithm => ({
  ...toyIdentity('jump-process'),
  needs: [],
  estimate: (problem) => {
    const jointStates = problem.baths.reduce((product, each) => product * each.bath.windows.energies.length, problem.energies.length)
    return succeed({ bytes: 16 * jointStates, operations: jointStates, jointStates })
  },
  prepare: async (problem, host, tolerance) => {
    const counts = problem.baths.map((each) => each.bath.windows.energies.length)
    const kappas: Float64Array[] = []
    for (const { bath } of problem.baths) {
      const missing = rates.needs.filter((need) => bath.can[need] === undefined)
      if (missing.length > 0) return fail(issue('toys/missing', ['baths'], `\`baths\` must offer ${missing.join(', ')}, but do not`))
      const correlation = rates.correlate(bath)
      if (correlation._tag === 'Left') return correlation
      const n = bath.windows.energies.length
      const kappa = new Float64Array(n * n)
      const filled = correlation.right.strength({
        to: Int32Array.from({ length: n * n }, (_, pair) => Math.floor(pair / n)), from: Int32Array.from({ length: n * n }, (_, pair) => pair % n),
      }, { re: kappa, im: null })
      if (filled._tag === 'Left') return filled
      kappas.push(kappa)
    }
    const initial = initialPopulations(problem.initial, problem.energies.length, counts)
    return initial._tag === 'Left' ? initial : succeed(stepper(problem, rates, counts, kappas, initial.right, tolerance, host.breathe))
  },
})

const jumpsOf = (problem: Problem, counts: readonly number[], kappas: readonly Float64Array[], energies: Vector, strengths: Vector): Jumps => {
  const dimension = energies.length
  const size = counts.reduce((product, count) => product * count, dimension)
  const cells = size / dimension
  const from: number[] = []
  const to: number[] = []
  const rate: number[] = []
  const exits = new Float64Array(size)
  let stride = cells
  problem.baths.forEach((attachment, bath) => {
    const { width, energies: centres, logVolumes } = attachment.bath.windows
    const n = counts[bath]
    stride /= n
    for (let source = 0; source < size; source += 1) {
      const q = Math.floor(source / cells)
      const before = Math.floor(source / stride) % n
      for (let k = 0; k < dimension; k += 1) {
        for (let after = 0; after < n && k !== q; after += 1) {
          const mismatch = Math.abs(energies[q] - energies[k] + centres[before] - centres[after]) / width
          if (mismatch >= 1) continue
          const value = attachment.systemCouplings[0].re[k * dimension + q] ** 2 * strengths[bath] ** 2 * kappas[bath][after * n + before]
            * (1 - mismatch) * Math.exp((logVolumes[after] - logVolumes[before]) / 2)
          if (value === 0) continue
          from.push(source)
          to.push(source + (k - q) * cells + (after - before) * stride)
          rate.push(value)
          exits[source] += value
        }
      }
    }
  })
  return { from, to, rate, exit: exits.reduce((a, b) => Math.max(a, b), 0) }
}

// Substeps of a segment in which energies or strengths move; the midpoint rule's error falls as its square.
const SUBSTEPS = 200
const BREATHE_EVERY = 64

const stepper = (
  problem: Problem, rates: RateModel, counts: readonly number[], kappas: readonly Float64Array[], populations: Float64Array,
  tolerance: number, breathe: (() => Promise<void>) | undefined,
): Stepper => {
  const dimension = problem.energies.length
  const cells = populations.length / dimension
  const term = new Float64Array(populations.length)
  const flow = new Float64Array(populations.length)
  const energies = Float64Array.from(problem.energies)
  const strengths = Float64Array.from(problem.baths, (each) => each.strength)
  const old = new Float64Array(dimension)
  let segment: Segment | null = null
  let jumps = jumpsOf(problem, counts, kappas, energies, strengths)
  let time = problem.times[0]
  let work = 0
  let calls = 0
  const apply = (p: Float64Array, out: Float64Array): void => {
    out.fill(0)
    for (let i = 0; i < jumps.rate.length; i += 1) {
      const current = jumps.rate[i] * p[jumps.from[i]]
      out[jumps.from[i]] -= current
      out[jumps.to[i]] += current
    }
  }
  /** Uniformisation: positive weights only. */
  const relax = (duration: number): void => {
    const parts = Math.max(1, Math.ceil(jumps.exit * duration))
    const mean = (jumps.exit * duration) / parts
    for (let part = 0; part < parts && mean > 0; part += 1) {
      term.set(populations)
      let weight = Math.exp(-mean)
      for (let i = 0; i < term.length; i += 1) populations[i] = weight * term[i]
      for (let order = 1, rest = 1 - weight; rest > tolerance * 1e-4 && order < 60; order += 1) {
        apply(term, flow)
        weight *= mean / order
        rest -= weight
        for (let i = 0; i < term.length; i += 1) {
          term[i] += flow[i] / jumps.exit
          populations[i] += weight * term[i]
        }
      }
    }
  }
  /** Moves the levels under the populations: ΔW = Σ Δε_k p_k. */
  const shift = (at: number): void => {
    old.set(energies)
    segment?.energies(at, energies)
    segment?.strengths(at, strengths)
    for (let k = 0; k < dimension; k += 1) {
      let p = 0
      for (let cell = 0; cell < cells; cell += 1) p += populations[k * cells + cell]
      work += (energies[k] - old[k]) * p
    }
  }
  return {
    frame: {
      dimension, baths: problem.baths.map((each) => ({ label: each.label, windows: each.bath.windows })),
      algorithm: toyIdentity('jump-process'), rates: problem.baths.map(() => rates), backend: 'none',
    },
    get time() { return time },
    enter: (next) => {
      segment = next
      shift(next.from)
      jumps = jumpsOf(problem, counts, kappas, energies, strengths)
      return succeed(undefined)
    },
    advance: async (to, signal) => {
      calls += 1
      if (breathe && calls % BREATHE_EVERY === 0) await breathe()
      if (signal?.aborted) return succeed('cancelled')
      if (!segment) throw new Error('a stepper must enter a segment before it advances')
      if (segment.constant) relax(to - time)
      else {
        const from = time
        for (let i = 0; i < SUBSTEPS; i += 1) {
          shift(from + ((to - from) * (i + 0.5)) / SUBSTEPS)
          jumps = jumpsOf(problem, counts, kappas, energies, strengths)
          relax((to - from) / SUBSTEPS)
        }
        shift(to)
        jumps = jumpsOf(problem, counts, kappas, energies, strengths)
      }
      time = to
      return succeed('ok')
    },
    sample: (side) => {
      apply(populations, flow)
      return { time, side, energies, strengths, populations, populationRates: flow, conditional: null, scalars: { work } }
    },
    validity: () => [],
    checkpoint: () => {
      const re = new Float64Array(cells * dimension * dimension)
      for (let joint = 0; joint < populations.length; joint += 1) {
        const level = Math.floor(joint / cells)
        re[(joint % cells) * dimension * dimension + level * dimension + level] = populations[joint]
      }
      return succeed({ kind: 'conditional', states: { re, im: null }, memoryStart: time })
    },
    dispose: () => undefined,
  }
}
