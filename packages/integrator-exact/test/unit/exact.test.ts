import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { BathModel, Cancellation, ComplexMatrix, DenseBackend, Drive, Host, Issue, Outcome, Planes, Problem, Stepper } from '@mesobath/contracts'
import { javascriptBackend, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { attachment, matrix, numbers, smallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const EXCITED = matrix([[0, 0], [0, 1]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])

const resonant = smallBath({ seed: 11, sizes: [30, 40], centres: [0, 1], width: 0.5 })
const problemOf = (over: Partial<Problem> = {}): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attachment(resonant, 0.03, [X])],
  initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 61 }, (_, i) => i),
  drive: null,
  ...over,
})

const begin = async (problem: Problem, options: ExactOptions = {}, host: Host = {}): Promise<Stepper> => {
  const stepper = orThrow(await exact(options).prepare(problem, host, 1e-10))
  const end = problem.times[problem.times.length - 1]!
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, ({ strength }) => strength))
  for (const segment of drive.segments(problem.times[0]!, end)) {
    orThrow(stepper.enter(segment))
    break
  }
  return stepper
}

/** Stops at every time of a stepper that `begin` made. */
const cross = async (stepper: Stepper, problem: Problem): Promise<void> => {
  const segments = problem.drive === null ? [] : [...problem.drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)]
  for (const [at, segment] of (segments.length === 0 ? [null] : segments).entries()) {
    if (at > 0) orThrow(stepper.enter(segment!))
    for (const time of problem.times) if (time >= stepper.time && time <= (segment?.to ?? Infinity)) orThrow(await stepper.advance(time))
  }
}

const populationsAt = async (problem: Problem, stops: readonly number[], options: ExactOptions = {}, host: Host = {}): Promise<Float64Array[]> => {
  const stepper = await begin(problem, options, host)
  const found: Float64Array[] = []
  for (const time of stops) {
    expect(orThrow(await stepper.advance(time))).toBe('ok')
    found.push(stepper.sample('after').populations.slice())
  }
  stepper.dispose()
  return found
}

const issuesOf = <A>(outcome: Outcome<A>): readonly Issue[] => (outcome._tag === 'Left' ? outcome.left : [])
const codes = <A>(outcome: Outcome<A>): string[] => issuesOf(outcome).map((each) => each.code)

const largest = (a: readonly Float64Array[], b: readonly Float64Array[]): number => {
  let most = 0
  a.forEach((row, at) => row.forEach((value, i) => { most = Math.max(most, Math.abs(value - b[at]![i]!)) }))
  return most
}

/** A backend that counts bytes held and the most ever held. */
const counting = (backend: DenseBackend): { backend: DenseBackend; held: () => number; most: () => number; commutators: () => number; bases: () => number } => {
  let held = 0
  let commutators = 0
  let bases = 0
  let most = 0
  const bytes = (planes: Planes): number => 8 * (planes.re.length + (planes.im?.length ?? 0))
  return {
    held: () => held,
    most: () => most,
    commutators: () => commutators,
    bases: () => bases,
    backend: {
      ...backend,
      commute: (...given) => {
        commutators++
        backend.commute!(...given)
      },
      diagonalise: (...given) => {
        bases++
        return backend.diagonalise!(...given)
      },
      allocate: (rows, columns, real) => {
        const planes = backend.allocate(rows, columns, real)
        held += bytes(planes)
        most = Math.max(most, held)
        return planes
      },
      release: (planes) => {
        held -= bytes(planes)
        backend.release(planes)
      },
    },
  }
}

const smoothDrive = (end: number): Drive => ({
  recipe: null,
  segments: () => [{
    from: 0, to: end, constant: false, energies: (time, out) => out.set([0, 1 + 0.1 * time]), strengths: (time, out) => out.fill(0.03 + 0.01 * time),
  }],
})

/** Equal segments at two settings in turn. */
const quenches = (count: number, length: number): Drive => ({
  recipe: null,
  segments: () => Array.from({ length: count }, (_, at) => ({
    from: at * length, to: (at + 1) * length, constant: true,
    energies: (_time: number, out: Float64Array) => out.set([0, 1 + 0.3 * (at % 2)]), strengths: (_time: number, out: Float64Array) => out.fill(0.02),
  })),
})

describe('exact', () => {
  it('names every reason why it cannot serve a problem', async () => {
    expect(codes(exact().estimate(problemOf({ baths: [] }), {}))).toEqual(['integrator-exact/no-bath'])
    const two = problemOf({ baths: [attachment(resonant, 0.1, [X]), { ...attachment(resonant, 0.1, [X]), label: 'second' }] })
    const unfinished = await exact().prepare(two, {}, 1e-10)
    expect(codes(unfinished)).toEqual(['integrator-exact/initial'])
    expect(issuesOf(unfinished)[0]!.path).toEqual(['initial', 'baths'])

    const blind: BathModel = { ...resonant.bath, can: {} }
    const mute = problemOf({ baths: [{ ...attachment(resonant, 0.1, [X]), bath: blind }] })
    expect(codes(exact().estimate(mute, {}))).toEqual(['integrator-exact/missing-capability'])

    const local: BathModel = {
      ...resonant.bath,
      can: { microscopic: () => ({ _tag: 'Right', right: { kind: 'local', siteDimensions: [2], hamiltonian: [], couplings: [[]] } }) },
    }
    const found = issuesOf(exact().estimate(problemOf({ baths: [attachment(resonant, 0.1, [X]), { ...attachment(resonant, 0.1, [X]), label: 'chain', bath: local }] }), {}))
    expect(found.map((each) => each.code)).toEqual(['integrator-exact/local-bath'])
    expect(found[0]!.message).toContain('local terms')

    const negative = problemOf({
      initial: { kind: 'product', system: matrix([[1.5, 0], [0, -0.5]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
    })
    expect(codes(await exact().prepare(negative, {}, 1e-10))).toEqual(['integrator-exact/state-not-positive'])
    expect(codes(exact({ workspace: -1 }).estimate(problemOf(), {}))).toEqual(['integrator-exact/workspace'])
  })

  it('refuses a checkpoint with a typed issue', async () => {
    const stepper = orThrow(await exact().prepare(problemOf(), {}, 1e-10))
    expect(codes(stepper.checkpoint())).toEqual(['integrator-exact/checkpoint'])
    stepper.dispose()
  })

  it('changes nothing when macro-steps are split', async () => {
    for (const times of [problemOf().times, Float64Array.of(0, 60)]) {
      const problem = problemOf({ times })
      const [whole] = await populationsAt(problem, [60])
      const split = await populationsAt(problem, [0.1, 7.3, 7.30001, 31, 59.9, 60])
      expect(largest([whole!], [split[split.length - 1]!])).toBeLessThan(1e-12)
    }
  })

  it('gives the same bits by wasm as by plain JavaScript', async () => {
    const wasm = wasmBackend()
    expect(wasm).not.toBeNull()
    const stops = [1, 17.5, 60]
    const a = await populationsAt(problemOf(), stops, {}, { backend: wasm! })
    const b = await populationsAt(problemOf(), stops, {}, { backend: javascriptBackend() })
    a.forEach((row, at) => expect(Array.from(row)).toEqual(Array.from(b[at]!)))
  })

  it('depends on the workspace by rounding only', async () => {
    const stops = [1, 17.5, 60]
    const a = await populationsAt(problemOf(), stops)
    const b = await populationsAt(problemOf(), stops, { workspace: 30_000 })
    expect(largest(a, b)).toBeLessThan(1e-12)
  })

  it('conserves norm, energy and total probability to 1e-10 over a long run of many stretches', async () => {
    const small = smallBath({
      seed: 4, sizes: [9, 12, 10], centres: [0, 0.6, 1.4], width: 0.6, joined: () => true, mean: (_, window) => 0.3 * window,
    })
    const problem = problemOf({
      energies: Float64Array.of(0, 0.7), baths: [attachment(small, 0.3, [matrix([[0.2, [0.6, 0.5]], [[0.6, -0.5], -0.4]])])],
      initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.2, 0.5, 0.3) }] },
      times: Float64Array.from({ length: 81 }, (_, i) => 5 * i),
    })
    const stepper = await begin(problem, { workspace: 3e6 })
    const energy = stepper.sample('after').scalars.energy!
    for (const time of problem.times) {
      orThrow(await stepper.advance(time))
      const sample = stepper.sample('after')
      expect(Math.abs(sample.scalars.norm! - 1)).toBeLessThan(1e-10)
      expect(Math.abs(sample.populations.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-10)
      expect(Math.abs(sample.scalars.energy! - energy)).toBeLessThan(1e-10)
      expect(Math.abs(sample.populationRates!.reduce((sum, rate) => sum + rate, 0))).toBeLessThan(1e-10)
    }
    const findings = stepper.validity()
    expect(findings.find((each) => each.code === 'integrator-exact/norm-drift')!.verdict).toBe('trust')
    // 2π·9/0.6 ≈ 94 against a run of 400: single levels are resolved.
    expect(findings.find((each) => each.code === 'integrator-exact/heisenberg-time')!.verdict).toBe('doubt')
    stepper.dispose()
  })

  it('cuts large products into bands of rows without a trace', async () => {
    const small = smallBath({ seed: 3, sizes: [400, 400], centres: [0, 1], width: 0.5 })
    const weights = Float64Array.from({ length: 800 }, (_, i) => (i < 256 ? 1 / 256 : 0))
    const problem = problemOf({
      baths: [attachment(small, 0.003, [X])], times: Float64Array.of(0, 1),
      initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'levels', weights }] },
    })
    const stepper = await begin(problem)
    const energy = stepper.sample('after').scalars.energy!
    orThrow(await stepper.advance(1))
    const { scalars } = stepper.sample('after')
    expect(Math.abs(scalars.norm! - 1)).toBeLessThan(1e-12)
    expect(Math.abs(scalars.energy! - energy)).toBeLessThan(1e-12)
    stepper.dispose()
  })

  it('returns to the start when a quench reverses H', async () => {
    // All levels at 0 and no H_B: changing the sign of ε_k and λ changes that of H.
    const small = smallBath({ seed: 6, sizes: [24], centres: [0], width: 0.5, joined: () => true, mean: () => 0.4 })
    const microscopic = orThrow(small.bath.can.microscopic!())
    if (microscopic.kind !== 'spectral') throw new Error('a small bath is spectral')
    const flat: BathModel = { ...small.bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...microscopic, levels: new Float64Array(24) } }) } }
    const drive: Drive = {
      recipe: null,
      segments: () => [1, -1].map((sign, at) => ({
        from: 6 * at, to: 6 * at + 6, constant: true,
        energies: (_: number, out: Float64Array) => out.set([0, 0.8 * sign]),
        strengths: (_: number, out: Float64Array) => out.fill(0.1 * sign),
      })),
    }
    const weights = Float64Array.from({ length: 24 }, (_, i) => (i < 10 ? 0.1 : 0))
    const problem = problemOf({
      energies: Float64Array.of(0, 0.8), drive, times: Float64Array.from({ length: 13 }, (_, i) => i),
      baths: [{ ...attachment(small, 0.1, [matrix([[0.2, [0.6, 0.5]], [[0.6, -0.5], -0.4]])]), bath: flat }],
      initial: { kind: 'product', system: MIXED, baths: [{ kind: 'levels', weights }] },
    })
    const stepper = orThrow(await exact().prepare(problem, {}, 1e-10))
    const found: { re: Float64Array; im: Float64Array; rates: Float64Array }[] = []
    const keep = (): void => {
      const { conditional, populationRates } = stepper.sample('after')
      found.push({ re: conditional!.re.slice(), im: conditional!.im!.slice(), rates: populationRates!.slice() })
    }
    for (const segment of drive.segments(0, 12)) {
      orThrow(stepper.enter(segment))
      if (segment.from === 0) keep()
      for (let time = segment.from + 1; time <= segment.to; time++) {
        orThrow(await stepper.advance(time))
        keep()
      }
    }
    stepper.dispose()
    for (let at = 0; at < 6; at++) {
      const mirror = found[12 - at]!
      found[at]!.re.forEach((value, i) => expect(Math.abs(value - mirror.re[i]!)).toBeLessThan(1e-12))
      found[at]!.im.forEach((value, i) => expect(Math.abs(value - mirror.im[i]!)).toBeLessThan(1e-12))
      found[at]!.rates.forEach((value, i) => expect(Math.abs(value + mirror.rates[i]!)).toBeLessThan(1e-12))
    }
    expect(Math.abs(found[6]!.re[0]! - found[0]!.re[0]!)).toBeGreaterThan(0.01)
  })

  it('neither reads nor moves what the initial state cannot reach', async () => {
    const small = smallBath({
      seed: 9, sizes: [8, 10, 6, 7], centres: [0, 1, 2, 3], width: 0.5, joined: (_, to, from) => Math.abs(to - from) === 1,
    })
    const problem = problemOf({
      baths: [attachment(small, 0.03, [X])],
      initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0, 0, 0) }] },
    })
    // |1,E₀⟩ – |0,E₁⟩ – |1,E₂⟩ – |0,E₃⟩: half of the 2·31 joint levels.
    expect(orThrow(exact().estimate(problem, {})).jointStates).toBe(31)
    const stepper = await begin(problem)
    orThrow(await stepper.advance(20))
    const { populations } = stepper.sample('after')
    for (const unreachable of [0, 2, 5, 7]) expect(populations[unreachable]).toBe(0)
    for (const reached of [1, 3, 4, 6]) expect(populations[reached]).toBeGreaterThan(0)
    stepper.dispose()

    const island = smallBath({ seed: 9, sizes: [8, 10, 6, 7], centres: [0, 1, 2, 3], width: 0.5, joined: (_, to, from) => (to < 2) === (from < 2) && to !== from })
    const cut = problemOf({ baths: [attachment(island, 0.03, [X])], initial: problem.initial })
    expect(orThrow(exact().estimate(cut, {})).jointStates).toBe(18)
    const other = await begin(cut)
    orThrow(await other.advance(20))
    other.dispose()
    // One of two mirror images for both, the other to be compared.
    expect([...island.read].sort()).toEqual(['0:0:1', '0:1:0'])
  })

  it('refuses a bath whose blocks are no adjoints of one another, or that has one of them only', async () => {
    const { bath } = smallBath({ seed: 2, sizes: [5, 6], centres: [0, 1], width: 0.5 })
    const spectral = orThrow(bath.can.microscopic!())
    if (spectral.kind !== 'spectral') throw new Error('must be a bath by levels')
    const faults: ((to: number, from: number, out: Planes) => boolean)[] = [
      (to, from, out) => {
        const found = spectral.block(0, to, from, out)
        if (to < from) out.im![7] = -out.im![7]!
        return found
      },
      (to, from, out) => to > from && spectral.block(0, to, from, out),
    ]
    for (const block of faults) {
      const lying: BathModel = { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...spectral, block: (_coupling, to, from, out) => block(to, from, out) } }) } }
      const refused = await exact().prepare(problemOf({ baths: [{ ...problemOf().baths[0]!, bath: lying }] }), {}, 1e-10)
      expect(codes(refused)).toEqual(['integrator-exact/not-hermitian'])
      expect(refused._tag === 'Left' ? refused.left[0].message : '').toMatch(/must give Hermitian coupling operators, but of "small" \(test 0\.0\.0\) coupling 0 between windows 0 and 1/)
    }
  })

  it('compares every row of a block with its mirror image', async () => {
    const { bath } = smallBath({ seed: 2, sizes: [41, 70], centres: [0, 1], width: 0.5 })
    const spectral = orThrow(bath.can.microscopic!())
    if (spectral.kind !== 'spectral') throw new Error('must be a bath by levels')
    // Mutants: the last rows left out; one plane compared and not the other.
    for (const plane of ['re', 'im'] as const) {
      for (const at of [0, 31 * 41, 32 * 41, 69 * 41 + 40]) {
        const lying: BathModel = { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...spectral, block: (coupling, to, from, out) => {
          const found = spectral.block(coupling, to, from, out)
          if (to > from) out[plane]![at] = 0.3 + out[plane]![at]!
          return found
        } } }) } }
        const refused = await exact().prepare(problemOf({ baths: [{ ...problemOf().baths[0]!, bath: lying }] }), {}, 1e-10)
        expect(codes(refused)).toEqual(['integrator-exact/not-hermitian'])
      }
    }
  })

  it('estimates a run without a look at blocks whose mean squares the bath knows, and runs it to the same bits', async () => {
    const { bath, read } = smallBath({ seed: 2, sizes: [20, 30, 25], centres: [0, 1, 2], width: 0.5, joined: (_, to, from) => Math.abs(to - from) === 1 })
    const spectral = orThrow(bath.can.microscopic!())
    if (spectral.kind !== 'spectral') throw new Error('must be a bath by levels')
    const meanSquare = (coupling: number, to: number, from: number): number => {
      const size = [20, 30, 25][to]! * [20, 30, 25][from]!
      const out = { re: new Float64Array(size), im: new Float64Array(size) }
      if (!spectral.block(coupling, to, from, out)) return 0
      return (out.re.reduce((sum, x) => sum + x * x, 0) + out.im.reduce((sum, x) => sum + x * x, 0)) / size
    }
    const knowing = (know: typeof meanSquare): Problem => problemOf({
      baths: [{ ...problemOf().baths[0]!, bath: { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...spectral, block: Object.assign(spectral.block, { meanSquare: know }) } }) } } }],
      initial: { kind: 'product', system: EXCITED, baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0, 0) }] },
    })
    const plain = problemOf({ ...knowing(meanSquare), baths: [{ ...problemOf().baths[0]!, bath: { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...spectral, block: (...given) => spectral.block(...given) } }) } } }] })
    const own = orThrow(exact().estimate(plain, {}))
    const [expected] = await populationsAt(plain, [40])
    const known = new Map([0, 1, 2].flatMap((to) => [0, 1, 2].map((from) => [`${to}:${from}`, meanSquare(0, to, from)] as const)))
    read.clear()
    const problem = knowing((_, to, from) => known.get(`${to}:${from}`)!)
    const { operations, jointStates } = orThrow(exact().estimate(problem, {}))
    expect(read.size).toBe(0)
    expect([operations, jointStates]).toEqual([own.operations, own.jointStates])
    const [found] = await populationsAt(problem, [40])
    expect(Array.from(found!)).toEqual(Array.from(expected!))
    // What is no number is a block all the same, and only 0 is none.
    expect(orThrow(exact().estimate(knowing(() => Number.NaN), {})).jointStates).toBeGreaterThan(orThrow(exact().estimate(knowing(() => 0), {})).jointStates)
  })

  it('hears a signal between products, keeps its state, and goes on to the same bits', async () => {
    const problem = problemOf({ times: Float64Array.from({ length: 100 }, (_, i) => i) })
    const small = smallBath({ seed: 2, sizes: [100, 120], centres: [0, 1], width: 0.5 })
    const large = { ...problem, baths: [attachment(small, 0.01, [X])] }
    let breaths = 0
    const stop = { aborted: false }
    const host: Host = { breathe: async () => { if (++breaths === 3) stop.aborted = true } }
    const stepper = await begin(large, {}, host)
    breaths = 0
    expect(orThrow(await stepper.advance(50, stop as Cancellation))).toBe('cancelled')
    expect(stepper.time).toBe(0)
    expect(orThrow(await stepper.advance(50))).toBe('ok')
    const again = await begin(large)
    orThrow(await again.advance(50))
    expect(Array.from(stepper.sample('after').populations)).toEqual(Array.from(again.sample('after').populations))
    stepper.dispose()
    again.dispose()
  })

  it('estimates the bytes it takes within 20 %, and gives all of them back', async () => {
    const draw = numbers(5)
    const windows = { kind: 'windows', probabilities: Float64Array.of(1, 0) } as const
    const joined = ['first', 'second'].map((label, at) => ({ ...attachment(smallBath({ seed: at, sizes: [7, 8], centres: [0, 1], width: 0.5 }), 0.03, [X]), label }))
    const twoBaths = problemOf({ baths: joined, initial: { kind: 'product', system: EXCITED, baths: [windows, windows] } })
    const quenched = problemOf({
      baths: [attachment(smallBath({ seed: 1, sizes: [60, 75], centres: [0, 1], width: 0.5, joined: () => true }), 0.02, [X])], drive: quenches(4, 200),
      times: Float64Array.from({ length: 101 }, (_, i) => 8 * i),
    })
    const series = (system: ComplexMatrix, outputs: number): Problem => problemOf({
      baths: [attachment(smallBath({ seed: 1, sizes: [100, 130], centres: [0, 1], width: 0.5 }), 0.02, [X])], drive: quenches(2, 10),
      initial: { kind: 'product', system, baths: [windows] }, times: Float64Array.from({ length: 2 * outputs + 1 }, (_, i) => (10 * i) / outputs),
    })
    const cases: { problem: Problem; options: ExactOptions; commutes?: boolean; bases?: number }[] = [
      { problem: problemOf(), options: {} },
      { problem: problemOf({ times: Float64Array.of(0, 30, 60) }), options: {} },
      { problem: problemOf({ times: Float64Array.of(0, 30, 60) }), options: { mutualInformation: true } },
      { problem: problemOf({ times: Float64Array.of(0, 0.5), drive: smoothDrive(0.5) }), options: {} },
      { problem: problemOf(), options: { sampling: { vectors: 4, seed: 1 } } },
      { problem: problemOf({ times: Float64Array.of(0, 30, 60) }), options: { sampling: { vectors: 3, seed: 1 }, workspace: 1e5 } },
      // In the eigenbasis: many times, and room for it.
      {
        problem: problemOf({
          baths: [attachment(smallBath({ seed: 1, sizes: [110, 130], centres: [0, 1], width: 0.5 }), 0.01, [X])], times: Float64Array.from({ length: 61 }, (_, i) => i),
        }),
        options: {},
      },
      // By survival amplitudes: a short time of a full mixture.
      {
        problem: problemOf({
          baths: [attachment(smallBath({ seed: 1, sizes: [90, 190], centres: [0, 1], width: 0.5 }), 0.01, [X])], times: Float64Array.of(0, 2, 4),
          initial: { kind: 'product', system: EXCITED, baths: [windows] },
        }),
        options: {},
      },
      // By commutators: a longer time.
      {
        problem: problemOf({
          baths: [attachment(smallBath({ seed: 1, sizes: [110, 170], centres: [0, 1], width: 0.5 }), 0.01, [X])], times: Float64Array.of(0, 5, 10),
          initial: { kind: 'product', system: EXCITED, baths: [windows] },
        }),
        options: {},
        commutes: true,
      },
      // At two settings in turn, with room for the forms of both, and for those of one.
      { problem: quenched, options: {} },
      { problem: quenched, options: { workspace: 17e6 } },
      // By series: from stop to stop, in stretches that fit into little room, and by random vectors.
      { problem: series(EXCITED, 1), options: { workspace: 3e5 }, bases: 0 },
      { problem: series(EXCITED, 4), options: { workspace: 3e5 }, bases: 0 },
      { problem: series(MIXED, 4), options: { workspace: 2e6 }, bases: 0 },
      { problem: series(EXCITED, 4), options: { sampling: { vectors: 8, seed: 1 }, workspace: 2e6 }, bases: 0 },
      { problem: twoBaths, options: {} },
      { problem: { ...twoBaths, times: Float64Array.of(0, 5, 10) }, options: { mutualInformation: true } },
      {
        problem: problemOf({
          baths: [attachment(smallBath({ seed: 1, sizes: [60, 75], centres: [0, 1], width: 0.5, joined: () => true, real: true }), 0.02, [X])],
          initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.5, 0.5) }] },
          times: Float64Array.from({ length: 101 }, (_, i) => i + 0.1 * (1 + draw())),
        }),
        options: { workspace: 2e6 },
      },
    ]
    for (const { problem, options, commutes = false, bases } of cases) {
      const counted = counting(wasmBackend()!)
      const bytes = orThrow(exact(options).estimate(problem, {})).bytes
      const stepper = await begin(problem, options, { backend: counted.backend })
      await cross(stepper, problem)
      // Beside the backend's planes: its packing buffers, 1.4 MB.
      const taken = counted.most() + 1.4e6
      expect(counted.commutators() > 0).toBe(commutes)
      if (bases !== undefined) expect(counted.bases()).toBe(bases)
      expect(bytes / taken).toBeGreaterThan(0.8)
      expect(bytes / taken).toBeLessThan(1.25)
      stepper.dispose()
      expect(counted.held()).toBe(0)
    }
  })

  it('reports a backend without room as an issue', async () => {
    const full: DenseBackend = { ...javascriptBackend(), allocate: () => { throw new RangeError('no room') } }
    expect(codes(await exact().prepare(problemOf(), { backend: full }, 1e-10))).toEqual(['integrator-exact/memory'])
  })

  it('property: is exactly unitary for random starts', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 70, maxLength: 70 }), fc.double({ min: 0, max: 0.2, noNaN: true }),
      async (raw, strength) => {
        const total = raw.reduce((sum, value) => sum + value, 0)
        const problem = problemOf({
          baths: [attachment(resonant, strength, [X])], times: Float64Array.of(0, 10),
          initial: { kind: 'product', system: MIXED, baths: [{ kind: 'levels', weights: Float64Array.from(raw, (value) => value / total) }] },
        })
        const [populations] = await populationsAt(problem, [10])
        expect(Math.abs(populations!.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-12)
        populations!.forEach((p) => expect(p).toBeGreaterThan(-1e-14))
      },
    ), { numRuns: 10 })
  })
})
