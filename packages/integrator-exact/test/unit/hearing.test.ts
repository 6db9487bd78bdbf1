import { describe, expect, it } from 'vitest'
import { constantDrive, orThrow } from '@mesobath/contracts'
import type { BathModel, BlockReader, Cancellation, DenseBackend, LocalBath, Outcome, Problem, SpectralBath, Stepper } from '@mesobath/contracts'
import { randomMatrixBath, spinChainBath } from '@mesobath/baths'
import { javascriptBackend, localSpectralBounds, wasmBackend } from '@mesobath/kernels'
import { exact } from '@mesobath/integrator-exact'
import type { ExactOptions } from '@mesobath/integrator-exact'
import { localModel } from '../../src/internal/local/local-model.js'
import { openLocalShop } from '../../src/internal/local/local-shop.js'
import type { LocalShop } from '../../src/internal/local/local-shop.js'
import { attachment, matrix, smallBath } from '../oracles/small-baths.js'

// How soon a signal is heard is counted in operations and not in seconds: a machine may be slow.

/** Real operations between two hearings at most: 25 ms of WebAssembly on one thread. */
const MOST = 6e8
/** The same where columns are moved, in parts that are smaller. */
const MOST_OF_SERIES = 3e8

const X = matrix([[0, 1], [1, 0]])

const problemOf = (sizes: readonly [number, number], outputs: number): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attachment(smallBath({ seed: 3, sizes: [...sizes], centres: [0, 1], width: 0.5 }), 0.005, [X])],
  initial: { kind: 'product', system: matrix([[0, 0], [0, 1]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: outputs }, (_, i) => i), drive: null,
})

/** Runs a problem to its end and counts the operations of products between two moments at which the signal is heard. */
const count = async (problem: Problem, options: ExactOptions, own: DenseBackend): Promise<{ readonly most: number; readonly all: number }> => {
  let since = 0
  let most = 0
  let all = 0
  let breathed = false
  const add = (operations: number): void => {
    since += operations
    all += operations
    most = Math.max(most, since)
  }
  const signal: Cancellation = {
    get aborted() {
      // What is read before others could run tells nothing new.
      if (breathed) since = 0
      breathed = false
      return false
    },
  }
  // Without eigenvectors of its own, all products are seen.
  const backend: DenseBackend = {
    id: own.id, threads: 1, reproducible: true,
    allocate: (...given) => own.allocate(...given), release: (planes) => { own.release(planes) },
    multiply: (a, b, m, k, n, out, accumulate, breathe) => {
      add(8 * m * k * n)
      return own.multiply(a, b, m, k, n, out, accumulate, breathe)
    },
    multiplyAs: (form, a, b, m, k, n, out, accumulate, breathe) => {
      add((form.hermitian ? 4 : 8) * m * k * n)
      return own.multiplyAs!(form, a, b, m, k, n, out, accumulate, breathe)
    },
  }
  const host = { backend, breathe: async () => { breathed = true } }
  const stepper = orThrow(await exact(options).prepare(problem, host, 1e-8, signal))
  const end = problem.times[problem.times.length - 1]!
  for (const segment of constantDrive(problem.energies, Float64Array.of(0.005)).segments(0, end)) orThrow(stepper.enter(segment))
  for (const time of problem.times.subarray(1)) expect(orThrow(await stepper.advance(time, signal))).toBe('ok')
  stepper.dispose()
  return { most, all }
}

describe('a signal is heard', () => {
  // Mutants: products of the forms in one piece; a preparation, or mutual information within it, without the signal.
  it('every few tens of milliseconds of WebAssembly, in the eigenbasis and while mutual information is measured', async () => {
    const { most, all } = await count(problemOf([240, 320], 60), { mutualInformation: { every: 30 } }, wasmBackend()!)
    expect(all).toBeGreaterThan(5 * MOST)
    expect(most).toBeLessThan(MOST)
  })

  it('every few tens of milliseconds of WebAssembly, on the way by a series and of random vectors', async () => {
    for (const options of [{ workspace: 8e6 }, { sampling: { vectors: 100, seed: 1 } }]) {
      const { most, all } = await count(problemOf([200, 260], 12), options, wasmBackend()!)
      expect(all).toBeGreaterThan(5 * MOST_OF_SERIES)
      expect(most).toBeLessThan(MOST_OF_SERIES)
    }
  })

  // Mutants: the reading after a step without the signal; a state that has moved on where the reading was cancelled.
  it('up to the last products of a step, whose time and state agree and which is taken up again to the same bits', async () => {
    // One output far away is reached by a series whose moments nobody needs.
    const problem: Problem = { ...problemOf([160, 200], 2), times: Float64Array.of(0, 80) }
    const { multiplyAs: _, diagonalise: __, ...own } = wasmBackend()!
    let products = 0
    // Those of H with all columns; the rest are sums over a few blocks.
    const backend: DenseBackend = {
      ...own,
      multiply: (a, b, m, k, n, ...given) => {
        if (8 * m * k * n > 1e7) products++
        return own.multiply(a, b, m, k, n, ...given)
      },
    }
    const run = async (last: number): Promise<{ readonly heard: readonly number[]; readonly made: number; readonly populations: readonly number[] }> => {
      const heard: number[] = []
      const stepper = orThrow(await exact().prepare(problem, { backend, breathe: async () => undefined }, 1e-8))
      for (const segment of constantDrive(problem.energies, Float64Array.of(0.005)).segments(0, 80)) orThrow(stepper.enter(segment))
      products = 0
      const status = orThrow(await stepper.advance(80, { get aborted() { heard.push(products); return heard.length > last } }))
      const made = products
      if (last < Infinity) {
        expect(status).toBe('cancelled')
        expect(stepper.time).toBe(0)
        expect(orThrow(await stepper.advance(80))).toBe('ok')
        expect(products - made).toBeGreaterThanOrEqual(made)
      }
      const populations = Array.from(stepper.sample('after').populations)
      stepper.dispose()
      return { heard, made, populations }
    }
    const whole = await run(Infinity)
    expect(whole.heard.at(-1)).toBeGreaterThanOrEqual(whole.made - 1)
    for (const last of [whole.heard.length - 1, Math.floor(whole.heard.length / 2)]) expect((await run(last)).populations).toEqual(whole.populations)
  })

  it('while a run is being prepared, which then is not prepared', async () => {
    const problem = problemOf([40, 50], 10)
    for (const options of [{}, { mutualInformation: true }, { sampling: { targetError: 0.01 } }]) {
      for (const backend of [wasmBackend()!, javascriptBackend()]) {
        let held = 0
        const counting: DenseBackend = {
          ...backend,
          allocate: (...given) => { held++; return backend.allocate(...given) },
          release: (planes) => { held--; backend.release(planes) },
        }
        const found = await exact(options).prepare(problem, { backend: counting }, 1e-8, { aborted: true })
        if (found._tag === 'Right') found.right.dispose()
        else expect(found.left.map(({ code }) => code)).toEqual(['integrator-exact/cancelled'])
        expect(held).toBe(0)
      }
    }
    // An even start is read without a product; this one is not.
    const uneven: Problem = { ...problemOf([240, 320], 10), initial: { kind: 'product', system: matrix([[0.5, 0.5], [0.5, 0.5]]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] } }
    const large = await exact().prepare(uneven, { backend: wasmBackend()! }, 1e-8, { aborted: true })
    expect(large._tag === 'Left' ? large.left.map(({ code }) => code) : []).toEqual(['integrator-exact/cancelled'])
  })

  // Mutants: a block read in one piece; parts without a breath in between; room that is kept when the signal was heard.
  it('between the parts of a large block that a bath draws', async () => {
    const own = orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 300 }, { energy: 1, volume: 400 }], windowWidth: 0.5, spectrum: 'regular', deviation: 1, seed: 2 }))
    const realised = orThrow(own.can.microscopic!()) as SpectralBath
    let parts = 0
    let breaths = 0
    const inParts: BlockReader['inParts'] = (...given) => {
      const next = realised.block.inParts!(...given)
      return next === null ? null : () => {
        // Whoever draws a part has breathed since the one before.
        expect(breaths).toBeGreaterThanOrEqual(parts)
        parts++
        return next()
      }
    }
    const block: BlockReader = Object.assign((): boolean => { throw new Error('read as a whole') }, { inParts })
    const bath: BathModel = { ...own, can: { ...own.can, microscopic: () => ({ _tag: 'Right', right: { ...realised, block } }) } }
    const problem: Problem = { ...problemOf([1, 1], 10), baths: [{ label: 'bath', bath, strength: 0.005, systemCouplings: [X] }] }
    const backend = wasmBackend()!
    let held = 0
    const counting: DenseBackend = {
      ...backend,
      allocate: (...given) => { held++; return backend.allocate(...given) },
      release: (planes) => { held--; backend.release(planes) },
    }
    const prepare = async (last: number): Promise<Outcome<Stepper>> => {
      parts = 0
      breaths = 0
      const host = { backend: counting, breathe: async () => { breaths++ } }
      return exact({ workspace: 8e6 }).prepare(problem, host, 1e-8, { get aborted() { return breaths >= last } })
    }
    orThrow(await prepare(Infinity)).dispose()
    const all = parts
    expect(all).toBeGreaterThan(3)
    const stopped = await prepare(2)
    expect(stopped._tag === 'Left' ? stopped.left.map(({ code }) => code) : []).toEqual(['integrator-exact/cancelled'])
    expect(parts).toBe(2)
    expect(held).toBe(0)
  })

  // Mutants: blocks read anew after an estimate; what was looked up kept for another run, by whose time its bath may be another.
  it('sooner, for blocks that no ensemble tells of are read once for an estimate and the run that follows', async () => {
    const { bath } = smallBath({ seed: 3, sizes: [30, 40], centres: [0, 1], width: 0.5 })
    const realised = orThrow(bath.can.microscopic!()) as SpectralBath
    let read = 0
    const block: BlockReader = (...given) => { read++; return realised.block(...given) }
    const problem: Problem = {
      ...problemOf([1, 1], 2),
      baths: [{ label: 'bath', bath: { ...bath, can: { microscopic: () => ({ _tag: 'Right', right: { ...realised, block } }) } }, strength: 0.005, systemCouplings: [X] }],
    }
    const algorithm = exact()
    const counted = async (estimated: boolean): Promise<number> => {
      read = 0
      if (estimated) orThrow(algorithm.estimate(problem, {}))
      orThrow(await algorithm.prepare(problem, {}, 1e-8)).dispose()
      return read
    }
    const alone = await counted(false)
    expect(await counted(true)).toBe(alone)
    // What was looked up is for one run.
    expect(await counted(false)).toBe(alone)
  })

  // Mutants: bounds in one go; a breath that nobody listens to.
  it('between the products that bound the spectrum of a bath of local terms', async () => {
    const bath = orThrow(spinChainBath({ spins: 4, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 40, vectors: 1 }))
    const local = orThrow(bath.can.microscopic!()) as LocalBath
    const { filter: _, ...whole } = local
    const problem: Problem = { ...problemOf([1, 1], 2), baths: [{ label: 'chain', bath, strength: 0.1, systemCouplings: [X] }] }
    const open = async (last: number): Promise<{ readonly breaths: number; readonly shop: LocalShop | null }> => {
      let breaths = 0
      const shop = await openLocalShop(orThrow(localModel(problem, [whole])), 1, false, { due: () => true, breathe: async () => ++breaths <= last })
      return { breaths, shop }
    }
    const { breaths, shop } = await open(Infinity)
    expect(breaths).toBeGreaterThan(3)
    expect(shop?.bounds).toEqual([localSpectralBounds(shop!.workspace, 0, [2, 3, 4])])
    expect(await open(2)).toEqual({ breaths: 3, shop: null })
  })

  it('while mutual information is measured', async () => {
    const problem = problemOf([40, 50], 10)
    const prepare = async (options: ExactOptions, last: number): Promise<{ readonly asked: number; readonly done: boolean }> => {
      let asked = 0
      const found = await exact(options).prepare(problem, {}, 1e-8, { get aborted() { return ++asked > last } })
      if (found._tag === 'Right') found.right.dispose()
      return { asked, done: found._tag === 'Right' }
    }
    const { asked } = await prepare({}, Infinity)
    expect((await prepare({}, asked)).done).toBe(true)
    expect((await prepare({ mutualInformation: true }, Infinity)).done).toBe(true)
    expect((await prepare({ mutualInformation: true }, asked)).done).toBe(false)
  })
})
