import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { judgeLaws } from '../../src/internal/laws.js'
import { evolve, generatorOf, jointEnergies } from '../oracles/rate-equation.js'
import type { Snapshot } from '../oracles/rate-equation.js'
import { frameOf, lawOf, ledgerOf } from '../fixtures/watch.js'
import { product, runs } from '../fixtures/random-runs.js'

/** Rounding of sums over a few dozen joint states, energies of order 5. */
const ROUNDING = 1e-12
/** Two numbers that were accumulated apart agree to this. */
const CLOSED = 1e-10

const largest = (values: Float64Array): number => Math.max(...Array.from(values, Math.abs))

/** Two levels, windows 0, 1, 2, a level that is quenched from 1 to 2 and back. */
const quenched = {
  spec: { baths: [{ energies: [0, 1, 2], logVolumes: [Math.log(100), Math.log(200), Math.log(400)] }], strength: () => 0.4, offResonance: 0 },
  stages: [1, 2, 1, 2].map((top) => ({ energies: [0, top], duration: 3, samples: 6 })),
  start: product(Float64Array.of(0, 1), Float64Array.of(1, 0, 0)),
}

describe('first law', () => {
  it('[Eqs. 46, 47] closes through random quenches, on and off resonance', () => {
    let worked = 0
    for (const offResonance of [0, 1]) {
      fc.assert(fc.property(runs({ baths: [1, 2], offResonance, start: 'any', levelEnergies: offResonance === 0 ? 'integers' : 'any' }), (run) => {
        const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths))
        expect(largest(ledger.firstLawResidual)).toBeLessThan(CLOSED)
        expect(lawOf(ledger, 'first law').verdict).toBe('holds')
        worked += Math.abs(ledger.work[ledger.work.length - 1]!)
      }), { numRuns: 60 })
    }
    expect(worked).toBeGreaterThan(10)
  })

  it('[Eqs. 49, 50, 72] on resonance the heat that leaves the baths is the heat that enters the system, flow by flow', () => {
    fc.assert(fc.property(runs({ baths: [1, 2], offResonance: 0, start: 'any', levelEnergies: 'integers' }), (run) => {
      const ledger = ledgerOf(evolve(run.start, run.stages, run.spec), frameOf(run.dimension, run.baths))
      for (let i = 0; i < ledger.times.length; i++) {
        expect(Math.abs(ledger.systemHeat[i]! - ledger.baths.reduce((sum, bath) => sum + bath.heat[i]!, 0))).toBeLessThan(CLOSED)
        expect(Math.abs(ledger.systemHeatFlow[i]! - ledger.baths.reduce((sum, bath) => sum + bath.heatFlow[i]!, 0))).toBeLessThan(CLOSED)
      }
      expect(lawOf(ledger, 'heat leaves').verdict).toBe('holds')
    }), { numRuns: 60 })
  })

  it('[Eq. 50] off resonance the two differ by the defect, which is named as the missing premise', () => {
    const snapshots = evolve(quenched.start, [{ energies: [0, 1.3], duration: 2, samples: 4 }], { ...quenched.spec, offResonance: 1 })
    const ledger = ledgerOf(snapshots, frameOf(2, quenched.spec.baths))
    const end = ledger.times.length - 1
    expect(Math.abs(ledger.coarseGrainingDefect[end]!)).toBeGreaterThan(0.01)
    expect(Math.abs(ledger.systemHeat[end]! - ledger.baths[0]!.heat[end]! - ledger.coarseGrainingDefect[end]!)).toBeLessThan(ROUNDING)
    expect(lawOf(ledger, 'first law').verdict).toBe('holds')
    expect(lawOf(ledger, 'heat leaves')).toMatchObject({ verdict: 'not a law here' })
    expect(lawOf(ledger, 'heat leaves').message).toContain('every jump is resonant')
  })

  it('[Eq. 50] the heat flow is the derivative of the heat', () => {
    const fine = evolve(quenched.start, [{ energies: [0, 1], duration: 2, samples: 400 }], quenched.spec)
    const { times, baths: [bath] } = ledgerOf(fine, frameOf(2, quenched.spec.baths))
    for (let i = 1; i + 1 < times.length; i++) {
      const slope = (bath!.heat[i + 1]! - bath!.heat[i - 1]!) / (times[i + 1]! - times[i - 1]!)
      // Central differences at steps of 1/200 of rates of order 1.
      expect(Math.abs(slope - bath!.heatFlow[i]!)).toBeLessThan(1e-4)
    }
  })

  it('[Eqs. 47, 49] work jumps at a quench by Σ Δε p, heat does not; a cyclic drive returns W + Q = ΔU_S = 0 in its limit cycle', () => {
    const cycle = quenched.stages
    const ledger = ledgerOf(evolve(quenched.start, Array.from({ length: 40 }, () => cycle).flat(), quenched.spec), frameOf(2, quenched.spec.baths))
    let stops = 0
    for (let i = 1; i < ledger.times.length; i++) {
      if (ledger.times[i] !== ledger.times[i - 1]) continue
      stops += 1
      expect(Math.abs(ledger.work[i]! - ledger.work[i - 1]!)).toBeGreaterThan(1e-3)
      expect(ledger.baths[0]!.heat[i]).toBe(ledger.baths[0]!.heat[i - 1])
      expect(ledger.systemEnergy[i]! - ledger.systemEnergy[i - 1]!).toBeCloseTo(ledger.work[i]! - ledger.work[i - 1]!, 13)
    }
    expect(stops).toBe(159)
    for (let i = 0; i < ledger.times.length; i++) {
      expect(Math.abs(ledger.work[i]! + ledger.baths[0]!.heat[i]! - (ledger.systemEnergy[i]! - ledger.systemEnergy[0]!))).toBeLessThan(CLOSED)
    }
    // A cycle is two stages here: from one end of it to the next nothing is left in the system.
    const perCycle = ledger.times.length / 160
    const [before, end] = [ledger.times.length - 1 - 2 * perCycle, ledger.times.length - 1]
    const over = (values: Float64Array): number => values[end]! - values[before]!
    expect(Math.abs(over(ledger.systemEnergy))).toBeLessThan(1e-6)
    expect(Math.abs(over(ledger.work) + over(ledger.baths[0]!.heat))).toBeLessThan(1e-6)
  })

  it('[Eq. 47] smooth driving: ∫ Σ ε̇ p dt and the defect close the books along a ramp that crosses windows', () => {
    const { spec, start } = { ...quenched, spec: { ...quenched.spec, offResonance: 0.5 } }
    const [steps, duration] = [2000, 4]
    const top = (time: number): number => 1 + 0.5 * time
    // Rates are continuous in t off resonance; the one resonant instant has no weight.
    const generator = generatorOf([0, 1.2345], spec)
    const derivative = (time: number, state: Float64Array): Float64Array => {
      const n = state.length - 2
      const energies = jointEnergies([0, top(time)], spec.baths)
      const out = new Float64Array(state.length)
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) out[i]! += generator[i * n + j]! * state[j]!
        out[n]! += i >= n / 2 ? 0.5 * state[i]! : 0
        out[n + 1]! += energies[i]! * out[i]!
      }
      return out
    }
    const shifted = (state: Float64Array, by: Float64Array, step: number): Float64Array => state.map((value, i) => value + step * by[i]!)
    let state = Float64Array.from([...start, 0, 0])
    const snapshots: Snapshot[] = []
    for (let i = 0; i <= steps; i++) {
      const time = (i * duration) / steps
      if (i % 100 === 0) {
        const n = state.length - 2
        snapshots.push({
          time, side: 'after', energies: Float64Array.of(0, top(time)), p: state.slice(0, n), rates: derivative(time, state).slice(0, n),
          work: state[n]!, power: derivative(time, state)[n]!, defect: state[n + 1]!,
        })
      }
      const step = duration / steps
      const k1 = derivative(time, state)
      const k2 = derivative(time + step / 2, shifted(state, k1, step / 2))
      const k3 = derivative(time + step / 2, shifted(state, k2, step / 2))
      const k4 = derivative(time + step, shifted(state, k3, step))
      state = state.map((value, at) => value + (step / 6) * (k1[at]! + 2 * k2[at]! + 2 * k3[at]! + k4[at]!))
    }
    const ledger = ledgerOf(snapshots, frameOf(2, spec.baths))
    expect(Math.abs(ledger.work[ledger.work.length - 1]!)).toBeGreaterThan(0.5)
    expect(largest(ledger.firstLawResidual)).toBeLessThan(CLOSED)
    // Simpson's rule over outputs a fifth of a unit apart, in place of the thousands of steps that work was summed over.
    const integral = ledger.power.reduce((sum, power, i) => sum + (i === 0 || i === steps / 100 ? 1 : i % 2 === 1 ? 4 : 2) * power * (100 * duration / steps / 3), 0)
    expect(Math.abs(integral - ledger.work[ledger.work.length - 1]!)).toBeLessThan(1e-5)
  })
})

describe('mutants of the first law', () => {
  const snapshots = evolve(quenched.start, quenched.stages, quenched.spec)
  const frame = frameOf(2, quenched.spec.baths)

  it('[Eq. 50] the sign of heat: turned round, heat no longer enters the system as it leaves the bath', () => {
    const ledger = ledgerOf(snapshots, frame)
    const mutant = { ...ledger, baths: ledger.baths.map((bath) => ({ ...bath, heat: bath.heat.map((value) => -value) })) }
    expect(lawOf({ laws: judgeLaws(ledger) }, 'heat leaves').verdict).toBe('holds')
    expect(lawOf({ laws: judgeLaws(mutant) }, 'heat leaves')).toMatchObject({ verdict: 'violated' })
    expect(lawOf({ laws: judgeLaws(mutant) }, 'heat leaves').largestViolation).toBeGreaterThan(0.1)
  })

  it('[Eq. 47] the order of quench and jump: work booked with the populations after the next jumps does not close', () => {
    const mutant = ledgerOf(evolve(quenched.start, quenched.stages, quenched.spec, 'jump first'), frame)
    expect(lawOf(ledgerOf(snapshots, frame), 'first law').verdict).toBe('holds')
    expect(lawOf(mutant, 'first law')).toMatchObject({ verdict: 'violated' })
    expect(lawOf(mutant, 'first law').largestViolation).toBeGreaterThan(0.1)
  })

  it('[Eq. 47] a lost pulse, and a work that forgets the jumps', () => {
    const forgetful = ledgerOf(snapshots.map((each) => ({ ...each, work: 0 })), frame)
    expect(lawOf(forgetful, 'first law').verdict).toBe('violated')
  })
})
