import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DenseBackend, Planes, Threads } from '@mesobath/contracts'
import { commutatorMoments, hermitianEigenbasis, hermitianTridiagonal, openTeam, randomStream, ThreadLost, tridiagonalEnds, wasmBackend } from '@mesobath/kernels'
import { nodeThreads } from '@mesobath/backend-node'

/** Large enough that threads are started and share it. */
const SIZE = 300
const ROUNDS = 4

/** Threads whose tiles are counted. */
const countingThreads = (count: number): { readonly threads: Threads; readonly tiles: () => number } => {
  const lent = nodeThreads(count)
  const counter = new Int32Array(new SharedArrayBuffer(4))
  return {
    threads: {
      count,
      start: (source, message, ended) =>
        lent.start(source.replace('kernels[kernel](', 'Atomics.add(data.counter, 0, 1), kernels[kernel]('), { ...(message as object), counter }, ended),
    },
    tiles: () => Atomics.load(counter, 0),
  }
}

const filled = (backend: DenseBackend, rows: number, columns: number, seed: number): Planes => {
  const planes = backend.allocate(rows, columns, false)
  const stream = randomStream(seed)
  for (const plane of [planes.re, planes.im!]) for (let i = 0; i < plane.length; i++) plane[i] = stream.normal()
  return planes
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds) })

describe('threads of a team', () => {
  it('change no bit of products, eigenvectors and commutators, whatever their number', async () => {
    const results: string[][] = []
    for (const count of [1, 2, 3, 4]) {
      const { threads, tiles } = countingThreads(count)
      const backend = wasmBackend({ threads })!
      expect(backend.threads).toBe(count)
      expect(backend.reproducible).toBe(true)
      const a = filled(backend, SIZE, SIZE, 1)
      const b = filled(backend, SIZE, SIZE, 2)
      const product = backend.allocate(SIZE, SIZE, false)
      const column = backend.allocate(SIZE, 1, false)
      const triangle = backend.allocate(SIZE, SIZE, false)
      for (let round = 0; round < ROUNDS || (count > 1 && tiles() === 0 && round < 100); round++) {
        await backend.multiply(a, b, SIZE, SIZE, SIZE, product, false)
        await backend.multiply(a, b, SIZE, SIZE, 1, column, false)
        await backend.multiplyAs!({ adjoint: true, hermitian: true }, a, a, SIZE, SIZE, SIZE, triangle, false)
        // Threads start while others run.
        await pause(5)
      }
      expect(tiles() > 0).toBe(count > 1)
      const values = new Float64Array(SIZE)
      const vectors = backend.allocate(SIZE, SIZE, false)
      const matrix = backend.allocate(SIZE, SIZE, false)
      matrix.re.set(triangle.re)
      matrix.im!.set(triangle.im!)
      expect(await hermitianEigenbasis(backend, matrix, SIZE, values, vectors)).toBe('ok')
      matrix.re.set(triangle.re)
      matrix.im!.set(triangle.im!)
      const form = { diagonal: new Float64Array(SIZE), off: new Float64Array(SIZE - 1) }
      const rows = backend.allocate(SIZE >> 1, SIZE, false)
      const always = async (): Promise<boolean> => true
      expect(await hermitianTridiagonal(backend, matrix, SIZE, form.diagonal, form.off, rows, always, { from: 0, to: SIZE >> 1 })).toBe('ok')
      const { overlap, crossed } = (await commutatorMoments(backend, form, tridiagonalEnds(form), triangle, product, 12, always))!
      results.push([product.re, product.im!, column.re, column.im!, triangle.re, triangle.im!, values, vectors.re, rows.re, overlap, crossed].map(hash))
    }
    const [first, ...others] = results
    for (const other of others) expect(other).toEqual(first)
  }, 60_000)

  it('that die in a tile give a fault and no hang, then and afterwards', async () => {
    const lent = nodeThreads(2)
    let started = 0
    const team = openTeam({
      patience: 400,
      threads: {
        count: 2,
        start: (source, message, ended) => {
          started++
          return lent.start(source.replace('kernels[kernel](', 'process.exit(1), kernels[kernel]('), message, ended)
        },
      },
    })!
    const n = 64
    const x = team.allocate(n * n)
    const job = Float64Array.of(x.offset, 0, x.offset, 0, x.offset, 0, n, n, n, 0, 0, 0, 12, 8, n, n, n)
    const work = async (): Promise<void> => {
      for (let round = 0; round < 2000; round++) {
        team.run('productTile', job, 48)
        if (round % 20 === 0) await pause(1)
      }
    }
    await expect(work()).rejects.toThrow(ThreadLost)
    expect(() => team.run('productTile', job, 48)).toThrow(ThreadLost)
    expect(started).toBe(1)
  }, 30_000)

  it('that cannot start leave the work to the caller, and are not asked again', async () => {
    let started = 0
    const team = openTeam({
      threads: { count: 2, start: (_source, _message, ended) => { started++; setTimeout(ended, 1); return { end: () => undefined } } },
    })!
    const x = team.allocate(16)
    const job = Float64Array.of(x.offset, 0, x.offset, 0, x.offset, 0, 4, 4, 4, 0, 0, 0, 12, 4, 4, 4, 4)
    for (let round = 0; round < 5; round++) {
      team.run('productTile', job, 2)
      await pause(3)
    }
    expect(started).toBe(1)
    expect(Array.from(x.values)).toEqual(new Array(16).fill(0))
    team.dispose()
    team.run('productTile', job, 2)
  })

  it('refuse a number of them that is none', () => {
    for (const count of [0, -1, 1.5, Number.NaN]) expect(() => nodeThreads(count)).toThrow(RangeError)
  })
})

describe('a team without shared memory', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('works alone and says so', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    let started = 0
    const backend = wasmBackend({ threads: { count: 4, start: () => { started++; return { end: () => undefined } } } })!
    expect(backend.threads).toBe(1)
    const a = filled(backend, 200, 200, 1)
    for (let round = 0; round < 30; round++) void backend.multiply(a, a, 200, 200, 200, backend.allocate(200, 200, false), false)
    expect(started).toBe(0)
  })
})

/** FNV over the bytes. */
const hash = (numbers: Float64Array): string => {
  let state = 0x811c9dc5
  for (const byte of new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)) state = Math.imul(state ^ byte, 0x01000193)
  return `${numbers.length}:${state >>> 0}`
}
