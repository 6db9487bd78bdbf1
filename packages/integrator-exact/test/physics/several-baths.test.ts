import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { BathState, Drive, Host, InitialState, Problem, Sample, Segment } from '@mesobath/contracts'
import { javascriptBackend, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { dagger, propagator, times as product } from '../oracles/dense-evolution.js'
import type { Complex } from '../oracles/dense-evolution.js'
import { movingPropagator } from '../oracles/driven-evolution.js'
import { mutualInformation } from '../oracles/entropies.js'
import { attach, bathHamiltonian, hamiltonianOf, interactionWith, readJoint, startOf, systemHamiltonian } from '../oracles/several-baths.js'
import type { Tie } from '../oracles/several-baths.js'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

/** The oracle diagonalises: its own rounding is well below. */
const TOLERANCE = 1e-9

const X = matrix([[0, 1], [1, 0]])
const GENERIC = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.7]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
const windows = (...probabilities: number[]): BathState => ({ kind: 'windows', probabilities: Float64Array.from(probabilities) })
const gibbs = (inverseTemperature: number): BathState => ({ kind: 'gibbs', inverseTemperature })
const productOf = (system: typeof MIXED, ...baths: BathState[]): InitialState => ({ kind: 'product', system, baths })

const resonant = (seed: number): Tie => ({
  small: smallBath({ seed, sizes: [2, 3], centres: [0, 1], width: 0.5, real: seed === 3 }), label: `resonant ${seed}`, strength: 0.07 + 0.01 * seed, systemCouplings: [X],
})
const generic = (seed: number, real = false): Tie => ({
  small: smallBath({ seed, sizes: [2, 1, 3], centres: [0, 0.5, 1.3], width: 0.5, real, joined: (_, to, from) => Math.abs(to - from) < 2, mean: (_, window) => [0.6, -0.3, 0.2][window]! }),
  label: `generic ${seed}`, strength: 0.11, systemCouplings: [GENERIC],
})

interface Case {
  readonly energies: readonly number[]
  readonly ties: readonly Tie[]
  readonly initial: InitialState
}

const conditional: InitialState = {
  kind: 'conditional', memoryStart: 0,
  states: {
    re: Float64Array.from([0.1, 0.02, 0.02, 0.2, 0.15, 0, 0, 0.05, 0.1, -0.05, -0.05, 0.2, 0, 0, 0, 0.2]),
    im: Float64Array.from([0, 0.01, -0.01, 0, 0, 0, 0, 0, 0, 0.02, -0.02, 0, 0, 0, 0, 0]),
  },
}

const cases: Record<string, Case> = {
  'two resonant baths from single windows': { energies: [0, 1], ties: [resonant(1), resonant(2)], initial: productOf(matrix([[0, 0], [0, 1]]), windows(1, 0), windows(0, 1)) },
  'two real ones with one strength': {
    energies: [0, 1], ties: [{ ...resonant(3), strength: 0.1 }, { ...resonant(3), label: 'other', strength: 0.1 }],
    initial: productOf(matrix([[0.5, 0.5], [0.5, 0.5]]), windows(0.3, 0.7), windows(1, 0)),
  },
  'generic baths with means, blocks inside windows, coherences and Gibbs states': {
    energies: [-0.2, 0.55], ties: [generic(5), resonant(2)], initial: productOf(MIXED, gibbs(0.8), gibbs(-1.1)),
  },
  'a correlated start': { energies: [0, 0.8], ties: [resonant(1), resonant(4)], initial: conditional },
  'three baths': {
    energies: [0, 1],
    ties: [
      { ...resonant(1), small: smallBath({ seed: 1, sizes: [1, 2], centres: [0, 1], width: 0.5 }) }, { ...generic(7), small: smallBath({ seed: 7, sizes: [2, 1], centres: [0, 0.5], width: 0.4, joined: () => true, mean: (_, w) => w }) },
      { ...resonant(2), small: smallBath({ seed: 4, sizes: [1, 2], centres: [0.2, 1], width: 0.5 }), systemCouplings: [GENERIC] },
    ],
    initial: productOf(MIXED, windows(0.5, 0.5), windows(0.2, 0.8), gibbs(1)),
  },
  'three levels and two couplings of one bath': {
    energies: [0, 1, 1.9],
    ties: [
      {
        label: 'a', strength: 0.09, systemCouplings: [matrix([[0, 1, 0], [1, 0, [0, 0.5]], [0, [0, -0.5], 0]]), matrix([[0.4, 0, 0.2], [0, -0.1, 0], [0.2, 0, 0]])],
        small: smallBath({ seed: 8, sizes: [2, 2], centres: [0, 1], width: 0.6, couplings: 2, joined: (coupling, to, from) => (coupling === 0) === (to !== from) }),
      },
      { label: 'b', strength: 0.05, systemCouplings: [matrix([[0, 1, 0], [1, 0, 1], [0, 1, 0]])], small: smallBath({ seed: 9, sizes: [2, 3], centres: [0, 0.9], width: 0.5 }) },
    ],
    initial: productOf(matrix([[0.3, [0.1, 0.05], 0], [[0.1, -0.05], 0.5, 0.02], [0, 0.02, 0.2]]), windows(0.6, 0.4), windows(0, 1)),
  },
}

const problemOf = ({ energies, ties, initial }: Case, times: readonly number[], drive: Drive | null = null): Problem =>
  ({ energies: Float64Array.from(energies), baths: ties.map(attach), initial, times: Float64Array.from(times), drive })

const copy = (sample: Sample): Sample => ({
  ...sample,
  energies: sample.energies.slice(), strengths: sample.strengths.slice(),
  populations: sample.populations.slice(), populationRates: sample.populationRates!.slice(),
  conditional: { re: sample.conditional!.re.slice(), im: sample.conditional!.im!.slice() },
})

const run = async (problem: Problem, options: ExactOptions = {}, tolerance = 1e-10, host: Host = {}): Promise<Sample[]> => {
  const stepper = orThrow(await exact(options).prepare(problem, host, tolerance))
  const samples: Sample[] = []
  const end = problem.times[problem.times.length - 1]!
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
  for (const segment of drive.segments(problem.times[0]!, end)) {
    orThrow(stepper.enter(segment))
    samples.push(copy(stepper.sample('after')))
    for (const time of problem.times) {
      if (time <= segment.from || time > segment.to) continue
      expect(orThrow(await stepper.advance(time))).toBe('ok')
      samples.push(copy(stepper.sample('after')))
    }
    if (stepper.time < segment.to) expect(orThrow(await stepper.advance(segment.to))).toBe('ok')
  }
  expect(stepper.validity().filter((finding) => finding.verdict === 'fails')).toEqual([])
  stepper.dispose()
  return samples
}

const near = (found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void => {
  expect(found.length, what).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(found[i]! - wanted[i]!), `${what}[${i}]`).toBeLessThan(tolerance)
}

const expectSame = (sample: Sample, { ties }: Case, rho: Complex, tolerance: number): void => {
  const dense = readJoint(Array.from(sample.energies), ties, Array.from(sample.strengths), rho)
  const at = `at t = ${sample.time}`
  near(sample.populations, dense.populations, tolerance, `p ${at}`)
  near(sample.populationRates!, dense.rates, tolerance, `∂t p ${at}`)
  near(sample.conditional!.re, dense.re, tolerance, `Re ρ ${at}`)
  near(sample.conditional!.im!, dense.im, tolerance, `Im ρ ${at}`)
  near(ties.map(({ label }) => sample.scalars[`bathEnergy/${label}`]!), dense.bathEnergies, tolerance, `bath energies ${at}`)
  near([sample.scalars.energy!, sample.scalars.interactionEnergy!, sample.scalars.norm!], [dense.energy, dense.interactionEnergy, 1], tolerance, `energy, interaction, norm ${at}`)
}

const conjugated = (u: Complex, rho: Complex): Complex => product(product(u, rho), dagger(u))

const few = [0, 0.7, 11, 12.5, 40]
const crowd = [...new Set([...few, ...Array.from({ length: 150 }, (_, i) => (i + 0.5) / 3)])].sort((a, b) => a - b)

describe('exact evolution with several baths equals dense diagonalisation', () => {
  for (const [name, each] of Object.entries(cases)) {
    it(`for ${name}, mutual information included`, async () => {
      const start = startOf(each.energies.length, each.ties, each.initial)
      const evolve = propagator(hamiltonianOf(each.energies, each.ties))
      // Few outputs go from one to the next, many are read off stretches.
      for (const times of [few, crowd]) {
        const samples = await run(problemOf(each, times), { mutualInformation: times === few })
        for (const time of few) {
          const rho = conjugated(evolve(time), start)
          const sample = samples[times.indexOf(time)]!
          expect(sample.time).toBe(time)
          expectSame(sample, each, rho, TOLERANCE)
          if (times === few) {
            const d = each.energies.length
            expect(Math.abs(sample.scalars.systemBathMutualInformation! - mutualInformation(rho, d, rho.re.rows / d))).toBeLessThan(TOLERANCE)
          }
        }
      }
    })
  }

  it('over quenches of energies and of each strength, 0 among them, with the work booked', async () => {
    const each = cases['generic baths with means, blocks inside windows, coherences and Gibbs states']!
    const settings = [
      { from: 0, to: 2, energies: [0, 0.6], strengths: [0.1, 0.2] }, { from: 2, to: 5, energies: [0.1, 0.9], strengths: [0.1, 0] },
      { from: 5, to: 6, energies: [0.1, 0.9], strengths: [0, 0] }, { from: 6, to: 9, energies: [-0.3, 0.5], strengths: [-0.05, 0.3] },
    ]
    const drive: Drive = {
      recipe: null,
      segments: () => settings.map(({ from, to, energies, strengths }) => ({
        from, to, constant: true, energies: (_: number, out: Float64Array) => out.set(energies), strengths: (_: number, out: Float64Array) => out.set(strengths),
      })),
    }
    for (const grid of [[0, 2, 3.5, 5.5, 6, 9], [0, 9], Array.from({ length: 91 }, (_, i) => i / 10)]) {
      const samples = await run(problemOf(each, grid, drive))
      let rho = startOf(2, each.ties, each.initial)
      let at = 0
      let work = 0
      let previous: (typeof settings)[number] | null = null
      for (const setting of settings) {
        const { from, to, energies, strengths } = setting
        if (previous !== null) {
          work += readJoint(energies, each.ties, strengths, rho).energy - readJoint(previous.energies, each.ties, previous.strengths, rho).energy
        }
        previous = setting
        const evolve = propagator(hamiltonianOf(energies, each.ties, strengths))
        for (const time of [from, ...grid.filter((time) => time > from && time <= to)]) {
          const sample = samples[at++]!
          expect(sample.time).toBe(time)
          if (grid.length > 20 && at % 10 !== 0) continue
          expectSame(sample, each, conjugated(evolve(time - from), rho), TOLERANCE)
          expect(Math.abs(sample.scalars.work! - work)).toBeLessThan(TOLERANCE)
        }
        rho = conjugated(evolve(to - from), rho)
      }
    }
  })

  it('under smooth drives of the energies and of each strength, with the work booked', async () => {
    const tolerance = 1e-7
    const each = cases['generic baths with means, blocks inside windows, coherences and Gibbs states']!
    const energies = (t: number): number[] => [0.1 * Math.cos(2.1 * t), 0.7 + 0.3 * Math.sin(1.3 * t)]
    const strengths = (t: number): number[] => [0.05 * t, 0.12 + 0.1 * Math.sin(2 * t)]
    const segment: Segment = { from: 0, to: 3, constant: false, energies: (t, out) => out.set(energies(t)), strengths: (t, out) => out.set(strengths(t)) }
    const samples = await run(problemOf(each, [0, 0.9, 2.2, 3], { recipe: null, segments: () => [segment] }), {}, tolerance)
    const terms = [
      ...each.ties.flatMap((_, which) => [
        { matrix: bathHamiltonian(2, each.ties, which), factor: () => 1 },
        { matrix: interactionWith(2, each.ties, which), factor: (t: number) => strengths(t)[which]! },
      ]),
      ...[0, 1].map((k) => ({ matrix: systemHamiltonian([Number(k === 0), Number(k === 1)], each.ties), factor: (t: number) => energies(t)[k]! })),
    ]
    let rho = startOf(2, each.ties, each.initial)
    let reached = 0
    for (const sample of samples) {
      if (sample.time > reached) rho = conjugated(movingPropagator(terms, reached, sample.time, Math.ceil(100 * (sample.time - reached))), rho)
      reached = sample.time
      expectSame(sample, each, rho, 2 * tolerance)
      const gained = readJoint(energies(reached), each.ties, strengths(reached), rho).energy - samples[0]!.scalars.energy!
      expect(Math.abs(sample.scalars.work! - gained)).toBeLessThan(2 * tolerance)
    }
  })
})

describe('laws of several baths', () => {
  const each = cases['generic baths with means, blocks inside windows, coherences and Gibbs states']!
  const [first, second] = each.ties as readonly [Tie, Tie]
  const moving = (strengths: (t: number) => readonly number[]): Drive => ({
    recipe: null,
    segments: () => [
      { from: 0, to: 2, constant: true, energies: (_, out) => out.set(each.energies), strengths: (_, out) => out.set(strengths(0)) },
      { from: 2, to: 5, constant: false, energies: (t, out) => out.set([0, 0.5 + 0.1 * t]), strengths: (t, out) => out.set(strengths(t)) },
    ],
  })
  const times = [0, 1, 3, 5]

  it('permuting baths permutes results', async () => {
    const turned: Case = { ...each, ties: [second, first], initial: each.initial.kind === 'product' ? { ...each.initial, baths: [...each.initial.baths].reverse() } : each.initial }
    const n = [3, 2] as const
    for (const drive of [null, 'moving'] as const) {
      const a = await run(problemOf(each, times, drive === null ? null : moving((t) => [0.1, 0.05 * t])))
      const b = await run(problemOf(turned, times, drive === null ? null : moving((t) => [0.05 * t, 0.1])))
      a.forEach((sample, at) => {
        for (let k = 0; k < 2; k++) {
          for (let e = 0; e < n[0]; e++) {
            for (let f = 0; f < n[1]; f++) {
              expect(Math.abs(sample.populations[(k * n[0] + e) * n[1] + f]! - b[at]!.populations[(k * n[1] + f) * n[0] + e]!)).toBeLessThan(1e-10)
            }
          }
        }
        for (const scalar of Object.keys(sample.scalars)) expect(Math.abs(sample.scalars[scalar]! - b[at]!.scalars[scalar]!)).toBeLessThan(1e-9)
      })
    }
  })

  it('λ_ν = 0 makes a bath invisible', async () => {
    const alone: Case = { ...each, ties: [first], initial: each.initial.kind === 'product' ? { ...each.initial, baths: [each.initial.baths[0]!] } : each.initial }
    const deaf: Case = { ...each, ties: [first, { ...second, strength: 0 }] }
    for (const drive of [null, 'moving'] as const) {
      const a = await run(problemOf(alone, times, drive === null ? null : moving((t) => [0.05 * t])))
      const b = await run(problemOf(deaf, times, drive === null ? null : moving((t) => [0.05 * t, 0])))
      a.forEach((sample, at) => {
        const seen = b[at]!
        for (let node = 0; node < sample.populations.length; node++) {
          expect(Math.abs(seen.populations[2 * node]! + seen.populations[2 * node + 1]! - sample.populations[node]!)).toBeLessThan(1e-10)
        }
        expect(Math.abs(seen.scalars.work! - sample.scalars.work!)).toBeLessThan(1e-10)
        expect(Math.abs(seen.scalars[`bathEnergy/${second.label}`]! - b[0]!.scalars[`bathEnergy/${second.label}`]!)).toBeLessThan(1e-10)
      })
    }
  })

  it('a bath of one level without a coupling leaves what one bath alone gives', async () => {
    const small = smallBath({ seed: 11, sizes: [30, 40], centres: [0, 1], width: 0.5 })
    const idle: Tie = { small: smallBath({ seed: 1, sizes: [1], centres: [0.3], width: 0.5 }), label: 'idle', strength: 0.5, systemCouplings: [X] }
    const excited = matrix([[0, 0], [0, 1]])
    const one: Problem = {
      energies: Float64Array.of(0, 1), baths: [attachment(small, 0.03, [X])], initial: productOf(excited, windows(1, 0)),
      times: Float64Array.from({ length: 31 }, (_, i) => i), drive: null,
    }
    for (const baths of [[...one.baths, attach(idle)], [attach(idle), ...one.baths]]) {
      const initial = productOf(excited, ...(baths[0]!.label === 'idle' ? [windows(1), windows(1, 0)] : [windows(1, 0), windows(1)]))
      const a = await run(one)
      const b = await run({ ...one, baths, initial })
      a.forEach((sample, at) => {
        near(b[at]!.populations, sample.populations, 1e-12, `p at ${sample.time}`)
        expect(Math.abs(b[at]!.scalars['bathEnergy/idle']! - idle.small.levels[0]!)).toBeLessThan(1e-12)
      })
    }
  })

  it('gives the same bits by wasm as by plain JavaScript, and again', async () => {
    const problem = problemOf(each, times, moving((t) => [0.05 * t, 0.1]))
    const [a, b, c] = [await run(problem, {}, 1e-10, { backend: wasmBackend()! }), await run(problem, {}, 1e-10, { backend: javascriptBackend() }), await run(problem, {}, 1e-10, { backend: wasmBackend()! })]
    a.forEach((sample, at) => {
      expect(Array.from(b[at]!.populations)).toEqual(Array.from(sample.populations))
      expect(Array.from(c[at]!.populations)).toEqual(Array.from(sample.populations))
      expect(b[at]!.scalars).toEqual(sample.scalars)
    })
  })
})
