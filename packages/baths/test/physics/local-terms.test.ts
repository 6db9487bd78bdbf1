import { Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { diagonaliseBath, localTermsBath, spinChainBath } from '@mesobath/baths'
import type { LocalTermsBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { LocalTerm } from '@mesobath/contracts'
import { denseTerms, pauliString } from '../../../kernels/test/oracles/kronecker.js'
import { diagonaliseDense, softWindow } from '../oracles/dense-chain.js'

const SPINS = 8
const SIZE = 2 ** SPINS
const ALONG = 0.5
const ACROSS = 1.05

/** The mixed-field Ising chain by Kronecker products. */
const word = (letters: Readonly<Record<number, string>>): Matrix => pauliString(Array.from({ length: SPINS }, (_, site) => letters[site] ?? 'I').join('')).re
const hamiltonian = Matrix.zeros(SIZE, SIZE)
for (let site = 0; site < SPINS; site += 1) {
  if (site > 0) hamiltonian.add(word({ [site - 1]: 'Z', [site]: 'Z' }))
  hamiltonian.add(word({ [site]: 'X' }).mul(ACROSS)).add(word({ [site]: 'Z' }).mul(ALONG + (site === SPINS - 1 ? 0.25 : 0)))
}
const dense = diagonaliseDense(hamiltonian, word({ 0: 'X' }))

const options = {
  spins: SPINS, bonds: { zz: 1 }, fields: { x: ACROSS, z: Array.from({ length: SPINS }, (_, site) => ALONG + (site === SPINS - 1 ? 0.25 : 0)) },
  couplings: [{ site: 0, operator: 'x' as const }], windowWidth: 2,
}
const chain = (more: object = {}): LocalTermsBath => orThrow(spinChainBath({ ...options, ...more }))

/** f_E(E_i) of every level, per window. */
const weightsOf = ({ windows, report }: LocalTermsBath): number[][] =>
  Array.from(windows.energies, (energy) => dense.levels.map((level) => softWindow(level, energy, windows.width, report.filter, report.filter.edge)))

describe('windows of a chain by its filter', () => {
  const many = chain({ vectors: 24, seed: 3 })
  const weights = weightsOf(many)

  it('hold tr f_E of the exact levels, to the error they tell', () => {
    many.report.volumes.forEach((volume, window) => {
      const exact = weights[window].reduce((sum, weight) => sum + weight, 0)
      // The tail of the series and the quadrature of the oracle are some 1e-4 of a level.
      expect(Math.abs(volume - exact)).toBeLessThan(4 * many.report.volumeErrors[window] + 1e-3)
      expect(many.windows.logVolumes[window]).toBeCloseTo(Math.log(volume), 12)
    })
  })

  it('hold the levels of the sharp window, to that error and twice what leaks over the edges', () => {
    many.windows.energies.forEach((energy, window) => {
      const inside = dense.levels.filter((level) => level >= energy - 1 && level < energy + 1).length
      const volume = many.report.volumes[window]
      expect(Math.abs(volume - inside)).toBeLessThan(4 * many.report.volumeErrors[window] + 2 * many.report.leakedWeights[window] * volume + 1e-3)
    })
  })

  it('leak what f(1 − f) of the exact levels says', () => {
    many.report.leakedWeights.forEach((leaked, window) => {
      const [volume, square] = [1, 2].map((power) => weights[window].reduce((sum, weight) => sum + weight ** power, 0))
      expect(Math.abs(leaked - (volume - square) / volume)).toBeLessThan(0.05)
    })
    const sharper = chain({ vectors: 24, edge: 0.02 })
    const middle = many.windows.energies.indexOf(0)
    expect(sharper.report.leakedWeights[middle]).toBeLessThan(0.6 * many.report.leakedWeights[middle])
  })

  it('[Eq. 7] have the microcanonical means of the coupling', () => {
    many.meanCouplings[0].forEach((mean, window) => {
      const volume = weights[window].reduce((sum, weight) => sum + weight, 0)
      if (volume < 4) return
      const exact = weights[window].reduce((sum, weight, level) => sum + weight * dense.coupling.get(level, level), 0) / volume
      // B has the norm 1: the same error as that of the volume, relative to it, once for the trace and once for the division.
      expect(Math.abs(mean - exact)).toBeLessThan((8 * many.report.volumeErrors[window]) / volume)
    })
  })

  it('err as told: within two standard errors for nearly all of a hundred seeds', () => {
    const window = many.windows.energies.indexOf(0)
    const exact = weights[window].reduce((sum, weight) => sum + weight, 0)
    const within = Array.from({ length: 100 }, (_, seed) => chain({ vectors: 1, seed, edge: 0.1 })).filter(({ report, windows }) => {
      const at = windows.energies.indexOf(0)
      const soft = dense.levels.reduce((sum, level) => sum + softWindow(level, 0, 2, report.filter, report.filter.edge), 0)
      return Math.abs(report.volumes[at] - soft) < 2 * report.volumeErrors[at]
    })
    expect(exact).toBeGreaterThan(30)
    expect(within.length).toBeGreaterThan(90)
  })

  it('are the same to the last bit for one seed, and others for another', () => {
    expect(chain({ seed: 5 }).report.volumes).toEqual(chain({ seed: 5 }).report.volumes)
    expect(chain({ seed: 5 }).report.volumes).not.toEqual(chain({ seed: 6 }).report.volumes)
  })
})

describe('weights of the coupling between filtered windows', () => {
  const bath = chain({ vectors: 48, seed: 8, edge: 0.03 })
  const weights = weightsOf(bath)
  const sums = orThrow(bath.can.couplingSums!())
  const out = { re: new Float64Array(1), im: new Float64Array(1) }

  it('[Eq. 25] are tr f_E B f_E\' B of the exact levels', () => {
    for (let to = 0; to < weights.length; to += 1) {
      for (let from = 0; from < to; from += 1) {
        sums.offDiagonal(to, from, out)
        let exact = 0
        weights[to].forEach((a, i) => weights[from].forEach((b, j) => { exact += a * b * dense.coupling.get(i, j) ** 2 }))
        // ‖f B f' B‖²_F ≤ tr f B f' B for a coupling of norm 1; two estimates per draw, one for each order of the windows.
        expect(Math.abs(out.re[0] - exact)).toBeLessThan(5 * Math.sqrt(exact / 48) + 0.02)
        expect(out.im[0]).toBe(0)
      }
    }
  })

  it('within a window are those without the diagonal, but for its scatter', () => {
    bath.windows.energies.forEach((_energy, window) => {
      const volume = bath.report.volumes[window]
      if (volume < 15) return
      const diagonal = sums.offDiagonal(window, window, out)
      let exact = 0
      weights[window].forEach((a, i) => weights[window].forEach((b, j) => { if (i !== j) exact += a * b * dense.coupling.get(i, j) ** 2 }))
      // 2/V of the whole is what random matrices leave on the diagonal.
      expect(Math.abs(out.re[0] - exact)).toBeLessThan(5 * Math.sqrt(exact / 48) + (4 / volume) * exact + 0.3)
      expect(diagonal).toBeGreaterThanOrEqual(0)
      expect(diagonal).toBeLessThan(0.1 * exact + 0.1)
    })
  })

  it('are Hermitian, positive and conjugate when windows are exchanged, for two couplings, however small the memory', () => {
    const two = (memory?: number): LocalTermsBath => chain({
      couplings: [{ site: 0, operator: 'x' }, { site: 0, operator: 'y' }], vectors: 2, edge: 0.1, ...(memory === undefined ? {} : { memory }),
    })
    const bath = two()
    const [roomy, tight] = [bath, two(60_000)].map((each) => orThrow(each.can.couplingSums!()))
    const [a, b, c] = [0, 1, 2].map(() => ({ re: new Float64Array(4), im: new Float64Array(4) }))
    for (let to = 0; to < bath.windows.energies.length; to += 1) {
      for (let from = 0; from <= to; from += 1) {
        roomy.offDiagonal(to, from, a)
        roomy.offDiagonal(from, to, b)
        tight.offDiagonal(to, from, c)
        expect(c).toEqual(a)
        expect([...b.re]).toEqual([...a.re])
        a.im.forEach((value, at) => expect(b.im[at] + value).toBeCloseTo(0, 12))
        expect(a.re[1]).toBe(a.re[2])
        expect(a.im[1] + a.im[2]).toBe(0)
        expect(a.re[1] ** 2 + a.im[1] ** 2).toBeLessThanOrEqual(a.re[0] * a.re[3] * (1 + 1e-9) + 1e-12)
      }
    }
  })
})

describe('a bath of local terms that is diagonalised', () => {
  it('has the levels and couplings of the whole matrix', async () => {
    const bath = orThrow(await diagonaliseBath(chain({ vectors: 1, edge: 0.2 })))
    const spectral = orThrow(bath.can.microscopic!())
    if (spectral.kind !== 'spectral') throw new Error('must be spectral')
    spectral.levels.forEach((level, at) => expect(Math.abs(level - dense.levels[at])).toBeLessThan(1e-11))
    const at = bath.windows.energies.indexOf(0)
    const inside = dense.levels.flatMap((level, index) => (level >= -1 && level < 1 ? [index] : []))
    expect(bath.windows.logVolumes[at]).toBeCloseTo(Math.log(inside.length), 12)
    const mean = inside.reduce((sum, i) => sum + dense.coupling.get(i, i), 0) / inside.length
    expect(Math.abs(bath.meanCouplings[0][at] - mean)).toBeLessThan(1e-10)
    const block = { re: new Float64Array(inside.length ** 2), im: null }
    spectral.block(0, at, at, block)
    // Eigenvectors have free signs: squares have not.
    inside.forEach((i, row) => inside.forEach((j, column) => {
      const exact = dense.coupling.get(i, j) - (i === j ? mean : 0)
      expect(Math.abs(Math.abs(block.re[row * inside.length + column]) - Math.abs(exact))).toBeLessThan(1e-9)
    }))
  })

  it('may be complex: a chain of spins twisted about an axis, a ring of spins 1', async () => {
    const twist: LocalTerm['operator'] = { rows: 4, columns: 4, re: new Float64Array(16), im: Float64Array.of(0, 0, 0, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 0) }
    const field: LocalTerm['operator'] = { rows: 2, columns: 2, re: Float64Array.of(0.3, 0.7, 0.7, -0.3), im: null }
    const terms = [...[0, 1, 2, 3].map((site) => ({ sites: [site, site + 1], operator: twist })), ...[0, 1, 2, 3, 4].map((site) => ({ sites: [site], operator: field }))]
    const couplings = [[{ sites: [2], operator: { rows: 2, columns: 2, re: new Float64Array(4), im: Float64Array.of(0, -1, 1, 0) } }]]
    const bath = orThrow(await diagonaliseBath(orThrow(localTermsBath({ sites: 5, terms, couplings, windowWidth: 4 }))))
    const spectral = orThrow(bath.can.microscopic!())
    const { re, im } = denseTerms([2, 2, 2, 2, 2], terms)
    if (spectral.kind !== 'spectral') throw new Error('must be spectral')
    expect(spectral.real).toBe(false)
    // Moments tr H^n need no second diagonalisation.
    const square = re.mmul(re).sub(im.mmul(im))
    expect(spectral.levels.reduce((sum, level) => sum + level * level, 0)).toBeCloseTo(square.trace(), 9)
    // Σ|B_ij|² = tr B² = 32, whatever the windows, with the means put back.
    let weight = 0
    bath.windows.logVolumes.forEach((a, to) => bath.windows.logVolumes.forEach((b, from) => {
      const [rows, columns] = [Math.round(Math.exp(a)), Math.round(Math.exp(b))]
      const block = { re: new Float64Array(rows * columns), im: new Float64Array(rows * columns) }
      if (spectral.block(0, to, from, block)) block.re.forEach((value, at) => { weight += value ** 2 + block.im[at] ** 2 })
      if (to === from) weight += rows * bath.meanCouplings[0][to] ** 2
    }))
    expect(weight).toBeCloseTo(32, 9)

    const spinOne: LocalTerm['operator'] = { rows: 3, columns: 3, re: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, -1), im: null }
    const hop: LocalTerm['operator'] = { rows: 9, columns: 9, re: Float64Array.from({ length: 81 }, (_, at) => ([[1, 3], [3, 1], [5, 7], [7, 5]].some(([r, c]) => at === 9 * r + c) ? 1 : 0)), im: null }
    const ring = orThrow(localTermsBath({
      sites: 4, localDimension: 3, windowWidth: 3, couplings: [[{ sites: [0], operator: spinOne }]],
      terms: [0, 1, 2, 3].flatMap((site) => [{ sites: [site, (site + 1) % 4], operator: hop }, { sites: [site], operator: spinOne }]),
    }))
    expect(ring.report.volumes.reduce((sum, volume) => sum + volume, 0)).toBeCloseTo(81, 3)
    const resolved = orThrow(await diagonaliseBath(ring))
    ring.report.volumes.forEach((volume, window) => {
      const at = resolved.windows.energies.findIndex((energy) => Math.abs(energy - ring.windows.energies[window]) < 1e-9)
      const exact = at < 0 ? 0 : Math.exp(resolved.windows.logVolumes[at])
      expect(Math.abs(volume - exact)).toBeLessThan(4 * ring.report.volumeErrors[window] + 2 * ring.report.leakedWeights[window] * volume + 1e-3)
    })
  })
})

describe('a chain of spins', () => {
  it('has the terms its options say: open, ring, fields per site', () => {
    const chainOf = (more: object) => {
      const bath = orThrow(spinChainBath({ spins: 4, bonds: { xx: 0.3, yy: -0.4, zz: [0.5, 0.6, 0.7] }, fields: { y: 0.2 }, couplings: [{ site: 1, operator: 'y' }], windowWidth: 20, ...more }))
      const local = orThrow(bath.can.microscopic!())
      if (local.kind !== 'local') throw new Error('must be local')
      return { bath, dense: denseTerms(local.siteDimensions, local.hamiltonian), coupling: denseTerms(local.siteDimensions, local.couplings[0]) }
    }
    const sumOf = (parts: readonly (readonly [number, string])[]) => parts.reduce((sum, [factor, letters]) => {
      const { re, im } = pauliString(letters)
      return { re: sum.re.add(re.mul(factor)), im: sum.im.add(im.mul(factor)) }
    }, { re: Matrix.zeros(16, 16), im: Matrix.zeros(16, 16) })
    const open: (readonly [number, string])[] = [
      [0.3, 'XXII'], [0.3, 'IXXI'], [0.3, 'IIXX'], [-0.4, 'YYII'], [-0.4, 'IYYI'], [-0.4, 'IIYY'], [0.5, 'ZZII'], [0.6, 'IZZI'], [0.7, 'IIZZ'],
      [0.2, 'YIII'], [0.2, 'IYII'], [0.2, 'IIYI'], [0.2, 'IIIY'],
    ]
    const away = (a: { re: Matrix; im: Matrix }, b: { re: Matrix; im: Matrix }): number => Matrix.sub(a.re, b.re).norm() + Matrix.sub(a.im, b.im).norm()
    expect(away(chainOf({}).dense, sumOf(open))).toBeLessThan(1e-12)
    expect(away(chainOf({}).coupling, sumOf([[1, 'IYII']]))).toBeLessThan(1e-12)
    const ring = chainOf({ boundary: 'periodic', bonds: { xx: 0.3, yy: -0.4, zz: [0.5, 0.6, 0.7, 0.8] } })
    expect(away(ring.dense, sumOf([...open, [0.3, 'XIIX'], [-0.4, 'YIIY'], [0.8, 'ZIIZ']]))).toBeLessThan(1e-12)
    expect(ring.bath.recipe).toMatchObject({ spins: 4, boundary: 'periodic', fields: { y: 0.2 } })
  })
})
