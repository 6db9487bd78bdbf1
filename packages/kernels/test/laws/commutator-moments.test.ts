import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DenseBackend, Planes } from '@mesobath/contracts'
import { commutatorMoments, hermitianTridiagonal, javascriptBackend, randomStream, tridiagonalEnds, wasmBackend } from '@mesobath/kernels'
import type { CommutatorMoments } from '@mesobath/kernels'

type Complex = readonly [number, number]
type Dense = readonly (readonly Complex[])[]

const always = async (): Promise<boolean> => true

const times = (a: Dense, b: Dense): Dense => a.map((row) => b[0]!.map((_, c) => {
  let re = 0
  let im = 0
  row.forEach(([x, y], k) => {
    const [p, q] = b[k]![c]!
    re += x * p - y * q
    im += x * q + y * p
  })
  return [re, im] as const
}))

const combine = (a: Dense, f: Complex, b: Dense, g: Complex): Dense => a.map((row, r) => row.map(([x, y], c) => {
  const [p, q] = b[r]![c]!
  return [x * f[0] - y * f[1] + p * g[0] - q * g[1], x * f[1] + y * f[0] + p * g[1] + q * g[0]] as const
}))

const trace = (a: Dense, b: Dense): number => {
  let sum = 0
  a.forEach((row, r) => row.forEach(([x, y], c) => {
    const [p, q] = b[c]![r]!
    sum += x * p - y * q
  }))
  return sum
}

const hermitian = (n: number, seed: number): Dense => {
  const stream = randomStream(seed)
  const lower = Array.from({ length: n }, (_, r) => Array.from({ length: r + 1 }, (__, c): Complex => [stream.normal(), c === r ? 0 : stream.normal()]))
  return lower.map((_, r) => Array.from({ length: n }, (__, c): Complex => (c <= r ? lower[r]![c]! : [lower[c]![r]![0], -lower[c]![r]![1]])))
}

const tridiagonal = (n: number, seed: number): { diagonal: Float64Array; off: Float64Array; dense: Dense } => {
  const stream = randomStream(seed)
  const diagonal = Float64Array.from({ length: n }, () => stream.normal())
  const off = Float64Array.from({ length: Math.max(0, n - 1) }, () => stream.normal())
  return {
    diagonal, off,
    dense: Array.from({ length: n }, (_, r) => Array.from({ length: n }, (__, c): Complex => [r === c ? diagonal[r]! : Math.abs(r - c) === 1 ? off[Math.min(r, c)]! : 0, 0])),
  }
}

/** Lower triangle; what stands above must not be read. */
const write = (backend: DenseBackend, dense: Dense): Planes => {
  const n = dense.length
  const planes = backend.allocate(n, n, false)
  dense.forEach((row, r) => row.forEach(([x, y], c) => {
    planes.re[r * n + c] = c <= r ? x : Number.NaN
    planes.im![r * n + c] = c <= r ? y : Number.NaN
  }))
  return planes
}

const found = async (backend: DenseBackend, n: number, seed: number, terms: number): Promise<CommutatorMoments> => {
  const matrix = tridiagonal(n, seed)
  return (await commutatorMoments(backend, matrix, tridiagonalEnds(matrix), write(backend, hermitian(n, seed + 1)), write(backend, hermitian(n, seed + 2)), terms, always))!
}

describe('commutatorMoments', () => {
  it('are those of the recursion with whole matrices', async () => {
    for (const n of [1, 2, 3, 4, 7, 12]) {
      const terms = 11
      const matrix = tridiagonal(n, n)
      const { lower, upper } = tridiagonalEnds(matrix)
      const { overlap, energy, crossed } = await found(wasmBackend()!, n, n, terms)
      const x = hermitian(n, n + 1), y = hermitian(n, n + 2)
      const centred = matrix.dense.map((row, r) => row.map(([p, q], c): Complex => [p - (r === c ? (lower + upper) / 2 : 0), q]))
      const anticommutator = combine(times(centred, x), [0.5, 0], times(x, centred), [0.5, 0])
      const width = upper > lower ? upper - lower : 1
      const turned = (v: Dense): Dense => combine(times(matrix.dense, v), [0, -1 / width], times(v, matrix.dense), [0, 1 / width])
      let before: Dense = x
      let now = turned(x)
      const compare = (m: number, v: Dense): void => {
        const scale = n * n * Math.max(1, width)
        // Mutants: the sign of odd terms; T not centred; the diagonal counted twice.
        expect(Math.abs(overlap[m]! - trace(x, v))).toBeLessThan(1e-13 * scale)
        expect(Math.abs(energy[m]! - trace(anticommutator, v))).toBeLessThan(1e-13 * scale)
        expect(Math.abs(crossed[m]! - trace(y, v))).toBeLessThan(1e-13 * scale)
      }
      compare(0, x)
      for (let m = 1; m < terms; m++) {
        compare(m, now)
        const next = combine(turned(now), [2, 0], before, [1, 0])
        before = now
        now = next
      }
    }
  })

  it('have the same bits in wasm as in plain JavaScript', async () => {
    for (const n of [1, 2, 5, 64, 205]) {
      const [a, b] = [await found(wasmBackend()!, n, 3, 9), await found(javascriptBackend(), n, 3, 9)]
      expect(a).toEqual(b)
    }
  })

  it('end where a breath says so, and give back what they took', async () => {
    for (const backend of [wasmBackend()!, javascriptBackend()]) {
      let held = 0
      const watched: DenseBackend = {
        ...backend,
        allocate: (...given) => {
          held++
          return backend.allocate(...given)
        },
        release: (planes) => {
          held--
          backend.release(planes)
        },
      }
      const matrix = tridiagonal(40, 5)
      const x = write(backend, hermitian(40, 6)), y = write(backend, hermitian(40, 7))
      let breaths = 0
      expect(await commutatorMoments(watched, matrix, tridiagonalEnds(matrix), x, y, 20, async () => ++breaths < 3)).toBe(null)
      expect([breaths, held]).toEqual([3, 0])
    }
  })
})

describe('tridiagonalEnds', () => {
  it('are the ends of spectra known in closed form', () => {
    for (const n of [1, 2, 9, 300]) {
      const matrix = { diagonal: new Float64Array(n).fill(3), off: new Float64Array(n - 1).fill(-2) }
      const reach = 4 * Math.cos(Math.PI / (n + 1))
      const { lower, upper } = tridiagonalEnds(matrix)
      const slack = 1e-12 * Math.sqrt(n)
      expect([3 - reach - lower, upper - 3 - reach].every((out) => out >= 0 && out < slack)).toBe(true)
    }
  })

  it('hold the spectrum of any matrix, zero and split ones included (property)', () => {
    const number = fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, 0, 1, 1e-160, 1e150))
    fc.assert(fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 12 }), (entries) => {
      const diagonal = Float64Array.from(entries, ([x]) => x)
      const off = Float64Array.from(entries.slice(1), ([, x]) => x)
      const { lower, upper } = tridiagonalEnds({ diagonal, off })
      expect(lower <= Math.min(...diagonal) && upper >= Math.max(...diagonal)).toBe(true)
      // tr and tr T²: no eigenvalue is farther out than Gershgorin's circles, nor all nearer than the root of their mean square.
      const most = Math.max(Math.abs(lower), Math.abs(upper))
      const scale = Math.max(...diagonal.map(Math.abs), ...off.map(Math.abs), Number.MIN_VALUE)
      const square = diagonal.reduce((sum, x) => sum + (x / scale) ** 2, 0) + 2 * off.reduce((sum, x) => sum + (x / scale) ** 2, 0)
      expect(most / scale).toBeGreaterThanOrEqual(Math.sqrt(square / diagonal.length) * (1 - 1e-12))
    }))
  })
})

describe('hermitianTridiagonal', () => {
  it('leaves T and rows of Q from which those of any power of the matrix follow, real and complex, in wasm and in plain JavaScript', async () => {
    for (const backend of [wasmBackend()!, javascriptBackend()]) {
      for (const [n, from, to] of [[1, 0, 1], [2, 0, 1], [9, 3, 7], [70, 0, 20], [70, 41, 70]] as const) {
        const dense = hermitian(n, n)
        const matrix = write(backend, dense)
        const diagonal = new Float64Array(n), off = new Float64Array(Math.max(0, n - 1))
        const vectors = backend.allocate(to - from, n, false)
        expect(await hermitianTridiagonal(backend, matrix, n, diagonal, off, vectors, always, { from, to })).toBe('ok')
        const rows: Dense = Array.from({ length: to - from }, (_, r) => Array.from({ length: n }, (__, c): Complex => [vectors.re[r * n + c]!, vectors.im![r * n + c]!]))
        const adjoint: Dense = Array.from({ length: n }, (_, r) => rows.map((row): Complex => [row[r]![0], -row[r]![1]]))
        const t: Dense = Array.from({ length: n }, (_, r) => Array.from({ length: n }, (__, c): Complex => [r === c ? diagonal[r]! : Math.abs(r - c) === 1 ? off[Math.min(r, c)]! : 0, 0]))
        const square = times(dense, dense)
        const again = times(times(rows, times(t, t)), adjoint)
        const whole = times(rows, adjoint)
        for (let r = 0; r < to - from; r++) {
          for (let c = 0; c < to - from; c++) {
            for (const part of [0, 1] as const) {
              expect(Math.abs(again[r]![c]![part] - square[from + r]![from + c]![part])).toBeLessThan(1e-12 * n)
              expect(Math.abs(whole[r]![c]![part] - (r === c && part === 0 ? 1 : 0))).toBeLessThan(1e-13 * n)
            }
          }
        }
      }
    }
  })

  it('refuses room of the wrong size', async () => {
    const backend = wasmBackend()!
    const room = (rows: number, columns: number, real = false): Planes => backend.allocate(rows, columns, real)
    const call = (matrix: Planes, vectors: Planes, rows = { from: 0, to: 2 }, off = new Float64Array(2)): Promise<unknown> =>
      hermitianTridiagonal(backend, matrix, 3, new Float64Array(3), off, vectors, always, rows)
    await expect(call(room(2, 3), room(2, 3))).rejects.toThrow('`matrix` must have 3 × 3 entries, but has 6')
    await expect(call(room(3, 3), room(1, 3))).rejects.toThrow('`vectors` must have 2 × 3 entries, but has 3')
    await expect(call(room(3, 3), room(2, 3), { from: 2, to: 4 })).rejects.toThrow('`rows` must lie within 3 rows, but are [2, 4)')
    await expect(call(room(3, 3), room(2, 3), { from: 0, to: 2 }, new Float64Array(1))).rejects.toThrow('must have 3 and 2 entries, but have 3 and 1')
    await expect(call(room(3, 3), room(2, 3, true))).rejects.toThrow('`vectors` must be complex where `matrix` is')
    const matrix = tridiagonal(3, 1)
    const moments = (x: Planes): Promise<unknown> => commutatorMoments(backend, matrix, tridiagonalEnds(matrix), x, room(3, 3), 4, always)
    await expect(moments(room(3, 3, true))).rejects.toThrow('`x` must have 3 × 3 complex entries, but has 9 real ones')
    await expect(moments(room(2, 3))).rejects.toThrow('`x` must have 3 × 3 complex entries, but has 6')
  })

  it('says that a matrix is not finite', async () => {
    const backend = wasmBackend()!
    const matrix = write(backend, [[[1, 0], [0, 0]], [[Number.NaN, 0], [1, 0]]])
    expect(await hermitianTridiagonal(backend, matrix, 2, new Float64Array(2), new Float64Array(1), backend.allocate(1, 2, false), always, { from: 0, to: 1 })).toBe('not-finite')
  })
})
