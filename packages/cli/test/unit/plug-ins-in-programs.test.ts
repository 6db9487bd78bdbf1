import { CONTRACT, orThrow, succeed } from '@mesobath/contracts'
import type { Algorithm, BathModel, PairRequest, Planes, Problem, RateModel, SpectralBath, TransformRequest } from '@mesobath/contracts'
import { randomMatrixBath } from '@mesobath/baths'
import { bornMarkovSecular } from '@mesobath/integrator-bms'
import { exact } from '@mesobath/integrator-exact'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeRedfield, finiteTimeSecular } from '@mesobath/integrator-redfield'
import { complexMatrix } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'

// A plug-in passed as a value, with no command around it. Mutants: `prepareBaths` handing on `given.right` unchecked (every test of rates), `report`
// never called in `ofBlocks` (NaN in a block), `levelIssue` always null (levels elsewhere).

const IDENTITY = { contract: CONTRACT, package: 'a-strangers-rates', version: '1.2.0', citations: [], recipe: null }

type Value = (to: number, from: number) => number

const rates = (value: Value, width?: number): RateModel => ({
  ...IDENTITY, name: 'steady', needs: [],
  correlate: ({ windows }) => succeed({
    lineShape: { kind: 'flat-window', width: width ?? windows.width, finiteTime: true },
    strength: ({ from, to }: PairRequest, out: Planes) => {
      to.forEach((window, row) => { out.re[row] = value(window, from[row]!) })
      out.im?.fill(0)
      return succeed(undefined)
    },
  }),
})

const ownRates = (value: number): RateModel => ({
  ...IDENTITY, name: 'steady', needs: [],
  correlate: () => succeed({
    lineShape: { kind: 'own', bandwidth: 1, stationary: true },
    strength: ({ to }: PairRequest, out: Planes) => {
      out.re.fill(1, 0, to.length)
      return succeed(undefined)
    },
    transform: (_request: TransformRequest, out: Planes) => {
      out.re.fill(value)
      return succeed(undefined)
    },
  }),
})

const sound = orThrow(randomMatrixBath({ windows: [{ energy: 0, volume: 4 }, { energy: 1, volume: 6 }], windowWidth: 0.5, spectrum: 'regular', deviation: 1, seed: 1 }))

const problemOf = (bath: BathModel): Problem => ({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 0.01, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.of(0, 1, 5), drive: null,
})

const codes = async (algorithm: Algorithm, bath: BathModel = sound): Promise<readonly string[]> => {
  const outcome = await solve(problemOf(bath), algorithm)
  return outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : ['ran']
}

const EQUATIONS: Readonly<Record<string, (model: RateModel) => Algorithm>> = {
  markov: (model) => markov({ rates: model }), 'born-markov-secular': (model) => bornMarkovSecular({ rates: model }),
  'finite-time-redfield': (model) => finiteTimeRedfield({ rates: model }), 'finite-time-secular': (model) => finiteTimeSecular({ rates: model }),
}

const FAULTS: readonly (readonly [string, RateModel, string])[] = [
  ['NaN', rates(() => NaN), 'composition/rates-not-finite'],
  ['negative κ', rates((to, from) => (to === from ? 0 : -1)), 'composition/rates-not-positive'],
  ['κ(E′,E) ≠ conj κ(E,E′)', rates((to, from) => (to > from ? 1 : 3)), 'composition/rates-not-symmetric'],
  ['the line shape of other windows', rates(() => 1, 0.1), 'composition/line-shape'],
]

describe('[Eq. 12] a correlation function that cannot be is an issue of `solve`, whoever wrote it', () => {
  for (const [name, make] of Object.entries(EQUATIONS)) {
    it(`${name} runs with a sound one`, async () => { expect(await codes(make(rates(() => 1)))).toEqual(['ran']) })
    for (const [what, model, code] of FAULTS) it(`${name} refuses ${what}`, async () => { expect(await codes(make(model))).toEqual([code]) })
  }

  it('a transform that is no number is refused at finite times and in the limit', async () => {
    expect(await codes(markov({ rates: ownRates(NaN) }))).toEqual(['composition/rates-not-finite'])
    expect(await codes(finiteTimeRedfield({ rates: ownRates(NaN) }))).toEqual(['kernels/table-not-finite'])
  })

  it('names the plug-in, its package and its version', async () => {
    const outcome = await solve(problemOf(sound), markov({ rates: rates(() => NaN) }))
    expect(outcome._tag === 'Left' && outcome.left[0].message).toBe(
      '`rates.bath` must give finite rates, but "steady" of a-strangers-rates 1.2.0 gives NaN between windows 0 and 1')
  })

  it('what a plug-in throws is a bug and reaches the caller with its stack', async () => {
    const broken = { ...rates(() => 1), correlate: () => { throw new RangeError('mine') } }
    await expect(solve(problemOf(sound), markov({ rates: broken }))).rejects.toThrow('mine')
  })
})

describe('[Eq. 1] a bath that is not what it says is an issue of exact evolution', () => {
  const lying = (change: (spectral: SpectralBath) => Partial<SpectralBath>): BathModel => {
    const microscopic = sound.can.microscopic!
    const spectral = orThrow(microscopic()) as SpectralBath
    return { ...sound, can: { microscopic: () => succeed({ ...spectral, ...change(spectral) }) } }
  }

  it('a sound one runs', async () => { expect(await codes(exact(), lying(() => ({})))).toEqual(['ran']) })

  it('NaN in a block, which would otherwise count as no coupling at all', async () => {
    const bath = lying(({ block }) => ({ block: (coupling, to, from, out) => {
      const written = block(coupling, to, from, out)
      if (written) out.re[0] = NaN
      return written
    } }))
    expect(new Set(await codes(exact(), bath))).toEqual(new Set(['integrator-exact/not-finite']))
  })

  it('levels outside the windows that it names, or without a window', async () => {
    expect(await codes(exact(), lying(({ levels }) => ({ levels: levels.map((level) => level + 10) as Float64Array })))).toEqual(['integrator-exact/levels'])
    expect(await codes(exact(), lying(({ window }) => ({ window: window.slice(0, 3) })))).toEqual(['integrator-exact/levels'])
  })
})
