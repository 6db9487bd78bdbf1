import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalEntropy, canonicalProbabilities, canonicalRelativeEntropy, effectiveInverseTemperature } from '../../src/index.js'
import { bisectedBeta, canonicalEnergy, distance, energyAbove } from '../oracles/canonical-energy.js'
import { of, toNumber } from '../oracles/double-double.js'

/** What is promised of U_B, relative to the energy span. */
const ENERGY_TOLERANCE = 1e-12

const windowsOf = (gaps: readonly number[], logVolumes: readonly number[]) => {
  const energies = new Float64Array(gaps.length + 1)
  gaps.forEach((gap, i) => { energies[i + 1] = energies[i]! + gap })
  return { energies, width: Math.min(...gaps), logVolumes: Float64Array.from(logVolumes) }
}

const normalised = (weights: readonly number[]): Float64Array => {
  const sum = weights.reduce((total, each) => total + each, 0)
  return Float64Array.from(weights, (each) => each / sum)
}

/** |U_B(β) − U_B| over the span, and what half a unit in the last place of β is worth there. */
const energyError = (windows: ReturnType<typeof windowsOf>, p: Float64Array, beta: number) => {
  const span = windows.energies[windows.energies.length - 1]! - windows.energies[0]!
  const found = canonicalEnergy(windows, of(beta))
  return { error: distance(found.above, energyAbove(windows.energies, p)) / span, resolution: (2 ** -53 * Math.abs(beta) * found.variance) / span }
}

const weights = (count: number) => fc.array(fc.oneof(fc.double({ min: 1e-3, max: 1, noNaN: true }), fc.double({ min: -40, max: 0, noNaN: true }).map(Math.exp)),
  { minLength: count, maxLength: count })

const baths = (largest: number) => fc.integer({ min: 2, max: 30 }).chain((count) => fc.tuple(
  fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: count - 1, maxLength: count - 1 }),
  fc.array(fc.double({ min: -largest, max: largest, noNaN: true }), { minLength: count, maxLength: count }),
  weights(count),
))

describe('effective temperature', () => {
  it('[Eq. 62] meets U_B to 1e-12 of the span for any volumes and any p(E), inversion included', () => {
    let inverted = 0
    fc.assert(fc.property(baths(10), ([gaps, logVolumes, raw]) => {
      const windows = windowsOf(gaps, logVolumes)
      const p = normalised(raw)
      const beta = effectiveInverseTemperature(windows, p)
      if (beta < 0) inverted += 1
      expect(energyError(windows, p, beta).error).toBeLessThan(ENERGY_TOLERANCE)
    }), { numRuns: 300 })
    expect(inverted).toBeGreaterThan(20)
  })

  it('[Eq. 62] is what bisection in 32 digits gives', () => {
    fc.assert(fc.property(baths(6), ([gaps, logVolumes, raw]) => {
      const windows = windowsOf(gaps, logVolumes)
      const p = normalised(raw)
      const exact = bisectedBeta(windows, energyAbove(windows.energies, p))
      const { variance } = canonicalEnergy(windows, exact)
      const span = windows.energies[windows.energies.length - 1]! - windows.energies[0]!
      // An energy good to 1e-15 of the span fixes β to that over dU/dβ = the variance, beside β's own last place.
      const tolerance = (1e-15 * span) / variance * 4 + 4e-16 * Math.abs(exact.high)
      expect(Math.abs(effectiveInverseTemperature(windows, p) - toNumber(exact))).toBeLessThan(tolerance)
    }), { numRuns: 40 })
  })

  it('[Eq. 62] log volumes up to 1e6: as close as a double can say β', () => {
    fc.assert(fc.property(baths(1e6), ([gaps, logVolumes, raw]) => {
      const windows = windowsOf(gaps, logVolumes)
      const p = normalised(raw)
      const { error, resolution } = energyError(windows, p, effectiveInverseTemperature(windows, p))
      expect(error).toBeLessThan(ENERGY_TOLERANCE + 4 * resolution)
    }), { numRuns: 300 })
  })

  it('[Eq. 62] 10⁵ windows of a bath of 1.4·10⁶ spins, cold, hot, inverted, and far from canonical', () => {
    const count = 100_000
    const spins = 1.44e6
    const share = (i: number): number => (i + 0.5) / count
    const entropy = (x: number): number => -spins * (x * Math.log(x) + (1 - x) * Math.log(1 - x))
    const windows = {
      energies: Float64Array.from({ length: count }, (_, i) => share(i) * spins), width: spins / count,
      logVolumes: Float64Array.from({ length: count }, (_, i) => entropy(share(i))),
    }
    expect(Math.max(...Array.from(windows.logVolumes))).toBeGreaterThan(9.9e5)
    const starts: Float64Array[] = []
    for (const beta of [2, 0, -0.5]) {
      const p = new Float64Array(count)
      canonicalProbabilities(windows, beta, p)
      starts.push(p)
    }
    starts.push(new Float64Array(count).fill(1 / count))
    const twoPeaks = new Float64Array(count)
    twoPeaks[17] = 0.3
    twoPeaks[90_000] = 0.7
    starts.push(twoPeaks)
    const span = windows.energies[count - 1]! - windows.energies[0]!
    for (const p of starts) {
      const beta = effectiveInverseTemperature(windows, p)
      const { above } = canonicalEnergy(windows, of(beta))
      expect(distance(above, energyAbove(windows.energies, p)) / span).toBeLessThan(ENERGY_TOLERANCE)
    }
  })

  it('[Eq. 62] a flat bath at half its span has β = 0; the lowest window is +Infinity, the highest −Infinity, one window undefined', () => {
    const flat = windowsOf([1, 1, 1], [3, 3, 3, 3])
    expect(Math.abs(effectiveInverseTemperature(flat, Float64Array.of(0.4, 0.1, 0.1, 0.4)))).toBeLessThan(1e-15)
    expect(effectiveInverseTemperature(flat, Float64Array.of(1, 0, 0, 0))).toBe(Infinity)
    expect(effectiveInverseTemperature(flat, Float64Array.of(0, 0, 0, 1))).toBe(-Infinity)
    expect(effectiveInverseTemperature({ energies: Float64Array.of(0), width: 1, logVolumes: Float64Array.of(2) }, Float64Array.of(1))).toBeNaN()
    expect(effectiveInverseTemperature(flat, Float64Array.of(NaN, 0, 0, 1))).toBeNaN()
    // Second-order memory may leave an energy below the lowest window: nothing is colder than that.
    expect(effectiveInverseTemperature(flat, Float64Array.of(1 + 1e-9, -1e-9, 0, 0))).toBe(Infinity)
    expect(effectiveInverseTemperature(flat, Float64Array.of(0, 0, -1e-9, 1 + 1e-9))).toBe(-Infinity)
  })

  it('[Eq. 62] all but a trace in the lowest window: β = ln(V_1/(V_0 p_1))/ΔE to the last digits, down to p = 1e-300', () => {
    const windows = windowsOf([0.5], [2, 5])
    for (const trace of [1e-3, 1e-12, 1e-40, 1e-300]) {
      const exact = (Math.log((1 - trace) / trace) + 3) / 0.5
      expect(Math.abs(effectiveInverseTemperature(windows, Float64Array.of(1 - trace, trace)) / exact - 1)).toBeLessThan(1e-14)
      const inverted = (Math.log(trace / (1 - trace)) + 3) / 0.5
      expect(Math.abs(effectiveInverseTemperature(windows, Float64Array.of(trace, 1 - trace)) / inverted - 1)).toBeLessThan(1e-14)
    }
  })

  it('[Eq. 62] a spectrum whose U_B(β) has long plateaus is solved on them too', () => {
    const windows = windowsOf([1, 1], [0, 1e4, 0])
    for (const p of [[0.3, 0.4, 0.3], [1e-9, 1 - 2e-9, 1e-9], [0.1, 0.9, 0], [1e-7, 1 - 1e-7, 0], [0, 1, 0]]) {
      const distribution = Float64Array.from(p)
      const { error, resolution } = energyError(windows, distribution, effectiveInverseTemperature(windows, distribution))
      expect(error).toBeLessThan(ENERGY_TOLERANCE + 4 * resolution)
    }
  })

  it('[Eq. 62] does not depend on where it starts', () => {
    fc.assert(fc.property(baths(20), fc.double({ min: -1e3, max: 1e3, noNaN: true }), ([gaps, logVolumes, raw], guess) => {
      const windows = windowsOf(gaps, logVolumes)
      const p = normalised(raw)
      const { error } = energyError(windows, p, effectiveInverseTemperature(windows, p, guess))
      expect(error).toBeLessThan(ENERGY_TOLERANCE)
    }), { numRuns: 100 })
  })
})

describe('canonical baths', () => {
  it('[Eqs. 62, 63] dS = β dU along the canonical distributions', () => {
    const windows = windowsOf([0.7, 1.1, 0.6, 0.9], [1, 4, 5, 4.5, 2])
    const energy = (beta: number): number => toNumber(canonicalEnergy(windows, of(beta)).above)
    for (const beta of [-3, -0.2, 0.5, 2, 6]) {
      const step = 1e-4
      const entropy = (at: number): number => canonicalEntropy(windows, at)
      const change = entropy(beta + step) - entropy(beta - step)
      // Central differences err by the cube of the step.
      expect(Math.abs(change - beta * (energy(beta + step) - energy(beta - step)))).toBeLessThan(1e-10)
    }
  })

  it('[Eqs. 53, 63] entropies and relative entropies are those of the distributions themselves, the edges included', () => {
    const windows = windowsOf([0.7, 1.1, 0.6], [1, 4, 5, 2])
    const at = (beta: number): Float64Array => {
      const p = new Float64Array(4)
      canonicalProbabilities(windows, beta, p)
      return p
    }
    const sum = (term: (i: number) => number): number => [0, 1, 2, 3].reduce((total, i) => total + term(i), 0)
    for (const beta of [-Infinity, -2, 0, 0.3, 5, Infinity]) {
      const p = at(beta)
      expect(Math.abs(sum((i) => p[i]!) - 1)).toBeLessThan(1e-15)
      expect(Math.abs(canonicalEntropy(windows, beta) - sum((i) => (p[i]! > 0 ? p[i]! * (windows.logVolumes[i]! - Math.log(p[i]!)) : 0)))).toBeLessThan(1e-13)
      for (const other of [-1, 0.29999, 0.3, 4]) {
        const q = at(other)
        const direct = sum((i) => (p[i]! > 0 ? p[i]! * Math.log(p[i]! / q[i]!) : 0))
        expect(Math.abs(canonicalRelativeEntropy(windows, beta, other) - direct)).toBeLessThan(1e-13)
      }
    }
    expect(canonicalRelativeEntropy(windows, 1, Infinity)).toBe(Infinity)
    expect(canonicalRelativeEntropy(windows, Infinity, Infinity)).toBe(0)
    // Close together it is ½ variance dβ², with digits to spare.
    const { variance } = canonicalEnergy(windows, of(1))
    expect(Math.abs(canonicalRelativeEntropy(windows, 1, 1 + 1e-8) / (variance * 0.5e-16) - 1)).toBeLessThan(1e-6)
  })
})
