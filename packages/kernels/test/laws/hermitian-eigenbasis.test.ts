import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DenseBackend, Planes, Rows } from '@mesobath/contracts'
import { complexMatrix, hermitianEigenbasis, hermitianEigenvalues, javascriptBackend, randomStream, wasmBackend } from '@mesobath/kernels'

/** A few roundings times the norm, growing slowly with n. */
const ROUNDING = 1e-15
const allowance = (n: number): number => ROUNDING * (20 + 2 * n)

/** Fills a Hermitian matrix from a function of its lower triangle; the upper one is set so that residuals can be taken. */
const fill = (planes: Planes, n: number, entry: (r: number, c: number) => readonly [number, number]): void => {
  const { re, im } = planes
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      const [x, y] = entry(r, c)
      re[r * n + c] = re[c * n + r] = x
      if (im === null || r === c) continue
      im[r * n + c] = y
      im[c * n + r] = -y
    }
  }
}

const random = (seed: number): (() => readonly [number, number]) => {
  const stream = randomStream(seed)
  return () => [stream.normal(), stream.normal()]
}

interface Found {
  readonly values: Float64Array
  readonly vectors: Planes
  /** Largest |A v − x v| and |V†V − 1|. */
  readonly residual: number
  readonly skewness: number
}

const solve = async (backend: DenseBackend, n: number, real: boolean, entry: () => (r: number, c: number) => readonly [number, number]): Promise<Found> => {
  const room = (): Planes => backend.allocate(n, n, real)
  const [matrix, copy, vectors, image, gram] = [room(), room(), room(), room(), room()]
  fill(matrix, n, entry())
  fill(copy, n, entry())
  const values = new Float64Array(n)
  expect(await hermitianEigenbasis(backend, matrix, n, values, vectors)).toBe('ok')
  await backend.multiply(copy, vectors, n, n, n, image, false)
  await backend.multiplyAs!({ adjoint: true, hermitian: false }, vectors, vectors, n, n, n, gram, false)
  let residual = 0
  let skewness = 0
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      const at = r * n + c
      residual = Math.max(residual, Math.abs(image.re[at]! - values[c]! * vectors.re[at]!))
      skewness = Math.max(skewness, Math.abs(gram.re[at]! - (r === c ? 1 : 0)))
      if (real) continue
      residual = Math.max(residual, Math.abs(image.im![at]! - values[c]! * vectors.im![at]!))
      skewness = Math.max(skewness, Math.abs(gram.im![at]!))
    }
  }
  return { values, vectors: { re: vectors.re.slice(), im: vectors.im === null ? null : vectors.im.slice() }, residual, skewness }
}

const bits = (plane: Float64Array): bigint[] => Array.from(new BigUint64Array(plane.buffer, plane.byteOffset, plane.length))

describe('hermitianEigenbasis', () => {
  const wasm = (): DenseBackend => wasmBackend()!

  it('has residuals and orthogonality of rounding, real and complex, of any size', async () => {
    for (const real of [true, false]) {
      for (const n of [0, 1, 2, 3, 31, 32, 33, 65, 97, 200, 260]) {
        const { values, residual, skewness } = await solve(wasm(), n, real, () => random(n + 1))
        const norm = Math.max(1e-300, ...Array.from(values, Math.abs))
        expect(residual).toBeLessThan(allowance(n) * norm)
        expect(skewness).toBeLessThan(allowance(n))
        expect(Array.from(values)).toEqual(Array.from(values).sort((a, b) => a - b))
      }
    }
  }, 30_000)

  it('agrees with ml-matrix on the real embedding', async () => {
    for (const real of [true, false]) {
      for (const n of [2, 7, 40]) {
        const matrix = { re: new Float64Array(n * n), im: real ? null : new Float64Array(n * n) }
        fill(matrix, n, random(n))
        const wanted = hermitianEigenvalues(complexMatrix(n, n, matrix.re, matrix.im))
        const { values } = await solve(wasm(), n, real, () => random(n))
        values.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-12))
      }
    }
  })

  it('gives the same bits in wasm as in plain JavaScript', async () => {
    for (const real of [true, false]) {
      for (const n of [5, 70, 203]) {
        const [a, b] = [await solve(wasm(), n, real, () => random(3)), await solve(javascriptBackend(), n, real, () => random(3))]
        expect(bits(a.values)).toEqual(bits(b.values))
        expect(bits(a.vectors.re)).toEqual(bits(b.vectors.re))
        if (!real) expect(bits(a.vectors.im!)).toEqual(bits(b.vectors.im!))
      }
    }
  }, 30_000)

  it('finds spectra known in closed form: a chain, a degenerate one, one that is diagonal', async () => {
    const n = 150
    const chain = await solve(wasm(), n, true, () => (r, c) => [r === c ? 2 : r === c + 1 ? -1 : 0, 0])
    chain.values.forEach((value, k) => expect(Math.abs(value - (2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1))))).toBeLessThan(1e-13))
    const rankOne = await solve(wasm(), n, false, () => (r, c) => [1 + (r === c ? 3 : 0), 0])
    expect(Math.abs(rankOne.values[n - 1]! - (n + 3))).toBeLessThan(1e-12)
    expect(Math.max(...Array.from(rankOne.values.subarray(0, n - 1), (value) => Math.abs(value - 3)))).toBeLessThan(1e-12)
    expect(rankOne.skewness).toBeLessThan(allowance(n))
    const diagonal = await solve(wasm(), n, false, () => (r, c) => [r === c ? ((r * 7) % n) - 3 : 0, 0])
    expect(Array.from(diagonal.values)).toEqual(Array.from({ length: n }, (_, i) => i - 3))
  })

  it('bears clusters, decades and what underflows (property)', async () => {
    const entry = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 0, 1, 1e-9, 1e-160, 2e-162, 1e-308))
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 45 }), fc.array(entry, { minLength: 30, maxLength: 60 }), fc.boolean(), async (n, pool, real) => {
      const found = await solve(wasm(), n, real, () => (r, c) => [pool[(r * 5 + c * 3) % pool.length]!, pool[(r + c * 11) % pool.length]!])
      const norm = Math.max(1e-300, ...Array.from(found.values, Math.abs))
      expect(found.residual).toBeLessThanOrEqual(2 * allowance(n) * norm)
      expect(found.skewness).toBeLessThan(2 * allowance(n))
    }), { numRuns: 60 })
  }, 30_000)

  it('finds the same values where no vectors are wanted', async () => {
    for (const real of [true, false]) {
      for (const n of [0, 1, 2, 50, 230]) {
        const backend = wasm()
        const matrix = backend.allocate(n, n, real)
        fill(matrix, n, random(n + 5))
        const values = new Float64Array(n)
        expect(await hermitianEigenbasis(backend, matrix, n, values, null)).toBe('ok')
        const { values: wanted } = await solve(backend, n, real, () => random(n + 5))
        values.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(allowance(n) * 40))
      }
    }
  })

  it('finds some rows alone: V V† = 1 and V E V† = A on these, and bits that no thread and no engine changes', async () => {
    const cases = [
      { n: 1, from: 0, to: 0, entry: () => random(1) }, { n: 2, from: 1, to: 2, entry: () => random(2) }, { n: 40, from: 0, to: 40, entry: () => random(3) },
      { n: 150, from: 0, to: 60, entry: () => random(4) }, { n: 150, from: 35, to: 150, entry: () => random(5) }, { n: 131, from: 64, to: 65, entry: () => random(6) },
      // One value of n − 1 vectors.
      { n: 90, from: 10, to: 50, entry: () => (r: number, c: number) => [1 + (r === c ? 3 : 0), 0] as const },
    ]
    for (const real of [true, false]) {
      for (const { n, from, to, entry } of cases) {
        const found: Planes[] = []
        for (const backend of [wasm(), javascriptBackend()]) {
          const width = to - from
          const [matrix, vectors] = [backend.allocate(n, n, real), backend.allocate(width, n, real)]
          fill(matrix, n, entry())
          const original = { re: matrix.re.slice(), im: matrix.im?.slice() ?? null }
          const values = new Float64Array(n)
          expect(await hermitianEigenbasis(backend, matrix, n, values, vectors, undefined, { from, to })).toBe('ok')
          const norm = Math.max(1e-300, ...Array.from(values, Math.abs))
          const { re, im } = vectors
          for (let r = 0; r < width; r++) {
            for (let c = 0; c < width; c++) {
              let one = 0, oneIm = 0, whole = 0, wholeIm = 0
              for (let k = 0; k < n; k++) {
                const [a, b, x, y] = [re[r * n + k]!, im === null ? 0 : im[r * n + k]!, re[c * n + k]!, im === null ? 0 : im[c * n + k]!]
                one += a * x + b * y
                oneIm += b * x - a * y
                whole += values[k]! * (a * x + b * y)
                wholeIm += values[k]! * (b * x - a * y)
              }
              const at = (from + r) * n + from + c
              expect(Math.abs(one - (r === c ? 1 : 0)) + Math.abs(oneIm)).toBeLessThan(allowance(n))
              expect(Math.abs(whole - original.re[at]!) + Math.abs(wholeIm - (original.im === null ? 0 : original.im[at]!))).toBeLessThan(2 * allowance(n) * norm)
            }
          }
          found.push({ re: re.slice(), im: im?.slice() ?? null })
        }
        expect(bits(found[0]!.re)).toEqual(bits(found[1]!.re))
        if (!real) expect(bits(found[0]!.im!)).toEqual(bits(found[1]!.im!))
      }
    }
  }, 30_000)

  it('works by a backend that has products alone', async () => {
    const { multiplyAs: _, diagonalise: __, ...bare } = javascriptBackend()
    const n = 40
    const [matrix, vectors, values] = [bare.allocate(n, n, false), bare.allocate(n, n, false), new Float64Array(n)]
    fill(matrix, n, random(9))
    expect(await hermitianEigenbasis(bare, matrix, n, values, vectors)).toBe('ok')
    const wanted = await solve(javascriptBackend(), n, false, () => random(9))
    values.forEach((value, i) => expect(Math.abs(value - wanted.values[i]!)).toBeLessThan(1e-12))
  })

  it('refuses what is not finite, hears a signal, and gives all its room back', async () => {
    const backend = wasm()
    let held = 0
    const counting: DenseBackend = {
      ...backend,
      allocate: (rows, columns, real) => { held++; return backend.allocate(rows, columns, real) },
      release: (planes) => { held--; backend.release(planes) },
    }
    const { diagonalise: _, ...slow } = counting
    const n = 120
    const run = async (change: (matrix: Planes) => void, breaths: number, rows?: Rows): Promise<string> => {
      const [matrix, vectors] = [slow.allocate(n, n, false), slow.allocate(n, n, false)]
      fill(matrix, n, random(2))
      change(matrix)
      let left = breaths
      const ending = await hermitianEigenbasis(slow, matrix, n, new Float64Array(n), vectors, async () => left-- > 0, rows)
      slow.release(matrix)
      slow.release(vectors)
      return ending
    }
    expect(await run(({ re }) => { re[n + 1] = Number.NaN }, 1000)).toBe('not-finite')
    expect(await run(({ im }) => { im![3 * n + 1] = -Infinity }, 1000)).toBe('not-finite')
    expect(await run(() => undefined, 1000)).toBe('ok')
    for (const breaths of [0, 1, 2, 3]) expect(await run(() => undefined, breaths)).toBe('cancelled')
    for (const breaths of [4, 8, 12, 14]) expect(await run(() => undefined, breaths, { from: 20, to: 70 })).toBe('cancelled')
    expect(await run(() => undefined, 1000, { from: 20, to: 70 })).toBe('ok')
    expect(held).toBe(0)
    await expect(hermitianEigenbasis(backend, backend.allocate(2, 2, true), 3, new Float64Array(3), backend.allocate(3, 3, true))).rejects.toThrow(RangeError)
    await expect(hermitianEigenbasis(backend, backend.allocate(3, 3, true), 3, new Float64Array(3), backend.allocate(3, 3, false))).rejects.toThrow(TypeError)
    const outside = hermitianEigenbasis(backend, backend.allocate(3, 3, true), 3, new Float64Array(3), backend.allocate(3, 3, true), undefined, { from: 2, to: 4 })
    await expect(outside).rejects.toThrow('`rows` must lie within 3 rows, but are [2, 4)')
  })
})
