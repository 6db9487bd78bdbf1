import { CONTRACT, orThrow, succeed } from '@mesobath/contracts'
import type { BathModel, Capability, MicroscopicBath, Planes, SpectralBath } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import { bathModelLaws, brokenLaws, referenceBath } from '@mesobath/conformance'
import { describe, expect, it } from 'vitest'

const ALL: readonly Capability[] = ['microscopic', 'ensemble', 'spectralFunction']
const SUMS: readonly Capability[] = [...ALL, 'couplingSums']

const codes = async (factory: () => BathModel, can: readonly Capability[] = ALL): Promise<readonly string[]> =>
  (await brokenLaws(bathModelLaws(factory, { can }))).map(({ issues }) => issues[0].code)

/** A real sound bath large enough for statistics. */
const drawn = (): BathModel => orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 30 }, { energy: 1, volume: 40 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, symmetry: 'real-symmetric', seed: 4,
}))
const DRAWN: readonly Capability[] = ['microscopic', 'ensemble']

const spectral = (bath: BathModel): SpectralBath => {
  const realised = orThrow(bath.can.microscopic!())
  if (realised.kind !== 'spectral') throw new Error('the bath has levels')
  return realised
}

const realisedAs = (change: (bath: SpectralBath) => MicroscopicBath, make: () => BathModel = () => referenceBath({ couplings: 2 })) => (): BathModel => {
  const bath = make()
  return { ...bath, can: { ...bath.can, microscopic: () => succeed(change(spectral(bath))) } }
}

/** The blocks with one entry changed in what is written. */
const block = (change: (out: Planes, coupling: number, to: number, from: number) => void, make?: () => BathModel) => realisedAs((bath) => ({
  ...bath,
  block: (coupling, to, from, out) => {
    const written = bath.block(coupling, to, from, out)
    if (written) change(out, coupling, to, from)
    return written
  },
}), make)

const reference = (change: (bath: BathModel) => Partial<BathModel>) => (): BathModel => {
  const bath = referenceBath({ couplings: 2 })
  return { ...bath, ...change(bath) }
}

/** The blocks with a mean square from what is written in them, null where nothing is. */
const squared = (know: (planes: Planes | null) => number) => realisedAs((bath) => {
  const sizeOf = (window: number): number => bath.window.filter((each) => each === window).length
  const meanSquare = (coupling: number, to: number, from: number): number => {
    const size = sizeOf(to) * sizeOf(from)
    const planes = { re: new Float64Array(size), im: new Float64Array(size) }
    return know(bath.block(coupling, to, from, planes) ? planes : null)
  }
  return { ...bath, block: Object.assign((...given: Parameters<SpectralBath['block']>) => bath.block(...given), { meanSquare }) }
})

const mean = (plane: Float64Array | undefined | null): number => (plane == null ? 0 : plane.reduce((sum, x) => sum + x * x, 0) / plane.length)
const meanOf = (planes: Planes | null): number => mean(planes?.re) + mean(planes?.im)

let made = 0

/** The bath of the kit with sums over its second moments. */
const summed = (change: (out: Planes, to: number, from: number) => number = () => 0): BathModel => {
  const bath = referenceBath({ couplings: 2 })
  const offDiagonal = (to: number, from: number, out: Planes): number => {
    bath.can.ensemble!.secondMoment(to, from, out)
    return change(out, to, from)
  }
  return { ...bath, can: { ...bath.can, couplingSums: () => succeed({ offDiagonal }) } }
}

const BROKEN: readonly (readonly [string, string, () => BathModel, (readonly Capability[])?])[] = [
  ['identity', 'built for another contract', reference(() => ({ contract: CONTRACT + 1 }))],
  ['windows', 'with windows that overlap', reference(({ windows }) => ({ windows: { ...windows, width: 1.5 } }))],
  ['windows', 'with a volume that is no number', reference(({ windows }) => ({ windows: { ...windows, logVolumes: windows.logVolumes.map(() => NaN) } }))],
  ['windows', 'with fewer means than couplings', reference(({ meanCouplings }) => ({ meanCouplings: meanCouplings.slice(1) }))],
  ['capabilities', 'that claims less than it offers', reference(() => ({})), ['microscopic']],
  ['capabilities', 'that claims more than it offers', () => referenceBath({ capabilities: ['microscopic'] })],
  ['same-windows', 'with other volumes each time', reference(({ windows }) => { made += 1e-12; return { windows: { ...windows, logVolumes: windows.logVolumes.map((x) => x + made) } } })],
  ['levels', 'whose volumes count other levels', reference(({ windows }) => ({ windows: { ...windows, logVolumes: windows.logVolumes.map((x) => x + 0.1) } }))],
  ['levels', 'with a level outside its window', realisedAs((bath) => ({ ...bath, levels: bath.levels.map((level, i) => (i === 0 ? level - 1 : level)) }))],
  ['levels', 'whose realisation throws', reference(({ can }) => ({ can: { ...can, microscopic: () => { throw new TypeError('no') } } }))],
  ['levels', 'with local terms of the wrong size', reference(({ can }) => ({
    can: { ...can, microscopic: () => succeed({ kind: 'local' as const, siteDimensions: [2], hamiltonian: [{ sites: [0], operator: { rows: 4, columns: 4, re: new Float64Array(16), im: null } }], couplings: [[], []] }) },
  }))],
  ['blocks', 'with NaN in a block', block((out) => { out.re[0] = NaN })],
  ['blocks', 'that writes where it says zero', realisedAs((bath) => ({ ...bath, block: (coupling, to, from, out) => { if (to === from) out.re[0] = 1; return bath.block(coupling, to, from, out) } }))],
  ['hermitian', 'whose couplings are not Hermitian', block((out, _coupling, to, from) => { if (to > from) out.re[0]! += 0.1 })],
  ['mean', 'that leaves its means in', realisedAs((bath) => ({
    ...bath,
    block: (coupling, to, from, out) => {
      const size = Array.from(bath.window).filter((each) => each === to).length
      if (to !== from) return bath.block(coupling, to, from, out)
      out.re.fill(0)
      out.im?.fill(0)
      for (let i = 0; i < size; i += 1) out.re[i * size + i] = 0.3
      return true
    },
  }))],
  ['real', 'that is complex and says real', realisedAs((bath) => ({ ...bath, real: true }))],
  ['mean-square', 'that knows nothing of its imaginary parts', squared((planes) => mean(planes?.re))],
  ['mean-square', 'that knows blocks which are not there', squared((planes) => (planes === null ? 1e-300 : meanOf(planes)))],
  ['mean-square', 'that knows blocks as zero which are there', squared(() => 0)],
  ['same-realisation', 'whose parts leave one out', realisedAs((bath) => ({ ...bath, block: Object.assign(bath.block, { inParts: (coupling: number, to: number, from: number, out: Planes) => {
    const kept = out.re[0]!
    if (!bath.block(coupling, to, from, out)) return null
    out.re[0] = kept
    return () => false
  } }) }), () => referenceBath({ couplings: 2 }))],
  ['same-realisation', 'that is drawn anew at every call', block((out) => { made += 1e-13; out.re.forEach((x, i) => { out.re[i] = x * (1 + made) }) }, () => referenceBath({ couplings: 2 }))],
  ['ensemble', 'of another variance than its ensemble', block((out) => { out.re.forEach((x, i) => { out.re[i] = 1.5 * x }) }, drawn), DRAWN],
  ['second-moment', 'with a negative variance', reference(({ can }) => ({ can: { ...can, ensemble: { secondMoment: (to, from, out) => { const scale = can.ensemble!.secondMoment(to, from, out); out.re[0] = -out.re[0]!; return scale } } } }))],
  ['second-moment', 'that is the same both ways', reference(({ can }) => ({ can: { ...can, ensemble: { secondMoment: (to, from, out) => can.ensemble!.secondMoment(Math.max(to, from), Math.min(to, from), out) } } }))],
  ['coupling-sums', 'with a negative sum', () => summed((out, to) => { out.re[0]! *= to === 2 ? -1 : 1; return 0 }), SUMS],
  ['coupling-sums', 'with a diagonal between different windows', () => summed((_out, to, from) => (to === from ? 0 : 1)), SUMS],
  ['spectral-function', 'that is odd in ω', reference(({ can }) => ({ can: { ...can, spectralFunction: { evaluate: (energy, frequency, out) => { can.spectralFunction!.evaluate(energy, frequency, out); out.re[3]! *= 1 + 0.1 * Math.sign(frequency) } } } }))],
]

describe('a sound bath passes', () => {
  it('with every capability', async () => {
    expect(await codes(() => referenceBath({ couplings: 2 }))).toEqual([])
  })

  it('with mean squares of its blocks', async () => {
    expect(await codes(squared(meanOf))).toEqual([])
  })

  it('with sums over its couplings', async () => {
    expect(await codes(() => summed(), SUMS)).toEqual([])
  })

  it('drawn at random', async () => {
    expect(await codes(drawn, DRAWN)).toEqual([])
  })
})

describe('a broken bath is rejected by the law meant for it, and by no other', () => {
  for (const [code, what, factory, can] of BROKEN) {
    it(`${code}: one ${what}`, async () => { expect(await codes(factory, can)).toEqual([`conformance/${code}`]) })
  }

  it('every law has a mutant', () => {
    expect(new Set(BROKEN.map(([code]) => code)).size).toBe(bathModelLaws(() => summed(), { can: SUMS }).length)
  })
})
