import fc from 'fast-check'
import { EigenvalueDecomposition } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import type { LocalTerm } from '@mesobath/contracts'
import {
  chebyshevWalk, compileLocalTerms, fillRandomPhases, localSpectralBounds, localWorkspace, localWorkspaceBytes, multiplySeries, randomStream, windowFilterCoefficients,
  windowFilterTerms,
} from '@mesobath/kernels'
import { denseTerms, pauliString } from '../oracles/kronecker.js'
import type { Dense } from '../oracles/kronecker.js'

/** Roundings of sums of a few dozen numbers of order one. */
const ROUNDING = 1e-12

const hermitian = (size: number, seed: number, complex: boolean): LocalTerm['operator'] => {
  const stream = randomStream(seed, size)
  const re = new Float64Array(size * size)
  const im = complex ? new Float64Array(size * size) : null
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      // Some elements are zero, as in any real term.
      const value = stream.uniform() < 0.4 ? 0 : stream.normal()
      re[row * size + column] = value
      re[column * size + row] = value
      if (im === null || row === column) continue
      im[row * size + column] = stream.normal()
      im[column * size + row] = -im[row * size + column]
    }
  }
  return { rows: size, columns: size, re, im }
}

const randomTerms = (dimensions: readonly number[], count: number, seed: number, complex: boolean): LocalTerm[] =>
  Array.from({ length: count }, (_, at) => {
    const stream = randomStream(seed, 77, at)
    const sites = dimensions.map((_unused, site) => site).sort(() => stream.uniform() - 0.5).slice(0, 1 + Math.floor(stream.uniform() * Math.min(3, dimensions.length)))
    return { sites, operator: hermitian(sites.reduce((product, site) => product * dimensions[site], 1), seed + at, complex) }
  })

const fillAll = (workspace: ReturnType<typeof localWorkspace>, seed: number): void => {
  for (let vector = 0; vector < workspace.vectors; vector += 1) {
    const stream = randomStream(seed, vector)
    const { re, im } = workspace.vector(vector)
    for (let i = 0; i < workspace.length; i += 1) {
      re[i] = stream.normal()
      im[i] = stream.normal()
    }
  }
}

/** keep·y + shift·x + (re + i im)·A x, from the whole matrix. */
const expected = (a: Dense, x: { re: Float64Array; im: Float64Array }, y: { re: Float64Array; im: Float64Array }, factors: readonly number[]): [number[], number[]] => {
  const [re, im, shift, keep] = factors
  const size = x.re.length
  const [outRe, outIm] = [new Array<number>(size).fill(0), new Array<number>(size).fill(0)]
  for (let row = 0; row < size; row += 1) {
    let [sumRe, sumIm] = [0, 0]
    for (let column = 0; column < size; column += 1) {
      sumRe += a.re.get(row, column) * x.re[column] - a.im.get(row, column) * x.im[column]
      sumIm += a.re.get(row, column) * x.im[column] + a.im.get(row, column) * x.re[column]
    }
    outRe[row] = keep * y.re[row] + shift * x.re[row] + re * sumRe - im * sumIm
    outIm[row] = keep * y.im[row] + shift * x.im[row] + re * sumIm + im * sumRe
  }
  return [outRe, outIm]
}

const dimensionsArbitrary = fc.oneof(fc.integer({ min: 1, max: 7 }).map((spins) => new Array<number>(spins).fill(2)), fc.constantFrom([3], [2, 3], [3, 2, 2], [4, 3], [2, 2, 3, 2]))

describe('sums of local terms', () => {
  it('act as their whole matrix does, on any sites, in wasm and in plain JavaScript to the same bits (property)', () => {
    fc.assert(fc.property(
      dimensionsArbitrary, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1e6 }), fc.boolean(),
      fc.constantFrom([1, 0, 0, 0], [0.7, 0, -0.3, -1], [0.4, -1.3, 0, 1], [0, 1, 0.5, 0.25]),
      (dimensions, count, seed, complex, factors) => {
        const terms = randomTerms(dimensions, count, seed, complex)
        const operator = compileLocalTerms(dimensions, terms)
        const dense = denseTerms(dimensions, terms)
        const found = [false, true].map((plain) => {
          const workspace = localWorkspace(operator.length, [operator], 2, plain)
          fillAll(workspace, seed)
          const [x, y] = [0, 1].map((at) => ({ re: workspace.vector(at).re.slice(), im: workspace.vector(at).im.slice() }))
          const [re, im] = expected(dense, x, y, factors)
          workspace.apply(0, 0, 1, factors[0], factors[1], factors[2], factors[3])
          const out = workspace.vector(1)
          re.forEach((value, at) => expect(Math.abs(out.re[at] - value)).toBeLessThan(ROUNDING * 50))
          im.forEach((value, at) => expect(Math.abs(out.im[at] - value)).toBeLessThan(ROUNDING * 50))
          const pair = new Float64Array(2)
          workspace.inner(0, 1, pair)
          return { id: workspace.id, re: out.re.slice(), im: out.im.slice(), pair }
        })
        expect(found.map(({ id }) => id)).toEqual(['wasm-simd', 'js'])
        expect(found[0].re).toEqual(found[1].re)
        expect(found[0].im).toEqual(found[1].im)
        expect(found[0].pair).toEqual(found[1].pair)
      }), { numRuns: 60 })
  })

  it('reach across blocks: ten spins, flips of every site, bonds near and far, against Kronecker products', () => {
    const spins = 10
    const letters = ['XIIIIIIIII', 'IIIIIIIIIX', 'YIIIIIIIYI', 'IZIIIIIIIZ', 'IXXIIIIIII', 'YYIIIIIIII', 'IIIIIIIXXZ', 'ZIIIIXIIIZ']
    const matrices: Record<string, LocalTerm['operator']> = {
      X: { rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null },
      Y: { rows: 2, columns: 2, re: new Float64Array(4), im: Float64Array.of(0, -1, 1, 0) },
      Z: { rows: 2, columns: 2, re: Float64Array.of(1, 0, 0, -1), im: null },
    }
    const kron = (a: LocalTerm['operator'], b: LocalTerm['operator']): LocalTerm['operator'] => {
      const rows = a.rows * b.rows
      const [re, im] = [new Float64Array(rows * rows), new Float64Array(rows * rows)]
      for (let r = 0; r < rows; r += 1) {
        for (let c = 0; c < rows; c += 1) {
          const p = Math.floor(r / b.rows) * a.rows + Math.floor(c / b.rows)
          const q = (r % b.rows) * b.rows + (c % b.rows)
          const [ai, bi] = [a.im?.[p] ?? 0, b.im?.[q] ?? 0]
          re[r * rows + c] = a.re[p] * b.re[q] - ai * bi
          im[r * rows + c] = a.re[p] * bi + ai * b.re[q]
        }
      }
      return { rows, columns: rows, re, im }
    }
    for (const word of letters) {
      const sites = [...word].flatMap((letter, site) => (letter === 'I' ? [] : [site]))
      const term = { sites, operator: sites.map((site) => matrices[word[site]]).reduce(kron) }
      const operator = compileLocalTerms(new Array<number>(spins).fill(2), [term])
      const whole = pauliString(word)
      for (const plain of [false, true]) {
        const workspace = localWorkspace(2 ** spins, [operator], 2, plain)
        const [x, y] = [workspace.vector(0), workspace.vector(1)]
        fillAll(workspace, 5)
        workspace.apply(0, 0, 1, 1, 0, 0, 0)
        for (const row of [0, 1, 2, 255, 511, 512, 513, 750, 1023]) {
          let [re, im] = [0, 0]
          for (let column = 0; column < 2 ** spins; column += 1) {
            re += whole.re.get(row, column) * x.re[column] - whole.im.get(row, column) * x.im[column]
            im += whole.re.get(row, column) * x.im[column] + whole.im.get(row, column) * x.re[column]
          }
          expect(Math.abs(y.re[row] - re) + Math.abs(y.im[row] - im)).toBeLessThan(ROUNDING)
        }
      }
    }
  })

  it('are bounded by Lanczos: the whole spectrum inside, no more than a few hundredths of its width beyond', () => {
    for (const seed of [1, 2, 3]) {
      const dimensions = new Array<number>(7).fill(2)
      const terms = randomTerms(dimensions, 8, seed, false)
      const operator = compileLocalTerms(dimensions, terms)
      const { lower, upper } = localSpectralBounds(localWorkspace(operator.length, [operator], 3), 0, [0, 1, 2])
      const { realEigenvalues } = new EigenvalueDecomposition(denseTerms(dimensions, terms).re, { assumeSymmetric: true })
      const [least, most] = [Math.min(...realEigenvalues), Math.max(...realEigenvalues)]
      expect(lower).toBeLessThan(least)
      expect(upper).toBeGreaterThan(most)
      expect(Math.max(least - lower, upper - most)).toBeLessThan(0.03 * (most - least))
    }
  })

  it('take the memory that was told beforehand, and allocate nothing while they act', () => {
    const dimensions = new Array<number>(14).fill(2)
    const operator = compileLocalTerms(dimensions, randomTerms(dimensions, 20, 4, true))
    const bytes = localWorkspaceBytes(operator.length, [operator], 5)
    expect(bytes).toBeGreaterThan(10 * 8 * 2 ** 14)
    const workspace = localWorkspace(operator.length, [operator], 5)
    const { buffer } = workspace.vector(0).re
    expect(buffer.byteLength - bytes).toBeLessThan(65536)
    fillAll(workspace, 1)
    const before = process.memoryUsage().arrayBuffers
    for (let round = 0; round < 50; round += 1) {
      workspace.apply(0, 0, 1, 1e-3, 1e-3, 0, 0)
      workspace.add(1, 2, 0.5, -0.5)
      workspace.overlap(1, 2)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65536)
    expect(workspace.vector(0).re.buffer).toBe(buffer)
  })

  it('give traces by random phases: mean tr A, variance at most tr A²', () => {
    const dimensions = new Array<number>(6).fill(2)
    const terms = randomTerms(dimensions, 6, 9, true)
    const operator = compileLocalTerms(dimensions, terms)
    const { re, im } = denseTerms(dimensions, terms)
    let [trace, square] = [0, 0]
    for (let row = 0; row < 64; row += 1) {
      trace += re.get(row, row)
      for (let column = 0; column < 64; column += 1) square += re.get(row, column) ** 2 + im.get(row, column) ** 2
    }
    const workspace = localWorkspace(64, [operator], 2)
    const draws = 400
    let [sum, squares] = [0, 0]
    for (let draw = 0; draw < draws; draw += 1) {
      fillRandomPhases(randomStream(3, draw), workspace.vector(0))
      expect(Math.abs(workspace.overlap(0, 0) - 64)).toBeLessThan(ROUNDING)
      workspace.apply(0, 0, 1, 1, 0, 0, 0)
      const value = workspace.overlap(0, 1) - trace
      sum += value
      squares += value * value
    }
    // Four standard errors of a mean, and a variance known to about a tenth.
    expect(Math.abs(sum / draws)).toBeLessThan(4 * Math.sqrt(square / draws))
    expect(squares / draws).toBeLessThan(1.3 * square)
  })
})

const FILTER_ROUNDING = 1e-5

describe('soft windows', () => {
  const filter = { lower: -7, upper: 9, edge: 0.1, terms: windowFilterTerms(0.1, 8) }
  const windows = { energies: Array.from({ length: 9 }, (_, at) => -7 + 2 * at), width: 2 }
  const coefficients = new Float64Array(9 * filter.terms)
  windowFilterCoefficients(windows, filter, coefficients)
  const valueAt = (window: number, energy: number): number => {
    const theta = Math.acos((energy - 1) / 8)
    return coefficients.subarray(window * filter.terms, (window + 1) * filter.terms).reduce((sum, value, m) => sum + value * Math.cos(m * theta), 0)
  }

  it('lie between 0 and 1, are 1 inside and 0 outside, and touch at ½', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8 }), fc.double({ min: -6.99, max: 8.99, noNaN: true }), (window, energy) => {
      const value = valueAt(window, energy)
      expect(value).toBeGreaterThan(-FILTER_ROUNDING)
      expect(value).toBeLessThan(1 + FILTER_ROUNDING)
      const away = 1 - Math.abs(energy - windows.energies[window])
      // Five widths of the Gaussian from an edge nothing of it is left.
      if (away > 5 * filter.edge) expect(Math.abs(value - 1)).toBeLessThan(FILTER_ROUNDING)
      if (away < -5 * filter.edge) expect(Math.abs(value)).toBeLessThan(FILTER_ROUNDING)
    }), { numRuns: 300 })
    expect(Math.abs(valueAt(4, 2) - 0.5)).toBeLessThan(FILTER_ROUNDING)
    // One width beyond an edge at the middle of the spectrum: the normal distribution at −1.
    expect(Math.abs(valueAt(3, 0.1) - 0.15866)).toBeLessThan(2e-3)
  })

  it('that touch add up to one everywhere', () => {
    fc.assert(fc.property(fc.double({ min: -7, max: 9, noNaN: true }), (energy) => {
      const sum = windows.energies.reduce((all, _, window) => all + valueAt(window, energy), 0)
      expect(Math.abs(sum - 1)).toBeLessThan(1e-12)
    }), { numRuns: 200 })
  })

  it('are multiplied as series', () => {
    const [a, b] = [coefficients.slice(0, 40), coefficients.slice(filter.terms, filter.terms + 30)]
    const out = new Float64Array(69)
    multiplySeries(a, b, out)
    for (const theta of [0.1, 1, 2.5]) {
      const at = (series: Float64Array): number => series.reduce((sum, value, m) => sum + value * Math.cos(m * theta), 0)
      expect(Math.abs(at(out) - at(a) * at(b))).toBeLessThan(ROUNDING)
    }
  })

  it('come out of the recursion of an operator', () => {
    const operator = compileLocalTerms([2, 2], [{ sites: [0, 1], operator: { rows: 4, columns: 4, re: Float64Array.of(-6, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 2.1, 0, 0, 0, 0, 8), im: null } }])
    const workspace = localWorkspace(4, [operator], 3)
    workspace.vector(0).re.fill(1)
    const walk = chebyshevWalk(workspace, 0, filter, 0, 1)
    for (let m = 0; m < filter.terms; m += 1) {
      if (m > 0) walk.step()
      workspace.add(walk.current, 2, coefficients[4 * filter.terms + m], 0)
    }
    expect(walk.order).toBe(filter.terms - 1)
    ;[-6, 0.3, 2.1, 8].forEach((energy, at) => expect(Math.abs(workspace.vector(2).re[at] - valueAt(4, energy))).toBeLessThan(1e-10))
  })
})
