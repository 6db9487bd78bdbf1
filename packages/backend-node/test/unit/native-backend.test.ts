import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Issue, Outcome, Planes } from '@mesobath/contracts'
import { hermitianEigenbasis, javascriptBackend, randomStream } from '@mesobath/kernels'
import { nativeBackend, nodeHost } from '@mesobath/backend-node'

const native = nativeBackend({ threads: 1 })

const codesOf = (outcome: Outcome<unknown>): string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : [])

const normals = (size: number, real: boolean, seed: number): Planes => {
  const stream = randomStream(seed)
  const draw = (): Float64Array => Float64Array.from({ length: size }, () => stream.normal())
  return { re: draw(), im: real ? null : draw() }
}

const deviation = (a: Planes, b: Planes): number => {
  let most = 0
  a.re.forEach((x, i) => { most = Math.max(most, Math.abs(x - b.re[i]!)) })
  a.im?.forEach((x, i) => { most = Math.max(most, Math.abs(x - b.im![i]!)) })
  return most
}

describe('a native library', () => {
  it('that is missing, is none, or lacks BLAS is an issue with its reason', () => {
    expect(codesOf(nativeBackend({ library: '/nowhere/libnone.so' }))).toEqual(['backend-node/no-library'])
    expect(codesOf(nativeBackend({ library: import.meta.filename }))).toEqual(['backend-node/no-library'])
    if (process.platform === 'linux') expect(codesOf(nativeBackend({ library: 'libm.so.6' }))).toEqual(['backend-node/broken-library'])
  })

  it('that cannot be had is replaced, and the host says why', () => {
    const heard: Issue[] = []
    const host = nodeHost({ backend: 'native', threads: 1, replaced: (issue) => heard.push(issue) })
    if (native._tag === 'Right') {
      expect(host.backend!.id).toBe('native-blas')
      expect(heard).toEqual([])
    } else {
      expect(host.backend!.id).toMatch(/^(wasm-simd|js)/)
      expect(heard.map(({ code }) => code)).toEqual(codesOf(native))
    }
  })
})

// Where none is installed there is nothing to compare.
describe.skipIf(native._tag === 'Left')('products and eigenvectors of a native library', () => {
  const backend = native._tag === 'Right' ? native.right : javascriptBackend()
  const plain = javascriptBackend()

  it('agree with plain JavaScript, whatever the shape and form', () => {
    const shape = fc.record({
      m: fc.integer({ min: 0, max: 40 }), k: fc.integer({ min: 0, max: 40 }), n: fc.integer({ min: 0, max: 40 }),
      realA: fc.boolean(), realB: fc.boolean(), adjoint: fc.boolean(), accumulate: fc.boolean(),
    })
    const check = (m: number, k: number, n: number, realA: boolean, realB: boolean, adjoint: boolean, accumulate: boolean, hermitian: boolean): void => {
      const a = normals(m * k, realA, 1)
      const b = hermitian ? a : normals(k * n, realB, 2)
      const [x, y] = [1, 2].map(() => ({ re: new Float64Array(m * n).fill(2), im: realA && realB ? null : new Float64Array(m * n) }))
      void backend.multiplyAs!({ adjoint, hermitian }, a, b, m, k, n, x!, accumulate)
      void plain.multiplyAs!({ adjoint, hermitian }, a, b, m, k, n, y!, accumulate)
      expect(deviation(x!, y!)).toBeLessThan(1e-13 * (k + 8))
    }
    fc.assert(fc.property(shape, ({ m, k, n, realA, realB, adjoint, accumulate }) => check(m, k, n, realA, realB, adjoint, accumulate, false)), { numRuns: 100 })
    for (const real of [true, false]) {
      check(150, 200, 170, real, false, true, true, false)
      for (const n of [1, 65, 140]) check(n, 90, n, real, real, true, true, true)
    }
  })

  it('hand on what is not finite', () => {
    const a = normals(9, false, 3)
    a.re[4] = Number.NaN
    const out: Planes = { re: new Float64Array(9), im: new Float64Array(9) }
    void backend.multiply(a, normals(9, false, 4), 3, 3, 3, out, false)
    expect(Array.from(out.re, Number.isNaN)).toEqual([false, false, false, true, true, true, false, false, false])
  })

  it('diagonalise as the kernels do, and refuse what is not finite', async () => {
    for (const real of [true, false]) {
      for (const n of [0, 1, 2, 61]) {
        const matrix = normals(n * n, real, n)
        const original = { re: matrix.re.slice(), im: matrix.im === null ? null : matrix.im.slice() }
        const values = new Float64Array(n)
        const vectors = backend.allocate(n, n, real)
        expect(await hermitianEigenbasis(backend, matrix, n, values, vectors)).toBe('ok')
        const wanted = new Float64Array(n)
        await hermitianEigenbasis(plain, original, n, wanted, plain.allocate(n, n, real))
        values.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-12))
        const alone = new Float64Array(n)
        expect(await hermitianEigenbasis(backend, normals(n * n, real, n), n, alone, null)).toBe('ok')
        alone.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-12))
      }
    }
    const broken = normals(4, true, 1)
    broken.re[2] = Infinity
    expect(await hermitianEigenbasis(backend, broken, 2, new Float64Array(2), backend.allocate(2, 2, true))).toBe('not-finite')
  })
})
