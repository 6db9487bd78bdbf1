import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Drive, Host, Problem, Sample } from '@mesobath/contracts'
import { javascriptBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { dagger, hamiltonian, propagator, read, times as product } from '../oracles/dense-evolution.js'
import type { DenseReading } from '../oracles/dense-evolution.js'
import { attachment, denseStart, denseSystem, matrix, smallBath } from '../oracles/small-baths.js'
import type { SmallBath } from '../oracles/small-baths.js'

/** What "equal to dense diagonalisation" means: its own rounding on 200 levels stays well below. */
const TOLERANCE = 1e-9

const copy = (sample: Sample): Sample => ({
  ...sample,
  populations: sample.populations.slice(),
  populationRates: sample.populationRates!.slice(),
  conditional: { re: sample.conditional!.re.slice(), im: sample.conditional!.im!.slice() },
})

const run = async (problem: Problem, options: ExactOptions = {}, host: Host = {}, tolerance = 1e-10): Promise<Sample[]> => {
  const stepper = orThrow(await exact(options).prepare(problem, host, tolerance))
  const samples: Sample[] = []
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.of(problem.baths[0]!.strength))
  const end = problem.times[problem.times.length - 1]!
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
  const findings = stepper.validity()
  expect(findings.filter((finding) => finding.verdict === 'fails')).toEqual([])
  stepper.dispose()
  return samples
}

const expectSame = (sample: Sample, dense: DenseReading, label: string): void => {
  const near = (found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void => {
    for (let i = 0; i < wanted.length; i++) expect(Math.abs(found[i]! - wanted[i]!), `${label}: ${what}[${i}] at t = ${sample.time}`).toBeLessThan(TOLERANCE)
  }
  near(sample.populations, dense.populations, 'p')
  near(sample.populationRates!, dense.rates, '∂t p')
  near(sample.conditional!.re, dense.re, 'Re ρ_S(E)')
  near(sample.conditional!.im!, dense.im, 'Im ρ_S(E)')
  near([sample.scalars.energy!, sample.scalars['bathEnergy/bath']!, sample.scalars.interactionEnergy!],
    [dense.energy, dense.bathEnergy, dense.interactionEnergy], 'energies')
  near([sample.scalars.norm!], [1], 'norm')
}

/** Output times beside those compared, enough for a run to read them off the moments of stretches instead of going from one to the next. */
const CROWD = 150

/** Compares at the times of the problem, with these outputs alone and among many others: the two routes of the algorithm. */
const compare = async (small: SmallBath, problem: Problem, label: string, options: ExactOptions = {}, host: Host = {}): Promise<void> => {
  const evolve = propagator(hamiltonian(denseSystem(small, problem)))
  const start = denseStart(small, problem)
  const system = denseSystem(small, problem)
  const from = problem.times[0]!
  const to = problem.times[problem.times.length - 1]!
  const readings = new Map(Array.from(problem.times, (time) => {
    const u = evolve(time - from)
    return [time, read(system, product(product(u, start), dagger(u)))]
  }))
  const crowd = Array.from({ length: CROWD }, (_, i) => from + ((to - from) * (i + 0.5)) / CROWD)
  for (const times of [problem.times, Float64Array.from(new Set([...problem.times, ...crowd])).sort()]) {
    const samples = await run({ ...problem, times }, options, host)
    expect(samples.length).toBe(times.length)
    for (const sample of samples) {
      const dense = readings.get(sample.time)
      if (dense !== undefined) expectSame(sample, dense, `${label}, ${times.length} outputs`)
    }
  }
}

const X = matrix([[0, 1], [1, 0]])
const GENERIC = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.7]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
const PLUS = matrix([[0.5, 0.5], [0.5, 0.5]])
const EXCITED = matrix([[0, 0], [0, 1]])
const times = Float64Array.of(0, 0.7, 11, 12.5, 40)
const flat = (...probabilities: number[]): Problem['initial'] & { kind: 'product' } =>
  ({ kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.from(probabilities) }] })

const twoWindows = (real = false) => smallBath({ seed: 3, sizes: [13, 18], centres: [0, 1], width: 0.5, real })
const generic = (real = false) => smallBath({
  seed: 5, sizes: [7, 11, 9], centres: [0, 0.5, 1.3], width: 0.5, real,
  joined: (_, to, from) => Math.abs(to - from) < 2, mean: (_, window) => [0.6, -0.3, 0.2][window]!,
})

describe('exact evolution equals dense diagonalisation', () => {
  it('for a resonant random-matrix bath, complex and real', async () => {
    for (const real of [false, true]) {
      const small = twoWindows(real)
      await compare(small, { energies: Float64Array.of(0, 1), baths: [attachment(small, 0.03, [X])], initial: flat(1, 0), times, drive: null }, `real ${real}`)
    }
  })

  it('from an evenly filled start whose interaction energy is that of the means, of levels and windows of unequal weight', async () => {
    const small = generic()
    const system = matrix([[0.3, 0], [0, 0.7]])
    const initial = { ...flat(0.2, 0.5, 0.3), system }
    await compare(small, { energies: Float64Array.of(0, 0.8), baths: [attachment(small, 0.07, [GENERIC])], initial, times, drive: null }, 'even')
  })

  it('from a coherent pure |+⟩, whose coherence links two components', async () => {
    for (const real of [false, true]) {
      const small = twoWindows(real)
      const problem: Problem = {
        energies: Float64Array.of(0, 1.7), baths: [attachment(small, 0.05, [X])], initial: { ...flat(0.7, 0.3), system: PLUS }, times, drive: null,
      }
      await compare(small, problem, `real ${real}`)
    }
  })

  it('for a generic bath with blocks inside windows and means, a mixed coherent start, a complex S', async () => {
    for (const real of [false, true]) {
      const small = generic(real)
      const problem: Problem = {
        energies: Float64Array.of(-0.2, 0.55), baths: [attachment(small, 0.08, [GENERIC])],
        initial: { kind: 'product', system: MIXED, baths: [{ kind: 'gibbs', inverseTemperature: 1.4 }] }, times, drive: null,
      }
      await compare(small, problem, `real ${real}`)
    }
  })

  it('where only the mean ⟨B⟩_E links two levels of the system', async () => {
    const small = smallBath({ seed: 12, sizes: [10, 12], centres: [0, 1], width: 0.5, mean: (_, window) => 0.5 - window })
    await compare(small, { energies: Float64Array.of(0, 1), baths: [attachment(small, 0.06, [X])], initial: flat(1, 0), times, drive: null }, 'means')
  })

  it('from part of a window and from one single level', async () => {
    const small = twoWindows()
    for (const occupied of [9, 1]) {
      const weights = new Float64Array(31)
      weights.fill(1 / occupied, 4, 4 + occupied)
      await compare(small, {
        energies: Float64Array.of(0, 1), baths: [attachment(small, 0.03, [X])],
        initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'levels', weights }] }, times, drive: null,
      }, `${occupied} levels`)
    }
  })

  it('from a correlated Σ ρ_S(E) ⊗ Π_E/V_E', async () => {
    const small = generic()
    const states = {
      re: Float64Array.of(0.2, 0.05, 0.05, 0.1, 0.1, 0, 0, 0.3, 0.25, -0.1, -0.1, 0.05),
      im: Float64Array.of(0, 0.03, -0.03, 0, 0, 0.1, -0.1, 0, 0, 0, 0, 0),
    }
    await compare(small, {
      energies: Float64Array.of(0, 0.6), baths: [attachment(small, 0.05, [X])],
      initial: { kind: 'conditional', states, memoryStart: 0 }, times, drive: null,
    }, 'conditional')
  })

  it('for three levels and two couplings of different structure', async () => {
    const small = smallBath({
      seed: 8, sizes: [7, 10, 6], centres: [0, 1, 2], width: 0.6, couplings: 2,
      joined: (coupling, to, from) => (coupling === 0 ? Math.abs(to - from) === 1 : to === from || Math.abs(to - from) === 2),
      mean: (coupling, window) => (coupling === 1 ? 0.2 * window : 0),
    })
    const first = matrix([[0, 1, 0], [1, 0, [0, 0.5]], [0, [0, -0.5], 0]])
    const second = matrix([[0.4, 0, 0.2], [0, -0.1, 0], [0.2, 0, 0]])
    const state = matrix([[0.3, [0.1, 0.05], 0], [[0.1, -0.05], 0.5, 0.02], [0, 0.02, 0.2]])
    await compare(small, {
      energies: Float64Array.of(0, 1, 1.9), baths: [attachment(small, 0.06, [first, second])],
      initial: { kind: 'product', system: state, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.2, 0.5, 0.3) }] }, times, drive: null,
    }, 'three levels')
  })

  it('with room for a few blocks only: many stretches of time, batches of a few columns, either backend', async () => {
    const small = generic()
    const problem: Problem = {
      energies: Float64Array.of(0, 0.6), baths: [attachment(small, 0.1, [GENERIC])],
      initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 0.3, 0.2) }] }, times, drive: null,
    }
    await compare(small, problem, 'narrow', { workspace: 60_000 }, { backend: javascriptBackend() })
  })

  it('over quenches of energies and strength, λ = 0 among them, with the work booked', async () => {
    const small = generic()
    const base: Problem = {
      energies: Float64Array.of(0, 0.6), baths: [attachment(small, 0.08, [GENERIC])],
      initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 0.3, 0.2) }] },
      times: Float64Array.of(0, 9), drive: null,
    }
    const settings = [
      { from: 0, to: 2, energies: [0, 0.6], strength: 0.08 },
      { from: 2, to: 5, energies: [0.1, 0.9], strength: 0.08 },
      { from: 5, to: 6, energies: [0.1, 0.9], strength: 0 },
      { from: 6, to: 9, energies: [-0.3, 0.5], strength: 0.15 },
    ]
    const drive: Drive = {
      recipe: null,
      segments: () => settings.map(({ from, to, energies, strength }) => ({
        from, to, constant: true,
        energies: (_: number, out: Float64Array) => out.set(energies),
        strengths: (_: number, out: Float64Array) => { out[0] = strength },
      })),
    }
    const propagators = settings.map(({ energies, strength }) => propagator(hamiltonian(denseSystem(small, base, energies, strength))))
    // Few outputs go from one to the next, many are read off stretches: both routes.
    for (const grid of [[0, 2, 3.5, 5.5, 6, 9], [0, 9], Array.from({ length: 91 }, (_, i) => i / 10)]) {
      const problem: Problem = { ...base, times: Float64Array.from(grid), drive }
      const samples = await run(problem)
      let rho = denseStart(small, problem)
      let at = 0
      let work = 0
      let previous = denseSystem(small, problem)
      for (const [index, { from, to, energies, strength }] of settings.entries()) {
        const system = denseSystem(small, problem, energies, strength)
        work += read(system, rho).energy - read(previous, rho).energy
        previous = system
        const evolve = propagators[index]!
        for (const time of [from, ...grid.filter((each) => each > from && each <= to)]) {
          const sample = samples[at++]!
          expect(sample.time).toBe(time)
          if (grid.length > 20 && at % 10 !== 0) continue
          const u = evolve(time - from)
          expectSame(sample, read(system, product(product(u, rho), dagger(u))), `grid of ${grid.length}`)
          expect(Math.abs(sample.scalars.work! - work)).toBeLessThan(TOLERANCE)
        }
        const u = evolve(to - from)
        rho = product(product(u, rho), dagger(u))
      }
      expect(at).toBe(samples.length)
    }
  })
})
