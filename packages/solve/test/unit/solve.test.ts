import { describe, expect, it } from 'vitest'
import { fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, Drive, Observer, Outcome, Progress, Sample, Segment, Status, Trajectory } from '@mesobath/contracts'
import { solve, start } from '@mesobath/solve'
import { matrix, quenches, SIGMA_X, toy, toyAttachment, toyBath, toyProblem } from '../toys/toy.js'

const messages = (outcome: Outcome<unknown>): string => outcome._tag === 'Left' ? outcome.left.map((each) => `${each.code}: ${each.message}`).join('\n') : ''
const stamps = (run: Trajectory): readonly string[] => run.sides.map((side, at) => `${run.times[at]} ${side}`)

describe('solve', () => {
  it('lands on every output time and keeps what the stepper gave', async () => {
    const { algorithm, log } = toy()
    const run = orThrow(await solve(toyProblem(), algorithm))
    expect(stamps(run)).toEqual(['0 after', '1 after', '2.5 after', '4 after'])
    expect(log).toEqual(['prepare', 'enter 0', 'advance 1', 'advance 2.5', 'advance 4', 'dispose'])
    expect(run.status).toBe('ok')
    expect(run.populations).toHaveLength(4 * 6)
    expect(run.populations![6 + 3]).toBe(Math.exp(-0.3) / 3)
    expect(run.populationRates![6 + 3]).toBe(-0.3 * (Math.exp(-0.3) / 3))
    expect(run.systemStates!.im).toBeNull()
    expect(run.systemStates!.re[4 + 3]).toBeCloseTo(Math.exp(-0.3), 14)
    expect(run.marginals[0]!.slice(0, 3)).toEqual(Float64Array.of(1 / 3, 1 / 3, 1 / 3))
    expect(run.conditionalStates!.re.slice(12, 16)).toEqual(Float64Array.of(1 / 3 - Math.exp(-0.3) / 3, 0, 0, Math.exp(-0.3) / 3))
    expect(run.energies).toEqual(Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1))
    expect(run.strengths).toEqual(Float64Array.of(0.1, 0.1, 0.1, 0.1))
    expect(run.checkpoint).toBeNull()
  })

  it('gives a stop twice, and an output time that coincides with a stop no third time', async () => {
    const { algorithm, log } = toy()
    const run = orThrow(await solve(toyProblem({ drive: quenches([0.5, 2.5, 3]) }), algorithm))
    expect(stamps(run)).toEqual(['0 after', '0.5 before', '0.5 after', '1 after', '2.5 before', '2.5 after', '3 before', '3 after', '4 after'])
    expect(log).toEqual(['prepare', 'enter 0', 'advance 0.5', 'enter 0.5', 'advance 1', 'advance 2.5', 'enter 2.5', 'advance 3', 'enter 3', 'advance 4', 'dispose'])
    const level1 = Array.from({ length: 9 }, (_, at) => run.energies[2 * at + 1])
    expect(level1).toEqual([1, 1, 2, 2, 2, 3, 3, 4, 4])
    const work = run.scalars['work']!
    expect(work[1]).toBe(0)
    expect(work[2]).toBeCloseTo(Math.exp(-0.15), 15)
    expect(work[3]).toBe(work[2])
  })

  it('gives a run of one output time one sample', async () => {
    const run = orThrow(await solve(toyProblem({ times: Float64Array.of(7) }), toy().algorithm))
    expect(stamps(run)).toEqual(['7 after'])
  })

  it('pulls no segment beyond the end of the run from a drive that never ends', async () => {
    let pulled = 0
    const endless: Drive = {
      recipe: null,
      *segments(from) {
        for (let at = 0; ; at++) {
          pulled += 1
          yield { from: from + at, to: from + at + 1, constant: true, energies: (_t, out) => out.fill(at), strengths: (_t, out) => out.fill(1) } satisfies Segment
        }
      },
    }
    const run = orThrow(await solve(toyProblem({ drive: endless }), toy().algorithm))
    expect(run.times).toHaveLength(1 + 2 * 3 + 1 + 1)
    expect(pulled).toBe(2 * 4)
  })

  const segment = (from: number, to: number, energy = 1): Segment =>
    ({ from, to, constant: true, energies: (_t, out) => out.fill(energy), strengths: (_t, out) => out.fill(1) })
  const untiled: readonly (readonly [string, readonly Segment[], RegExp])[] = [
    ['begins late', [segment(0.1, 4)], /`drive\.segments\[0\]` must begin at 0, where the run begins, but begins at 0\.1/],
    ['leaves a gap of one bit', [segment(0, 1), segment(1 + Number.EPSILON, 4)], /`drive\.segments\[1\]` must begin at 1, where the segment before it ends/],
    ['ends early', [segment(0, 1)], /`drive\.segments\[1\]` must continue the drive from 1 to the end of the run \(4\), but is missing/],
    ['overruns', [segment(0, 5)], /`drive\.segments\[0\]` must end no later than the run \(4\), but ends at 5/],
    ['goes backwards', [segment(0, 2), segment(2, 2)], /`drive\.segments\[1\]` must end after it begins, but runs from 2 to 2/],
    ['holds NaN', [segment(0, 4, Number.NaN)], /`drive\.segments\[0\]` must give finite energies, but gives NaN for entry 0 at 0/],
  ]
  for (const [name, segments, message] of untiled) {
    it(`refuses a drive that ${name}, before anything starts`, async () => {
      const { algorithm, log } = toy()
      expect(messages(await solve(toyProblem({ drive: { recipe: null, segments: () => segments } }), algorithm))).toMatch(message)
      expect(log).toEqual([])
    })
  }

  it('reports faults of problem, algorithm and options together', async () => {
    const found = messages(await solve(toyProblem({ times: Float64Array.of(1, 0) }), toy({ needs: ['microscopic'], contract: 3 }).algorithm,
      { tolerance: 0, save: 'all' as 'states', observables: { x: matrix(3, new Array<number>(9).fill(0)), y: matrix(2, [0, 1, 0, 0]) } }))
    expect(found.split('\n')).toHaveLength(7)
    expect(found).toMatch(/solve\/missing-capability: .*`microscopic` for the algorithm "toy", but the bath "left" \(toy-bath\) does not/)
    expect(found).toMatch(/solve\/contract: `algorithm\.contract` must be 1, .* "toy" of test was built for version 3/)
    expect(found).toMatch(/solve\/observable: `options\.observables\.y` must be Hermitian/)
  })

  it('accepts a bath that has what the algorithm needs', async () => {
    const bath = toyBath({ can: { microscopic: () => fail(issue('x/y', [], 'never called')) } })
    expect((await solve(toyProblem({ baths: [toyAttachment({ bath })] }), toy({ needs: ['microscopic'] }).algorithm))._tag).toBe('Right')
  })

  it('refuses a run above the memory limit with both figures, before anything starts', async () => {
    const { algorithm, log } = toy({ bytes: 3 * 1024 * 1024 })
    const found = messages(await solve(toyProblem(), algorithm, { host: { memoryLimit: 2 * 1024 * 1024 } }))
    expect(found).toMatch(/solve\/memory: the run must fit into 2\.0 MiB, but would take 3\.0 MiB/)
    expect(log).toEqual([])
    expect((await solve(toyProblem(), algorithm, { host: { memoryLimit: 4 * 1024 * 1024 } }))._tag).toBe('Right')
  })

  it('counts the saved trajectory, stops included, in the memory limit', async () => {
    const stops = Array.from({ length: 20_000 }, (_, at) => (at + 1) / 10_000)
    const host = { memoryLimit: 4 * 1024 * 1024 }
    expect(messages(await solve(toyProblem({ drive: quenches(stops) }), toy().algorithm, { host }))).toMatch(/40004 saved samples/)
    expect((await solve(toyProblem({ drive: quenches(stops) }), toy().algorithm, { host, save: 'nothing' }))._tag).toBe('Right')
    const started = orThrow(await start(toyProblem({ drive: quenches(stops) }), toy().algorithm, { host }))
    started.dispose()
  })

  it('keeps what `save` says and nothing else', async () => {
    const kept = async (save: 'states' | 'populations' | 'marginals' | 'nothing') => {
      const run = orThrow(await solve(toyProblem(), toy({ coherent: true }).algorithm, { save, observables: { x: SIGMA_X } }))
      expect(run.observables['x']![3]).toBeCloseTo(0.06, 15)
      return [run.conditionalStates !== null, run.populations !== null, run.populationRates !== null, run.systemStates !== null, run.marginals.length]
    }
    expect(await kept('states')).toEqual([true, true, true, true, 1])
    expect(await kept('populations')).toEqual([false, true, true, true, 1])
    expect(await kept('marginals')).toEqual([false, false, false, true, 1])
    expect(await kept('nothing')).toEqual([false, false, false, false, 0])
  })

  it('has no rates of populations where the algorithm gives none', async () => {
    expect(orThrow(await solve(toyProblem(), toy({ withRates: false }).algorithm)).populationRates).toBeNull()
  })

  it('evaluates observables: Re tr(A ρ_S), or a function of the sample', async () => {
    const run = orThrow(await solve(toyProblem(), toy({ coherent: true }).algorithm, {
      observables: { y: matrix(2, [0, 0, 0, 0], [0, -1, 1, 0]), time: (sample) => sample.time },
    }))
    // ρ_S = …, −0.06 i; +0.06 i, …: tr(σ_y ρ) = Σ A_kq ρ_qk = (−i)(0.06 i) + (i)(−0.06 i) = 0.12.
    expect(run.observables['y']![0]).toBeCloseTo(0.12, 15)
    expect(run.observables['time']).toEqual(Float64Array.of(0, 1, 2.5, 4))
    expect(run.checkpoint?.kind).toBe('conditional')
  })

  it('tells progress at every output, from 0 to 1', async () => {
    const seen: Progress[] = []
    orThrow(await solve(toyProblem({ drive: quenches([1, 3]) }), toy().algorithm, { onProgress: (each) => seen.push(each) }))
    expect(seen).toEqual([{ time: 0, fraction: 0 }, { time: 1, fraction: 0.25 }, { time: 2.5, fraction: 0.625 }, { time: 4, fraction: 1 }])
  })

  it('hears a signal between outputs, thanks to the breath in between, and keeps the samples so far', async () => {
    const controller = { aborted: false }
    const { algorithm, log } = toy({ coherent: true })
    // Not of the breaths before there is a sample.
    const breathe = async (): Promise<void> => { if (log.includes('advance 2.5')) controller.aborted = true }
    const run = orThrow(await solve(toyProblem(), algorithm, { signal: controller, host: { breathe } }))
    expect(run.status).toBe('cancelled')
    expect(stamps(run)).toEqual(['0 after', '1 after', '2.5 after'])
    expect(run.populations).toHaveLength(3 * 6)
    expect(run.conditionalStates!.im).toHaveLength(3 * 12)
    expect(run.checkpoint).toBeNull()
    expect(log.at(-1)).toBe('dispose')
  })

  // Mutants: a signal that is not looked at before the checks, after a breath, or a breath left out; work between preparation and the first advance in one go.
  it('hears a signal before anything is done, and between checks, estimate and preparation', async () => {
    const cancelledAfter = async (last: number): Promise<readonly string[]> => {
      const done: string[] = []
      let breaths = 0
      const { algorithm } = toy()
      const drive: Drive = { recipe: null, segments: (from, to) => { done.push('drive'); return quenches([]).segments(from, to) } }
      const watched: Algorithm = {
        ...algorithm,
        estimate: (...given) => { done.push('estimate'); return algorithm.estimate(...given) },
        prepare: (...given) => { done.push('prepare'); return algorithm.prepare(...given) },
      }
      const host = { breathe: async () => { breaths += 1 } }
      const ended = await solve(toyProblem({ drive }), watched, { host, signal: { get aborted() { return breaths >= last } } })
      expect(ended._tag === 'Left' ? ended.left.map(({ code }) => code) : [ended.right.status])
        .toEqual([done.includes('prepare') ? 'cancelled' : 'solve/cancelled'])
      return done
    }
    expect(await cancelledAfter(0)).toEqual([])
    expect(await cancelledAfter(1)).toEqual(['drive'])
    expect(await cancelledAfter(2)).toEqual(['drive', 'estimate'])
    // Once prepared, the run has its first sample, and others two turns before the first advance.
    for (const last of [3, 4]) expect(await cancelledAfter(last)).toEqual(['drive', 'estimate', 'prepare', 'drive'])
    let breaths = 0
    const { algorithm, log } = toy()
    orThrow(await solve(toyProblem(), algorithm, { host: { breathe: async () => { log.push(`breath ${++breaths}`) } } }))
    expect(log.slice(0, 7)).toEqual(['breath 1', 'breath 2', 'prepare', 'breath 3', 'enter 0', 'breath 4', 'advance 1'])
  })

  // Mutant: the rows so far copied out of the buffer.
  it('hands on what was saved without a copy, for however many output times there was room', async () => {
    const times = Float64Array.from({ length: 101 }, (_, i) => i / 25)
    const { algorithm } = toy({ statusAt: (to) => succeed(to > 2 ? 'cancelled' : 'ok') })
    const { populations, conditionalStates } = orThrow(await solve(toyProblem({ times }), algorithm))
    expect(populations).toHaveLength(51 * 6)
    expect(populations!.buffer.byteLength).toBe(8 * 101 * 6)
    expect(conditionalStates!.re.buffer.byteLength).toBe(8 * 101 * 12)
  })

  for (const status of ['cancelled', 'not-converged'] as const) {
    it(`keeps the samples so far of an advance that was ${status}`, async () => {
      const statusAt = (to: number): Outcome<Status> => succeed(to > 2 ? status : 'ok')
      const run = orThrow(await solve(toyProblem(), toy({ statusAt }).algorithm))
      expect(run.status).toBe(status)
      expect(run.times).toEqual(Float64Array.of(0, 1))
    })
  }

  it('disposes when an advance fails or throws', async () => {
    const failing = toy({ statusAt: () => fail(issue('toy/broken', [], 'broken')) })
    expect(messages(await solve(toyProblem(), failing.algorithm))).toBe('toy/broken: broken')
    expect(failing.log.at(-1)).toBe('dispose')
    const throwing = toy({ onAdvance: () => { throw new Error('a bug') } })
    await expect(solve(toyProblem(), throwing.algorithm)).rejects.toThrow('a bug')
    expect(throwing.log.at(-1)).toBe('dispose')
  })

  it('hands every sample to every observer, in order', async () => {
    const watcher = (): Observer<readonly string[]> => {
      const seen: string[] = []
      return { begin: (frame) => seen.push(frame.algorithm.name), sample: (sample: Sample) => seen.push(`${sample.time} ${sample.side}`), end: () => seen }
    }
    const run = orThrow(await solve(toyProblem({ drive: quenches([2]) }), toy().algorithm, { save: 'nothing', observers: { a: watcher(), b: watcher() } }))
    expect(run.observed.a).toEqual(['toy', '0 after', '1 after', '2 before', '2 after', '2.5 after', '4 after'])
    expect(run.observed.b).toEqual(run.observed.a)
  })
})

describe('start', () => {
  it('stands at the first time inside the first segment', async () => {
    const { algorithm, log } = toy()
    const stepper = orThrow(await start(toyProblem({ drive: quenches([2]) }), algorithm))
    expect(log).toEqual(['prepare', 'enter 0'])
    expect(stepper.time).toBe(0)
    expect(orThrow(await stepper.advance(1))).toBe('ok')
    expect(stepper.sample('after').time).toBe(1)
    stepper.dispose()
  })

  it('refuses what solve refuses', async () => {
    expect(messages(await start(toyProblem({ times: Float64Array.of(1, 0) }), toy().algorithm))).toMatch(/solve\/times/)
  })
})
