import { beforeAll, describe, expect, it } from 'vitest'
import { normalStream, quickenNormals, randomStream } from '@mesobath/kernels'
import reference from '../reference/random.json' with { type: 'json' }

const SAMPLES = 200_000
// Each bound below is five standard deviations of its statistic: a fixed seed passes for good or fails for good.
const DEVIATIONS = 5

const draw = (count: number, next: () => number): Float64Array => Float64Array.from({ length: count }, next)
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
const moment = (values: Float64Array, power: number): number => mean(values.map((value) => Math.pow(value, power)))

describe('random streams', () => {
  it('agree bit for bit with an independent transcription in Python', () => {
    for (const [[seed, ...path], values] of reference.streams as unknown as [[number, ...number[]], number[]][]) {
      const stream = randomStream(seed, ...path)
      expect(values.map(() => stream.uniform())).toEqual(values)
    }
  })

  it('do not depend on what was drawn elsewhere, or in which order', () => {
    const a = randomStream(7, 1)
    const b = randomStream(7, 2)
    const mixed = [a.normal(), b.normal(), b.uniform(), a.normal(), a.uniform(), b.normal()]
    const first = randomStream(7, 1)
    const second = randomStream(7, 2)
    const [x1, x2, x3] = [first.normal(), first.normal(), first.uniform()]
    const [y1, y2, y3] = [second.normal(), second.uniform(), second.normal()]
    expect(mixed).toEqual([x1, y1, y2, x2, x3, y3])
  })

  it('differ for every seed and path, also for nested and permuted ones', () => {
    const paths = [[0], [0, 0], [0, 0, 0], [1], [0, 1], [1, 0], [1, 1], [-1], [0.5], [4294967296], [4294967297], [1e300]]
    for (let seed = 2; seed < 400; seed++) for (let item = 0; item < 10; item++) paths.push([seed, item])
    const heads = paths.map(([seed, ...path]) => randomStream(seed!, ...path).uniform())
    expect(new Set(heads).size).toBe(paths.length)
    expect(randomStream(-0).uniform()).toBe(randomStream(0).uniform())
  })

  it('neighbouring seeds are uncorrelated', () => {
    const heads = draw(20_000, () => 0).map((_, seed) => randomStream(seed, 3).uniform() - 0.5)
    const products = heads.subarray(1).map((value, i) => value * heads[i])
    expect(Math.abs(mean(heads))).toBeLessThan((DEVIATIONS * Math.sqrt(1 / 12)) / Math.sqrt(heads.length))
    expect(Math.abs(mean(products))).toBeLessThan(DEVIATIONS / 12 / Math.sqrt(heads.length))
  })

  it('a seed that is not a finite number is a bug', () => {
    expect(() => randomStream(NaN)).toThrow(RangeError)
    expect(() => randomStream(1, Infinity)).toThrow(/entry 1 is Infinity/)
  })

  it('uniforms fill [0, 1) evenly, in all their bits', () => {
    const stream = randomStream(11)
    const values = draw(SAMPLES, stream.uniform)
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true)
    const bins = new Float64Array(100)
    for (const value of values) bins[Math.floor(value * 100)] += 1
    const expected = SAMPLES / 100
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(Math.abs(chiSquare - 99)).toBeLessThan(DEVIATIONS * Math.sqrt(2 * 99))
    for (let bit = 1; bit <= 53; bit++) {
      const ones = values.filter((value) => Math.floor(value * 2 ** bit) % 2 === 1).length
      expect(Math.abs(ones - SAMPLES / 2), `bit ${bit}`).toBeLessThan(DEVIATIONS * Math.sqrt(SAMPLES / 4))
    }
  })

  it('normals have the moments and tails of the normal distribution', () => {
    const values = draw(SAMPLES, randomStream(5, 5).normal)
    const bound = (variance: number): number => DEVIATIONS * Math.sqrt(variance / SAMPLES)
    expect(Math.abs(mean(values))).toBeLessThan(bound(1))
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(bound(2))
    expect(Math.abs(moment(values, 3))).toBeLessThan(bound(15))
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(bound(96))
    // P(|x| > 1), P(|x| > 2), P(|x| > 3)
    ;[0.31731050786291415, 0.04550026389635842, 0.0026997960632601866].forEach((chance, i) => {
      const share = values.filter((value) => Math.abs(value) > i + 1).length / SAMPLES
      expect(Math.abs(share - chance)).toBeLessThan(bound(chance * (1 - chance)))
    })
    const pairs = values.subarray(1).map((value, i) => value * values[i])
    expect(Math.abs(mean(pairs))).toBeLessThan(bound(1))
  })

  it('normals are Marsaglia\'s polar method on the uniforms of the same stream', () => {
    const stream = randomStream(2021, 9)
    const uniforms = randomStream(2021, 9)
    for (let round = 0; round < 200; round++) {
      let [u, v, square] = [0, 0, 0]
      do {
        u = 2 * uniforms.uniform() - 1
        v = 2 * uniforms.uniform() - 1
        square = u * u + v * v
      } while (square >= 1 || square === 0)
      const scale = Math.sqrt((-2 * Math.log(square)) / square)
      expect(stream.normal()).toBeCloseTo(u * scale, 13)
      expect(stream.normal()).toBeCloseTo(v * scale, 13)
    }
  })

  // Taken on Node 20.20 and the same on Node 24: a statement about engines. That the numbers are right is shown above.
  it('normals have the same bits on every engine', () => {
    const bytes = new Uint8Array(draw(10_000, randomStream(1, 2, 3).normal).buffer)
    let hash = 0x811c9dc5
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
    expect((hash >>> 0).toString(16)).toBe('530a2030')
  })
})

/** In plain JavaScript, then by WebAssembly, which no stream goes back from. */
describe.each(['JavaScript', 'WebAssembly'])('normals many at a time by %s', (means) => {
  beforeAll(() => { if (means === 'WebAssembly') quickenNormals() })

  it('are those drawn one by one, bit for bit, however they are asked for', () => {
    for (const [seed, ...path] of [[1], [7, 2, 3], [-0.5, 1e9]] as const) {
      const one = randomStream(seed, ...path)
      const many = normalStream(seed, ...path)
      for (const count of [0, 1, 2, 3, 8184, 8185, 16_371, 700_001]) {
        const out = new Float64Array(count)
        many(out)
        const wanted = out.map(() => one.normal())
        // Too long for `toEqual` to be quick.
        expect(out.findIndex((value, at) => !Object.is(value, wanted[at]))).toBe(-1)
      }
    }
  })

  it('do not depend on what others draw meanwhile', () => {
    const a = normalStream(1), b = normalStream(2)
    const first = new Float64Array(5), second = new Float64Array(5)
    const [x, y] = [randomStream(1), randomStream(2)]
    for (let turn = 0; turn < 3; turn++) {
      a(first)
      b(second)
      expect([...first, ...second]).toEqual([...Array.from(first, () => x.normal()), ...Array.from(second, () => y.normal())])
    }
  })
})
