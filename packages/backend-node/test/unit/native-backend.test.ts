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

/** out (+)= a·b or a†·b, one entry after another. */
const define = (a: Planes, b: Planes, m: number, k: number, n: number, adjoint: boolean, accumulate: boolean, out: Planes): void => {
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) {
      let re = 0
      let im = 0
      for (let p = 0; p < k; p++) {
        const left = adjoint ? p * m + r : r * k + p
        const x = a.re[left]!, y = a.im === null ? 0 : adjoint ? -a.im[left]! : a.im[left]!
        const u = b.re[p * n + c]!, v = b.im === null ? 0 : b.im[p * n + c]!
        re += x * u - y * v
        im += x * v + y * u
      }
      const at = r * n + c
      out.re[at] = accumulate ? out.re[at]! + re : re
      if (out.im !== null) out.im[at] = accumulate ? out.im[at]! + im : im
    }
  }
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

  // A narrow product turns its large factor, a wide one sums its planes, a small one does neither.
  it('agree with the definition, narrow or wide, adjoint or not, added or not', () => {
    for (const [m, k, n] of [[131, 45, 1], [45, 131, 7], [130, 77, 97], [99, 129, 96], [97, 120, 131], [7, 300, 500]] as const) {
      for (const adjoint of [false, true]) {
        for (const [realA, realB] of [[false, false], [true, false], [false, true], [true, true]] as const) {
          const a = normals(m * k, realA, 5)
          const b = normals(k * n, realB, 6)
          for (const accumulate of [false, true]) {
            const [x, y] = [normals(m * n, realA && realB, 7), normals(m * n, realA && realB, 7)]
            void backend.multiplyAs!({ adjoint, hermitian: false }, a, b, m, k, n, x, accumulate)
            define(a, b, m, k, n, adjoint, accumulate, y)
            expect(deviation(x, y)).toBeLessThan(1e-13 * (k + 8))
          }
        }
      }
    }
  })

  // The real part of X†X is one product of the library, known by its planes: views of them are the same, a weighted copy is not.
  it('know X†X and other Hermitian products, in parts of which the last is mirrored', () => {
    for (const [n, k] of [[1, 5], [67, 31], [290, 40]] as const) {
      for (const real of [false, true]) {
        const whole = normals((k + 1) * n, real, 8)
        const x: Planes = { re: whole.re.subarray(n), im: whole.im === null ? null : whole.im.subarray(n) }
        const weighted: Planes = { re: x.re.map((value, i) => value * (1 + Math.floor(i / n))), im: x.im === null ? null : x.im.map((value, i) => value * (1 + Math.floor(i / n))) }
        for (const right of [x, { re: whole.re.subarray(n), im: whole.im === null ? null : whole.im.subarray(n) }, weighted]) {
          const [out, wanted] = [normals(n * n, real, 9), normals(n * n, real, 9)]
          const half = Math.floor(k / 2)
          const below = (planes: Planes): Planes => ({ re: planes.re.subarray(half * n), im: planes.im === null ? null : planes.im.subarray(half * n) })
          void backend.multiplyAs!({ adjoint: true, hermitian: true, triangle: true }, x, right, n, half, n, out, false)
          void backend.multiplyAs!({ adjoint: true, hermitian: true }, below(x), below(right), n, k - half, n, out, true)
          define(x, right, n, k, n, true, false, wanted)
          expect(deviation(out, wanted)).toBeLessThan(1e-13 * k * (k + 8))
          const mirrored = (r: number, c: number): boolean =>
            out.re[c * n + r] === out.re[r * n + c] && (out.im === null || (c === r ? out.im[c * n + r] === 0 : out.im[c * n + r] === -out.im[r * n + c]!))
          for (let r = 0; r < n; r++) expect(Array.from({ length: r + 1 }, (_, c) => mirrored(r, c))).not.toContain(false)
        }
      }
    }
  })

  it('hand on what is not finite, and nothing that a result held before', () => {
    for (const [m, k, n] of [[3, 3, 3], [40, 5, 3], [97, 150, 101]] as const) {
      const a = normals(m * k, false, 3)
      a.re[k] = Number.NaN
      const out: Planes = { re: new Float64Array(m * n).fill(Number.NaN), im: new Float64Array(m * n).fill(Number.NaN) }
      void backend.multiply(a, normals(k * n, false, 4), m, k, n, out, false)
      for (const plane of [out.re, out.im!]) expect(Array.from(plane, Number.isNaN)).toEqual(Array.from(plane, (_, at) => Math.floor(at / n) === 1))
    }
  })

  it('diagonalise as the kernels do, and refuse what is not finite', async () => {
    for (const real of [true, false]) {
      // Squares of the outermost ones are no numbers any more.
      for (const [n, size] of [[0, 1], [1, 1], [2, 1], [61, 1], [130, 1], [33, 1e-200], [33, 1e180]] as const) {
        const scaled = (): Planes => {
          const { re, im } = normals(n * n, real, n)
          return { re: re.map((x) => x * size), im: im === null ? null : im.map((x) => x * size) }
        }
        const values = new Float64Array(n)
        const vectors = backend.allocate(n, n, real)
        expect(await hermitianEigenbasis(backend, scaled(), n, values, vectors)).toBe('ok')
        const wanted = new Float64Array(n)
        const plainly = plain.allocate(n, n, real)
        await hermitianEigenbasis(plain, scaled(), n, wanted, plainly)
        const compare = (found: Float64Array): void => { found.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-12 * size)) }
        compare(values)
        const alone = new Float64Array(n)
        expect(await hermitianEigenbasis(backend, scaled(), n, alone, null)).toBe('ok')
        compare(alone)
        // Vectors have a phase of their own: |⟨v|v′⟩| = 1.
        const phases = Array.from({ length: n }, (_, c) => {
          let re = 0
          let im = 0
          for (let at = c; at < n * n; at += n) {
            const [x, y, u, v] = [plainly.re[at]!, plainly.im === null ? 0 : plainly.im[at]!, vectors.re[at]!, vectors.im === null ? 0 : vectors.im[at]!]
            re += x * u + y * v
            im += x * v - y * u
          }
          return Math.hypot(re, im)
        })
        for (const phase of phases) expect(Math.abs(phase - 1)).toBeLessThan(1e-11)
        for (const rows of [{ from: 0, to: Math.ceil(n / 2) }, { from: Math.floor(n / 3), to: n }]) {
          const part = backend.allocate(rows.to - rows.from, n, real)
          const again = new Float64Array(n)
          expect(await hermitianEigenbasis(backend, scaled(), n, again, part, undefined, rows)).toBe('ok')
          compare(again)
          // The same tridiagonal matrix, so the same phases.
          const whole = { re: vectors.re.subarray(rows.from * n, rows.to * n), im: vectors.im === null ? null : vectors.im.subarray(rows.from * n, rows.to * n) }
          expect(deviation(part, whole)).toBeLessThan(1e-12)
        }
      }
    }
    const broken = normals(4, true, 1)
    broken.re[2] = Infinity
    expect(await hermitianEigenbasis(backend, broken, 2, new Float64Array(2), backend.allocate(2, 2, true))).toBe('not-finite')
  })
})
