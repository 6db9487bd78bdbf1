// Smooth drives and several baths of local terms, against whole matrices.
import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { diagonaliseBath, localTermsBath, spinChainBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { BathModel, ComplexMatrix, Drive, LocalBath, LocalTerm, Problem, Segment, Stepper, Trajectory } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { denseTerms } from '../../../kernels/test/oracles/kronecker.js'
import { localEvolution } from '../../src/internal/local/local-evolution.js'
import { localModel } from '../../src/internal/local/local-model.js'
import { localMeter } from '../../src/internal/local/local-reading.js'
import type { LocalReading } from '../../src/internal/local/local-reading.js'
import { openLocalShop } from '../../src/internal/local/local-shop.js'
import type { LocalShop } from '../../src/internal/local/local-shop.js'
import { smoothEvolution } from '../../src/internal/local/local-taylor.js'
import { makePace } from '../../src/internal/pace.js'
import { dagger, diagonal, kron, plus, propagator, scaled, times as product, zero } from '../oracles/dense-evolution.js'
import type { Complex } from '../oracles/dense-evolution.js'
import { movingPropagator } from '../oracles/driven-evolution.js'
import { toDense } from '../oracles/small-baths.js'
import { softWindows } from '../oracles/soft-windows.js'

const X = complexMatrix(2, 2, [0, 1, 1, 0])
const Y = complexMatrix(2, 2, [0, 0, 0, 0], [0, -1, 1, 0])
const EXCITED = complexMatrix(2, 2, [0, 0, 0, 1])
const GENERIC = complexMatrix(2, 2, [0.3, 0.5, 0.5, -0.7], [0, -0.4, 0.4, 0])

/** A chain whose terms have imaginary parts, of two couplings. */
const small = (sites: number, tilt: number, windowWidth: number): { bath: BathModel; local: LocalBath; filter: Parameters<typeof softWindows>[3]; hamiltonian: Complex; couplings: Complex[] } => {
  const bond = complexMatrix(4, 4, [1, 0, 0, 0, 0, -1, 0.6, 0, 0, 0.6, -1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0.4, 0, 0, -0.4, 0, 0, 0, 0, 0, 0])
  const terms: LocalTerm[] = [
    ...Array.from({ length: sites - 1 }, (_, site) => ({ sites: [site, site + 1], operator: bond })),
    ...Array.from({ length: sites }, (_, site) => ({ sites: [site], operator: complexMatrix(2, 2, [tilt, 1.05, 1.05, -tilt]) })),
  ]
  const couplings = [[{ sites: [0], operator: X }], [{ sites: [1], operator: Y }, { sites: [0], operator: complexMatrix(2, 2, [0.2, 0, 0, -0.2]) }]]
  const bath = orThrow(localTermsBath({ sites, terms, couplings, windowWidth, edge: 0.1 }))
  const sizes = new Array<number>(sites).fill(2)
  return {
    bath, local: orThrow(bath.can.microscopic!()) as LocalBath, filter: bath.report.filter,
    hamiltonian: denseTerms(sizes, terms), couplings: couplings.map((each) => denseTerms(sizes, each)),
  }
}

const ones = (n: number): Complex => diagonal(new Array<number>(n).fill(1))
const left = small(2, 0.5, 2.5)
const right = small(3, -0.3, 3)
const systemCouplings: readonly (readonly ComplexMatrix[])[] = [[GENERIC, X], [Y, GENERIC]]
const [N1, N2] = [4, 8]
const STATES = N1 * N2
const h1 = kron(ones(2), kron(left.hamiltonian, ones(N2)))
const h2 = kron(ones(2), kron(ones(N1), right.hamiltonian))
const v1 = left.couplings.reduce((sum, b, at) => plus(sum, kron(toDense(systemCouplings[0][at]), kron(b, ones(N2)))), zero(2 * STATES, 2 * STATES))
const v2 = right.couplings.reduce((sum, b, at) => plus(sum, kron(toDense(systemCouplings[1][at]), kron(ones(N1), b))), zero(2 * STATES, 2 * STATES))
const projector = (k: number): Complex => diagonal(Array.from({ length: 2 * STATES }, (_, i) => Number(Math.floor(i / STATES) === k)))

const attached = (at: number, each: { bath: BathModel }, label: string): Problem['baths'][number] =>
  ({ label, bath: each.bath, strength: 0.4, systemCouplings: systemCouplings[at] })
const two: Problem = {
  energies: Float64Array.of(0, 1.5), baths: [attached(0, left, 'left'), attached(1, right, 'right')],
  initial: { kind: 'conditional', states: { re: new Float64Array(0), im: null }, memoryStart: 0 }, times: Float64Array.of(0, 1), drive: null,
}

const start: Complex = { re: Matrix.zeros(2 * STATES, 1), im: Matrix.zeros(2 * STATES, 1) }
for (let i = 0; i < 2 * STATES; i += 1) {
  start.re.set(i, 0, Math.sin(3 + i * i))
  start.im.set(i, 0, Math.cos(5 * i))
}
const size = Math.sqrt(start.re.norm() ** 2 + start.im.norm() ** 2)
start.re.div(size)
start.im.div(size)

const put = (shop: LocalShop, state: Complex): void => {
  const { states, dimension } = shop.model
  for (let k = 0; k < dimension; k += 1) {
    for (let i = 0; i < states; i += 1) {
      shop.workspace.vector(k).re[i] = state.re.get(k * states + i, 0)
      shop.workspace.vector(k).im[i] = state.im.get(k * states + i, 0)
    }
  }
}
const mean = (state: Complex, h: Complex): number => product(dagger(state), product(h, state)).re.get(0, 0)
const part = (state: Complex, k: number): Complex => ({
  re: state.re.subMatrix(k * STATES, (k + 1) * STATES - 1, 0, 0), im: state.im.subMatrix(k * STATES, (k + 1) * STATES - 1, 0, 0),
})

interface Protocol { readonly energies: (t: number) => readonly number[]; readonly strengths: (t: number) => readonly number[] }
const segmentOf = (from: number, to: number, { energies, strengths }: Protocol, constant = false): Segment => ({
  from, to, constant, energies: (time, out) => { out.set(energies(time)) }, strengths: (time, out) => { out.set(strengths(time)) },
})
const wholeAt = ({ energies, strengths }: Protocol, t: number): Complex =>
  [h1, h2, scaled(v1, strengths(t)[0]), scaled(v2, strengths(t)[1]), ...[0, 1].map((k) => scaled(projector(k), energies(t)[k]))].reduce(plus)
const dense = ({ energies, strengths }: Protocol, from: number, to: number): Complex => movingPropagator([
  { matrix: plus(h1, h2), factor: () => 1 }, { matrix: v1, factor: (t) => strengths(t)[0] }, { matrix: v2, factor: (t) => strengths(t)[1] },
  ...[0, 1].map((k) => ({ matrix: projector(k), factor: (t: number) => energies(t)[k] })),
], from, to, Math.ceil(400 * Math.abs(to - from)))

const protocol: Protocol = {
  energies: (t) => [0.2 * Math.cos(2.1 * t), 1.5 + 0.7 * Math.sin(3 * t)],
  strengths: (t) => [0.4 + 0.2 * Math.sin(1.7 * t), 0.3 - 0.15 * t],
}
const moved = dense(protocol, 0, 1.2)
const openTwo = async (): Promise<LocalShop> => (await openLocalShop(orThrow(localModel(two, [left.local, right.local])), 1, true, makePace({})))!
const readingOf = async (shop: LocalShop): Promise<LocalReading> => {
  const meter = localMeter(shop, 1)
  expect(await meter.read(makePace({}))).toBe(true)
  return meter.reading
}

describe('a system and two chains, from one pure vector', () => {
  const first = softWindows(left.hamiltonian, left.bath.windows.energies, 2.5, left.filter)
  const second = softWindows(right.hamiltonian, right.bath.windows.energies, 3, right.filter)

  it('are read by the windows of each: p(ε_k, E₁, E₂), ρ_S, rates and energies as the whole matrices say, to 1e-10', async () => {
    const shop = await openTwo()
    put(shop, start)
    expect(await localEvolution(shop, 1e-14).move(0, 1.3, { energies: Float64Array.of(0, 1.5), strengths: Float64Array.of(0.4, -0.3) }, makePace({}))).toBe(true)
    const still: Protocol = { energies: () => [0, 1.5], strengths: () => [0.4, -0.3] }
    const state = product(propagator(wholeAt(still, 0))(1.3), start)
    const { populations, unitRates, re, im, norm, bathEnergies, unitInteractions } = await readingOf(shop)
    const flows = [v1, v2].map((v) => product(v, state))
    expect(first.length * second.length).toBe(populations.length / 2)
    first.forEach((f1, at1) => second.forEach((f2, at2) => {
      const window = at1 * second.length + at2
      const f = kron(f1, f2)
      for (const k of [0, 1]) {
        for (const q of [0, 1]) {
          const value = product(dagger(part(state, q)), product(f, part(state, k)))
          expect(Math.abs(re[(window * 2 + k) * 2 + q] - value.re.get(0, 0))).toBeLessThan(1e-10)
          expect(Math.abs(im[(window * 2 + k) * 2 + q] - value.im.get(0, 0))).toBeLessThan(1e-10)
        }
        const node = k * first.length * second.length + window
        expect(populations[node]).toBe(re[(window * 2 + k) * 2 + k])
        flows.forEach((flow, bath) => {
          expect(Math.abs(unitRates[bath][node] - 2 * product(dagger(part(state, k)), product(f, part(flow, k))).im.get(0, 0))).toBeLessThan(1e-10)
        })
      }
    }))
    expect(Math.abs(norm - 1)).toBeLessThan(1e-12)
    ;[h1, h2].forEach((h, at) => { expect(Math.abs(bathEnergies[at] - mean(state, h))).toBeLessThan(1e-10) })
    ;[v1, v2].forEach((v, at) => { expect(Math.abs(unitInteractions[at] - mean(state, v))).toBeLessThan(1e-10) })
  })

  it('give the same, permuted, when the baths are relabelled', async () => {
    const swapped: Problem = { ...two, baths: [two.baths[1], two.baths[0]] }
    const turned: Complex = { re: Matrix.zeros(2 * STATES, 1), im: Matrix.zeros(2 * STATES, 1) }
    for (let i = 0; i < 2 * STATES; i += 1) {
      const [k, a, b] = [Math.floor(i / STATES), Math.floor(i / N2) % N1, i % N2]
      turned.re.set(k * STATES + b * N1 + a, 0, start.re.get(i, 0))
      turned.im.set(k * STATES + b * N1 + a, 0, start.im.get(i, 0))
    }
    const [shop, other] = [await openTwo(), (await openLocalShop(orThrow(localModel(swapped, [right.local, left.local])), 1, false, makePace({})))!]
    put(shop, start)
    put(other, turned)
    await localEvolution(shop, 1e-14).move(0, 2, { energies: Float64Array.of(0, 1.5), strengths: Float64Array.of(0.4, -0.3) }, makePace({}))
    await localEvolution(other, 1e-14).move(0, 2, { energies: Float64Array.of(0, 1.5), strengths: Float64Array.of(-0.3, 0.4) }, makePace({}))
    const [a, b] = [await readingOf(shop), await readingOf(other)]
    const joint = first.length * second.length
    for (const k of [0, 1]) {
      first.forEach((_f, at1) => second.forEach((_g, at2) => {
        const [here, there] = [k * joint + at1 * second.length + at2, k * joint + at2 * first.length + at1]
        expect(Math.abs(a.populations[here] - b.populations[there])).toBeLessThan(1e-12)
        for (const bath of [0, 1]) expect(Math.abs(a.unitRates[bath][here] - b.unitRates[1 - bath][there])).toBeLessThan(1e-12)
      }))
    }
  })

  it('leave no trace of a bath with λ = 0', async () => {
    const one: Problem = { ...two, baths: [two.baths[0]] }
    const alone = (await openLocalShop(orThrow(localModel(one, [left.local])), 1, false, makePace({})))!
    const psi: Complex = { re: Matrix.zeros(2 * N1, 1), im: Matrix.zeros(2 * N1, 1) }
    const joint: Complex = { re: Matrix.zeros(2 * STATES, 1), im: Matrix.zeros(2 * STATES, 1) }
    for (let i = 0; i < 2 * N1; i += 1) {
      psi.re.set(i, 0, Math.sin(i + 1))
      psi.im.set(i, 0, Math.cos(i * i))
      // Beside it the second bath, in a state of norm 1.
      for (let b = 0; b < N2; b += 1) {
        joint.re.set(i * N2 + b, 0, psi.re.get(i, 0) * Math.sqrt((1 + b) / 36))
        joint.im.set(i * N2 + b, 0, psi.im.get(i, 0) * Math.sqrt((1 + b) / 36))
      }
    }
    put(alone, psi)
    const shop = await openTwo()
    put(shop, joint)
    await localEvolution(alone, 1e-14).move(0, 3, { energies: Float64Array.of(0, 1.5), strengths: Float64Array.of(0.4) }, makePace({}))
    await localEvolution(shop, 1e-14).move(0, 3, { energies: Float64Array.of(0, 1.5), strengths: Float64Array.of(0.4, 0) }, makePace({}))
    const [a, b] = [await readingOf(alone), await readingOf(shop)]
    for (let node = 0; node < a.populations.length; node += 1) {
      let sum = 0
      for (let at = 0; at < second.length; at += 1) sum += b.populations[node * second.length + at]
      // Windows that touch add up to one as far as their series go, 1e-6.
      expect(Math.abs(sum - a.populations[node])).toBeLessThan(3e-6 * a.norm)
    }
    expect(Math.abs(a.norm - b.norm)).toBeLessThan(1e-11)
    expect(Math.abs(a.bathEnergies[0] - b.bathEnergies[0])).toBeLessThan(1e-11 * a.norm)
    expect(Math.abs(a.unitInteractions[0] - b.unitInteractions[0])).toBeLessThan(1e-11 * a.norm)
  })

  it('move along smooth ε_k(t) and both λ_ν(t) as a dense Runge-Kutta integration, to the rate of error asked for; work is the energy gained', async () => {
    const state = product(moved, start)
    const gained = mean(state, wholeAt(protocol, 1.2)) - mean(start, wholeAt(protocol, 0))
    expect(Math.abs(gained)).toBeGreaterThan(0.1)
    for (const rate of [1e-3, 1e-6, 1e-9]) {
      const shop = await openTwo()
      put(shop, start)
      const books = { times: new Float64Array(1), work: new Float64Array(1) }
      expect(await smoothEvolution(shop, rate).move(0, segmentOf(0, 1.2, protocol), 1.2, books, makePace({}))).toBe('ok')
      expect(books.times[0]).toBe(1.2)
      let off = 0
      const overlap = [0, 0]
      const found: Complex = { re: Matrix.zeros(2 * STATES, 1), im: Matrix.zeros(2 * STATES, 1) }
      for (let i = 0; i < 2 * STATES; i += 1) {
        const { re, im } = shop.workspace.vector(Math.floor(i / STATES))
        found.re.set(i, 0, re[i % STATES])
        found.im.set(i, 0, im[i % STATES])
        overlap[0] += state.re.get(i, 0) * re[i % STATES] + state.im.get(i, 0) * im[i % STATES]
        overlap[1] += state.re.get(i, 0) * im[i % STATES] - state.im.get(i, 0) * re[i % STATES]
      }
      // A phase of the whole is free.
      const phase = Math.hypot(overlap[0], overlap[1])
      for (let i = 0; i < 2 * STATES; i += 1) {
        const turnedRe = (state.re.get(i, 0) * overlap[0] - state.im.get(i, 0) * overlap[1]) / phase
        const turnedIm = (state.re.get(i, 0) * overlap[1] + state.im.get(i, 0) * overlap[0]) / phase
        off += (found.re.get(i, 0) - turnedRe) ** 2 + (found.im.get(i, 0) - turnedIm) ** 2
      }
      expect(Math.sqrt(off)).toBeLessThan(2 * rate * 1.2)
      expect(Math.abs(books.work[0] - gained)).toBeLessThan(20 * rate * 1.2)
      // The energy of the state itself and the integral agree: two ways to the same number.
      expect(Math.abs(mean(found, wholeAt(protocol, 1.2)) - mean(start, wholeAt(protocol, 0)) - books.work[0])).toBeLessThan(20 * rate * 1.2)
    }
  })

  it('spend products as a method of no fixed order does: 10⁶ times the accuracy takes about twice as many', async () => {
    const productsFor = async (rate: number): Promise<number> => {
      const shop = await openTwo()
      put(shop, start)
      let count = 0
      const { apply } = shop.workspace
      const counted: LocalShop = { ...shop, workspace: { ...shop.workspace, apply: (...given) => { count += given[0] === 0 ? 1 : 0; apply(...given) } } }
      await smoothEvolution(counted, rate).move(0, segmentOf(0, 6, protocol), 6, { times: new Float64Array(1), work: new Float64Array(1) }, makePace({}))
      return count
    }
    const ratio = (await productsFor(1e-10)) / (await productsFor(1e-4))
    // Order 4 would take 30 times as many, order 10 four times.
    expect(ratio).toBeGreaterThan(1.2)
    expect(ratio).toBeLessThan(2.5)
  })

  it('come back where they were when time runs backwards, the work undone', async () => {
    const shop = await openTwo()
    put(shop, start)
    const evolution = smoothEvolution(shop, 1e-10)
    const books = { times: new Float64Array(1), work: new Float64Array(1) }
    await evolution.move(0, segmentOf(0, 1.2, protocol), 1.2, books, makePace({}))
    expect(Math.abs(books.work[0])).toBeGreaterThan(0.1)
    await evolution.move(0, segmentOf(0, 1.2, protocol), 0, books, makePace({}))
    expect(books.times[0]).toBe(0)
    expect(Math.abs(books.work[0])).toBeLessThan(1e-8)
    const back = await readingOf(shop)
    put(shop, start)
    const first0 = await readingOf(shop)
    back.populations.forEach((p, at) => { expect(Math.abs(p - first0.populations[at])).toBeLessThan(1e-9) })
  })
})

const chain = { bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: 'x' as const }] }
const all = { kind: 'windows', probabilities: Float64Array.of(1) } as const
const driveOf = (...segments: Segment[]): Drive => ({ recipe: null, segments: () => segments })
const driven = (bath: BathModel, drive: Drive, times: readonly number[]): Problem => ({
  energies: Float64Array.of(0, 4), baths: [{ label: 'chain', bath, strength: 0.4, systemCouplings: [X] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0.3, 0.1, 0.1, 0.7], [0, 0.2, -0.2, 0]), baths: [all] }, times: Float64Array.from(times), drive,
})
const single: Protocol = { energies: (t) => [0.1 * Math.cos(2 * t), 4 + Math.sin(1.5 * t)], strengths: (t) => [0.4 - 0.05 * t] }
const six = orThrow(spinChainBath({ ...chain, spins: 6, windowWidth: 60, edge: 0.2, vectors: 1 }))

describe('runs along smooth drives of a chain', () => {
  it('[Eq. 47] close their books to the tolerance, through a quench and a constant stretch', async () => {
    const segments = [segmentOf(0, 2, single), segmentOf(2, 3, { energies: () => [0, 3], strengths: () => [0.5] }, true), segmentOf(3, 4, single)]
    for (const tolerance of [1e-6, 1e-10]) {
      const run = orThrow(await solve(driven(six, driveOf(...segments), [0, 0.7, 2, 2.4, 3, 4]), exact({ sampling: { vectors: 2, seed: 1 } }), { tolerance }))
      const { energy, work, norm } = run.scalars
      expect(run.status).toBe('ok')
      expect(Math.abs(work.at(-1)!)).toBeGreaterThan(0.05)
      energy.forEach((value, row) => { expect(Math.abs(value - energy[0] - (work[row] - work[0]))).toBeLessThan(10 * tolerance) })
      norm.forEach((value) => { expect(Math.abs(value - 1)).toBeLessThan(tolerance) })
      expect(run.validity.map(({ code, verdict }) => [code, verdict])).toContainEqual(['integrator-exact/energy-drift', 'trust'])
    }
  })

  it('close them too where p_k turns as fast as the whole can', async () => {
    const strong: Protocol = { energies: (t) => [0, 1 + 0.5 * t], strengths: () => [30] }
    const pair = orThrow(spinChainBath({ ...chain, spins: 2, windowWidth: 30, edge: 0.2, vectors: 1 }))
    const run = orThrow(await solve(driven(pair, driveOf(segmentOf(0, 2, strong)), [0, 2]), exact({ sampling: { vectors: 1, seed: 1 } }), { tolerance: 1e-10 }))
    const { energy, work } = run.scalars
    expect(Math.abs(work[1])).toBeGreaterThan(0.05)
    expect(Math.abs(energy[1] - energy[0] - work[1])).toBeLessThan(1e-9)
  })

  it('land on outputs and stops exactly, and these change nothing beyond the tolerance', async () => {
    const runOf = async (times: readonly number[], ...segments: Segment[]): Promise<Trajectory> =>
      orThrow(await solve(driven(six, driveOf(...segments), times), exact({ sampling: { vectors: 1, seed: 1 } }), { tolerance: 1e-8 }))
    const plain = await runOf([0, 3], segmentOf(0, 3, single))
    const crowded = await runOf([0, 0.1, 0.1001, 0.5, 1.7, 3], segmentOf(0, 3, single))
    const cut = await runOf([0, 3], segmentOf(0, 1.2345, single), segmentOf(1.2345, 3, single))
    for (const other of [crowded, cut]) {
      expect(other.times.at(-1)).toBe(3)
      for (const k of [0, 1]) expect(Math.abs(other.populations!.at(-1 - k)! - plain.populations!.at(-1 - k)!)).toBeLessThan(1e-8)
      expect(Math.abs(other.scalars['work'].at(-1)! - plain.scalars['work'].at(-1)!)).toBeLessThan(1e-7)
    }
  })

  const FAULTS = [(t: number) => (t < 0.7312 ? 4 : 5), (t: number) => (t < 0.7312 ? 4 : Number.NaN)]

  it('are refused before they begin where there is a jump that is not declared, or the drive is not a number', async () => {
    for (const energy of FAULTS) {
      const segment = segmentOf(0, 2, { energies: (t) => [0, energy(t)], strengths: () => [0.4] })
      const refused = await exact().prepare(driven(six, driveOf(segment), [0, 2]), {}, 1e-8)
      expect(refused._tag === 'Left' ? refused.left.map(({ code }) => code) : []).toEqual(['integrator-exact/drive'])
    }
  })

  it('say that they did not converge where such a thing is met on the way', async () => {
    for (const energy of FAULTS) {
      const segment = segmentOf(0, 2, { energies: (t) => [0, energy(t), ], strengths: () => [0.4, 0] })
      const shop = await openTwo()
      put(shop, { re: Matrix.ones(2 * STATES, 1), im: Matrix.zeros(2 * STATES, 1) })
      const books = { times: new Float64Array(shop.columns), work: new Float64Array(shop.columns) }
      expect(await smoothEvolution(shop, 1e-8).move(0, segment, 2, books, makePace({}))).toBe('not-converged')
      expect(books.times[0]).toBeLessThan(0.7313)
    }
  })

  it('have the power ε̇ p of the moment, whose integral is the work', async () => {
    const segment = segmentOf(0, 3, { energies: (t) => [0, 4 + 0.3 * Math.sin(2 * t)], strengths: () => [0.4] })
    const times = Array.from({ length: 61 }, (_, i) => i / 20)
    const run = orThrow(await solve(driven(six, driveOf(segment), times), exact({ sampling: { vectors: 1, seed: 1 } }), { tolerance: 1e-8 }))
    const windows = run.populations!.length / (times.length * 2)
    let integral = 0
    times.forEach((time, at) => {
      let upper = 0
      for (let window = 0; window < windows; window += 1) upper += run.populations![(at * 2 + 1) * windows + window]!
      expect(Math.abs(run.scalars['power']![at]! - 0.6 * Math.cos(2 * time) * upper)).toBeLessThan(1e-10)
      // Simpson.
      integral += ((at === 0 || at === 60 ? 1 : at % 2 === 1 ? 4 : 2) / 60) * run.scalars['power']![at]!
    })
    expect(Math.abs(run.scalars['work']!.at(-1)!)).toBeGreaterThan(1e-3)
    expect(Math.abs(integral - run.scalars['work']!.at(-1)!)).toBeLessThan(1e-5)
  })

  it('keep their place when cancelled, and go on to the same end', async () => {
    const long = orThrow(spinChainBath({ ...chain, spins: 11, windowWidth: 80, edge: 0.2, vectors: 1 }))
    const segment = segmentOf(0, 4, single)
    let breaths = 0
    const stepperOf = async (): Promise<Stepper> => {
      const made = orThrow(await exact({ sampling: { vectors: 2, seed: 3 } }).prepare(driven(long, driveOf(segment), [0, 4]), { breathe: async () => { breaths += 1 } }, 1e-8))
      orThrow(made.enter(segment))
      return made
    }
    const whole = await stepperOf()
    breaths = 0
    expect(orThrow(await whole.advance(4))).toBe('ok')
    const every = breaths
    expect(every).toBeGreaterThan(3)
    for (const after of [0, every >> 1, every - 2]) {
      const stepper = await stepperOf()
      breaths = 0
      expect(orThrow(await stepper.advance(4, { get aborted() { return breaths > after } }))).toBe('cancelled')
      expect(stepper.time).toBe(0)
      expect(stepper.sample('after').scalars['work']).toBe(0)
      expect(orThrow(await stepper.advance(2))).toBe('ok')
      expect(orThrow(await stepper.advance(4))).toBe('ok')
      const [a, b] = [whole.sample('after'), stepper.sample('after')]
      a.populations.forEach((p, at) => { expect(Math.abs(p - b.populations[at])).toBeLessThan(1e-8) })
      expect(Math.abs(a.scalars['work'] - b.scalars['work'])).toBeLessThan(1e-7)
    }
  })

  it('have populations whose rates are their slopes, as heat needs them', async () => {
    const bath = orThrow(spinChainBath({ ...chain, spins: 6, windowWidth: 5, edge: 0.1, vectors: 1 }))
    const middle = { kind: 'windows', probabilities: bath.windows.energies.map((energy) => (energy === 0 ? 1 : 0)) } as const
    const problem: Problem = { ...driven(bath, driveOf(segmentOf(0, 2, single)), [0, 2]), initial: { kind: 'product', system: EXCITED, baths: [middle] } }
    const stepper = orThrow(await exact({ sampling: { vectors: 1, seed: 1 } }).prepare(problem, {}, 1e-11))
    orThrow(stepper.enter(segmentOf(0, 2, single)))
    const rows: { p: Float64Array; rates: Float64Array }[] = []
    const h = 0.002
    for (const time of [1 - h, 1, 1 + h]) {
      expect(orThrow(await stepper.advance(time))).toBe('ok')
      const { populations, populationRates } = stepper.sample('after')
      rows.push({ p: Float64Array.from(populations), rates: Float64Array.from(populationRates!) })
    }
    expect(Math.max(...rows[1].rates)).toBeGreaterThan(0.01)
    rows[1].rates.forEach((rate, node) => { expect(Math.abs(rate - (rows[2].p[node] - rows[0].p[node]) / (2 * h))).toBeLessThan(1e-4) })
  })
})

describe('random vectors for the mixtures of two chains', () => {
  it('agree with levels from windows, thermal and correlated starts, to the error bar and what leaks over the edges', async () => {
    const chains = [
      orThrow(spinChainBath({ ...chain, spins: 4, windowWidth: 4, edge: 0.04, vectors: 8 })),
      orThrow(spinChainBath({ ...chain, spins: 3, bonds: { zz: 0.8 }, windowWidth: 3, edge: 0.04, vectors: 8 })),
    ]
    const levels = await Promise.all(chains.map(async (each) => orThrow(await diagonaliseBath(each))))
    const make = (baths: readonly BathModel[], initial: Problem['initial']): Problem => ({
      energies: Float64Array.of(0, 3), initial, times: Float64Array.of(0, 1, 3), drive: null,
      baths: baths.map((bath, at) => ({ label: ['a', 'b'][at], bath, strength: [0.4, 0.3][at], systemCouplings: [X] })),
    })
    const at = (bath: BathModel, energy: number): number => Array.from(bath.windows.energies).findIndex((each) => Math.abs(each - energy) < 1e-9)
    const correlated = (baths: readonly BathModel[]): Problem['initial'] => {
      const [n1, n2] = baths.map(({ windows }) => windows.energies.length)
      const re = new Float64Array(4 * n1 * n2)
      re.set([0.3, 0.1, 0.1, 0.2], 4 * (at(baths[0], 0) * n2 + at(baths[1], 0)))
      re.set([0.25, 0.05, 0.05, 0.25], 4 * (at(baths[0], 4) * n2 + at(baths[1], 3)))
      return { kind: 'conditional', states: { re, im: new Float64Array(re.length) }, memoryStart: 0 }
    }
    const starts: readonly ((baths: readonly BathModel[]) => Problem['initial'])[] = [
      () => ({ kind: 'product', system: EXCITED, baths: [{ kind: 'gibbs', inverseTemperature: 0.3 }, { kind: 'gibbs', inverseTemperature: -0.1 }] }),
      (baths) => ({
        kind: 'product', system: EXCITED,
        baths: [{ kind: 'gibbs', inverseTemperature: 0.2 }, { kind: 'windows', probabilities: baths[1].windows.energies.map((energy) => (Math.abs(energy) < 1e-9 ? 1 : 0)) }],
      }),
      correlated,
    ]
    for (const initial of starts) {
      const truth = orThrow(await solve(make(levels, initial(levels)), exact(), { save: 'states' }))
      const found = orThrow(await solve(make(chains, initial(chains)), exact({ sampling: { vectors: 48, seed: 2 } }), { save: 'states' }))
      const bound = 4 * found.scalars['samplingError'][0] + 0.03
      expect(bound).toBeLessThan(0.2)
      truth.systemStates!.re.forEach((value, entry) => { expect(Math.abs(value - found.systemStates!.re[entry])).toBeLessThan(bound) })
      for (const label of ['a', 'b']) {
        truth.scalars[`bathEnergy/${label}`].forEach((value, row) => { expect(Math.abs(value - found.scalars[`bathEnergy/${label}`][row])).toBeLessThan(10 * bound) })
      }
      expect(found.scalars['norm'].at(-1)).toBeCloseTo(1, 11)
    }
  })
})
