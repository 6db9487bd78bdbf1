import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DenseBackend, Planes } from '@mesobath/contracts'
import { commutatorMoments, javascriptBackend, randomStream, tridiagonalEnds, wasmBackend } from '@mesobath/kernels'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** How many arrays are made while something runs: by their length, from others, as copies. */
const arraysMadeBy = async (run: () => Promise<unknown>): Promise<number> => {
  let arrays = 0
  for (const type of ['Float64Array', 'Float32Array', 'Int32Array'] as const) {
    vi.stubGlobal(type, new Proxy(globalThis[type], {
      construct: (target, given) => { if (typeof given[0] === 'number') arrays++; return Reflect.construct(target, given) as object },
      get: (target, name) => { if (name === 'from' || name === 'of') arrays++; return Reflect.get(target, name) as unknown },
    }))
  }
  const copies = [vi.spyOn(Float64Array.prototype, 'slice'), vi.spyOn(Float64Array.prototype, 'map')]
  await run()
  vi.unstubAllGlobals()
  for (const copy of copies) arrays += copy.mock.calls.length
  vi.restoreAllMocks()
  return arrays
}

describe('a step of a commutator', () => {
  const { commute: _, ...bare } = javascriptBackend()
  const backends: readonly (readonly [string, DenseBackend])[] = [['plain JavaScript', bare], ['WebAssembly', wasmBackend()!]]

  // Mutants: sums of a band made anew at each step; a band's rows copied.
  it.each(backends)('by %s makes no array: their number is the same for few terms and for many', async (_name, own) => {
    const n = 40
    const stream = randomStream(1)
    const matrix = { diagonal: Float64Array.from({ length: n }, () => stream.normal()), off: Float64Array.from({ length: n - 1 }, () => stream.normal()) }
    const ends = tridiagonalEnds(matrix)
    let planes = 0
    let steps = 0
    const backend: DenseBackend = {
      ...own,
      allocate: (...given) => { planes++; return own.allocate(...given) },
      ...(own.commute === undefined ? {} : { commute: (...given) => own.commute!(...given) }),
    }
    const madeFor = async (terms: number): Promise<{ readonly arrays: number; readonly planes: number; readonly steps: number }> => {
      const [x, y] = [0, 1].map((): Planes => {
        const made = own.allocate(n, n, false)
        for (const plane of [made.re, made.im!]) for (let at = 0; at < n * n; at++) plane[at] = stream.normal()
        return made
      })
      planes = 0
      steps = 0
      const arrays = await arraysMadeBy(() => commutatorMoments(backend, matrix, ends, x!, y!, terms, async () => { steps++; return true }))
      return { arrays, planes, steps }
    }
    const [few, many] = [await madeFor(4), await madeFor(60)]
    expect(many.steps).toBeGreaterThan(few.steps + 20)
    expect(few.arrays).toBeGreaterThan(0)
    expect(many.arrays).toBe(few.arrays)
    expect(many.planes).toBe(few.planes)
  })
})
