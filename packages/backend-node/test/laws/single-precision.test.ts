import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Planes, SingleNumbers, SinglePrecision } from '@mesobath/contracts'
import { randomStream } from '@mesobath/kernels'
import { nodeHost } from '@mesobath/backend-node'

/** Rounding of numbers of order one, and of sums of so many of them. */
const ROUNDING = 2 ** -24
const allowance = (depth: number): number => ROUNDING * (8 + 2 * depth)

const singleOf = (backend: 'wasm' | 'native', threads = 1): SinglePrecision => {
  const { single } = nodeHost({ threads, backend }).backend!
  if (single === undefined) throw new Error('these tests need an engine with relaxed wasm SIMD')
  return single
}
/** Without an installed library "native" is WebAssembly once more. */
const BACKENDS = ['wasm', 'native'] as const

type Complex = { readonly re: Float64Array; readonly im: Float64Array }

/** Numbers that single precision holds exactly, so that only sums are rounded. */
const draw = (seed: number, length: number): Float64Array => {
  const stream = randomStream(seed)
  return Float64Array.from({ length }, () => Math.fround(stream.normal()))
}
const planesOf = (seed: number, length: number): Complex => ({ re: draw(seed, length), im: draw(seed + 1, length) })

const numbersOf = (single: SinglePrecision, { re, im }: Complex): SingleNumbers => {
  const numbers = single.allocate(re.length)
  re.forEach((value, at) => numbers.values.set([value, im[at]!], 2 * at))
  return numbers
}

/** The largest difference of real and of imaginary parts. */
const farthest = ({ values }: SingleNumbers, { re, im }: Complex): number => {
  let most = 0
  for (let at = 0; at < re.length; at++) most = Math.max(most, Math.abs(values[2 * at]! - re[at]!), Math.abs(values[2 * at + 1]! - im[at]!))
  return most
}

const size = fc.integer({ min: 1, max: 27 })
const width = fc.integer({ min: 1, max: 11 })

describe('products to single precision', () => {
  it.each(BACKENDS)('by %s are those of the definition, of any shape, and leave the rest of the room alone', (backend) => {
    const own = singleOf(backend)
    fc.assert(fc.property(size, size, width, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 5 }), (rows, columns, w, adjoint, real, pieces) => {
      const given = planesOf(3, rows * columns)
      const matrix: Planes = { re: given.re, im: real ? null : given.im }
      const [height, depth] = adjoint ? [columns, rows] : [rows, columns]
      const [from, to] = [3, 3 + depth * w + 2]
      const before = planesOf(5, to + height * w + 5)
      const room = numbersOf(own, before)
      const a = numbersOf(own, { re: given.re, im: matrix.im ?? new Float64Array(rows * columns) })
      for (let piece = 0; piece < pieces; piece++) own.multiply(a, rows, columns, adjoint, 0.5, room, from, w, to, piece, pieces)
      const expected = { re: before.re.slice(), im: before.im.slice() }
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < w; c++) {
          for (let p = 0; p < depth; p++) {
            const at = adjoint ? p * columns + r : r * columns + p
            const x = before.re[from + p * w + c]!, y = before.im[from + p * w + c]!
            const re = matrix.re[at]!, im = matrix.im === null ? 0 : (adjoint ? -1 : 1) * matrix.im[at]!
            expected.re[to + r * w + c] = expected.re[to + r * w + c]! + 0.5 * (re * x - im * y)
            expected.im[to + r * w + c] = expected.im[to + r * w + c]! + 0.5 * (re * y + im * x)
          }
        }
      }
      expect(farthest(room, expected)).toBeLessThan(8 * allowance(depth))
      const untouched = (at: number): boolean => at < to || at >= to + height * w
      for (let at = 0; at < before.re.length; at++) if (untouched(at)) expect([room.values[2 * at], room.values[2 * at + 1]]).toEqual([before.re[at], before.im[at]])
      own.release(a)
      own.release(room)
    }), { numRuns: 150 })
  })

  it.each(BACKENDS)('by %s pass on what is not finite to its own column alone', (backend) => {
    const own = singleOf(backend)
    const w = 6
    const x = planesOf(1, 2 * 9 * w)
    x.re[4 * w + 5] = Number.NaN
    const room = numbersOf(own, x)
    const a = numbersOf(own, planesOf(3, 81))
    own.multiply(a, 9, 9, false, 1, room, 0, w, 9 * w, 0, 1)
    for (let r = 9; r < 18; r++) for (let c = 0; c < w; c++) expect(Number.isFinite(room.values[2 * (r * w + c)]!)).toBe(c !== 5)
  })

  it('have the same bits whatever the number of threads', async () => {
    const [rows, columns, w] = [301, 203, 20]
    const results: Float32Array[] = []
    for (const threads of [1, 2, 3, 4]) {
      const own = singleOf('wasm', threads)
      const room = numbersOf(own, planesOf(7, (rows + columns) * w))
      const a = numbersOf(own, planesOf(9, rows * columns))
      // Threads start while others run.
      for (let round = 0; round < 100; round++) {
        own.multiply(a, rows, columns, false, 1e-2, room, rows * w, w, 0, 0, 1)
        own.multiply(a, rows, columns, true, 1e-2, room, 0, w, rows * w, 0, 1)
        if (round % 25 === 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
      }
      const sums = { re: new Float64Array(4 * w), im: new Float64Array(4 * w) }
      own.overlap(room, 0, columns * w, 2, columns, w, sums, [], [])
      results.push(Float32Array.of(...room.values, ...sums.re, ...sums.im))
    }
    for (const other of results.slice(1)) expect(other).toEqual(results[0])
    expect(results[0]!.every(Number.isFinite)).toBe(true)
  })
})

describe('backends with the same bits everywhere', () => {
  it('have no single precision', () => {
    for (const options of [{ backend: 'js' }, { backend: 'wasm', reproducible: true }, { reproducible: true }] as const) {
      const { backend } = nodeHost({ threads: 1, ...options })
      expect(backend!.reproducible).toBe(true)
      expect(backend!.single).toBeUndefined()
    }
  })
})

describe('the rest of a step to single precision', () => {
  it('is f d x − before', () => {
    const own = singleOf('wasm')
    fc.assert(fc.property(size, width, fc.boolean(), (rows, w, none) => {
      const numbers = rows * w
      const given = planesOf(11, 3 * numbers + 1)
      const room = numbersOf(own, given)
      const diagonal = draw(13, rows)
      own.shift(diagonal, 0.25, room, 0, none ? null : numbers, w, 2 * numbers)
      for (const plane of [given.re, given.im]) {
        for (let at = 0; at < numbers; at++) plane[2 * numbers + at] = 0.25 * diagonal[Math.floor(at / w)]! * plane[at]! - (none ? 0 : plane[numbers + at]!)
      }
      expect(farthest(room, given)).toBeLessThan(8 * allowance(1))
      expect(room.values[6 * numbers]).toBe(given.re[3 * numbers])
      own.release(room)
    }), { numRuns: 100 })
  })
})

describe('overlaps of blocks to single precision', () => {
  it('are those of each column by itself, with and without weights, added to what is there', () => {
    const own = singleOf('wasm')
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }), width, fc.integer({ min: 0, max: 2 }), (terms, rows, w, sets) => {
      const apart = rows * w + 3
      const given = planesOf(17, 1 + terms * apart)
      const room = numbersOf(own, given)
      const weights = Array.from({ length: sets }, (_, set) => draw(19 + set, rows))
      const empty = (): Complex => ({ re: new Float64Array(terms * terms * w).fill(1), im: new Float64Array(terms * terms * w).fill(-1) })
      const found = [empty(), ...weights.map(empty)]
      own.overlap(room, 1, apart, terms, rows, w, found[0]!, weights, found.slice(1))
      found.forEach(({ re, im }, kind) => {
        for (let l = 0; l < terms; l++) {
          for (let m = 0; m <= l; m++) {
            for (let c = 0; c < w; c++) {
              let sumRe = 1
              let sumIm = -1
              for (let r = 0; r < rows; r++) {
                const weight = kind === 0 ? 1 : weights[kind - 1]![r]!
                const [at, to] = [1 + l * apart + r * w + c, 1 + m * apart + r * w + c]
                const a = given.re[at]!, b = given.im[at]!, x = given.re[to]!, y = given.im[to]!
                sumRe += weight * (a * x + b * y)
                sumIm += weight * (a * y - b * x)
              }
              const place = (l * terms + m) * w + c
              expect(Math.abs(re[place]! - sumRe)).toBeLessThan(8 * allowance(rows))
              expect(Math.abs(im[place]! - sumIm)).toBeLessThan(8 * allowance(rows))
            }
          }
        }
      })
      own.release(room)
    }), { numRuns: 60 })
  })
})
