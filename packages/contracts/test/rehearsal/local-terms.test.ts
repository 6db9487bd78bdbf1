import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { orThrow, succeed } from '@mesobath/contracts'
import type { LocalBath, LocalTerm, Observer, Planes, Problem, Sample } from '@mesobath/contracts'
import { applyTerm, jointTerms, localExact } from './support/local-chain.js'
import { attach, PAULI_X, realMatrix, systemLevel, toyBath } from './support/parts.js'
import { walk } from './support/walk.js'

const ISING = realMatrix([[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]])
const FIELDS = realMatrix([[0.45, 0.9], [0.9, -0.45]])

/** A chain of spins in a tilted field: nearest neighbours and single sites, no matrix of the whole. */
const chain = (length: number): LocalBath => ({
  kind: 'local',
  siteDimensions: new Array<number>(length).fill(2),
  hamiltonian: [
    ...Array.from({ length: length - 1 }, (_, site): LocalTerm => ({ sites: [site, site + 1], operator: ISING })),
    ...Array.from({ length }, (_, site): LocalTerm => ({ sites: [site], operator: FIELDS })),
  ],
  couplings: [[{ sites: [0], operator: PAULI_X }]],
})

/** All levels in one window as wide as the spectrum: the coarsest view, which a chain too long to diagonalise still has. */
const problemOf = (bath: LocalBath): Problem => {
  const sites = bath.siteDimensions.length
  const windows = { energies: Float64Array.of(0), width: 4 * sites, logVolumes: Float64Array.of(sites * Math.LN2) }
  return {
    energies: Float64Array.of(0, 1.5),
    baths: [attach('chain', toyBath(windows, { microscopic: () => succeed(bath) }), 0.7)],
    initial: { kind: 'product', system: systemLevel(2, 1), baths: [{ kind: 'windows', probabilities: Float64Array.of(1) }] },
    times: Float64Array.of(0, 0.5, 1.5, 3),
    drive: null,
  }
}

const keep = (): Observer<{ populations: Float64Array; scalars: Sample['scalars'] }[]> => {
  const kept: { populations: Float64Array; scalars: Sample['scalars'] }[] = []
  return { begin: () => undefined, sample: (sample) => { kept.push({ populations: Float64Array.from(sample.populations), scalars: { ...sample.scalars } }) }, end: () => kept }
}

/** Kronecker products written out and diagonalised: shares nothing with the local application but the terms. */
const denseExcited = (problem: Problem, bath: LocalBath): number[] => {
  const sites = [2, ...bath.siteDimensions]
  const size = 2 ** sites.length
  const h = Matrix.zeros(size, size)
  for (const { sites: on, operator } of jointTerms(problem, bath)) {
    for (let r = 0; r < size; r += 1) {
      for (let c = 0; c < size; c += 1) {
        const bit = (word: number, site: number) => (word >> (sites.length - 1 - site)) & 1
        if (sites.some((_, site) => !on.includes(site) && bit(r, site) !== bit(c, site))) continue
        const index = (word: number) => on.reduce((sum, site) => 2 * sum + bit(word, site), 0)
        h.set(r, c, h.get(r, c) + operator.re[index(r) * operator.columns + index(c)])
      }
    }
  }
  const { realEigenvalues: levels, eigenvectorMatrix: u } = new EigenvalueDecomposition(h, { assumeSymmetric: true })
  const half = size / 2
  return Array.from(problem.times, (time) => {
    let total = 0
    for (let from = half; from < size; from += 1) {
      for (let to = half; to < size; to += 1) {
        let [re, im] = [0, 0]
        for (let n = 0; n < size; n += 1) {
          const weight = u.get(to, n) * u.get(from, n)
          re += weight * Math.cos(levels[n] * time)
          im -= weight * Math.sin(levels[n] * time)
        }
        total += (re * re + im * im) / half
      }
    }
    return total
  })
}

describe('a bath of local terms', () => {
  it('evolves with the system by applying its terms, equal to diagonalising the whole', async () => {
    const bath = chain(5)
    const problem = problemOf(bath)
    const observer = keep()
    orThrow(await walk(problem, localExact(), { observers: [observer] }))
    const kept = observer.end()
    denseExcited(problem, bath).forEach((p, row) => expect(Math.abs(kept[row].populations[1] - p)).toBeLessThan(1e-9))
    for (const { scalars } of kept) {
      expect(Math.abs(scalars.norm - 1)).toBeLessThan(1e-10)
      expect(Math.abs(scalars.energy - kept[0].scalars.energy)).toBeLessThan(1e-10)
    }
    expect(kept[3].populations[1]).toBeLessThan(0.9)
  })

  it('applies H of fourteen spins in the memory of its vectors', () => {
    const bath = chain(14)
    const size = 2 ** 14
    const random = (seed: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(seed + i * i))
    const [x, y]: Planes[] = [{ re: random(1), im: random(2) }, { re: random(3), im: random(4) }]
    const apply = (state: Planes): Planes => {
      const out = { re: new Float64Array(size), im: new Float64Array(size) }
      for (const term of bath.hamiltonian) applyTerm(term, bath.siteDimensions, 1, state, out)
      return out
    }
    const dot = (a: Planes, b: Planes): [number, number] => {
      let [re, im] = [0, 0]
      for (let i = 0; i < size; i += 1) {
        re += a.re[i] * b.re[i] + (a.im?.[i] ?? 0) * (b.im?.[i] ?? 0)
        im += a.re[i] * (b.im?.[i] ?? 0) - (a.im?.[i] ?? 0) * b.re[i]
      }
      return [re, im]
    }
    const before = process.memoryUsage().arrayBuffers
    const [hx, hy] = [apply(x), apply(y)]
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * size * 8)
    // ⟨y|H x⟩ = ⟨H y|x⟩.
    const [left, right] = [dot(y, hx), dot(hy, x)]
    expect(Math.abs(left[0] - right[0]) + Math.abs(left[1] - right[1])).toBeLessThan(1e-9 * size)
  })

  it('is plain data that another thread could be sent', () => {
    const bath = chain(3)
    expect(structuredClone(bath)).toEqual(bath)
  })
})
