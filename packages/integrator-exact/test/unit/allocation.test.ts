import { afterEach, describe, expect, it, vi } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { DenseBackend, Problem, Segment } from '@mesobath/contracts'
import { chebyshevTerms, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const EXCITED = matrix([[0, 0], [0, 1]])

afterEach(() => vi.unstubAllGlobals())

describe('a Chebyshev step', () => {
  it('makes no array: their number is the same for few terms and for many', async () => {
    const bath = smallBath({ seed: 11, sizes: [90, 110], centres: [0, 1], width: 0.5 })
    const madeOver = async (duration: number): Promise<{ readonly planes: number; readonly arrays: number; readonly products: number }> => {
      const problem: Problem = {
        energies: Float64Array.of(0, 1),
        baths: [attachment(bath, 0.01, [X])],
        initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
        times: Float64Array.of(0, duration / 3, duration / 2, duration),
        drive: null,
      }
      // Without products of adjoints there is no eigenbasis: a series is all that is left.
      const { multiplyAs: _, ...own } = wasmBackend()!
      let planes = 0
      let products = 0
      const backend: DenseBackend = {
        ...own,
        allocate: (rows, columns, real) => { planes++; return own.allocate(rows, columns, real) },
        multiply: (...given) => { products++; return own.multiply(...given) },
      }
      const stepper = orThrow(await exact().prepare(problem, { backend }, 1e-8))
      for (const segment of constantDrive(problem.energies, Float64Array.of(0.01)).segments(0, duration)) orThrow(stepper.enter(segment))
      // Bounds, room and the first stretch are made once; what follows is counted.
      planes = 0
      products = 0
      let arrays = 0
      const Original = Float64Array
      vi.stubGlobal('Float64Array', new Proxy(Original, { construct: (target, given) => { if (typeof given[0] === 'number' && given[0] > 1000) arrays++; return Reflect.construct(target, given) as object } }))
      orThrow(await stepper.advance(duration))
      vi.unstubAllGlobals()
      stepper.dispose()
      return { planes, arrays, products }
    }
    const [few, many] = [await madeOver(2), await madeOver(24)]
    expect(chebyshevTerms(24 * 0.3, 1e-10)).toBeGreaterThan(chebyshevTerms(2 * 0.3, 1e-10) + 8)
    expect(many.products).toBeGreaterThan(few.products + 8)
    expect(many.planes).toBe(few.planes)
    // Arrays as large as a column of states: moments of the stretch alone, whose number does not depend on the terms.
    expect(many.arrays).toBeLessThanOrEqual(few.arrays + 8)
  })
})

describe('a step along a smooth drive', () => {
  // Mutants: points copied for the weights, a row of the follower made anew at each step; room for a value beside the history.
  it('makes no array: their number is the same for few steps and for many', async () => {
    const bath = smallBath({ seed: 12, sizes: [30, 40], centres: [0, 1], width: 0.5 })
    const segment: Segment = {
      from: 0, to: 40, constant: false,
      energies: (time, out) => { out[0] = 0; out[1] = 1 + 0.2 * Math.sin(0.9 * time) },
      strengths: (time, out) => { out[0] = 0.01 * (1 + 0.3 * Math.cos(0.7 * time)) },
    }
    const madeOver = async (duration: number): Promise<{ readonly planes: number; readonly arrays: number; readonly looks: number }> => {
      let looks = 0
      const problem: Problem = {
        energies: Float64Array.of(0, 1),
        baths: [attachment(bath, 0.01, [X])],
        initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
        times: Float64Array.of(0, 2, 2 + duration, 40),
        drive: { recipe: null, segments: () => [segment] },
      }
      const own = wasmBackend()!
      let planes = 0
      const backend: DenseBackend = { ...own, allocate: (rows, columns, real) => { planes++; return own.allocate(rows, columns, real) } }
      const stepper = orThrow(await exact().prepare(problem, { backend }, 1e-8))
      orThrow(stepper.enter({ ...segment, energies: (time, out) => { looks++; segment.energies(time, out) } }))
      // The propagator and its first value are made once; what follows is counted.
      orThrow(await stepper.advance(2))
      planes = 0
      looks = 0
      let arrays = 0
      for (const type of ['Float64Array', 'Int32Array'] as const) {
        vi.stubGlobal(type, new Proxy(globalThis[type], {
          construct: (target, given) => { if (typeof given[0] === 'number') arrays++; return Reflect.construct(target, given) as object },
          get: (target, name) => { if (name === 'from' || name === 'of') arrays++; return Reflect.get(target, name) as unknown },
        }))
      }
      const copies = [vi.spyOn(Float64Array.prototype, 'slice'), vi.spyOn(Float64Array.prototype, 'map')]
      orThrow(await stepper.advance(2 + duration))
      vi.unstubAllGlobals()
      for (const copy of copies) arrays += copy.mock.calls.length
      vi.restoreAllMocks()
      stepper.dispose()
      return { planes, arrays, looks }
    }
    const [few, many] = [await madeOver(2), await madeOver(30)]
    expect(many.looks).toBeGreaterThan(3 * few.looks)
    expect(many.planes).toBe(few.planes)
    expect(many.arrays).toBe(few.arrays)
  })
})
