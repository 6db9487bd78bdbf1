import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { DenseBackend, Problem, Sample } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { javascriptBackend } from '@mesobath/kernels'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'
import type { SmallBathOptions } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const EXCITED = matrix([[0, 0], [0, 1]])
const SIZES = [50, 60]
const VECTORS = 6
const SEEDS = 60
/** So many that they are read off moments rather than walked to. */
const OFTEN: readonly number[] = Array.from({ length: 26 }, (_, i) => i)
/** p(ε_1, E = 0). */
const NODE = 2

const problemOf = (bath: Partial<SmallBathOptions>, filled: number, times = OFTEN): Problem => {
  const small = smallBath({ seed: 7, sizes: SIZES, centres: [0, 1], width: 0.5, ...bath })
  const weights = Float64Array.from(small.window, (window, at) => (window === 0 && at < filled ? 1 / filled : 0))
  const bathState = filled === SIZES[0] ? { kind: 'windows' as const, probabilities: Float64Array.of(1, 0) } : { kind: 'levels' as const, weights }
  return {
    energies: Float64Array.of(0, 1), baths: [attachment(small, 0.02, [X])],
    initial: { kind: 'product', system: EXCITED, baths: [bathState] }, times: Float64Array.from(times), drive: null,
  }
}

interface Counted {
  readonly backend: DenseBackend
  readonly complex: () => number
  readonly products: () => number
}

/** A backend that counts its products, and those with a complex factor; without products of adjoints where `bare`. */
const counting = (bare = false): Counted => {
  const own = javascriptBackend()
  let complex = 0
  let products = 0
  const count = (columns: number, ...factors: readonly { readonly im: Float64Array | null }[]): void => {
    products += columns
    if (factors.some(({ im }) => im !== null)) complex++
  }
  const { multiplyAs, ...rest } = own
  return {
    complex: () => complex, products: () => products,
    backend: {
      ...rest,
      multiply: (a, b, m, k, n, out, accumulate) => { count(n, a, b); return own.multiply(a, b, m, k, n, out, accumulate) },
      ...(bare ? {} : { multiplyAs: (form, a, b, m, k, n, out, accumulate) => { count(n, a, b); return multiplyAs!(form, a, b, m, k, n, out, accumulate) } }),
    },
  }
}

const lastOf = async (problem: Problem, options: ExactOptions = {}, backend?: DenseBackend, tolerance = 1e-10): Promise<Sample> => {
  const stepper = orThrow(await exact(options).prepare(problem, backend === undefined ? {} : { backend }, tolerance))
  const end = problem.times[problem.times.length - 1]!
  for (const segment of constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength)).segments(problem.times[0]!, end)) {
    orThrow(stepper.enter(segment))
    for (const time of problem.times) if (time > segment.from) expect(orThrow(await stepper.advance(time))).toBe('ok')
  }
  const sample = stepper.sample('after')
  const copy = { ...sample, populations: sample.populations.slice() }
  stepper.dispose()
  return copy
}

interface Spread {
  /** Mean square of p − truth over seeds. */
  readonly variance: number
  /** Mean square of the errors told. */
  readonly told: number
  /** |mean of p − truth| over its standard error. */
  readonly bias: number
}

const spreadOf = async (problem: Problem, options: ExactOptions = {}): Promise<Spread> => {
  const truth = (await lastOf(problem)).populations[NODE]!
  let variance = 0
  let told = 0
  let mean = 0
  for (let seed = 0; seed < SEEDS; seed++) {
    const { populations, scalars } = await lastOf(problem, { ...options, sampling: { vectors: VECTORS, seed } })
    const off = populations[NODE]! - truth
    mean += off / SEEDS
    variance += (off * off) / SEEDS
    told += scalars[`populationError/1/0`]! ** 2 / SEEDS
    expect(Math.abs(scalars.norm! - 1)).toBeLessThan(1e-12)
  }
  return { variance, told, bias: Math.abs(mean) / Math.sqrt(variance / SEEDS) }
}

/** χ² of 60 degrees of freedom leaves its mean by more than half once in some hundreds, and seeds are fixed. */
const honest = ({ variance, told, bias }: Spread): void => {
  expect(told / variance).toBeGreaterThan(1 / 1.5)
  expect(told / variance).toBeLessThan(1.6)
  expect(bias).toBeLessThan(3.5)
}

describe('the variance of random vectors', () => {
  it('is half as large where the curve is even in time, p(−t) = p(t), and the bars say so; mutant: odd moments kept', async () => {
    const problem = problemOf({}, SIZES[0]!)
    const whole = await spreadOf(problem)
    honest(whole)
    // The same in several stretches of time, none of which but the first lies about the start.
    const several = await spreadOf(problem, { workspace: 40_000 })
    honest(several)
    expect(several.variance / whole.variance).toBeGreaterThan(1.35)
    expect(several.variance / whole.variance).toBeLessThan(3)
  })

  it('leaves no bias where the curve is not even: part of a window, a complex H; mutant: odd moments left out', async () => {
    const forward = problemOf({}, 4, OFTEN.slice(0, 13))
    const truth = (await lastOf(forward)).populations[NODE]!
    // B → B* is t → −t: the two curves differ.
    const { bath, ...rest } = forward.baths[0]!
    const microscopic = orThrow(bath.can.microscopic!())
    if (microscopic.kind !== 'spectral') throw new Error('must be a bath by levels')
    const turned = {
      ...microscopic,
      block: (coupling: number, to: number, from: number, out: { re: Float64Array; im: Float64Array | null }): boolean => {
        const there = microscopic.block(coupling, to, from, out)
        out.im?.forEach((value, at, im) => { im[at] = -value })
        return there
      },
    }
    const backward: Problem = { ...forward, baths: [{ ...rest, bath: { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: turned }) } } }] }
    const half = Math.abs((await lastOf(backward)).populations[NODE]! - truth) / 2
    let mean = 0
    for (let seed = 0; seed < SEEDS; seed++) mean += (await lastOf(forward, { sampling: { vectors: 3, seed } })).populations[NODE]! / SEEDS
    expect(half).toBeGreaterThan(0.003)
    expect(Math.abs(mean - truth)).toBeLessThan(half / 2)
  })

  it('is honest by signs where H and the start are real, and no product of such a run is complex; mutants: phases, one sign', async () => {
    const problem = problemOf({ real: true }, SIZES[0]!)
    honest(await spreadOf(problem))
    const counted = counting()
    await lastOf(problem, { sampling: { vectors: VECTORS } }, counted.backend)
    expect(counted.products()).toBeGreaterThan(0)
    expect(counted.complex()).toBe(0)
  })

  it('stays below max(w)/4 a vector, so that as many vectors are taken as leave the error asked for, without a pilot where these are few', async () => {
    const bath = orThrow(randomMatrixBath({
      windows: [{ energy: 0, volume: 150 }, { energy: 1, volume: 200 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 3,
    }))
    const { baths, ...rest } = problemOf({}, SIZES[0]!)
    const problem: Problem = { ...rest, baths: [{ ...baths[0]!, bath, strength: 5e-3 }] }
    // 1/(4·150·0.02²) = 4.2.
    const counted = counting()
    const told = (await lastOf(problem, { sampling: { targetError: 0.02 } }, counted.backend)).scalars.samplingError!
    expect(told).toBeLessThan(0.02)
    const five = counting()
    await lastOf(problem, { sampling: { vectors: 5 } }, five.backend)
    expect(counted.products()).toBe(five.products())
  })
})

describe('the series of random vectors', () => {
  it('keeps to the tolerance of the run, and needs fewer products for less of it', async () => {
    const problem = problemOf({}, SIZES[0]!)
    const [sharp, coarse] = [counting(), counting()]
    const exactly = await lastOf(problem, { sampling: { vectors: VECTORS } }, sharp.backend, 1e-10)
    const roughly = await lastOf(problem, { sampling: { vectors: VECTORS } }, coarse.backend, 1e-4)
    expect(coarse.products()).toBeLessThan(0.9 * sharp.products())
    exactly.populations.forEach((p, node) => expect(Math.abs(roughly.populations[node]! - p)).toBeLessThan(2e-6))
    expect(Math.abs(roughly.scalars.norm! - 1)).toBeLessThan(2e-6)
  })
})

describe('a block and its adjoint', () => {
  it('are one matrix where products may take an adjoint, with the same bits as two', async () => {
    const problem = problemOf({ joined: () => true, sizes: [150, 300] }, 150, [0, 2])
    const [one, two] = [counting(), counting(true)]
    for (const options of [{ sampling: { vectors: 3 } }, { sampling: { vectors: 3 }, workspace: 1e6 }]) {
      const shared = await lastOf(problem, options, one.backend)
      const apart = await lastOf(problem, options, two.backend)
      expect(Array.from(shared.populations)).toEqual(Array.from(apart.populations))
    }
    const { baths } = problemOf({ sizes: [150, 300] }, 150)
    const bytes = (backend: DenseBackend): number => orThrow(exact({ sampling: { vectors: 3 } }).estimate({ ...problem, baths }, { backend })).bytes
    expect(bytes(two.backend) - bytes(one.backend)).toBe(150 * 300 * 16)
  })

  it('let 20 000 levels be estimated, in two windows, at little more than the block between them, without drawing it', () => {
    const bath = orThrow(randomMatrixBath({
      windows: [{ energy: 0, volume: 8000 }, { energy: 1, volume: 12_000 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 3,
    }))
    const { baths, ...rest } = problemOf({}, SIZES[0]!)
    const problem: Problem = { ...rest, baths: [{ ...baths[0]!, bath, strength: 6.7e-4 }], times: Float64Array.of(0, 30, 60) }
    const { bytes } = orThrow(exact({ sampling: { targetError: 2e-3 } }).estimate(problem, {}))
    const block = 8000 * 12_000 * 16
    expect(bytes).toBeGreaterThan(block)
    expect(bytes).toBeLessThan(1.2 * block)
  })
})
