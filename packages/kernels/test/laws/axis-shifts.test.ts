import { applyShifts, openTeam, randomStream, shiftAction, shiftPieces, shiftTables } from '@mesobath/kernels'
import type { AxisJumps } from '@mesobath/kernels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

interface Case {
  readonly levels: number
  readonly counts: Int32Array
  readonly jumps: readonly AxisJumps[]
  readonly rates: readonly Float64Array[]
}

/** Random jumps along each axis, of any reach, in any order. */
const draw = (seed: number, levels: number, counts: readonly number[], perAxis: number): Case => {
  const stream = randomStream(seed)
  const below = (n: number): number => Math.floor(stream.uniform() * n)
  const jumps = counts.map((count): AxisJumps => {
    const all = new Map<string, readonly number[]>()
    for (let i = 0; i < perAxis * count; i += 1) {
      const [k, q, to] = [below(levels), below(levels), below(count)]
      // Mostly to neighbours, as baths do.
      const from = stream.uniform() < 0.8 ? Math.min(count - 1, to + 1) : below(count)
      if (k !== q || to !== from) all.set(`${k} ${q} ${to} ${from}`, [k, q, to, from])
    }
    const list = [...all.values()]
    const column = (c: number): Int32Array => Int32Array.from(list, (jump) => jump[c]!)
    return { count: list.length, toLevel: column(0), fromLevel: column(1), toWindow: column(2), fromWindow: column(3) }
  })
  return { levels, counts: Int32Array.from(counts), jumps, rates: jumps.map(({ count }) => Float64Array.from({ length: count }, () => stream.uniform())) }
}

/** ∂t p entry by entry, one jump after the other. */
const expected = ({ counts, jumps, levels, rates }: Case, x: Float64Array): Float64Array => {
  const size = counts.reduce((a, b) => a * b, 1)
  const out = new Float64Array(levels * size)
  jumps.forEach((jump, axis) => {
    const stride = counts.slice(axis + 1).reduce((a, b) => a * b, 1)
    for (let i = 0; i < jump.count; i += 1) {
      for (let joint = 0; joint < size; joint += 1) {
        if (Math.floor(joint / stride) % counts[axis]! !== jump.fromWindow[i]) continue
        const source = jump.fromLevel[i]! * size + joint
        const target = jump.toLevel[i]! * size + joint + (jump.toWindow[i]! - jump.fromWindow[i]!) * stride
        out[source]! -= rates[axis]![i]! * x[source]!
        out[target]! += rates[axis]![i]! * x[source]!
      }
    }
  })
  return out
}

const tablesOf = ({ counts, jumps, levels, rates }: Case) => shiftTables(levels, counts, jumps, rates.map((rate) => ({ gain: rate, loss: rate })))

const SHAPES: readonly (readonly [number, readonly number[], number])[] = [
  [2, [5], 3], [3, [1500], 4], [2, [3, 4], 4], [2, [7, 2], 4], [3, [2, 3, 4], 3], [2, [9, 11, 13], 3], [2, [5, 80], 3], [1, [4, 70], 2],
  [4, [2, 2, 2, 2], 3], [2, [80, 3], 4], [2, [1, 1], 1], [2, [3000, 3], 2],
]

describe('shifts along axes', () => {
  it('[Eq. G8] are the sum over all jumps, whatever the axes', () => {
    SHAPES.forEach(([levels, counts, perAxis], seed) => {
      const drawn = draw(seed + 1, levels, counts, perAxis)
      const tables = tablesOf(drawn)
      const x = Float64Array.from({ length: tables.dimension }, (_, i) => Math.abs(Math.sin(i + 1)))
      const out = new Float64Array(tables.dimension).fill(NaN)
      applyShifts(tables, x, out, 1, 0, 0, null, 0, 0, shiftPieces(tables))
      const reference = expected(drawn, x)
      const far = out.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i]!)), 0)
      expect(far, `${levels} levels, ${counts.join(' × ')}`).toBeLessThan(1e-13)
    })
  })

  it('combine with what a recurrence carries along, piece by piece the same bits', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(...SHAPES), fc.integer({ min: 1, max: 5 }), (seed, [levels, counts, perAxis], parts) => {
      const drawn = draw(seed, levels, counts, perAxis)
      const tables = tablesOf(drawn)
      const { dimension } = tables
      const stream = randomStream(seed, 1)
      const random = (): Float64Array => Float64Array.from({ length: dimension }, () => stream.normal())
      const [x, before, total] = [random(), random(), random()]
      const [out, sum] = [before.slice(), total.slice()]
      applyShifts(tables, x, out, 0.3, 0.7, -1.1, sum, 0.5, 0, shiftPieces(tables))
      const plain = expected(drawn, x)
      let far = 0
      for (let i = 0; i < dimension; i += 1) {
        const value = 0.3 * plain[i]! + 0.7 * x[i]! - 1.1 * before[i]!
        far = Math.max(far, Math.abs(out[i]! - value), Math.abs(sum[i]! - total[i]! - 0.5 * value))
      }
      expect(far).toBeLessThan(1e-12)
      const [other, otherSum] = [before.slice(), total.slice()]
      const pieces = shiftPieces(tables)
      for (let part = parts - 1; part >= 0; part -= 1) {
        applyShifts(tables, x, other, 0.3, 0.7, -1.1, otherSum, 0.5, Math.floor((part * pieces) / parts), Math.floor(((part + 1) * pieces) / parts))
      }
      expect(other.every((value, i) => value === out[i]) && otherSum.every((value, i) => value === sum[i])).toBe(true)
    }), { numRuns: 30, seed: 7 })
  })

  it('have the same bits in WebAssembly, for each way of combining', () => {
    const team = openTeam()
    expect(team).not.toBeNull()
    SHAPES.forEach(([levels, counts, perAxis], seed) => {
      const tables = tablesOf(draw(seed + 20, levels, counts, perAxis))
      const stream = randomStream(seed)
      const plain = shiftAction(tables)
      const teamed = shiftAction(tables, team)
      const lanes = [0, 1, 2].map(() => teamed.allocate(tables.dimension + 2))
      const values = lanes.map(() => Float64Array.from({ length: tables.dimension + 2 }, () => stream.normal()))
      for (const [scale, keep, carry, weight] of [[1, 0, 0, null], [0.3, 1, 0, 0.25], [0.6, 2, -1, 0.125], [0.6, 2, -1, null]] as const) {
        lanes.forEach((lane, i) => { lane.values.set(values[i]!) })
        const [x, out, sum] = values.map((each) => each.slice())
        plain.step(x!, out!, scale, keep, carry, weight === null ? null : sum!, weight ?? 0)
        teamed.step(lanes[0]!.values, lanes[1]!.values, scale, keep, carry, weight === null ? null : lanes[2]!.values, weight ?? 0)
        expect(lanes[1]!.values.every((value, i) => value === out![i]) && lanes[2]!.values.every((value, i) => value === sum![i])).toBe(true)
      }
    })
  })

  it('do not read what they replace, nor leave the lattice', () => {
    const drawn = draw(3, 2, [6, 70], 3)
    const tables = tablesOf(drawn)
    const { dimension } = tables
    const x = new Float64Array(dimension + 2).fill(1)
    x.fill(NaN, dimension)
    const out = new Float64Array(dimension + 2).fill(NaN)
    out.fill(5, dimension)
    shiftAction(tables).apply(x, out)
    expect(out.subarray(0, dimension).every((value) => Number.isFinite(value))).toBe(true)
    expect([...out.subarray(dimension)]).toEqual([5, 5])
  })
})
