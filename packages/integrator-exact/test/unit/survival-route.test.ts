import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Cancellation, ComplexMatrix, DenseBackend, Host, Problem, Sample, Stepper } from '@mesobath/contracts'
import { javascriptBackend, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { dagger, hamiltonian, propagator, read, times as product } from '../oracles/dense-evolution.js'
import { attachment, denseStart, denseSystem, matrix, smallBath } from '../oracles/small-baths.js'
import type { SmallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const Y = matrix([[0, [0, -1]], [[0, 1], 0]])
const TILTED = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.2]])
/** Diagonal: by its means it moves levels alone, where its blocks are left out. */
const SHIFT = matrix([[0.3, 0], [0, -0.2]])
const UP = matrix([[0, 0], [0, 1]])
const MIXED = matrix([[0.3, 0], [0, 0.7]])

/** Narrow blocks beside the others: eigenvectors of both together cost more than the amplitude of the smaller one. */
const STRENGTH = 0.02
const problemOf = (bath: SmallBath, systemCouplings: readonly ComplexMatrix[], system: ComplexMatrix, probabilities: readonly number[], end = 1.5, steps = 10): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attachment(bath, STRENGTH, systemCouplings)],
  initial: { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(probabilities) }] },
  times: Float64Array.from({ length: steps + 1 }, (_, i) => (end * i) / steps),
  drive: null,
})

interface Watch {
  readonly backend: DenseBackend
  /** Hermitian products of blocks of a node, which no other way of propagation makes. */
  readonly amplitudes: () => number
  /** Steps of commutators. */
  readonly commutators: () => number
  /** Planes not given back. */
  readonly held: () => number
}

const watching = ({ sizes }: SmallBath): Watch => {
  const own = wasmBackend()!
  let amplitudes = 0
  let eigenvectors = 0
  let commutators = 0
  let held = 0
  return {
    amplitudes: () => (eigenvectors > 0 ? 0 : amplitudes),
    commutators: () => (eigenvectors > 0 ? 0 : commutators),
    held: () => held,
    backend: {
      ...own,
      allocate: (rows, columns, real) => {
        held++
        return own.allocate(rows, columns, real)
      },
      release: (planes) => {
        held--
        own.release(planes)
      },
      multiplyAs: (form, a, b, m, k, ...rest) => {
        if (form.hermitian && sizes.includes(m) && sizes.includes(k)) amplitudes++
        return own.multiplyAs!(form, a, b, m, k, ...rest)
      },
      diagonalise: (...given) => {
        eigenvectors++
        return own.diagonalise!(...given)
      },
      commute: (...given) => {
        commutators++
        own.commute!(...given)
      },
    },
  }
}

const enter = (stepper: Stepper, problem: Problem): void => {
  for (const segment of constantDrive(problem.energies, Float64Array.of(problem.baths[0]!.strength)).segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    orThrow(stepper.enter(segment))
  }
}

const run = async (problem: Problem, host: Host, tolerance = 1e-12, options: ExactOptions = {}): Promise<Sample[]> => {
  const stepper = orThrow(await exact(options).prepare(problem, host, tolerance))
  enter(stepper, problem)
  const found: Sample[] = []
  for (const time of problem.times) {
    if (time > problem.times[0]!) expect(orThrow(await stepper.advance(time))).toBe('ok')
    const sample = stepper.sample('after')
    found.push({
      ...sample, populations: sample.populations.slice(), populationRates: sample.populationRates!.slice(),
      conditional: { re: sample.conditional!.re.slice(), im: sample.conditional!.im!.slice() }, scalars: { ...sample.scalars },
    })
  }
  stepper.dispose()
  return found
}

/** Of each bath, which has one coupling here: diagonalising takes long. */
const propagators = new WeakMap<SmallBath, ReturnType<typeof propagator>>()

/** Largest difference from the whole matrix, of all that is read at some of the times. */
const deviation = (samples: readonly Sample[], problem: Problem, bath: SmallBath): number => {
  const dense = denseSystem(bath, problem)
  const start = denseStart(bath, problem)
  const at = propagators.get(bath) ?? propagator(hamiltonian(dense))
  propagators.set(bath, at)
  let most = 0
  samples.forEach(({ time, populations, populationRates, conditional, scalars }, index) => {
    if (index % ((samples.length - 1) / 2) !== 0) return
    const u = at(time)
    const wanted = read(dense, product(product(u, start), dagger(u)))
    const compare = (found: ArrayLike<number>, own: readonly number[]): void => own.forEach((value, i) => { most = Math.max(most, Math.abs(found[i]! - value)) })
    compare(populations, wanted.populations)
    compare(populationRates!, wanted.rates)
    compare(conditional!.re, wanted.re)
    compare(conditional!.im!, wanted.im)
    compare([scalars!.energy!, scalars!['bathEnergy/bath']!, scalars!.interactionEnergy!, scalars!.norm!], [wanted.energy, wanted.bathEnergy, wanted.interactionEnergy, 1])
  })
  return most
}

/** Stops a run after some breaths of its first advance, which goes on as if nothing had been; `took` counts what only the way in question does. */
const checkHearing = async (
  problem: Problem, bath: SmallBath, options: ExactOptions, patiences: readonly number[], took: (watch: Watch) => number,
): Promise<void> => {
  const wanted = await run(problem, { backend: wasmBackend()! }, 1e-12, options)
  for (const patience of patiences) {
    const watch = watching(bath)
    const { backend, held } = watch
    const stop = { aborted: false }
    let breaths = -Infinity
    const stepper = orThrow(await exact(options).prepare(problem, { backend, breathe: async () => { if (++breaths === patience) stop.aborted = true } }, 1e-12))
    enter(stepper, problem)
    breaths = 0
    const before = held()
    expect(orThrow(await stepper.advance(problem.times[1]!, stop as Cancellation))).toBe('cancelled')
    expect([stepper.time, held()]).toEqual([0, before])
    expect(orThrow(await stepper.advance(problem.times[1]!))).toBe('ok')
    expect([...stepper.sample('after').populations]).toEqual([...wanted[1]!.populations])
    expect(took(watch)).toBeGreaterThan(0)
    stepper.dispose()
    expect(held()).toBe(0)
  }
}

describe('survival amplitudes', () => {
  it('say what the whole matrix says, of every number that is read: real or complex, from the smaller window, the larger one or both', async () => {
    for (const real of [true, false]) {
      for (const sizes of [[18, 26], [26, 18], [21, 21]]) {
        const bath = smallBath({ seed: 5, sizes, centres: [0, 1], width: 0.5, real })
        for (const [system, probabilities] of [[UP, [1, 0]], [UP, [0, 1]], [MIXED, [0.7, 0.3]]] as const) {
          const problem = problemOf(bath, [X], system, probabilities)
          const { backend, amplitudes, held } = watching(bath)
          // Too little room for eigenvectors, which would be the cheaper way of some.
          const samples = await run(problem, { backend }, 1e-12, { workspace: real ? 60_000 : 115_000 })
          // Mutants: A_1 not taken off odd blocks; the coupling counted once in the energy; weights of the two nodes exchanged.
          expect(deviation(samples, problem, bath)).toBeLessThan(2e-12)
          expect([amplitudes() > 0, held()]).toEqual([true, 0])
        }
      }
    }
  }, 60_000)

  it('go by any number of terms, the fewest included, and keep to the tolerance asked', async () => {
    const bath = smallBath({ seed: 8, sizes: [7, 11], centres: [0, 1], width: 0.5 })
    for (const end of [1e-9, 1e-5, 0.03, 0.5, 3, 60]) {
      const problem = problemOf(bath, [X], UP, [1, 0], end)
      for (const tolerance of [1e-6, 1e-9]) {
        const { backend, amplitudes } = watching(bath)
        expect(deviation(await run(problem, { backend }, tolerance), problem, bath)).toBeLessThan(tolerance)
        expect(amplitudes() > 0 || end < 0.1 || end > 50).toBe(true)
      }
    }
  }, 60_000)

  it('count means of the coupling, and several couplings', async () => {
    const means = smallBath({ seed: 2, sizes: [8, 12], centres: [0, 1], width: 0.5, couplings: 2, joined: (coupling, to, from) => coupling === 0 && to !== from, mean: (coupling, window) => coupling * (3 + window) })
    const both = smallBath({ seed: 4, sizes: [8, 12], centres: [0, 1], width: 0.5, couplings: 2 })
    for (const [bath, couplings] of [[means, [X, SHIFT]], [both, [X, Y]]] as const) {
      const problem = problemOf(bath, couplings, MIXED, [0.4, 0.6])
      const { backend, amplitudes } = watching(bath)
      expect(deviation(await run(problem, { backend }), problem, bath)).toBeLessThan(2e-12)
      expect(amplitudes()).toBeGreaterThan(0)
    }
  })

  it('leave runs alone that they say nothing of: uneven or coherent starts, levels that grow coherent, couplings within a window', async () => {
    const two = smallBath({ seed: 5, sizes: [9, 14], centres: [0, 1], width: 0.5 })
    const within = smallBath({ seed: 5, sizes: [9, 14], centres: [0, 1], width: 0.5, joined: () => true })
    const coherent = matrix([[0.5, 0.2], [0.2, 0.5]])
    // Levels of one window are joined by ⟨B⟩ alone, and every window is on its own.
    const joined = smallBath({ seed: 2, sizes: [9, 14], centres: [0, 1], width: 0.5, joined: () => false, mean: (_coupling, window) => 3 + window })
    const uneven = problemOf(two, [X], UP, [1, 0])
    for (const [problem, bath] of [
      [problemOf(two, [X], coherent, [0.5, 0.5]), two], [problemOf(within, [TILTED], UP, [1, 0]), within], [problemOf(joined, [TILTED], MIXED, [0.4, 0.6]), joined],
      [{ ...uneven, initial: { kind: 'product', system: UP, baths: [{ kind: 'gibbs', inverseTemperature: 1 }] } }, two],
    ] as const) {
      const { backend, amplitudes } = watching(bath)
      expect(deviation(await run(problem, { backend }), problem, bath)).toBeLessThan(1e-11)
      expect(amplitudes()).toBe(0)
    }
  })

  it('give the same numbers in plain JavaScript', async () => {
    const bath = smallBath({ seed: 5, sizes: [9, 14], centres: [0, 1], width: 0.5 })
    const problem = problemOf(bath, [X], UP, [1, 0])
    const [a, b] = [await run(problem, { backend: wasmBackend()! }), await run(problem, { backend: javascriptBackend() })]
    expect(a.map(({ populations, scalars }) => [populations, scalars])).toEqual(b.map(({ populations, scalars }) => [populations, scalars]))
  })

  it('hear a signal at any time, take nothing with them, and go on to the same numbers', async () => {
    const bath = smallBath({ seed: 6, sizes: [120, 180], centres: [0, 1], width: 0.5 })
    await checkHearing(problemOf(bath, [X], UP, [1, 0]), bath, {}, [1, 2, 3, 5, 8], ({ amplitudes }) => amplitudes())
  }, 60_000)
})

describe('survival by commutators', () => {
  /** Room for the matrices of 22 levels, and neither for eigenvectors with what is read off them nor for the blocks of long times. */
  const options: ExactOptions = { workspace: 35_000 }

  it('says what the whole matrix says, of every number that is read: real or complex, from the smaller window, the larger one or both', async () => {
    for (const real of [true, false]) {
      for (const sizes of [[9, 13], [13, 9], [11, 11]]) {
        const bath = smallBath({ seed: 5, sizes, centres: [0, 1], width: 0.5, real })
        for (const [system, probabilities] of [[UP, [1, 0]], [UP, [0, 1]], [MIXED, [0.7, 0.3]]] as const) {
          const problem = problemOf(bath, [X], system, probabilities, 500, 120)
          const { backend, commutators, held } = watching(bath)
          // Mutants: T not centred in ½{T, Π}; the odd moments of Δ left out; Δ without its weights; the energy of the whole not centred.
          expect(deviation(await run(problem, { backend }, 1e-12, options), problem, bath)).toBeLessThan(2e-11)
          expect([commutators() > 0, held()]).toEqual([true, 0])
        }
      }
    }
  }, 60_000)

  it('keeps to the tolerance asked, counts means of the coupling, and gives the same numbers in plain JavaScript', async () => {
    const means = smallBath({
      seed: 2, sizes: [9, 13], centres: [0, 1], width: 0.5, couplings: 2, joined: (coupling, to, from) => coupling === 0 && to !== from,
      mean: (coupling, window) => coupling * (3 + window),
    })
    const problem = problemOf(means, [X, SHIFT], MIXED, [0.4, 0.6], 500, 120)
    const differences: number[] = []
    for (const tolerance of [1e-5, 1e-8, 1e-12]) {
      const { backend, commutators } = watching(means)
      const difference = deviation(await run(problem, { backend }, tolerance, options), problem, means)
      expect([difference < Math.max(tolerance, 2e-11), commutators() > 0]).toEqual([true, true])
      differences.push(difference)
    }
    // Fewer terms where less is asked: each tolerance is used.
    expect(differences[0]! > 10 * differences[1]! && differences[1]! > 10 * differences[2]!).toBe(true)
    const [a, b] = [await run(problem, { backend: wasmBackend()! }, 1e-8, options), await run(problem, { backend: javascriptBackend() }, 1e-8, options)]
    expect(a.map(({ populations, scalars }) => [populations, scalars])).toEqual(b.map(({ populations, scalars }) => [populations, scalars]))
  }, 60_000)

  it('is not asked of backends that have eigenvectors of their own, and take no commutators', async () => {
    const bath = smallBath({ seed: 5, sizes: [9, 13], centres: [0, 1], width: 0.5 })
    const problem = problemOf(bath, [X], UP, [1, 0], 500, 120)
    const { backend, commutators } = watching(bath)
    const { commute: _none, ...without } = backend
    expect(deviation(await run(problem, { backend: without }, 1e-10, options), problem, bath)).toBeLessThan(1e-9)
    expect(commutators()).toBe(0)
  }, 60_000)

  it('hears a signal at any time, takes nothing with it, and goes on to the same numbers', async () => {
    const bath = smallBath({ seed: 6, sizes: [9, 13], centres: [0, 1], width: 0.5 })
    await checkHearing(problemOf(bath, [X], UP, [1, 0], 500, 120), bath, options, [1, 2, 4, 8, 20, 60], ({ commutators }) => commutators())
  }, 60_000)
})
