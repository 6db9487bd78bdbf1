import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Problem, Sample, Stepper } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { attach } from '../oracles/several-baths.js'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
const small = smallBath({ seed: 11, sizes: [30, 40], centres: [0, 1], width: 0.5 })
const problemOf = (times: readonly number[]): Problem => ({
  energies: Float64Array.of(0, 1), baths: [attachment(small, 0.03, [X])],
  initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.8, 0.2) }] },
  times: Float64Array.from(times), drive: null,
})

const walk = async (stepper: Stepper, problem: Problem): Promise<Sample[]> => {
  const samples: Sample[] = []
  const keep = (): void => {
    const sample = stepper.sample('after')
    samples.push({ ...sample, populations: sample.populations.slice(), conditional: { re: sample.conditional!.re.slice(), im: null } })
  }
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
  for (const segment of drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    orThrow(stepper.enter(segment))
    keep()
    for (const time of problem.times) {
      if (time <= segment.from || time > segment.to) continue
      expect(orThrow(await stepper.advance(time))).toBe('ok')
      keep()
    }
    if (stepper.time < segment.to) expect(orThrow(await stepper.advance(segment.to))).toBe('ok')
  }
  return samples
}

const run = async (problem: Problem, options: ExactOptions = {}, tolerance = 1e-10): Promise<Sample[]> => {
  const stepper = orThrow(await exact(options).prepare(problem, {}, tolerance))
  const samples = await walk(stepper, problem)
  stepper.dispose()
  return samples
}

const codes = async (problem: Problem, options: ExactOptions): Promise<readonly string[]> => {
  const outcome = await exact(options).prepare(problem, {}, 1e-8)
  return outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : []
}

/** Student's t for 9 degrees of freedom, 68.3 and 95 in a hundred. */
const ONE_SIGMA = 1.06
const NINETY_FIVE = 2.262

describe('typicality: random vectors in place of the mixture', () => {
  it('error bars cover the full mixture as often as they say, over a hundred seeds, and their mean is at it', async () => {
    const problem = problemOf([0, 7, 20])
    const truth = (await run(problem))[2]!
    const vectors = 10
    const nodes = [1, 2]
    const within = { one: 0, two: 0 }
    const mean = new Float64Array(4)
    const bars = new Float64Array(4)
    for (let seed = 0; seed < 100; seed++) {
      const sample = (await run(problem, { sampling: { vectors, seed } }))[2]!
      sample.populations.forEach((p, node) => { mean[node]! += p / 100 })
      for (const node of nodes) {
        const error = sample.scalars[`populationError/${Math.floor(node / 2)}/${node % 2}`]!
        const off = Math.abs(sample.populations[node]! - truth.populations[node]!)
        bars[node]! += error / 100
        if (off <= ONE_SIGMA * error) within.one++
        if (off <= NINETY_FIVE * error) within.two++
      }
      expect(Math.abs(sample.scalars.norm! - 1)).toBeLessThan(1e-12)
    }
    // Binomial, 200 trials of which pairs are one draw: three standard deviations of 100 are 14 and 6.5 in a hundred.
    expect(within.one / 200).toBeGreaterThan(0.54)
    expect(within.one / 200).toBeLessThan(0.83)
    expect(within.two / 200).toBeGreaterThan(0.885)
    expect(within.two / 200).toBeLessThan(1)
    for (const node of nodes) {
      expect(bars[node]!).toBeGreaterThan(1e-3)
      expect(Math.abs(mean[node]! - truth.populations[node]!)).toBeLessThan(4 * bars[node]! / 10)
    }
  })

  it('is reproducible by seed, and its vectors do not depend on their number or on the workspace', async () => {
    const problem = problemOf([0, 7, 20])
    const [a, b, c] = [await run(problem, { sampling: { vectors: 6, seed: 3 } }), await run(problem, { sampling: { vectors: 6, seed: 3 } }), await run(problem, { sampling: { vectors: 6, seed: 4 } })]
    const narrow = await run(problem, { sampling: { vectors: 6, seed: 3 }, workspace: 30_000 })
    a.forEach((sample, at) => {
      expect(Array.from(b[at]!.populations)).toEqual(Array.from(sample.populations))
      expect(b[at]!.scalars).toEqual(sample.scalars)
      sample.populations.forEach((p, node) => expect(Math.abs(narrow[at]!.populations[node]! - p)).toBeLessThan(1e-12))
    })
    expect(Array.from(c[2]!.populations)).not.toEqual(Array.from(a[2]!.populations))
  })

  it('takes as many vectors as the error asked for needs, and says when it missed', async () => {
    const problem = problemOf(Array.from({ length: 41 }, (_, i) => i))
    const weights = smallBath({ seed: 2, sizes: [300, 200], centres: [0, 1], width: 0.5 })
    const large = { ...problem, baths: [attachment(weights, 0.01, [X])] }
    for (const targetError of [0.02, 0.008]) {
      const stepper = orThrow(await exact({ sampling: { targetError, seed: 1 } }).prepare(large, {}, 1e-8))
      const samples = await walk(stepper, large)
      const worst = Math.max(...samples.map(({ scalars }) => scalars.samplingError!))
      const finding = stepper.validity().find(({ code }) => code === 'integrator-exact/sampling-error')!
      expect(finding.bound).toBe(targetError)
      expect(finding.verdict === 'trust').toBe(worst <= targetError)
      expect(worst).toBeLessThan(1.3 * targetError)
      stepper.dispose()
    }
    // More vectors than levels: the mixture itself, without an error.
    expect((await run(problem, { sampling: { targetError: 1e-5 } }))[3]!.scalars.samplingError).toBeUndefined()
  })

  it('serves two baths, quenches and smooth drives, within its bars', async () => {
    const other = attach({ small: smallBath({ seed: 4, sizes: [5, 6], centres: [0, 1], width: 0.5 }), label: 'other', strength: 0.05, systemCouplings: [X] })
    const first = smallBath({ seed: 5, sizes: [6, 7], centres: [0, 1], width: 0.5 })
    const problem: Problem = {
      energies: Float64Array.of(0, 1), baths: [attachment(first, 0.06, [X]), other],
      initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }, { kind: 'gibbs', inverseTemperature: 0.5 }] },
      times: Float64Array.of(0, 4, 8, 12),
      drive: {
        recipe: null,
        segments: () => [
          { from: 0, to: 5, constant: true, energies: (_, out) => out.set([0, 1]), strengths: (_, out) => out.set([0.06, 0.05]) },
          { from: 5, to: 12, constant: false, energies: (t, out) => out.set([0, 1 + 0.02 * (t - 5)]), strengths: (_, out) => out.set([0.06, 0.08]) },
        ],
      },
    }
    const truth = await run(problem)
    const sampled = await run(problem, { sampling: { vectors: 12, seed: 2 } })
    truth.forEach((sample, at) => {
      const { scalars, populations } = sampled[at]!
      sample.populations.forEach((p, node) => expect(Math.abs(populations[node]! - p)).toBeLessThan(5 * scalars.samplingError! + 1e-9))
      expect(Math.abs(scalars.energy! - scalars.work! - sampled[0]!.scalars.energy!)).toBeLessThan(1e-7)
    })
  })

  it('refuses what it cannot give', async () => {
    const problem = problemOf([0, 1])
    expect(await codes(problem, { sampling: { vectors: 1 } })).toEqual(['integrator-exact/sampling'])
    expect(await codes(problem, { sampling: { vectors: 2.5 } })).toEqual(['integrator-exact/sampling'])
    expect(await codes(problem, { sampling: { vectors: 4, seed: -1 } })).toEqual(['integrator-exact/sampling'])
    for (const targetError of [0, -1, Number.NaN, 1]) expect(await codes(problem, { sampling: { targetError } })).toEqual(['integrator-exact/sampling'])
    expect(await codes(problem, { sampling: { vectors: 4 }, mutualInformation: true })).toEqual(['integrator-exact/mutual-information'])
  })
})
