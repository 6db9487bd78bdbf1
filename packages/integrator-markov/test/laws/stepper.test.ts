import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Drive, InitialState, Problem, RateModel, Segment } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { describe, expect, it } from 'vitest'
import { expectHeard } from '../../../../test/fixtures/hearing.js'
import { run } from '../../../../test/fixtures/run-toy.js'
import { attach, hermitian, makeProblem, matrix, parkMiller, positiveKappa, spinCoupling, spinRates, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

const uniform = parkMiller(3)
const kappa = positiveKappa(1, 4, uniform)
const coupling = hermitian(3, uniform)
const bath = toyBath({ energies: [0, 0.5, 1, 1.5], width: 0.5, logVolumes: [1, 2, 2.5, 1.2], means: [[0.1, 0.3, -0.2, 0.4]] })
const diagonal = matrix([[0.2, 0, 0], [0, 0.5, 0], [0, 0, 0.3]])
const coherent = matrix([[0.3, 0.1, [0, 0.1]], [0.1, 0.4, 0.05], [[0, -0.1], 0.05, 0.3]])

const chain = (energies: readonly number[], system = diagonal, times: readonly number[] = [0, 1, 2.5, 4]): Problem =>
  makeProblem(energies, [attach('bath', bath, 0.4, [coupling])],
    { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.4) }] }, times)

const rates = toyRates(kappa)
const algorithm = markov({ rates })

const steps = (stops: readonly { readonly from: number; readonly to: number; readonly energies: readonly number[]; readonly strength: number; readonly constant?: boolean }[]): Drive => ({
  recipe: null,
  segments: () => stops.map((stop): Segment => ({
    from: stop.from, to: stop.to, constant: stop.constant ?? true,
    energies: (_time, out) => out.set(stop.energies), strengths: (_time, out) => out.set([stop.strength]),
  })),
})

/** Two runs at tolerance 1e-12 each. */
const AGREEMENT = 1e-11

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0)

describe('splitting a run in time changes nothing', () => {
  it.each([['populations', [0, 0.6, 1.3], diagonal], ['coherences', [0, 0.6, 1.3], coherent], ['degenerate levels', [0, 0.5, 0.5], diagonal]] as const)(
    '%s', async (_title, energies, system) => {
      const whole = (await run(chain(energies, system), algorithm)).samples
      const first = await run(chain(energies, system, [0, 1.7]), algorithm)
      const checkpoint = orThrow(first.stepper.checkpoint())
      expect(checkpoint).toMatchObject({ kind: 'conditional', memoryStart: 0 })
      const second = (await run({ ...chain(energies, system, [1.7, 2.5, 4]), initial: checkpoint }, algorithm)).samples
      const end = whole[whole.length - 1]!
      expect(far(second[second.length - 1]!.populations, end.populations)).toBeLessThan(AGREEMENT)
      if (end.conditional !== null) expect(far(second[second.length - 1]!.conditional!.im, end.conditional.im)).toBeLessThan(AGREEMENT)
    })

  it('the memory origin is carried on', async () => {
    const initial: InitialState = { kind: 'conditional', states: { re: new Float64Array(36).fill(0).map((_, i) => (i === 0 ? 1 : 0)), im: null }, memoryStart: -3 }
    const { stepper } = await run({ ...chain([0, 0.6, 1.3]), initial }, algorithm)
    expect(orThrow(stepper.checkpoint())).toMatchObject({ memoryStart: -3 })
  })

  it('a drive that only repeats itself is no drive, and does no work', async () => {
    const plain = (await run(chain([0, 0.6, 1.3]), algorithm)).samples
    const drive = steps([{ from: 0, to: 1.7, energies: [0, 0.6, 1.3], strength: 0.4 }, { from: 1.7, to: 4, energies: [0, 0.6, 1.3], strength: 0.4 }])
    const driven = (await run({ ...chain([0, 0.6, 1.3]), drive }, algorithm)).samples
    expect(far(driven[driven.length - 1]!.populations, plain[plain.length - 1]!.populations)).toBeLessThan(AGREEMENT)
    expect(driven[driven.length - 1]!.scalars['work']).toBe(0)
  })
})

describe('the two paths', () => {
  it('agree on populations where coherences are there but nothing links them to populations', async () => {
    const populations = (await run(chain([0, 0.6, 1.3]), algorithm)).samples
    const faint = matrix([[0.2, 1e-3, 0], [1e-3, 0.5, 0], [0, 0, 0.3]])
    const full = (await run(chain([0, 0.6, 1.3], faint), algorithm)).samples
    expect(populations[3]!.conditional).toBeNull()
    expect(full[3]!.conditional).not.toBeNull()
    populations.forEach((sample, i) => {
      expect(far(full[i]!.populations, sample.populations)).toBeLessThan(AGREEMENT)
      expect(far(full[i]!.populationRates, sample.populationRates)).toBeLessThan(AGREEMENT)
    })
  })

  it('keep the trace and positivity for long times', async () => {
    for (const system of [diagonal, coherent]) {
      const { samples } = await run(chain([0, 0.6, 1.3], system, [0, 10, 2000]), algorithm)
      for (const { populations } of samples) {
        expect(Math.abs(populations.reduce((total, p) => total + p, 0) - 1)).toBeLessThan(AGREEMENT)
        expect(Math.min(...populations)).toBeGreaterThan(-AGREEMENT)
      }
    }
  })
})

describe('symmetries', () => {
  it('shifting all energies changes nothing, coherences included', async () => {
    const plain = (await run(chain([0, 0.6, 1.3], coherent), algorithm)).samples[3]!
    const shifted = (await run(chain([100, 100.6, 101.3], coherent), algorithm)).samples[3]!
    expect(far(plain.conditional!.re, shifted.conditional!.re)).toBeLessThan(1e-10)
  })

  it('permuting baths permutes the result, and a bath with λ = 0 is invisible', async () => {
    const other = toyBath({ energies: [0, 0.5], width: 0.5, logVolumes: [1, 2] })
    const initial = (order: readonly number[]): InitialState => ({
      kind: 'product', system: coherent,
      baths: order.map((i) => ({ kind: 'windows', probabilities: i === 0 ? Float64Array.of(0.1, 0.2, 0.3, 0.4) : Float64Array.of(0.25, 0.75) })),
    })
    const attachments = (strength: number) => [attach('a', bath, 0.4, [coupling]), attach('b', other, strength, [hermitian(3, parkMiller(6))])]
    const choice = { a: rates, b: toyRates(positiveKappa(1, 2, parkMiller(7))) }
    const problem = (order: readonly number[], strength: number): Problem =>
      makeProblem([0, 0.5, 1], order.map((i) => attachments(strength)[i]!), initial(order), [0, 2])
    const ab = (await run(problem([0, 1], 0.3), markov({ rates: choice }))).samples[1]!.conditional!
    const ba = (await run(problem([1, 0], 0.3), markov({ rates: choice }))).samples[1]!.conditional!
    for (let i = 0; i < 72; i += 1) {
      const joint = Math.floor(i / 9)
      const swapped = ((joint % 2) * 4 + Math.floor(joint / 2)) * 9 + (i % 9)
      expect(Math.abs(ab.im[i]! - ba.im[swapped]!)).toBeLessThan(AGREEMENT)
    }
    const blind = (await run(problem([0, 1], 0), markov({ rates: choice }))).samples[1]!.populations
    const alone = (await run(chain([0, 0.5, 1], coherent, [0, 2]), algorithm)).samples[1]!.populations
    alone.forEach((p, i) => {
      expect(Math.abs(blind[2 * i]! - 0.25 * p)).toBeLessThan(AGREEMENT)
      expect(Math.abs(blind[2 * i + 1]! - 0.75 * p)).toBeLessThan(AGREEMENT)
    })
  })
})

describe('drives', () => {
  it('[Eq. 47] a quench does Σ Δε_k p_k of work at an instant, and jumps to the new rates', async () => {
    const drive = steps([
      { from: 0, to: 1, energies: [0, 0.6, 1.3], strength: 0.4 }, { from: 1, to: 2.5, energies: [0, 1, 1.5], strength: 0.2 },
      { from: 2.5, to: 4, energies: [0, 0.6, 1.3], strength: 0.4 },
    ])
    const { samples } = await run({ ...chain([0, 0.6, 1.3]), drive }, algorithm)
    const stops = samples.filter((sample) => sample.time === 1)
    expect(stops.map((sample) => sample.side)).toEqual(['before', 'after'])
    const level = (k: number): number => stops[0]!.populations.subarray(4 * k, 4 * k + 4).reduce((total, p) => total + p, 0)
    expect(stops[0]!.scalars['work']).toBe(0)
    expect(stops[1]!.scalars['work']).toBeCloseTo(0.4 * level(1) + 0.2 * level(2), 14)
    expect(far(stops[0]!.populations, stops[1]!.populations)).toBe(0)
    expect(far(stops[0]!.populationRates, stops[1]!.populationRates)).toBeGreaterThan(1e-3)
    // The middle stretch is an undriven run of its own.
    const middle = await run({
      ...chain([0, 1, 1.5], diagonal, [1, 2.5]), baths: [attach('bath', bath, 0.2, [coupling])],
      initial: { kind: 'conditional', memoryStart: 0, states: { re: spread(stops[0]!.populations), im: null } },
    }, algorithm)
    const end = samples.find((sample) => sample.time === 2.5 && sample.side === 'before')!
    expect(far(middle.samples[1]!.populations, end.populations)).toBeLessThan(AGREEMENT)
  })

  it('all plug-in code runs in prepare', async () => {
    for (const system of [diagonal, coherent]) {
      let calls = 0
      const counting: RateModel = {
        ...rates,
        correlate: (model) => {
          const correlation = orThrow(rates.correlate(model))
          return { _tag: 'Right', right: { ...correlation, strength: (request, out) => { calls += 1; return correlation.strength(request, out) } } }
        },
      }
      const drive = steps([{ from: 0, to: 1, energies: [0, 0.6, 1.3], strength: 0.4 }, { from: 1, to: 2, energies: [0, 1, 1.5], strength: 0.3 }, { from: 2, to: 4, energies: [0, 0.6, 1.3], strength: 0.4 }])
      const problem = { ...chain([0, 0.6, 1.3], system), drive }
      const stepper = orThrow(await markov({ rates: counting }).prepare(problem, {}, 1e-10))
      const before = calls
      expect(before).toBeGreaterThan(0)
      for (const segment of drive.segments(0, 4)) {
        orThrow(stepper.enter(segment))
        orThrow(await stepper.advance(segment.to))
        stepper.sample('before')
      }
      stepper.validity()
      expect(calls).toBe(before)
    }
  })

  it('a segment that moves where none was announced is an issue', async () => {
    const drive = steps([{ from: 0, to: 4, energies: [0, 0.6, 1.3], strength: 0.4, constant: false }])
    const stepper = orThrow(await algorithm.prepare(chain([0, 0.6, 1.3]), {}, 1e-10))
    const [segment] = drive.segments(0, 4)
    expect(stepper.enter(segment!)).toMatchObject({ _tag: 'Left', left: [{ code: 'integrator-markov/smooth-drive' }] })
  })
})

const spread = (populations: Float64Array): Float64Array => {
  const states = new Float64Array(36)
  for (let k = 0; k < 3; k += 1) for (let window = 0; window < 4; window += 1) states[window * 9 + k * 4] = populations[k * 4 + window]!
  return states
}

describe('the stepper', () => {
  it('honours its tolerance', async () => {
    const exact = (await run(chain([0, 0.6, 1.3], coherent), algorithm, 1e-14)).samples[3]!
    for (const tolerance of [1e-4, 1e-7, 1e-10]) {
      for (const system of [diagonal, coherent]) {
        const { samples } = await run(chain([0, 0.6, 1.3], system), algorithm, tolerance)
        const reference = system === coherent ? exact : (await run(chain([0, 0.6, 1.3], system), algorithm, 1e-14)).samples[3]!
        expect(far(samples[3]!.populations, reference.populations)).toBeLessThanOrEqual(tolerance)
      }
    }
  })

  it('stops when it is cancelled, breathes on long ways, and ends where it was told to', async () => {
    const energies = Array.from({ length: 2000 }, (_, i) => i / 2)
    const large = toyBath({ energies, width: 0.5, logVolumes: energies.map(() => 0) })
    const problem = makeProblem([0, 0.5], [attach('bath', large, 1, [spinCoupling])], undefined, [0, 1e5])
    const signal = { aborted: false }
    let breaths = 0
    const host = { breathe: () => { breaths += 1; signal.aborted = breaths === 3; return Promise.resolve() } }
    const stepper = orThrow(await markov({ rates: spinRates() }).prepare(problem, host, 1e-6))
    breaths = 0
    const [segment] = constantDrive(problem.energies, Float64Array.of(1)).segments(0, 1e5)
    orThrow(stepper.enter(segment!))
    const before = stepper.sample('after').populations.slice()
    expect(orThrow(await stepper.advance(1e5, signal))).toBe('cancelled')
    expect(breaths).toBe(3)
    // A series that is broken off leaves the state where it began.
    expect(stepper.time).toBe(0)
    expect(stepper.sample('after').populations).toEqual(before)
  })

  // Mutants: preparing in one go, or without a turn for others; a signal that is not handed on.
  it('is not prepared where a signal is heard on the way, between report, generator and settings', async () => {
    const energies = Array.from({ length: 20 }, (_, i) => i / 2)
    const bath = toyBath({ energies, width: 0.5, logVolumes: energies.map(() => 3) })
    const problem = makeProblem([0, 0.5], [attach('bath', bath, 0.1, [spinCoupling])])
    // Report and generator ask for as much each: 19 pairs of neighbours, and one of them both ways.
    const { breaths, rows } = await expectHeard((rates) => markov({ rates }), spinRates(), problem, 20)
    expect(rows).toBe(40)
    expect(breaths).toBeGreaterThan(4)
  })

  // Mutant: a Lamb shift that is summed over all pairs of windows in one part.
  it('is not prepared where a signal is heard while the Lamb shift is summed over all pairs of windows', async () => {
    const windows = 200
    const energies = Array.from({ length: windows }, (_, i) => i / 2)
    const bath = toyBath({ energies, width: 0.5, logVolumes: energies.map(() => 3) })
    const probabilities = Float64Array.from({ length: windows }, (_, i) => (i === 100 ? 1 : 0))
    const problem = makeProblem([0, 0.5], [attach('bath', bath, 0.1, [spinCoupling])],
      { kind: 'product', system: matrix([[0.5, 0.5], [0.5, 0.5]]), baths: [{ kind: 'windows', probabilities }] })
    const { rows } = await expectHeard((rates) => markov({ rates }), spinRates(), problem, windows * windows / 2)
    expect(rows).toBeGreaterThan(windows * windows)
  })

  it('estimates without plug-ins, names itself, and can be made again', () => {
    const never: RateModel = { ...rates, correlate: () => { throw new Error('plug-in code outside prepare') } }
    const estimate = orThrow(markov({ rates: never }).estimate(chain([0, 0.6, 1.3]), {}))
    expect(estimate.jointStates).toBe(12)
    expect(orThrow(markov({ rates: never }).estimate(chain([0, 0.6, 1.3], coherent), {})).bytes).toBeGreaterThan(estimate.bytes)
    expect(algorithm).toMatchObject({ name: 'markov', package: '@mesobath/integrator-markov', recipe: { rates: { model: 'toy-rates' } } })
    expect(markov({ rates: { ...rates, recipe: null } }).recipe).toBeNull()
  })
})
