import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Drive, Problem, Sample, Segment, Stepper } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { dagger, hamiltonian, propagator, read, times as product } from '../oracles/dense-evolution.js'
import type { Complex } from '../oracles/dense-evolution.js'
import { drivenPropagator } from '../oracles/driven-evolution.js'
import type { Protocol } from '../oracles/driven-evolution.js'
import { attachment, denseStart, denseSystem, matrix, numbers, smallBath } from '../oracles/small-baths.js'

const GENERIC = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.7]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])
const small = smallBath({
  seed: 5, sizes: [4, 6, 5], centres: [0, 0.5, 1.3], width: 0.5,
  joined: (_, to, from) => Math.abs(to - from) < 2, mean: (_, window) => [0.6, -0.3, 0.2][window]!,
})

const problemOf = (times: readonly number[], drive: Drive | null): Problem => ({
  energies: Float64Array.of(0, 0.8), baths: [attachment(small, 0.08, [GENERIC])],
  initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 0.3, 0.2) }] },
  times: Float64Array.from(times), drive,
})

const smooth = (from: number, to: number, { energies, strength }: Protocol): Segment => ({
  from, to, constant: false,
  energies: (time, out) => out.set(energies(time)),
  strengths: (time, out) => { out[0] = strength(time) },
})
const constant = (from: number, to: number, energies: readonly number[], strength: number): Segment => ({
  from, to, constant: true, energies: (_, out) => out.set(energies), strengths: (_, out) => out.fill(strength),
})
const driveOf = (...segments: Segment[]): Drive => ({ recipe: null, segments: () => segments })

interface Kept {
  readonly time: number
  readonly populations: Float64Array
  readonly rates: Float64Array
  readonly re: Float64Array
  readonly scalars: Sample['scalars']
}

const keep = (stepper: Stepper): Kept => {
  const { time, populations, populationRates, conditional, scalars } = stepper.sample('after')
  return { time, populations: populations.slice(), rates: populationRates!.slice(), re: conditional!.re.slice(), scalars }
}

const run = async (problem: Problem, tolerance: number): Promise<Kept[]> => {
  const stepper = orThrow(await exact().prepare(problem, {}, tolerance))
  const kept: Kept[] = []
  for (const segment of problem.drive!.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    orThrow(stepper.enter(segment))
    kept.push(keep(stepper))
    for (const time of problem.times) {
      if (time <= segment.from || time > segment.to) continue
      expect(orThrow(await stepper.advance(time))).toBe('ok')
      kept.push(keep(stepper))
    }
    if (stepper.time < segment.to) expect(orThrow(await stepper.advance(segment.to))).toBe('ok')
  }
  kept.push(keep(stepper))
  expect(stepper.validity().filter((finding) => finding.verdict === 'fails')).toEqual([])
  stepper.dispose()
  return kept
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!))
  return most
}

const conjugated = (u: Complex, rho: Complex): Complex => product(product(u, rho), dagger(u))

/** ε̇_k and λ̇. */
interface Moving extends Protocol {
  readonly slopes: (time: number) => readonly number[]
  readonly growth: number
}

const sinusoid: Moving = {
  energies: (t) => [0.1 * Math.cos(2.1 * t), 0.8 + 0.4 * Math.sin(1.3 * t)], strength: () => 0.08,
  slopes: (t) => [-0.21 * Math.sin(2.1 * t), 0.52 * Math.cos(1.3 * t)], growth: 0,
}
const ramp: Moving = {
  energies: (t) => [0, 0.8 + 0.1 * t], strength: (t) => 0.02 + 0.05 * t,
  slopes: () => [0, 0.1], growth: 0.05,
}
const protocols = { 'sinusoidal energies': sinusoid, 'ramped energies and strength': ramp }
/** Steps of the oracle per unit of time: its own error is below 1e-11. */
const ORACLE_STEPS = 150

describe('exact evolution under smooth drives', () => {
  for (const [name, protocol] of Object.entries(protocols)) {
    it(`equals a dense Runge-Kutta integration for ${name}, work included`, async () => {
      const tolerance = 1e-7
      const problem = problemOf([0, 0.9, 1, 3], driveOf(smooth(0, 3, protocol)))
      const found = await run(problem, tolerance)
      const system = denseSystem(small, problem)
      let rho = denseStart(small, problem)
      let reached = 0
      const at = (time: number) => denseSystem(small, problem, protocol.energies(time), protocol.strength(time))
      const first = read(at(0), rho).energy
      for (const sample of found) {
        if (sample.time > reached) rho = conjugated(drivenPropagator(system, protocol, reached, sample.time, Math.ceil(ORACLE_STEPS * (sample.time - reached))), rho)
        reached = sample.time
        const dense = read(at(reached), rho)
        expect(largest(sample.populations, dense.populations)).toBeLessThan(tolerance)
        expect(largest(sample.rates, dense.rates)).toBeLessThan(2 * tolerance)
        expect(largest(sample.re, dense.re)).toBeLessThan(tolerance)
        const { energy, bathEnergy, work, norm, interactionEnergy } = { ...sample.scalars, bathEnergy: sample.scalars['bathEnergy/bath'] } as Record<string, number>
        expect(Math.abs(energy! - dense.energy)).toBeLessThan(2 * tolerance)
        expect(Math.abs(bathEnergy! - dense.bathEnergy)).toBeLessThan(2 * tolerance)
        expect(Math.abs(interactionEnergy! - dense.interactionEnergy)).toBeLessThan(2 * tolerance)
        expect(Math.abs(norm! - 1)).toBeLessThan(tolerance)
        expect(Math.abs(work! - (dense.energy - first))).toBeLessThan(2 * tolerance)
        // Work is an integral of its own: that the books close is a test of both.
        expect(Math.abs(energy! - found[0]!.scalars.energy! - work!)).toBeLessThan(tolerance)
        const slopes = protocol.slopes(reached)
        const power = Array.from(dense.populations, (p, node) => slopes[Math.floor(node / 3)]! * p).reduce((sum, x) => sum + x, 0)
          + (protocol.growth / protocol.strength(reached)) * dense.interactionEnergy
        expect(Math.abs(sample.scalars.power! - power)).toBeLessThan(2 * tolerance)
        const systemEnergy = Array.from(dense.populations, (_, node) => protocol.energies(reached)[Math.floor(node / 3)]! * sample.populations[node]!)
          .reduce((sum, x) => sum + x, 0)
        expect(Math.abs(systemEnergy + bathEnergy! + interactionEnergy! - energy!)).toBeLessThan(1e-12)
      }
    })
  }

  it('lands on outputs and stops exactly, and they change nothing beyond the tolerance', async () => {
    const tolerance = 1e-7
    const draw = numbers(3)
    const many = Array.from({ length: 24 }, (_, i) => (i + 0.45 * (1 + draw())) / 8).filter((time) => time > 0)
    const plain = await run(problemOf([0, 3], driveOf(smooth(0, 3, sinusoid))), tolerance)
    const crowded = await run(problemOf([0, ...many, 3], driveOf(smooth(0, 3, sinusoid))), tolerance)
    const cut = await run(problemOf([0, 3], driveOf(smooth(0, 0.70001, sinusoid), smooth(0.70001, 0.7001, sinusoid), smooth(0.7001, 3, sinusoid))), tolerance)
    const end = plain[plain.length - 1]!
    for (const other of [crowded, cut]) {
      const last = other[other.length - 1]!
      expect(last.time).toBe(3)
      expect(largest(last.populations, end.populations)).toBeLessThan(tolerance)
      expect(Math.abs(last.scalars.work! - end.scalars.work!)).toBeLessThan(tolerance)
    }
  })

  it('passes from constant to smooth to constant segments, jumps and λ = 0 among them, with the work booked', async () => {
    const tolerance = 1e-7
    const middle: Protocol = { energies: (t) => [0.2, 0.9 + 0.3 * Math.sin(t)], strength: (t) => 0.05 * (t - 1) }
    const drive = driveOf(constant(0, 1, [0, 0.8], 0.08), smooth(1, 2.5, middle), constant(2.5, 3, [0, 0.5], 0), constant(3, 4, [0, 0.7], 0.1))
    const problem = problemOf([0, 2, 4], drive)
    const found = await run(problem, tolerance)
    const at = (energies: readonly number[], strength: number) => denseSystem(small, problem, energies, strength)
    let rho = denseStart(small, problem)
    rho = conjugated(propagator(hamiltonian(at([0, 0.8], 0.08)))(1), rho)
    let work = read(at(middle.energies(1), middle.strength(1)), rho).energy - read(at([0, 0.8], 0.08), rho).energy
    const before = read(at(middle.energies(1), middle.strength(1)), rho).energy
    rho = conjugated(drivenPropagator(denseSystem(small, problem), middle, 1, 2.5, 250), rho)
    work += read(at(middle.energies(2.5), middle.strength(2.5)), rho).energy - before
    work += read(at([0, 0.5], 0), rho).energy - read(at(middle.energies(2.5), middle.strength(2.5)), rho).energy
    rho = conjugated(propagator(hamiltonian(at([0, 0.5], 0)))(0.5), rho)
    work += read(at([0, 0.7], 0.1), rho).energy - read(at([0, 0.5], 0), rho).energy
    const last = found[found.length - 1]!
    rho = conjugated(propagator(hamiltonian(at([0, 0.7], 0.1)))(1), rho)
    expect(largest(last.populations, read(at([0, 0.7], 0.1), rho).populations)).toBeLessThan(tolerance)
    expect(Math.abs(last.scalars.work! - work)).toBeLessThan(2 * tolerance)
  })

  it('spends steps as an order of 8 does: the tolerance over 10⁴ takes three or four times as many', async () => {
    const stepsFor = async (tolerance: number): Promise<number> => {
      let calls = 0
      const counted: Protocol = { energies: (t) => { calls++; return sinusoid.energies(t) }, strength: sinusoid.strength }
      await run(problemOf([0, 12], driveOf(smooth(0, 12, counted))), tolerance)
      return calls
    }
    const ratio = (await stepsFor(1e-6)) / (await stepsFor(1e-2))
    // Order 6 would take 4.6 times as many, order 4 ten times.
    expect(ratio).toBeGreaterThan(2)
    expect(ratio).toBeLessThan(4.3)
  })

  it('tells of a jump that is not declared, of numbers that are none and of λ < 0, in any segment and all at once, before it computes', async () => {
    const from = (start: number, energy: (t: number) => number, strength: (t: number) => number = () => 0.08) =>
      smooth(start, start + 2, { energies: (t) => [0, energy(t)], strength })
    const faulty = driveOf(
      from(0, () => 0.8), from(2, (t) => (t < 2.7312 ? 0.8 : 1.9)), from(4, (t) => (t < 4.7312 ? 0.8 : Number.NaN)), from(6, () => 0.8, (t) => 0.08 * Math.cos(Math.PI * t)),
    )
    const outcome = await exact().prepare(problemOf([0, 8], faulty), {}, 1e-8)
    const told = outcome._tag === 'Left' ? outcome.left : []
    expect(told.map(({ code }) => code)).toEqual(['integrator-exact/drive', 'integrator-exact/drive', 'integrator-exact/drive'])
    expect(told[0]!.message).toMatch(/smooth between its stops, but the energy of level 1 has a jump .* at about time 2\.731/)
    expect(told[1]!.message).toMatch(/finite numbers at every time, but the energy of level 1 is none at time 5$/)
    expect(told[2]!.message).toMatch(/strengths λ ≥ 0, but the strength of bath 0 is -0\.08 at time 7$/)
  })

  it('says that it did not converge where a drive no longer gives what it gave', async () => {
    let jumps = false
    const segment = smooth(0, 2, { energies: (t) => [0, jumps && t > 0.7312 ? 1.9 : 0.8], strength: () => 0.08 })
    const stepper = orThrow(await exact().prepare(problemOf([0, 2], driveOf(segment)), {}, 1e-8))
    orThrow(stepper.enter(segment))
    jumps = true
    expect(orThrow(await stepper.advance(2))).toBe('not-converged')
    expect(stepper.time).toBe(0)
    stepper.dispose()
  })

  it('does not step over a narrow smooth pulse in a quiet stretch', async () => {
    const pulse: Protocol = { energies: (t) => [0, 0.8 + 20 * Math.exp(-(((t - 4.33) / 0.05) ** 2))], strength: () => 0.08 }
    const problem = problemOf([0, 6], driveOf(smooth(0, 6, pulse)))
    const found = await run(problem, 1e-5)
    const system = denseSystem(small, problem)
    const rho = conjugated(drivenPropagator(system, pulse, 4, 5, 1000), conjugated(propagator(hamiltonian(system))(4), denseStart(small, problem)))
    const dense = read(system, conjugated(propagator(hamiltonian(system))(1), rho))
    expect(largest(found[found.length - 1]!.re, dense.re)).toBeLessThan(1e-5)
  })

  it('keeps its place when cancelled within a smooth segment and goes on', async () => {
    const segment = smooth(0, 3, sinusoid)
    const problem = problemOf([0, 3], driveOf(segment))
    const whole = await run(problem, 1e-7)
    const stop = { aborted: false }
    let breaths = 0
    const stepper = orThrow(await exact().prepare(problem, { breathe: async () => { if (++breaths === 3) stop.aborted = true } }, 1e-7))
    orThrow(stepper.enter(segment))
    breaths = 0
    expect(orThrow(await stepper.advance(3, stop))).toBe('cancelled')
    expect(stepper.time).toBe(0)
    expect(stepper.sample('after').scalars.work).toBe(0)
    expect(orThrow(await stepper.advance(3))).toBe('ok')
    expect(largest(stepper.sample('after').populations, whole[whole.length - 1]!.populations)).toBeLessThan(1e-12)
    stepper.dispose()
  })
})

describe('exact evolution under quench trains', () => {
  it('loses none of thousands of pulses far shorter than the spacing of outputs, and closes the books to 1e-9', async () => {
    const tiny = smallBath({ seed: 6, sizes: [2, 3], centres: [0, 0.7], width: 0.5, joined: () => true, mean: (_, window) => 0.4 - window })
    const draw = numbers(9)
    const segments: Segment[] = []
    let time = 0
    for (let i = 0; i < 2000; i++) {
      const to = i === 1999 ? 20 : Math.min(20, time + 0.01 * (1 + 0.9 * draw()))
      const lower = 0.05 * draw()
      const upper = 0.8 + 0.3 * draw()
      segments.push(constant(time, to, [lower, upper], 0.08 * (1 + 0.5 * draw())))
      time = to
      if (to === 20) break
    }
    const problem: Problem = {
      ...problemOf([0, 20], driveOf(...segments)), baths: [attachment(tiny, 0.08, [GENERIC])],
      initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.6, 0.4) }] },
    }
    const found = await run(problem, 1e-10)
    // The oracle: each pulse by a Taylor series of its own on the whole of ρ.
    const last = found[found.length - 1]!
    expect(Math.abs(last.scalars.energy! - found[0]!.scalars.energy! - last.scalars.work!)).toBeLessThan(1e-9)
    expect(Math.abs(last.scalars.norm! - 1)).toBeLessThan(1e-11)
    let rho = denseStart(tiny, problem)
    for (const segment of segments) {
      const energies = new Float64Array(2)
      const strengths = new Float64Array(1)
      segment.energies(segment.from, energies)
      segment.strengths(segment.from, strengths)
      const h = hamiltonian(denseSystem(tiny, problem, Array.from(energies), strengths[0]!))
      rho = conjugated(shortPropagator(h, segment.to - segment.from), rho)
    }
    expect(largest(last.populations, read(denseSystem(tiny, problem), rho).populations)).toBeLessThan(1e-9)
  })
})

const identity = (n: number): Complex => ({ re: Matrix.eye(n, n), im: Matrix.zeros(n, n) })

/** e^{−iHt} of a short time by its Taylor series to order 8: 1e-14 for ‖H‖t ≤ 0.06. */
const shortPropagator = (h: Complex, time: number): Complex => {
  const n = h.re.rows
  let term = identity(n)
  let sum = identity(n)
  for (let k = 1; k <= 8; k++) {
    const next = product(h, term)
    term = { re: next.im.mul(time / k), im: next.re.mul(-time / k) }
    sum = { re: sum.re.clone().add(term.re), im: sum.im.clone().add(term.im) }
  }
  return sum
}
