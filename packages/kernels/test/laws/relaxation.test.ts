import { modifiedBesselSequence, relaxation } from '@mesobath/kernels'
import type { RelaxationAction, RelaxationWorkspace } from '@mesobath/kernels'
import fc from 'fast-check'
import { Matrix, EigenvalueDecomposition } from 'ml-matrix'
import { describe, expect, it } from 'vitest'

/** A chain of states of volumes V, neighbours linked with strengths s: rates s·√(V_to/V_from). */
interface Chain {
  readonly logVolumes: readonly number[]
  readonly strengths: readonly number[]
}

const rateOf = ({ logVolumes, strengths }: Chain, to: number, from: number): number =>
  strengths[Math.min(to, from)]! * Math.exp((logVolumes[to]! - logVolumes[from]!) / 2)

const actionOf = (chain: Chain): { readonly action: RelaxationAction; readonly exitRate: number } => {
  const n = chain.logVolumes.length
  const exits = chain.logVolumes.map((_, i) => (i > 0 ? rateOf(chain, i - 1, i) : 0) + (i < n - 1 ? rateOf(chain, i + 1, i) : 0))
  return {
    exitRate: Math.max(...exits),
    action: {
      dimension: n,
      step: (x, out, scale, keep, carry, sum, weight) => {
        for (let i = 0; i < n; i += 1) {
          let value = (keep - scale * exits[i]!) * x[i]! + (carry === 0 ? 0 : carry * out[i]!)
          if (i > 0) value += scale * rateOf(chain, i, i - 1) * x[i - 1]!
          if (i < n - 1) value += scale * rateOf(chain, i, i + 1) * x[i + 1]!
          out[i] = value
          if (sum !== null) sum[i]! += weight * value
        }
      },
    },
  }
}

/** e^{Lt}p by diagonalising the symmetrised matrix. */
const exact = (chain: Chain, p: Float64Array, time: number): { readonly after: number[]; readonly radius: number } => {
  const n = p.length
  const matrix = Matrix.zeros(n, n)
  for (let i = 0; i + 1 < n; i += 1) {
    matrix.set(i, i + 1, chain.strengths[i]!)
    matrix.set(i + 1, i, chain.strengths[i]!)
    matrix.set(i, i, matrix.get(i, i) - rateOf(chain, i + 1, i))
    matrix.set(i + 1, i + 1, matrix.get(i + 1, i + 1) - rateOf(chain, i, i + 1))
  }
  const { eigenvectorMatrix: vectors, realEigenvalues: values } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true })
  const roots = chain.logVolumes.map((logVolume) => Math.exp(logVolume / 2))
  const after = Array.from({ length: n }, () => 0)
  for (let j = 0; j < n; j += 1) {
    let amplitude = 0
    for (let i = 0; i < n; i += 1) amplitude += (vectors.get(i, j) * p[i]!) / roots[i]!
    for (let i = 0; i < n; i += 1) after[i]! += roots[i]! * vectors.get(i, j) * amplitude * Math.exp(values[j]! * time)
  }
  return { after, radius: -Math.min(...values) }
}

const amplificationOf = (chain: Chain, p: Float64Array): number => {
  const volumes = chain.logVolumes.map((logVolume) => Math.exp(logVolume))
  const z = volumes.reduce((a, b) => a + b, 0)
  return Math.sqrt(z * p.reduce((sum, value, i) => sum + (value * value) / volumes[i]!, 0)) / p.reduce((a, b) => a + b, 0)
}

const chainOf = (n: number, slope: number, roughness: number): Chain => ({
  logVolumes: Array.from({ length: n }, (_, i) => slope * i + roughness * Math.sin(7 * i)), strengths: Array.from({ length: n - 1 }, (_, i) => 1 + 0.5 * Math.cos(3 * i)),
})

const still = (): null => null

const room = (length: number): RelaxationWorkspace =>
  [{ values: new Float64Array(length) }, { values: new Float64Array(length) }, { values: new Float64Array(length) }]

describe('e^{−x}I_k(x)', () => {
  it('adds up to 1 and obeys its recurrence, from x = 1e-12 to 1e6', () => {
    for (const x of [1e-12, 1e-6, 0.1, 1, 30, 1e3, 1e6]) {
      const values = new Float64Array(Math.ceil(60 + 12 * Math.sqrt(x)))
      modifiedBesselSequence(x, values)
      const sum = values.reduce((total, value, k) => total + (k === 0 ? 1 : 2) * value, 0)
      expect(Math.abs(sum - 1)).toBeLessThan(1e-13)
      // Two terms are all there is of the shortest.
      for (let k = 1; x > 1e-9 && k + 1 < values.length; k += 1) {
        expect(Math.abs(values[k - 1]! - values[k + 1]! - ((2 * k) / x) * values[k]!)).toBeLessThanOrEqual(1e-9 * values[k - 1]! + 1e-290)
      }
    }
  })

  it('has the known values e^{−1}I_0(1), e^{−1}I_1(1), e^{−10}I_3(10)', () => {
    const values = new Float64Array(8)
    modifiedBesselSequence(1, values)
    expect(values[0]).toBeCloseTo(0.465759607593640, 14)
    expect(values[1]).toBeCloseTo(0.207910415349709, 14)
    modifiedBesselSequence(10, values)
    expect(values[3]).toBeCloseTo(0.0798305, 6)
  })
})

describe('relaxation', () => {
  it('keeps its tolerance by either series, at any time, from any start', async () => {
    const methods = new Set<string>()
    for (const [n, slope, roughness, begin] of [[40, 0, 0, 0], [40, 0.1, 0.3, 0], [60, 0.4, 0, 0], [60, 0.4, 0, 59], [30, 1, 0.5, 10], [2, 3, 0, 0]] as const) {
      const chain = chainOf(n, slope, roughness)
      const { action, exitRate } = actionOf(chain)
      const start = new Float64Array(n)
      start[begin] = 1
      const { radius } = exact(chain, start, 0)
      const amplification = amplificationOf(chain, start)
      for (const time of [1e-3, 1, 30, 1e3, 3e4]) {
        for (const tolerance of [1e-3, 1e-6, 1e-10]) {
          const subject = relaxation(action, { exitRate, spectralRadius: radius * 1.05 }, room(n))
          const p = start.slice()
          expect(await subject.advance(p, time, tolerance, amplification, still)).toBe(true)
          const { after } = exact(chain, start, time)
          const far = after.reduce((sum, value, i) => sum + Math.abs(value - p[i]!), 0)
          // The reference loses √(V_max/V_min) roundings itself.
          expect(far, `${n} states, slope ${slope}, t = ${time}`).toBeLessThan(tolerance + 1e-14 * amplification)
          expect(p.every((value) => value >= 0)).toBe(true)
          expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-14)
          methods.add(subject.plan(time, tolerance, amplification).method)
        }
      }
    }
    expect([...methods].sort()).toEqual(['chebyshev', 'uniformisation'])
  })

  it('plans what it does, and a tight bound and long times are where Chebyshev saves: √(bt) applications, not qt', async () => {
    const chain = chainOf(50, 0, 0)
    const { action, exitRate } = actionOf(chain)
    let applications = 0
    const counted: RelaxationAction = { ...action, step: (...given) => { applications += 1; action.step(...given) } }
    const { radius } = exact(chain, new Float64Array(50), 0)
    for (const [time, tolerance, amplification] of [[0.5, 1e-8, 8], [1e4, 1e-8, 8], [1e4, 1e-8, Infinity]] as const) {
      applications = 0
      const subject = relaxation(counted, { exitRate, spectralRadius: radius }, room(50))
      const p = new Float64Array(50)
      p[0] = 1
      await subject.advance(p, time, tolerance, amplification, still)
      const { applications: planned } = subject.plan(time, tolerance, amplification)
      expect(applications).toBeLessThanOrEqual(planned)
      expect(applications).toBeGreaterThan(0.6 * planned)
    }
    const subject = relaxation(counted, { exitRate, spectralRadius: radius }, room(50))
    const [long, longer] = [1e4, 4e4].map((time) => subject.plan(time, 1e-8, 8).applications)
    expect(longer! / long!).toBeGreaterThan(1.9)
    expect(longer! / long!).toBeLessThan(2.2)
    expect(subject.plan(1e4, 1e-8, Infinity).applications / long!).toBeGreaterThan(20)
  })

  it('leaves p as it was where a pause ends it, and returns false', async () => {
    const chain = chainOf(30, 0, 0)
    const { action, exitRate } = actionOf(chain)
    for (const amplification of [6, Infinity]) {
      const subject = relaxation(action, { exitRate, spectralRadius: 2 * exitRate }, room(30))
      const p = new Float64Array(30)
      p[3] = 1
      let left = 40
      expect(await subject.advance(p, 1e3, 1e-9, amplification, () => { left -= 1; return left === 0 ? Promise.resolve(false) : null })).toBe(false)
      expect(p[3]).toBe(1)
      expect(p.filter((value) => value !== 0)).toHaveLength(1)
    }
  })

  it('property: what two starts have in common they keep, and 1-norm distances never grow', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 2, max: 25 }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 50, noNaN: true }), async (n, slope, time) => {
      const chain = chainOf(n, slope, 0)
      const { action, exitRate } = actionOf(chain)
      const subject = relaxation(action, { exitRate, spectralRadius: 2 * exitRate }, room(n))
      const p = new Float64Array(n).fill(1 / n)
      const q = new Float64Array(n)
      q[n - 1] = 1
      const distance = (): number => p.reduce((sum, value, i) => sum + Math.abs(value - q[i]!), 0)
      const before = distance()
      await subject.advance(p, time, 1e-10, amplificationOf(chain, p), still)
      await subject.advance(q, time, 1e-10, amplificationOf(chain, q), still)
      expect(distance()).toBeLessThanOrEqual(before + 1e-9)
    }), { numRuns: 25, seed: 11 })
  })

  it('refuses to go back, and times beyond all measure', async () => {
    const { action } = actionOf(chainOf(3, 0, 0))
    const subject = relaxation(action, { exitRate: 1, spectralRadius: 2 }, room(3))
    await expect(subject.advance(Float64Array.of(1, 0, 0), -1, 1e-9, 1, still)).rejects.toThrow(RangeError)
    await expect(subject.advance(Float64Array.of(1, 0, 0), Infinity, 1e-9, 1, still)).rejects.toThrow(RangeError)
  })
})
