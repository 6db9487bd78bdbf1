import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Frame, Observer, Problem, Sample } from '@mesobath/contracts'
import { jumpProcess } from './support/jump-process.js'
import { attach, flatRates, toyBath, unitWindows } from './support/parts.js'
import { walk } from './support/walk.js'
import { realMatrix } from './support/parts.js'

const logBinomial = (n: number, k: number): number => {
  let sum = 0
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i)
  return sum
}
const hotWindows = unitWindows(Array.from({ length: 5 }, (_, e) => logBinomial(12, e)), 0.5)
const coldWindows = unitWindows(Array.from({ length: 4 }, (_, e) => logBinomial(20, e)), 0.8)
const gibbs = (windows: typeof hotWindows, beta: number) => {
  const weights = windows.energies.map((energy, e) => Math.exp(windows.logVolumes[e] - beta * energy))
  const total = weights.reduce((a, b) => a + b, 0)
  return { kind: 'windows' as const, probabilities: weights.map((weight) => weight / total) }
}

const problem = (hotStrength: number, coldStrength: number): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [attach('hot', toyBath(hotWindows), hotStrength), attach('cold', toyBath(coldWindows), coldStrength)],
  initial: { kind: 'product', system: realMatrix([[0.5, 0], [0, 0.5]]), baths: [gibbs(hotWindows, 0.2), gibbs(coldWindows, 4)] },
  times: Float64Array.from({ length: 21 }, (_, i) => i / 2),
  drive: null,
})

interface Book {
  /** P(E_tot) per sample. */
  shells: number[][]
  /** Heat flow into the system from each bath, Q̇_ν = −Σ E_ν ∂t p, per sample. */
  flows: number[][]
  energies: number[]
  marginals: number[][][]
  populations: Float64Array[]
}

/** Reads every sample through the frame only: any number of baths. */
const books = (): Observer<Book> => {
  let frame: Frame
  const book: Book = { shells: [], flows: [], energies: [], marginals: [], populations: [] }
  return {
    begin: (given) => { frame = given },
    sample: (sample: Sample) => {
      const counts = frame.baths.map((bath) => bath.windows.energies.length)
      const shells: number[] = new Array<number>(2 + counts.reduce((a, b) => a + b, 0)).fill(0)
      const flows = counts.map(() => 0)
      const marginals = counts.map((count) => new Array<number>(count).fill(0))
      let energy = 0
      const cells = sample.populations.length / frame.dimension
      for (let joint = 0; joint < sample.populations.length; joint += 1) {
        const level = Math.floor(joint / cells)
        const p = sample.populations[joint]
        let shell = level
        energy += sample.energies[level] * p
        for (let bath = counts.length - 1, rest = joint % cells; bath >= 0; bath -= 1) {
          const window = rest % counts[bath]
          rest = Math.floor(rest / counts[bath])
          shell += window
          energy += frame.baths[bath].windows.energies[window] * p
          flows[bath] -= frame.baths[bath].windows.energies[window] * (sample.populationRates?.[joint] ?? NaN)
          marginals[bath][window] += p
        }
        shells[shell] += p
      }
      book.shells.push(shells)
      book.flows.push(flows)
      book.energies.push(energy)
      book.marginals.push(marginals)
      book.populations.push(Float64Array.from(sample.populations))
    },
    end: () => book,
  }
}

const run = async (given: Problem): Promise<Book> => {
  const observer = books()
  orThrow(await walk(given, jumpProcess(flatRates(1)), { observers: [observer] }))
  return observer.end()
}

describe('two baths of different widths on one lattice', () => {
  it('[Eqs. 32, 71] conserves P(E_tot) over system and both baths while heat flows from hot to cold', async () => {
    const book = await run(problem(0.5, 0.4))
    for (const shells of book.shells) shells.forEach((p, shell) => expect(Math.abs(p - book.shells[0][shell])).toBeLessThan(1e-12))
    for (const energy of book.energies) expect(Math.abs(energy - book.energies[0])).toBeLessThan(1e-12)
    let [hot, cold] = [0, 0]
    for (let row = 1; row < book.flows.length; row += 1) {
      hot += 0.25 * (book.flows[row - 1][0] + book.flows[row][0])
      cold += 0.25 * (book.flows[row - 1][1] + book.flows[row][1])
    }
    expect(hot).toBeGreaterThan(0.1)
    expect(cold).toBeLessThan(-0.1)
  })

  it('permutes the result when baths are relabelled', async () => {
    const given = problem(0.5, 0.4)
    const { initial } = given
    if (initial.kind !== 'product') throw new Error('the toy starts from a product')
    const swapped: Problem = {
      ...given, baths: [given.baths[1], given.baths[0]], initial: { ...initial, baths: [initial.baths[1], initial.baths[0]] },
    }
    const [one, other] = [await run(given), await run(swapped)]
    const last = one.populations.length - 1
    for (let k = 0; k < 2; k += 1) {
      for (let e = 0; e < 5; e += 1) {
        for (let f = 0; f < 4; f += 1) {
          expect(Math.abs(one.populations[last][(k * 5 + e) * 4 + f] - other.populations[last][(k * 4 + f) * 5 + e])).toBeLessThan(1e-13)
        }
      }
    }
  })

  it('does not see a bath of no coupling', async () => {
    const both = await run(problem(0.5, 0))
    const given = problem(0.5, 0)
    const { initial } = given
    if (initial.kind !== 'product') throw new Error('the toy starts from a product')
    const alone = await run({ ...given, baths: [given.baths[0]], initial: { ...initial, baths: [initial.baths[0]] } })
    both.marginals.forEach((marginals, row) => {
      marginals[0].forEach((p, e) => expect(Math.abs(p - alone.marginals[row][0][e])).toBeLessThan(1e-12))
      marginals[1].forEach((p, e) => expect(Math.abs(p - both.marginals[0][1][e])).toBeLessThan(1e-12))
    })
  })
})
