import { setFlagsFromString } from 'node:v8'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Cancellation, DenseBackend, Drive, Host, Planes, Problem, Sample, SingleNumbers } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { wasmBackend } from '@mesobath/kernels'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

// The engine of Node 20 has relaxed SIMD behind a flag.
setFlagsFromString('--experimental-wasm-relaxed-simd')

afterEach(() => vi.unstubAllGlobals())

const X = matrix([[0, 1], [1, 0]])
const HALF_X = matrix([[0, -0.5], [-0.5, 0]])
const DEPHASING = matrix([[1, 0], [0, -1]])
const EXCITED = matrix([[0, 0], [0, 1]])
const SUPERPOSED = matrix([[0.5, 0.5], [0.5, 0.5]])
const windows = (...probabilities: number[]) => ({ kind: 'windows', probabilities: Float64Array.from(probabilities) }) as const
const pair = smallBath({ seed: 11, sizes: [60, 83], centres: [0, 1], width: 0.5 })

const problemOf = (part: Partial<Problem> = {}): Problem => ({
  energies: Float64Array.of(0, 1), baths: [attachment(pair, 0.02, [X])],
  initial: { kind: 'product', system: EXCITED, baths: [windows(1, 0)] }, times: Float64Array.of(0, 7, 20, 60), drive: null, ...part,
})

const quench: Drive = {
  ...constantDrive(Float64Array.of(0, 1), Float64Array.of(0.02)),
  segments: (from, to) => [[from, to / 2, 1], [to / 2, to, 1.2]].map(([start, end, level]) => ({
    from: start!, to: end!, constant: true,
    energies: (_t: number, out: Float64Array) => { out[0] = 0; out[1] = level! }, strengths: (_t: number, out: Float64Array) => { out[0] = 0.02 },
    energyRates: (_t: number, out: Float64Array) => { out.fill(0) }, strengthRates: (_t: number, out: Float64Array) => { out.fill(0) },
  })),
}

/** A backend that counts bytes and products to single precision. */
const counted = (fused = true): { readonly backend: DenseBackend; readonly singly: () => number; readonly held: () => number; readonly most: () => number } => {
  const backend = wasmBackend({ fused })!
  let held = 0
  let most = 0
  let singly = 0
  const take = (bytes: number): void => { most = Math.max(most, held += bytes) }
  const size = (planes: Planes): number => planes.re.byteLength + (planes.im?.byteLength ?? 0)
  const { single } = backend
  return {
    singly: () => singly, held: () => held, most: () => most,
    backend: {
      ...backend,
      allocate: (rows, columns, real) => {
        take(8 * rows * columns * (real ? 1 : 2))
        return backend.allocate(rows, columns, real)
      },
      release: (planes) => {
        held -= size(planes)
        backend.release(planes)
      },
      ...(single === undefined ? {} : {
        single: {
          ...single,
          allocate: (count: number): SingleNumbers => {
            take(8 * count)
            return single.allocate(count)
          },
          multiply: (...given: Parameters<typeof single.multiply>): void => {
            singly++
            single.multiply(...given)
          },
          overlap: (...given: Parameters<typeof single.overlap>): void => {
            const [, , , terms, , width, overlaps, , weighted] = given
            // What is summed up, and the sums inside, padded to sixes of blocks and fours of columns.
            const beside = [overlaps, ...weighted].reduce((sum, planes) => sum + size(planes), 0) + (weighted.length > 0 ? 2 : 1) * 64 * Math.ceil(width / 4) * (6 * Math.ceil(terms / 6)) ** 2
            // Moments of each vector of both nodes, of all together, and of the component.
            const moments = 8 * terms * terms * (2 * (1 + width) + 1 + weighted.length)
            take(beside + moments)
            single.overlap(...given)
            held -= beside + moments
          },
          release: (numbers: SingleNumbers): void => {
            held -= numbers.values.byteLength
            single.release(numbers)
          },
        },
      }),
    },
  }
}

const run = async (problem: Problem, options: ExactOptions, backend: DenseBackend, tolerance: number, host: Host = {}, signal?: Cancellation): Promise<Sample[] | 'cancelled'> => {
  const stepper = orThrow(await exact(options).prepare(problem, { ...host, backend }, tolerance))
  const samples: Sample[] = []
  try {
    const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
    for (const segment of drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
      orThrow(stepper.enter(segment))
      for (const time of problem.times) {
        if (time < segment.from || time > segment.to) continue
        if (orThrow(await stepper.advance(time, signal)) === 'cancelled') return 'cancelled'
        const sample = stepper.sample('after')
        samples.push({ ...sample, populations: sample.populations.slice(), populationRates: sample.populationRates!.slice() })
      }
      if (stepper.time < segment.to) orThrow(await stepper.advance(segment.to))
    }
  } finally {
    stepper.dispose()
  }
  return samples
}

/** The largest difference of probabilities, their rates, and all numbers beside them. */
const farthest = (a: readonly Sample[], b: readonly Sample[]): number => {
  let most = 0
  expect(a.length).toBe(b.length)
  a.forEach((sample, at) => {
    const other = b[at]!
    sample.populations.forEach((p, node) => { most = Math.max(most, Math.abs(p - other.populations[node]!)) })
    sample.populationRates!.forEach((rate, node) => { most = Math.max(most, Math.abs(rate - other.populationRates![node]!)) })
    for (const [name, value] of Object.entries(sample.scalars)) most = Math.max(most, Math.abs(value - other.scalars[name]!))
  })
  return most
}

const sampling = { vectors: 6, seed: 3 }
const third = smallBath({ seed: 4, sizes: [9, 11], centres: [0, 1], width: 0.4 })
const CASES: Readonly<Record<string, { readonly problem: Problem; readonly options?: ExactOptions }>> = {
  'one stretch': { problem: problemOf() },
  'several stretches and batches': { problem: problemOf(), options: { workspace: 2e5 } },
  'a coupling that is no permutation': { problem: problemOf({ baths: [attachment(pair, 0.04, [HALF_X])] }) },
  'a coupling that dephases': {
    problem: problemOf({
      baths: [attachment(smallBath({ seed: 6, sizes: [40, 50, 30], centres: [0, 1, 2], width: 0.5, joined: () => true }), 0.02, [DEPHASING])],
      initial: { kind: 'product', system: EXCITED, baths: [windows(0.5, 0.5, 0)] },
    }),
  },
  'two baths': {
    problem: problemOf({
      baths: [attachment(smallBath({ seed: 3, sizes: [7, 8], centres: [0, 1], width: 0.5 }), 0.05, [X]), { ...attachment(third, 0.07, [X]), label: 'second' }],
      initial: { kind: 'product', system: EXCITED, baths: [windows(1, 0), windows(0.3, 0.7)] },
    }),
  },
  'a quench': { problem: problemOf({ drive: quench }) },
}

describe('random vectors to single precision', () => {
  it('say what they say to double precision, to a millionth', async () => {
    for (const [name, { problem, options = {} }] of Object.entries(CASES)) {
      const single = counted()
      const double = counted(false)
      const found = await run(problem, { sampling, ...options }, single.backend, 1e-4)
      const expected = await run(problem, { sampling, ...options }, double.backend, 1e-10)
      expect(single.singly(), name).toBeGreaterThan(10)
      expect(double.singly(), name).toBe(0)
      if (found === 'cancelled' || expected === 'cancelled') throw new Error('nobody cancelled')
      const off = farthest(found, expected)
      expect(off, name).toBeLessThan(2e-6)
      // They are other numbers, or nothing has been compared.
      expect(off, name).toBeGreaterThan(1e-12)
      expect(single.held(), name).toBe(0)
    }
  })

  it('are not taken where more digits are asked for, where levels are superposed, or where real numbers do', async () => {
    const real = smallBath({ seed: 11, sizes: [60, 83], centres: [0, 1], width: 0.5, real: true })
    const cases: readonly (readonly [Problem, ExactOptions, number])[] = [
      [problemOf(), { sampling }, 1e-6],
      [problemOf(), {}, 1e-4],
      [problemOf({ initial: { kind: 'product', system: SUPERPOSED, baths: [windows(1, 0)] } }), { sampling }, 1e-4],
      [problemOf({ baths: [attachment(real, 0.02, [X])] }), { sampling }, 1e-4],
      [problemOf({ baths: [attachment(smallBath({ seed: 11, sizes: [60, 83], centres: [0, 1], width: 0.5, mean: (_c, window) => 0.1 + window }), 0.02, [X])] }), { sampling }, 1e-4],
    ]
    for (const [problem, options, tolerance] of cases) {
      const { backend, singly } = counted()
      await run(problem, options, backend, tolerance)
      expect(singly()).toBe(0)
    }
  })

  it('take the bytes that are estimated, within 20 %, and give all of them back', async () => {
    const large = smallBath({ seed: 1, sizes: [150, 190], centres: [0, 1], width: 0.5 })
    const cases: readonly (readonly [Problem, ExactOptions])[] = [
      [problemOf({ baths: [attachment(large, 0.01, [X])] }), { sampling: { vectors: 20, seed: 1 } }],
      [problemOf({ baths: [attachment(large, 0.01, [X])] }), { sampling: { vectors: 24, seed: 1 }, workspace: 4e6 }],
      [CASES['two baths']!.problem, { sampling }],
      [problemOf({ baths: [attachment(large, 0.01, [X])], drive: quench }), { sampling: { vectors: 16, seed: 1 } }],
    ]
    for (const [problem, options] of cases) {
      const { backend, most, held, singly } = counted()
      const { bytes } = orThrow(exact(options).estimate(problem, { backend }, 1e-4))
      await run(problem, options, backend, 1e-4)
      expect(singly()).toBeGreaterThan(0)
      // Beside the backend's planes: its packing buffers, 1.4 MB.
      expect(bytes / (most() + 1.4e6)).toBeGreaterThan(0.8)
      expect(bytes / (most() + 1.4e6)).toBeLessThan(1.25)
      expect(held()).toBe(0)
    }
  })

  it('make no array in a step: their number is the same for few steps and for many', async () => {
    const large = smallBath({ seed: 1, sizes: [150, 190], centres: [0, 1], width: 0.5 })
    const madeOver = async (duration: number): Promise<{ readonly arrays: number; readonly singly: number }> => {
      const { backend, singly } = counted()
      const problem = problemOf({ baths: [attachment(large, 0.01, [X])], times: Float64Array.of(0, duration / 2, duration) })
      const stepper = orThrow(await exact({ sampling }).prepare(problem, { backend }, 1e-4))
      for (const segment of constantDrive(problem.energies, Float64Array.of(0.01)).segments(0, duration)) orThrow(stepper.enter(segment))
      let arrays = 0
      for (const type of ['Float64Array', 'Float32Array'] as const) {
        vi.stubGlobal(type, new Proxy(globalThis[type], { construct: (target, given) => { if (typeof given[0] === 'number') arrays++; return Reflect.construct(target, given) as object } }))
      }
      orThrow(await stepper.advance(duration))
      vi.unstubAllGlobals()
      stepper.dispose()
      return { arrays, singly: singly() }
    }
    const [few, many] = [await madeOver(3), await madeOver(60)]
    expect(many.singly).toBeGreaterThan(few.singly + 20)
    expect(few.arrays).toBeGreaterThan(0)
    expect(many.arrays).toBe(few.arrays)
  })

  it('say what they are, hear a signal between products, and give back what they took', async () => {
    const large = smallBath({ seed: 1, sizes: [150, 190], centres: [0, 1], width: 0.5 })
    const { backend, held, singly } = counted()
    const stepper = orThrow(await exact({ sampling: { vectors: 40, seed: 1 } }).prepare(problemOf(), { backend }, 1e-4))
    expect(stepper.validity().find(({ code }) => code === 'integrator-exact/sampling-error')!.message).toMatch(/^Random vectors \(40, to single precision\) stand/)
    stepper.dispose()
    const stop = { aborted: false }
    let breaths = 0
    const host: Host = { breathe: async () => { if (++breaths === 4) stop.aborted = true } }
    expect(await run(problemOf({ baths: [attachment(large, 0.01, [X])] }), { sampling: { vectors: 40, seed: 1 } }, backend, 1e-4, host, stop as Cancellation)).toBe('cancelled')
    expect(singly()).toBeGreaterThan(0)
    expect(held()).toBe(0)
  })
})
