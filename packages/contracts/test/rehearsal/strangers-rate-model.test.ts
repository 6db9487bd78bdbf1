import { describe, expect, it } from 'vitest'
import { CONTRACT, fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, InitialState, Outcome, Planes, Problem, RateModel, Stepper, TransformRequest, WindowCorrelation } from '@mesobath/contracts'
import { attach, inWindow, systemLevel, toyBath, toyIdentity, unitWindows } from './support/parts.js'
import { walk } from './support/walk.js'

// A capability that the contract does not know, added by whoever needs it.
declare module '@mesobath/contracts' {
  interface BathCapabilities {
    readonly memory?: { readonly decay: number; readonly strength: number }
  }
}

/**
 * A rate model from outside, as one plain object: C ∝ κ (Γ/2) e^{−Γτ} e^{i(E−E')τ} between different windows, hence
 * ∫₀ᵗ C e^{−iωτ} dτ = (κ Γ/2)(1 − e^{−(Γ + iΩ)t})/(Γ + iΩ), Ω = ω + E' − E.
 */
const fadingMemory: RateModel = {
  contract: CONTRACT,
  name: 'fading-memory',
  package: 'a-strangers-package',
  version: '3.1.4',
  citations: [{ key: 'Stranger2030', bibtex: '@misc{Stranger2030}' }],
  recipe: null,
  needs: ['memory'],
  correlate: (bath): Outcome<WindowCorrelation> => {
    const memory = bath.can.memory
    if (!memory) return fail(issue('stranger/no-memory', ['bath'], '`bath` must offer memory, but does not'))
    const centres = bath.windows.energies
    return succeed({
      lineShape: { kind: 'own', bandwidth: 2, stationary: true },
      strength: ({ to, from }, out) => {
        for (let row = 0; row < to.length; row += 1) out.re[row] = to[row] === from[row] ? 0 : memory.strength
        out.im?.fill(0)
        return succeed(undefined)
      },
      transform: ({ to, from, frequency, times }, out) => {
        for (let row = 0; row < to.length; row += 1) {
          const mismatch = frequency[row] + centres[from[row]] - centres[to[row]]
          const scale = to[row] === from[row] ? 0 : (memory.strength * memory.decay) / 2 / (memory.decay ** 2 + mismatch ** 2)
          for (let i = 0; i < times.length; i += 1) {
            const fade = times[i] === Infinity ? 0 : Math.exp(-memory.decay * times[i])
            const [c, s] = fade === 0 ? [0, 0] : [Math.cos(mismatch * times[i]), Math.sin(mismatch * times[i])]
            // (1 − fade (c − is))(Γ − iΩ)
            out.re[row * times.length + i] = scale * ((1 - fade * c) * memory.decay + fade * s * mismatch)
            if (out.im) out.im[row * times.length + i] = scale * (fade * s * memory.decay - (1 - fade * c) * mismatch)
          }
        }
        return succeed(undefined)
      },
    })
  },
}

// Fourth order, and a table at every half step: errors near 1e-10 for rates below one.
const STEP = 0.02

/** Populations of a spin and one bath by time-dependent rates λ² e^{(S−S')/2} 2 Re G(E,E';ω;t), from a table made while preparing. */
const tabulatedRates = (rates: RateModel): Algorithm => ({
  ...toyIdentity('tabulated-rates'),
  needs: [],
  estimate: () => succeed({ bytes: 0, operations: 0, jointStates: 4 }),
  prepare: async (problem) => {
    const [{ bath, strength }] = problem.baths
    const missing = rates.needs.filter((need) => bath.can[need] === undefined)
    if (missing.length > 0) {
      return fail(issue('toys/missing-capability', ['baths', 0, 'bath'], `\`baths[0].bath\` must offer '${missing.join(', ')}', which '${rates.name}' needs, but does not`))
    }
    const correlation = rates.correlate(bath)
    if (correlation._tag === 'Left') return correlation
    const { transform } = correlation.right
    if (!transform) return fail(issue('toys/missing-transform', ['rates'], '`rates` must give a transform, but do not'))
    const n = bath.windows.energies.length
    const begin = problem.times[0]
    const { initial } = problem
    const memoryStart = initial.kind === 'conditional' ? initial.memoryStart : begin
    const steps = Math.ceil((problem.times[problem.times.length - 1] - begin) / STEP) + 1
    const times = Float64Array.from({ length: 2 * steps + 1 }, (_, half) => begin - memoryStart + (half * STEP) / 2)
    const rows = [1, -1].flatMap((frequency) => Array.from({ length: n * n }, (_, pair) => ({ to: Math.floor(pair / n), from: pair % n, frequency })))
    const request: TransformRequest = {
      to: Int32Array.from(rows, (row) => row.to), from: Int32Array.from(rows, (row) => row.from), frequency: Float64Array.from(rows, (row) => row.frequency), times,
    }
    const table: Planes = { re: new Float64Array(rows.length * times.length), im: new Float64Array(rows.length * times.length) }
    const filled = transform(request, table)
    if (filled._tag === 'Left') return filled
    const jumps = rows.map((row) => ({
      source: (row.frequency === 1 ? n : 0) + row.from, target: (row.frequency === 1 ? 0 : n) + row.to,
      factor: 2 * strength ** 2 * Math.exp((bath.windows.logVolumes[row.to] - bath.windows.logVolumes[row.from]) / 2),
    }))
    const apply = (p: Float64Array, half: number, out: Float64Array): void => {
      out.fill(0)
      jumps.forEach(({ source, target, factor }, row) => {
        const current = factor * table.re[row * times.length + half] * p[source]
        out[source] -= current
        out[target] += current
      })
    }
    const populations = initialPopulations(initial, n)
    const stages = Array.from({ length: 4 }, () => new Float64Array(2 * n))
    const trial = new Float64Array(2 * n)
    let step = 0
    const stepper: Stepper = {
      frame: { dimension: 2, baths: [{ label: 'bath', windows: bath.windows }], algorithm: toyIdentity('tabulated-rates'), rates: [rates], backend: 'none' },
      get time() { return begin + step * STEP },
      enter: () => succeed(undefined),
      advance: async (to) => {
        for (const last = Math.round((to - begin) / STEP); step < last; step += 1) {
          stages.forEach((stage, i) => {
            trial.set(populations)
            const weight = [0, 0.5, 0.5, 1][i]
            for (let s = 0; i > 0 && s < trial.length; s += 1) trial[s] += weight * STEP * stages[i - 1][s]
            apply(trial, 2 * step + 2 * weight, stage)
          })
          for (let s = 0; s < populations.length; s += 1) populations[s] += (STEP / 6) * (stages[0][s] + 2 * stages[1][s] + 2 * stages[2][s] + stages[3][s])
        }
        return succeed('ok')
      },
      sample: (side) => ({
        time: begin + step * STEP, side, energies: problem.energies, strengths: Float64Array.of(strength), populations, populationRates: null, conditional: null, scalars: { work: 0 },
      }),
      validity: () => [],
      checkpoint: () => succeed({
        kind: 'conditional', memoryStart,
        states: { re: Float64Array.from({ length: 4 * n }, (_, i) => (i % 4 === 0 ? populations[i / 4] : i % 4 === 3 ? populations[n + (i - 3) / 4] : 0)), im: null },
      }),
      dispose: () => undefined,
    }
    return succeed(stepper)
  },
})

const initialPopulations = (initial: InitialState, n: number): Float64Array => Float64Array.from({ length: 2 * n }, (_, joint) => {
  const [level, window] = [Math.floor(joint / n), joint % n]
  if (initial.kind === 'conditional') return initial.states.re[4 * window + 3 * level]
  const [state] = initial.baths
  return initial.system.re[3 * level] * (state.kind === 'windows' ? state.probabilities[window] : NaN)
})

const windows = unitWindows([400, 600].map(Math.log), 0.5)
const MEMORY = { decay: 0.6, strength: 2 }
const STRENGTH = 0.3
const problem: Problem = {
  energies: Float64Array.of(0, 1),
  baths: [attach('bath', toyBath(windows, { memory: MEMORY }), STRENGTH)],
  initial: { kind: 'product', system: systemLevel(2, 1), baths: [inWindow(windows, 0)] },
  times: Float64Array.of(0, 1, 2, 4, 8),
  drive: null,
}

const excited = async (given: Problem): Promise<{ values: number[]; stepper: Stepper }> => {
  const values: number[] = []
  const { stepper } = orThrow(await walk(given, tabulatedRates(fadingMemory), {
    observers: [{ begin: () => undefined, sample: (sample) => { values.push(sample.populations[2]) }, end: () => undefined }],
  }))
  return { values, stepper }
}

describe('a rate model of a stranger', () => {
  it('is a plain object whose own line shape decides the relaxation', async () => {
    expect(Object.getPrototypeOf(fadingMemory)).toBe(Object.prototype)
    const { values } = await excited(problem)
    const rate = STRENGTH ** 2 * MEMORY.strength * (Math.sqrt(600 / 400) + Math.sqrt(400 / 600))
    problem.times.forEach((time, row) => {
      const rescaled = time - (1 - Math.exp(-MEMORY.decay * time)) / MEMORY.decay
      expect(Math.abs(values[row] - (0.4 + 0.6 * Math.exp(-rate * rescaled)))).toBeLessThan(1e-9)
    })
  })

  it('carries the origin of memory through a checkpoint: a split run is the whole run, one that forgets is not', async () => {
    const whole = await excited(problem)
    const first = await excited({ ...problem, times: Float64Array.of(0, 1, 2) })
    const initial = orThrow(first.stepper.checkpoint())
    const second = await excited({ ...problem, initial, times: Float64Array.of(2, 4, 8) })
    expect(Math.abs(second.values[2] - whole.values[4])).toBeLessThan(1e-12)
    if (initial.kind !== 'conditional') throw new Error('a checkpoint is conditional')
    const forgetful = await excited({ ...problem, initial: { ...initial, memoryStart: 2 }, times: Float64Array.of(2, 4, 8) })
    expect(Math.abs(forgetful.values[1] - whole.values[3])).toBeGreaterThan(0.02)
  })

  it('has strengths that are the limit of its transform, conjugate when windows are exchanged', () => {
    const correlation = orThrow(fadingMemory.correlate(problem.baths[0].bath))
    const pairs = { to: Int32Array.of(1, 0), from: Int32Array.of(0, 1) }
    const kappa: Planes = { re: new Float64Array(2), im: new Float64Array(2) }
    orThrow(correlation.strength(pairs, kappa))
    const limit: Planes = { re: new Float64Array(2), im: new Float64Array(2) }
    orThrow(correlation.transform?.({ ...pairs, frequency: Float64Array.of(1, -1), times: Float64Array.of(Infinity) }, limit)
      ?? fail(issue('test/absent', [], 'absent')))
    expect(kappa.re[0]).toBe(kappa.re[1])
    expect(2 * limit.re[0]).toBeCloseTo(kappa.re[0], 14)
  })

  it('is refused by name on a bath that lacks what it needs', async () => {
    const outcome = await walk({ ...problem, baths: [attach('bath', toyBath(windows), STRENGTH)] }, tabulatedRates(fadingMemory))
    expect(outcome._tag === 'Left' && outcome.left[0].message).toContain("'memory', which 'fading-memory' needs")
  })
})
