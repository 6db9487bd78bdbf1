import type { Drive, Problem, Segment } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entropyProductionRate } from '../helpers/books.js'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'
import { projectedEntropy } from '../oracles/projected-entropy.js'

/** A probability is good to 1e-12, its logarithm is below 30, and a rate of change is of order one. */
const ROUNDING = 1e-10

/** Random systems, baths, rates, couplings, initial states and drives: quenches, ramps, sinusoids and moving strengths, on the grid or off it. */
const randomRun = (seed: number, resonant: boolean, coherences: boolean, offResonance: 'shared' | 'nearest') => {
  const uniform = parkMiller(seed)
  const width = 0.25
  const d = 2 + Math.floor(2 * uniform())
  const counts = uniform() < 0.5 ? [5] : [4, 3]
  const couplings = 1 + Math.floor(2 * uniform())
  const baths = counts.map((count, axis) => attach(`b${axis}`,
    toyBath({ energies: Array.from({ length: count }, (_, i) => i * width), width, logVolumes: Array.from({ length: count }, () => 6 * uniform()), couplings }),
    0.2 + 0.4 * uniform(), Array.from({ length: couplings }, () => hermitian(d, uniform))))
  const rates = Object.fromEntries(counts.map((count, axis) => [`b${axis}`, toyRates(positiveKappa(couplings, count, uniform))]))
  const level = (k: number): number => (k === 0 ? 0 : resonant ? width * (2 * k - 1 + Math.floor(2 * uniform())) : 0.37 * k + 0.3 * uniform())
  const rows = Array.from({ length: 6 }, () => Array.from({ length: d }, (_, k) => level(k)))
  const kind = Math.floor(3 * uniform())
  const drive: Drive = {
    recipe: null,
    segments: () => Array.from({ length: 5 }, (_, i): Segment => ({
      from: i, to: i + 1, constant: resonant || kind === 0,
      energies: (t, out) => out.set(rows[i]!.map((x, k) => {
        if (resonant || kind === 0) return x
        return kind === 1 ? x + (rows[i + 1]![k]! - x) * (t - i) : x + 0.1 * k * Math.sin(4 * t)
      })),
      strengths: (t, out) => out.set(baths.map(({ strength }, axis) => (resonant || kind === 0 ? strength : strength * (1 + 0.3 * Math.sin(t + axis))))),
    })),
  }
  const amplitudes = Array.from({ length: d }, () => [uniform() - 0.5, uniform() - 0.5] as const)
  const norm = amplitudes.reduce((sum, [x, y]) => sum + x * x + y * y, 0)
  const system = {
    rows: d, columns: d,
    re: Float64Array.from({ length: d * d }, (_, i) => {
      const [[a, b], [x, y]] = [amplitudes[Math.floor(i / d)]!, amplitudes[i % d]!]
      const pure = (a * x + b * y) / norm
      return Math.floor(i / d) === i % d ? 0.8 * pure + 0.2 / d : coherences ? 0.8 * pure : 0
    }),
    im: Float64Array.from({ length: d * d }, (_, i) => {
      const [[a, b], [x, y]] = [amplitudes[Math.floor(i / d)]!, amplitudes[i % d]!]
      return Math.floor(i / d) === i % d || !coherences ? 0 : (0.8 * (b * x - a * y)) / norm
    }),
  }
  const probabilities = counts.map((count) => {
    const weights = Float64Array.from({ length: count }, () => 0.05 + uniform())
    const total = weights.reduce((sum, x) => sum + x, 0)
    return { kind: 'windows' as const, probabilities: weights.map((x) => x / total) }
  })
  const problem: Problem = { ...makeProblem(rows[0]!, baths, { kind: 'product', system, baths: probabilities }, [0, 0.5, 1.2, 2.2, 3.3, 4.1, 5]), drive }
  return { problem, algorithm: markov({ rates, offResonance }) }
}

describe('[Eq. 54] entropy production of the Markov equation', () => {
  it.each(['shared', 'nearest'] as const)('is never negative, for any system, bath, rates and drive, on resonance and off: %s', async (offResonance) => {
    let produced = 0
    let closed = 0
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e7 }), fc.boolean(), async (seed, resonant) => {
      const { algorithm, problem } = randomRun(seed, resonant, false, offResonance)
      const { samples, stepper } = await run(problem, algorithm)
      // Levels that meet on the way let coherences into the populations; S_obs then promises nothing.
      if (!stepper.frame.guarantees!.includes('populations-close')) return
      closed += 1
      for (const sample of samples) {
        const rate = entropyProductionRate(problem, sample)
        produced = Math.max(produced, rate)
        expect(rate).toBeGreaterThan(-ROUNDING)
      }
    }), { numRuns: 40 })
    expect(produced).toBeGreaterThan(0.1)
    expect(closed).toBeGreaterThan(15)
  })

  it('S[Pρ] = Σ_E [S_vN(ρ_S(E)) + p(E) ln V_E] never falls either, coherences, quenches and ramps included', async () => {
    let rise = 0
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e7 }), fc.boolean(), async (seed, resonant) => {
      const { algorithm, problem } = randomRun(seed, resonant, true, 'shared')
      const { samples } = await run(problem, algorithm)
      const d = problem.energies.length
      const volumes = problem.baths.map(({ bath }) => Array.from(bath.windows.logVolumes))
      const joint = volumes.reduce<number[]>((all, each) => all.flatMap((x) => each.map((y) => x + y)), [0])
      const entropies = samples.map(({ conditional }) => projectedEntropy(conditional!.re, conditional!.im, d, joint))
      entropies.slice(1).forEach((entropy, i) => expect(entropy).toBeGreaterThan(entropies[i]! - ROUNDING))
      rise = Math.max(rise, entropies[entropies.length - 1]! - entropies[0]!)
    }), { numRuns: 15 })
    expect(rise).toBeGreaterThan(0.1)
  })
})
