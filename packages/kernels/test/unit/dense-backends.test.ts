import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DenseBackend, Planes } from '@mesobath/contracts'
import { defaultBackend, javascriptBackend, planesView, randomStream, wasmBackend } from '@mesobath/kernels'

const wasm = (): DenseBackend => {
  const backend = wasmBackend()
  if (backend === null) throw new Error('these tests need an engine with wasm SIMD')
  return backend
}

const filled = (backend: DenseBackend, size: number, real: boolean, seed: number): Planes => {
  const planes = backend.allocate(size, 1, real)
  const stream = randomStream(seed)
  for (let i = 0; i < size; i++) planes.re[i] = stream.normal()
  if (planes.im !== null) for (let i = 0; i < size; i++) planes.im[i] = stream.normal()
  return planes
}

interface Shape {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly realA: boolean
  readonly realB: boolean
  readonly accumulate: boolean
}

const multiply = (backend: DenseBackend, { m, k, n, realA, realB, accumulate }: Shape): Planes => {
  const a = filled(backend, m * k, realA, 1)
  const b = filled(backend, k * n, realB, 2)
  const out = filled(backend, m * n, realA && realB, 3)
  void backend.multiply(a, b, m, k, n, out, accumulate)
  const result = { re: out.re.slice(), im: out.im === null ? null : out.im.slice() }
  for (const planes of [a, b, out]) backend.release(planes)
  return result
}

/** The definition, entry by entry. */
const byDefinition = (backend: DenseBackend, { m, k, n, realA, realB, accumulate }: Shape): Planes => {
  const a = filled(backend, m * k, realA, 1)
  const b = filled(backend, k * n, realB, 2)
  const out = filled(backend, m * n, realA && realB, 3)
  const re = new Float64Array(m * n)
  const im = new Float64Array(m * n)
  const aRe = a.re, aIm = a.im, bRe = b.re, bIm = b.im
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) {
      let x = accumulate ? out.re[r * n + c]! : 0
      let y = accumulate && out.im !== null ? out.im[r * n + c]! : 0
      for (let p = 0; p < k; p++) {
        const ar = aRe[r * k + p]!, ai = aIm === null ? 0 : aIm[r * k + p]!
        const br = bRe[p * n + c]!, bi = bIm === null ? 0 : bIm[p * n + c]!
        x += ar * br - ai * bi
        y += ar * bi + ai * br
      }
      re[r * n + c] = x
      im[r * n + c] = y
    }
  }
  const complex = out.im !== null
  for (const planes of [a, b, out]) backend.release(planes)
  return { re, im: complex ? im : null }
}

const bits = (planes: Planes): bigint[][] =>
  [planes.re, planes.im ?? new Float64Array(0)].map((plane) => Array.from(new BigUint64Array(plane.slice().buffer)))

const largest = (a: Planes, b: Planes): number => {
  let most = 0
  for (let i = 0; i < a.re.length; i++) most = Math.max(most, Math.abs(a.re[i]! - b.re[i]!))
  if (a.im !== null && b.im !== null) for (let i = 0; i < a.im.length; i++) most = Math.max(most, Math.abs(a.im[i]! - b.im[i]!))
  return most
}

/** 3M loses a few digits more than the definition: rounding of sums of `k` products of normal numbers. */
const allowance = (k: number): number => 4e-15 * (k + 8)

const shape = fc.record({
  m: fc.integer({ min: 0, max: 23 }), k: fc.integer({ min: 0, max: 19 }), n: fc.integer({ min: 0, max: 21 }),
  realA: fc.boolean(), realB: fc.boolean(), accumulate: fc.boolean(),
})
// Sizes beyond one block of rows, columns and depth, and off every multiple of a tile.
const LARGE: readonly Shape[] = [
  { m: 131, k: 259, n: 37, realA: false, realB: false, accumulate: true },
  { m: 67, k: 515, n: 1, realA: false, realB: false, accumulate: false },
  { m: 5, k: 300, n: 521, realA: false, realB: true, accumulate: true },
  { m: 140, k: 256, n: 516, realA: true, realB: false, accumulate: false },
  { m: 129, k: 257, n: 4, realA: true, realB: true, accumulate: false },
]

describe('dense backends', () => {
  it('multiply as the definition says, whatever the shape, real or complex, accumulating or not', () => {
    for (const backend of [wasm(), javascriptBackend()]) {
      const check = (each: Shape): void => {
        expect(largest(multiply(backend, each), byDefinition(backend, each))).toBeLessThan(allowance(each.k))
      }
      fc.assert(fc.property(shape, check), { numRuns: 100 })
      LARGE.forEach(check)
    }
  })

  it('give the same bits in wasm as in plain JavaScript', () => {
    const a = wasm()
    const b = javascriptBackend()
    const check = (each: Shape): void => {
      expect(bits(multiply(a, each))).toEqual(bits(multiply(b, each)))
    }
    fc.assert(fc.property(shape, check), { numRuns: 200 })
    LARGE.forEach(check)
  })

  it('know adjoint factors and Hermitian results, with the same bits from all that are reproducible', () => {
    const form = fc.record({
      m: fc.integer({ min: 0, max: 70 }), k: fc.integer({ min: 0, max: 40 }), n: fc.integer({ min: 0, max: 30 }),
      realA: fc.boolean(), realB: fc.boolean(), accumulate: fc.boolean(), hermitian: fc.boolean(),
    })
    const [plain, simd] = [javascriptBackend(), wasm()]
    const fused = wasmBackend({ fused: true })!
    fc.assert(fc.property(form, ({ m, k, n: columns, realA, realB, accumulate, hermitian }) => {
      const n = hermitian ? m : columns
      const results = [plain, simd, fused].map((backend) => {
        const a = filled(backend, k * m, realA, 1)
        const b = hermitian ? a : filled(backend, k * n, realB, 2)
        const turned = backend.allocate(m, k, realA)
        for (let r = 0; r < m; r++) {
          for (let c = 0; c < k; c++) {
            turned.re[r * k + c] = a.re[c * m + r]!
            if (turned.im !== null) turned.im[r * k + c] = -a.im![c * m + r]!
          }
        }
        const real = hermitian ? realA : realA && realB
        const [out, wanted] = [backend.allocate(m, n, real), backend.allocate(m, n, real)]
        if (accumulate) for (let i = 0; i < m * n; i++) out.re[i] = wanted.re[i] = hermitian && i % (n + 1) !== 0 ? 0 : 1
        void backend.multiplyAs!({ adjoint: true, hermitian }, a, b, m, k, n, out, accumulate)
        void backend.multiply(turned, b, m, k, n, wanted, accumulate)
        expect(largest(out, wanted)).toBeLessThan(allowance(k))
        if (hermitian && out.im !== null) for (let r = 0; r < m; r++) for (let c = 0; c < m; c++) expect(out.im[r * m + c]).toBe(r === c ? 0 : -out.im[c * m + r]!)
        const result = { re: out.re.slice(), im: out.im === null ? null : out.im.slice() }
        for (const planes of hermitian ? [a, turned, out, wanted] : [a, b, turned, out, wanted]) backend.release(planes)
        return result
      })
      expect(bits(results[0]!)).toEqual(bits(results[1]!))
      expect(largest(results[0]!, results[2]!)).toBeLessThan(allowance(k))
    }), { numRuns: 120 })
  })

  // A single column is not worth packing for: its left factor is read as it lies.
  it('multiply a single column with the same bits, adjoint or not', () => {
    const plain = javascriptBackend()
    const given = (m: number, k: number, adjoint: boolean, accumulate: boolean, backend: DenseBackend): Planes => {
      const [a, b, out] = [filled(backend, m * k, false, 3), filled(backend, k, false, 4), filled(backend, m, false, 5)]
      void backend.multiplyAs!({ adjoint, hermitian: false }, a, b, m, k, 1, out, accumulate)
      const result = { re: out.re.slice(), im: out.im!.slice() }
      for (const planes of [a, b, out]) backend.release(planes)
      return result
    }
    for (const [m, k] of [[1, 1], [2, 3], [3, 256], [99, 513], [97, 1], [196, 300]] as const) {
      for (const adjoint of [false, true]) {
        for (const accumulate of [false, true]) {
          const wanted = given(m, k, adjoint, accumulate, plain)
          expect(bits(given(m, k, adjoint, accumulate, wasm()))).toEqual(bits(wanted))
          expect(largest(given(m, k, adjoint, accumulate, wasmBackend({ fused: true })!), wanted)).toBeLessThan(allowance(k))
        }
      }
    }
  })

  it('hand on what is not finite, and where it is', () => {
    for (const backend of [wasm(), wasmBackend({ fused: true })!, javascriptBackend()]) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const [m, k, n] = [9, 7, 5]
        const a = filled(backend, m * k, false, 1)
        const b = filled(backend, k * n, false, 2)
        a.im![3 * k + 2] = bad
        b.re[4 * n + 1] = bad
        const out = backend.allocate(m, n, false)
        void backend.multiply(a, b, m, k, n, out, false)
        for (let r = 0; r < m; r++) {
          for (let c = 0; c < n; c++) {
            const finite = Number.isFinite(out.re[r * n + c]!) && Number.isFinite(out.im![r * n + c]!)
            expect(finite).toBe(r !== 3 && c !== 1)
          }
        }
        // Room that is used again keeps nothing of it.
        void backend.multiply(filled(backend, m * k, false, 1), filled(backend, k * n, false, 2), m, k, n, out, false)
        expect(out.re.every(Number.isFinite) && out.im!.every(Number.isFinite)).toBe(true)
      }
    }
  })

  it('say whether their bits are the same everywhere', () => {
    expect([javascriptBackend().reproducible, wasm().reproducible, defaultBackend({ reproducible: true }).reproducible]).toEqual([true, true, true])
    const fused = wasmBackend({ fused: true })!
    expect(fused.reproducible).toBe(fused.id === 'wasm-simd')
    expect(['wasm-simd', 'wasm-simd-fma']).toContain(fused.id)
  })

  it('do not depend on how the rows of a product are divided', () => {
    for (const backend of [wasm(), javascriptBackend()]) {
      const [m, k, n] = [37, 300, 11]
      const a = filled(backend, m * k, false, 1)
      const b = filled(backend, k * n, false, 2)
      const whole = backend.allocate(m, n, false)
      const parts = backend.allocate(m, n, false)
      void backend.multiply(a, b, m, k, n, whole, false)
      for (const [from, to] of [[0, 5], [5, 22], [22, 37]] as const) {
        void backend.multiply(planesView(a, from * k, to * k), b, to - from, k, n, planesView(parts, from * n, to * n), false)
      }
      expect(bits(parts)).toEqual(bits(whole))
    }
  })

  it('mirror a Hermitian product of several parts once, with the last of them', () => {
    for (const backend of [wasm(), javascriptBackend()]) {
      const [k, n] = [300, 37]
      const a = filled(backend, k * n, false, 1)
      const whole = backend.allocate(n, n, false)
      const parts = backend.allocate(n, n, false)
      void backend.multiplyAs!({ adjoint: true, hermitian: true }, a, a, n, k, n, whole, false)
      // Parts as deep as blocks of the sum, so that the order of additions is that of the whole.
      for (const [from, to] of [[0, 256], [256, 300]] as const) {
        const rows = planesView(a, from * n, to * n)
        void backend.multiplyAs!({ adjoint: true, hermitian: true, triangle: to < k }, rows, rows, n, to - from, n, parts, true)
      }
      expect(bits(parts)).toEqual(bits(whole))
    }
  })

  it('refuse planes that are too short and a real result of complex factors', () => {
    for (const backend of [wasm(), javascriptBackend()]) {
      const small = backend.allocate(2, 2, false)
      expect(() => backend.multiply(small, small, 3, 2, 2, small, false)).toThrow(RangeError)
      expect(() => backend.multiply(small, small, 2, 2, 2, backend.allocate(2, 2, true), false)).toThrow(TypeError)
    }
  })
})

describe('a long product of plain JavaScript', () => {
  const [m, k, n] = [150, 520, 300] as const
  const operations = 8 * m * k * n
  const factors = (backend: DenseBackend, seed: number): readonly [Planes, Planes, Planes] =>
    [filled(backend, m * k, false, seed), filled(backend, k * n, false, seed + 1), backend.allocate(m, n, false)]

  it('breathes at least once in 4e7 operations, with the same bits as without, also while others are computed', async () => {
    const backend = javascriptBackend()
    const wanted = [1, 5].map((seed) => {
      const [a, b, out] = factors(backend, seed)
      void backend.multiply(a, b, m, k, n, out, false)
      return bits(out)
    })
    let breaths = 0
    const running = [1, 5].map(async (seed) => {
      const [a, b, out] = factors(backend, seed)
      await backend.multiply(a, b, m, k, n, out, false, async () => { breaths++; return true })
      return bits(out)
    })
    expect(await Promise.all(running)).toEqual(wanted)
    expect(breaths).toBeGreaterThanOrEqual(2 * Math.floor(operations / 4e7))
  })

  it('ends where it is told to, and the backend goes on', async () => {
    const backend = javascriptBackend()
    for (const form of [{ adjoint: false, hermitian: false }, { adjoint: true, hermitian: false }]) {
      let breaths = 0
      const [a, b, out] = factors(backend, 3)
      await backend.multiplyAs!(form, a, b, m, k, n, out, false, async () => { breaths++; return false })
      expect(breaths).toBe(1)
    }
    const each = { m: 9, k: 7, n: 5, realA: false, realB: false, accumulate: false }
    expect(bits(multiply(backend, each))).toEqual(bits(multiply(javascriptBackend(), each)))
  })

  it('does not wait where it is short', () => {
    const backend = javascriptBackend()
    expect(backend.multiply(filled(backend, 64, false, 1), filled(backend, 64, false, 2), 8, 8, 8, backend.allocate(8, 8, false), false, async () => true)).toBeUndefined()
  })
})

describe('memory of the wasm backend', () => {
  it('keeps planes and views of planes whole while it grows', () => {
    const backend = wasm()
    const a = filled(backend, 1000, false, 9)
    const view = planesView(a, 100, 200)
    const before = a.re.slice()
    const detached = a.re
    const large = backend.allocate(3000, 1000, false)
    expect(detached.length).toBe(0)
    expect(Array.from(a.re)).toEqual(Array.from(before))
    expect(Array.from(view.re)).toEqual(Array.from(before.subarray(100, 200)))
    expect(view.im!.length).toBe(100)
    expect(planesView(a, 0, 10, true).im).toBeNull()
    backend.release(large)
  })

  it('hands out zeroed planes that never overlap, and takes them back for others (property)', () => {
    fc.assert(fc.property(fc.array(fc.record({ size: fc.integer({ min: 0, max: 5000 }), keep: fc.boolean() }), { maxLength: 40 }), (steps) => {
      const backend = wasm()
      const held: { planes: Planes; mark: number }[] = []
      steps.forEach(({ size, keep }, at) => {
        const planes = backend.allocate(size, 1, at % 2 === 0)
        expect(planes.re.every((value) => value === 0) && (planes.im === null || planes.im.every((value) => value === 0))).toBe(true)
        planes.re.fill(at + 1)
        planes.im?.fill(-at - 1)
        held.push({ planes, mark: at + 1 })
        if (!keep) backend.release(held.splice(at % held.length, 1)[0]!.planes)
      })
      for (const { planes, mark } of held) {
        expect(planes.re.every((value) => value === mark)).toBe(true)
        expect(planes.im === null || planes.im.every((value) => value === -mark)).toBe(true)
      }
    }), { numRuns: 40 })
  })

  it('does not grow where what was released is enough', () => {
    const backend = wasm()
    const first = backend.allocate(1000, 500, false)
    const size = first.re.buffer.byteLength
    backend.release(first)
    for (let i = 0; i < 20; i++) {
      const halves = [backend.allocate(500, 500, false), backend.allocate(500, 500, false)]
      expect(halves[0]!.re.buffer.byteLength).toBe(size)
      for (const half of halves) backend.release(half)
    }
  })

  it('throws where planes are released twice or beyond 4 GiB asked for', () => {
    const backend = wasm()
    const planes = backend.allocate(3, 3, true)
    backend.release(planes)
    expect(() => backend.release(planes)).toThrow()
    expect(() => backend.allocate(30_000, 30_000, true)).toThrow(RangeError)
    expect(backend.allocate(3, 3, false).im!.length).toBe(9)
  })

  it('multiplies planes of other memory too', () => {
    const backend = wasm()
    const plain = javascriptBackend()
    const a = filled(plain, 6 * 5, false, 4)
    const b = filled(plain, 5 * 7, false, 5)
    const foreign = filled(plain, 6 * 7, false, 6)
    const own = filled(plain, 6 * 7, false, 6)
    void backend.multiply(a, b, 6, 5, 7, foreign, true)
    void plain.multiply(a, b, 6, 5, 7, own, true)
    expect(bits(foreign)).toEqual(bits(own))
  })
})

describe('default backend', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is wasm where there is SIMD, plain JavaScript where there is no wasm', () => {
    expect(defaultBackend().id).toMatch(/^wasm-simd/)
    expect(defaultBackend({ reproducible: true }).id).toBe('wasm-simd')
    vi.stubGlobal('WebAssembly', undefined)
    expect(wasmBackend()).toBeNull()
    expect(defaultBackend().id).toBe('js')
  })
})
