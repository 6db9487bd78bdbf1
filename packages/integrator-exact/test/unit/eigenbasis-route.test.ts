import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Cancellation, DenseBackend, Drive, Host, Problem, Sample, Stepper } from '@mesobath/contracts'
import { ThreadLost, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

const X = matrix([[0, 1], [1, 0]])
const TILTED = matrix([[0.3, [0.5, -0.4]], [[0.5, 0.4], -0.2]])
const MIXED = matrix([[0.4, [0.1, 0.2]], [[0.1, -0.2], 0.6]])

/** Two levels in a full bath of two windows, over a time for which a series costs more than eigenvectors. */
const problemOf = (real: boolean, resonant: boolean): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attachment(smallBath({ seed: 3, sizes: [20, 26], centres: [0, 1], width: 0.5, real, joined: resonant ? undefined : () => true }), 0.02, [real || resonant ? X : TILTED])],
  initial: { kind: 'product', system: MIXED, baths: [{ kind: 'windows', probabilities: Float64Array.of(0.7, 0.3) }] },
  times: Float64Array.from({ length: 26 }, (_, i) => 6 * i),
  drive: null,
})

/** A backend that counts how often it was asked for eigenvectors, and for how many rows of them. */
const watching = (): { readonly backend: DenseBackend; readonly asked: () => number; readonly rows: () => number; readonly held: () => number; readonly spent: () => number } => {
  const own = wasmBackend()!
  let asked = 0
  let rows = 0
  let held = 0
  let spent = 0
  return {
    asked: () => asked,
    rows: () => rows,
    held: () => held,
    // Operations of products by adjoints.
    spent: () => spent,
    backend: {
      ...own,
      allocate: (rows, columns, isReal) => { held++; return own.allocate(rows, columns, isReal) },
      release: (planes) => { held--; own.release(planes) },
      multiplyAs: (form, a, b, m, k, n, out, accumulate, breathe) => {
        spent += (form.hermitian ? 4 : 8) * m * k * n
        return own.multiplyAs!(form, a, b, m, k, n, out, accumulate, breathe)
      },
      diagonalise: (...given) => {
        asked++
        const [, n, , vectors, , some] = given
        if (vectors !== null) rows += some === undefined ? n : some.to - some.from
        return own.diagonalise!(...given)
      },
    },
  }
}

const begin = async (problem: Problem, options: ExactOptions, host: Host): Promise<Stepper> => orThrow(await exact(options).prepare(problem, host, 1e-10))

/** Every number of every sample. */
const run = async (problem: Problem, options: ExactOptions, host: Host): Promise<number[][]> => {
  const stepper = await begin(problem, options, host)
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.of(problem.baths[0]!.strength))
  const found: number[][] = []
  const read = ({ populations, populationRates, conditional, scalars }: Sample): void => {
    found.push([...populations, ...(populationRates ?? []), ...conditional!.re, ...conditional!.im!, ...Object.values(scalars ?? {})])
  }
  for (const segment of drive.segments(problem.times[0]!, problem.times[problem.times.length - 1]!)) {
    orThrow(stepper.enter(segment))
    for (const time of problem.times) {
      if (time < segment.from || time > segment.to || (time === segment.from && found.length > 0)) continue
      if (time > segment.from) expect(orThrow(await stepper.advance(time))).toBe('ok')
      read(stepper.sample('after'))
    }
    if (stepper.time < segment.to) expect(orThrow(await stepper.advance(segment.to))).toBe('ok')
  }
  stepper.dispose()
  return found
}

const largest = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number => {
  let most = 0
  a.forEach((row, at) => row.forEach((value, i) => {
    if (Number.isNaN(value) && Number.isNaN(b[at]![i]!)) return
    const gap = Math.abs(value - b[at]![i]!)
    most = Number.isNaN(gap) ? Infinity : Math.max(most, gap)
  }))
  return most
}

/** Equal segments at two settings in turn. */
const quenches = ({ times }: Problem, count: number): Drive => {
  const end = times[times.length - 1]!
  const levels = [Float64Array.of(0, 1), Float64Array.of(0, 1.3)]
  return {
    recipe: null,
    segments: () => Array.from({ length: count }, (_, part) => ({
      from: (part * end) / count, to: ((part + 1) * end) / count, constant: true,
      energies: (_time: number, out: Float64Array) => out.set(levels[part % 2]!), strengths: (_time: number, out: Float64Array) => out.fill(0.02),
    })),
  }
}

/** Too little for eigenvectors, enough for a few blocks. */
const NARROW: ExactOptions = { workspace: 150_000 }
/** Enough for two eigenbases and the forms of one. */
const ROOM_FOR_ONE = 2e6
/** What a series of many stretches leaves. */
const AGREEMENT = 1e-9

describe('evolution in the eigenbasis', () => {
  it('agrees with the Chebyshev series in everything that is read, real and complex, resonant or not', async () => {
    for (const [real, resonant] of [[true, true], [false, true], [false, false]] as const) {
      const problem = problemOf(real, resonant)
      const [long, short] = [watching(), watching()]
      const byVectors = await run(problem, {}, { backend: long.backend })
      const bySeries = await run(problem, NARROW, { backend: short.backend })
      expect(long.asked()).toBeGreaterThan(0)
      expect(short.asked()).toBe(0)
      expect(byVectors.length).toBe(problem.times.length)
      expect(largest(byVectors, bySeries)).toBeLessThan(AGREEMENT)
      expect([long.held(), short.held()]).toEqual([0, 0])
    }
  }, 60_000)

  it('agrees likewise where the start is even: in one node, the smaller or the larger, or in all, of components with two nodes or more', async () => {
    const pure = matrix([[0, 0], [0, 1]])
    const diagonal = matrix([[0.3, 0], [0, 0.7]])
    for (const resonant of [true, false]) {
      const base = problemOf(false, resonant)
      for (const [system, probabilities] of [[pure, [1, 0]], [pure, [0, 1]], [diagonal, [0.7, 0.3]]] as const) {
        const problem: Problem = { ...base, initial: { kind: 'product', system, baths: [{ kind: 'windows', probabilities: Float64Array.from(probabilities) }] } }
        const [long, short] = [watching(), watching()]
        const byVectors = await run(problem, {}, { backend: long.backend })
        const bySeries = await run(problem, NARROW, { backend: short.backend })
        expect([long.asked() > 0, short.asked()]).toEqual([true, 0])
        expect(largest(byVectors, bySeries)).toBeLessThan(AGREEMENT)
        expect([long.held(), short.held()]).toEqual([0, 0])
      }
    }
  }, 60_000)

  // Mutant: all rows where the state is never asked for.
  it('asks for the rows of smaller nodes alone where nothing else is read, and for all of them where the state is wanted', async () => {
    const base = problemOf(false, true)
    const problem: Problem = {
      ...base, initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
    }
    const [few, all] = [watching(), watching()]
    const populations = await run(problem, {}, { backend: few.backend })
    const correlated = await run(problem, { mutualInformation: { every: 25 } }, { backend: all.backend })
    expect([few.rows(), all.rows()]).toEqual([20, 46])
    expect(largest(populations, correlated.map((row) => row.slice(0, -1)))).toBeLessThan(1e-12)
  })

  it('goes through quenches, back to a setting it knows, and gives mutual information where it is wanted', async () => {
    const problem = problemOf(false, true)
    const drive = quenches(problem, 4)
    const driven = { ...problem, drive }
    const [long, short] = [watching(), watching()]
    const options = { mutualInformation: { every: 10 } }
    const byVectors = await run(driven, options, { backend: long.backend })
    const bySeries = await run(driven, { ...options, ...NARROW }, { backend: short.backend })
    // One eigenbasis per setting and component, although each setting comes twice.
    const [once, twice] = [watching(), watching()]
    await run(problem, {}, { backend: once.backend })
    await run(driven, {}, { backend: twice.backend })
    expect(twice.asked()).toBe(2 * once.asked())
    expect(largest(byVectors, bySeries)).toBeLessThan(AGREEMENT)
    expect(long.held()).toBe(0)
  }, 60_000)

  // Mutants: forms that are made for every segment; forms that are never given up.
  it('makes the forms of a setting once where there is room for those of two, and anew where there is not', async () => {
    const base = problemOf(false, false)
    const problem = { ...base, drive: quenches(base, 4) }
    const [roomy, narrow] = [watching(), watching()]
    const kept = await run(problem, {}, { backend: roomy.backend })
    const renewed = await run(problem, { workspace: ROOM_FOR_ONE }, { backend: narrow.backend })
    expect([roomy.asked(), narrow.asked()]).toEqual([2, 2])
    expect(narrow.spent()).toBeGreaterThan(1.2 * roomy.spent())
    expect(largest(kept, renewed)).toBeLessThan(1e-13)
    expect([roomy.held(), narrow.held()]).toEqual([0, 0])
  })

  // Mutant: eigenvectors that the first segment has to pay alone.
  it('is taken where many segments share eigenvectors, none of which is long enough for its own', async () => {
    const base: Problem = {
      ...problemOf(false, false), times: Float64Array.from({ length: 26 }, (_, i) => i),
      initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
    }
    const short = { ...base, times: base.times.subarray(0, 2) }
    const [once, often] = [watching(), watching()]
    const one = await run(short, {}, { backend: once.backend })
    const long = await run({ ...base, drive: quenches(base, 25) }, {}, { backend: often.backend })
    expect([once.asked(), often.asked()]).toEqual([0, 2])
    expect(largest(one, long.slice(0, one.length))).toBeLessThan(AGREEMENT)
  })

  it('hears a signal while it looks for eigenvectors, and goes on to the same numbers', async () => {
    const problem = problemOf(false, true)
    const wanted = await run(problem, {}, { backend: wasmBackend()! })
    for (const patience of [1, 2, 4, 8]) {
      const stop = { aborted: false }
      let breaths = 0
      const stepper = await begin(problem, {}, { backend: wasmBackend()!, breathe: async () => { if (++breaths === patience) stop.aborted = true } })
      const end = problem.times[problem.times.length - 1]!
      for (const segment of constantDrive(problem.energies, Float64Array.of(0.02)).segments(0, end)) orThrow(stepper.enter(segment))
      breaths = 0
      const status = orThrow(await stepper.advance(problem.times[1]!, stop as Cancellation))
      if (status === 'cancelled') expect(stepper.time).toBe(0)
      expect(orThrow(await stepper.advance(problem.times[1]!))).toBe('ok')
      const { populations } = stepper.sample('after')
      populations.forEach((value, i) => expect(Math.abs(value - wanted[1]![i]!)).toBeLessThan(1e-13))
      stepper.dispose()
    }
  })

  it('reports a thread that was lost as an issue', async () => {
    const own = wasmBackend()!
    let left = Infinity
    const failing = <A extends unknown[], R>(work: (...given: A) => R) => (...given: A): R => {
      if (left-- === 0) throw new ThreadLost()
      return work(...given)
    }
    const backend: DenseBackend = { ...own, multiply: failing(own.multiply), multiplyAs: failing(own.multiplyAs!) }
    const problem = problemOf(false, true)
    const prepared = await exact().prepare(problem, { backend }, 1e-10)
    const stepper = orThrow(prepared)
    const end = problem.times[problem.times.length - 1]!
    for (const segment of constantDrive(problem.energies, Float64Array.of(0.02)).segments(0, end)) orThrow(stepper.enter(segment))
    left = 0
    const outcome = await stepper.advance(problem.times[1]!)
    expect(outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : []).toEqual(['integrator-exact/thread-lost'])
    stepper.dispose()
  })
})
