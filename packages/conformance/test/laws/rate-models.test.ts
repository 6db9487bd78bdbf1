import { CONTRACT, succeed } from '@mesobath/contracts'
import type { Planes, RateModel, TransformRequest, TransformWriter, WindowCorrelation } from '@mesobath/contracts'
import { brokenLaws, rateModelLaws } from '@mesobath/conformance'
import type { RateModelCapabilities, RateModelFactory } from '@mesobath/conformance'
import { describe, expect, it } from 'vitest'
import { flatModel, ownModel } from '../broken/rate-models.js'
import type { Twist } from '../broken/rate-models.js'

const BOTH: RateModelCapabilities = { finiteTime: true, stationary: true }

const codes = async (factory: RateModelFactory, capabilities: RateModelCapabilities = BOTH): Promise<readonly string[]> =>
  (await brokenLaws(rateModelLaws(factory, capabilities))).map(({ issues }) => issues[0].code)

/** The sound model with another correlation; what it refuses stays refused. */
const wrapped = (change: (correlation: WindowCorrelation) => WindowCorrelation): RateModel => {
  const sound = flatModel()
  return {
    ...sound,
    correlate: (bath) => {
      const made = sound.correlate(bath)
      return made._tag === 'Left' ? made : succeed(change(made.right))
    },
  }
}

/** The strength of a pair that is coupled, told of one that is not. */
const leaking: Twist = (value, { to, from, left, right }, bath) => {
  if (Math.abs(to - from) !== 3 || left !== right) return value
  const moment = { re: new Float64Array(bath.couplings ** 2), im: null }
  bath.can.ensemble?.secondMoment(1, 0, moment)
  return [1e-6 * moment.re[0]!, 0]
}

/** A twist between two windows only, both ways. */
const between = (a: number, b: number, twist: Twist): Twist => (value, place, bath) =>
  ((place.to === a && place.from === b) || (place.to === b && place.from === a) ? twist(value, place, bath) : value)

/** Counts up over models made: what no seed gives back. */
const drifting = (): RateModelFactory => {
  let made = 0
  return () => {
    made += 1
    const factor = 1 + 1e-3 * made
    return flatModel(([re, im]) => [factor * re, factor * im])
  }
}

const forgetful = (): RateModelFactory => () => {
  let asked = 0
  return flatModel(([re, im]) => {
    asked += 1
    return [re * (1 + 1e-14 * asked), im]
  })
}

/** A sound line shape of its own that comes in parts, of another request. */
const inPieces = (change: (request: TransformRequest) => TransformRequest): RateModel => {
  const sound = ownModel()
  return {
    ...sound,
    correlate: (bath) => {
      const made = sound.correlate(bath)
      if (made._tag === 'Left') return made
      const transform = made.right.transform!
      const inParts: TransformWriter['inParts'] = (request, out) => succeed(() => {
        transform(change(request), out)
        return false
      })
      return succeed({ ...made.right, transform: Object.assign((request: TransformRequest, out: Planes) => transform(request, out), { inParts }) })
    },
  }
}

const BROKEN: readonly (readonly [string, string, RateModelFactory, RateModelCapabilities?])[] = [
  ['identity', 'built for another contract', () => flatModel(undefined, { contract: CONTRACT + 1 })],
  ['identity', 'without a version', () => flatModel(undefined, { version: '' })],
  ['identity', 'with a recipe that JSON cannot carry', () => flatModel(undefined, { recipe: (() => 1) as never })],
  ['serves', 'that throws', () => flatModel(undefined, { correlate: () => { throw new TypeError('no') } })],
  ['serves', 'whose strengths throw', () => wrapped((made) => ({ ...made, strength: () => { throw new RangeError('no') } }))],
  ['serves', 'that refuses a bath with what it needs', () => flatModel(undefined, { correlate: (bath) => flatModel().correlate({ ...bath, can: {} }) })],
  ['line-shape', 'for windows of another width', () => wrapped((made) => ({ ...made, lineShape: { kind: 'flat-window', width: 1, finiteTime: true } }))],
  ['line-shape', 'that claims finite times it does not declare', () => flatModel(), { finiteTime: false, stationary: true }],
  ['line-shape', 'with a line shape of its own and no transform', () => wrapped((made) => ({ ...made, lineShape: { kind: 'own', bandwidth: 1, stationary: true } }))],
  ['line-shape', 'that gives a limit it says does not exist', () => ownModel(undefined, 30, false), { finiteTime: true, stationary: false }],
  ['needs', 'that takes a bath it cannot serve', () => flatModel(undefined, { correlate: (bath) => flatModel().correlate('ensemble' in bath.can ? bath : { ...bath, can: { ensemble: { secondMoment: () => 0 } } }) })],
  ['needs', 'that throws at a bath it cannot serve', () => flatModel(undefined, { correlate: (bath) => { if (bath.can.ensemble === undefined) throw new TypeError('undefined'); return flatModel().correlate(bath) } })],
  ['finite', 'that gives NaN', () => flatModel(between(2, 1, () => [NaN, 0]))],
  ['finite', 'that gives Infinity', () => flatModel(between(2, 1, ([re]) => [Infinity * re, 0]))],
  ['finite', 'that leaves rows unwritten', () => wrapped(({ lineShape, strength }) => ({
    lineShape,
    strength: (request, out) => (request.to.length > 1 ? strength({ to: request.to.subarray(1), from: request.from.subarray(1) }, out) : strength(request, out)),
  }))],
  ['non-negative', 'with a negative rate', () => flatModel(between(1, 0, ([re, im]) => [-re, -im]))],
  ['symmetry', 'that favours one direction', () => flatModel(([re, im], { to, from }) => (to > from ? [re * 1.01, im * 1.01] : [re, im]))],
  ['symmetry', 'that forgets to conjugate', () => flatModel(([re, im], { to, from, left }) => (to < from ? [re, -im] : [re, im + 0 * left]))],
  ['positive', 'that is not Hermitian in the couplings', () => flatModel(([re, im], { left, right }) => (left < right ? [re, -im] : [re, im]))],
  ['positive', 'more correlated than positivity allows', () => flatModel(([re, im], { left, right }) => (left === right ? [re, im] : [4 * re, 4 * im]))],
  ['scaling', 'linear in the coupling', () => flatModel(([re, im]) => { const size = Math.hypot(re, im); return size === 0 ? [0, 0] : [re / Math.sqrt(size), im / Math.sqrt(size)] }), { ...BOTH, couplings: [1] }],
  ['outside', 'that couples windows beyond the spectrum', () => flatModel(leaking)],
  ['same-table', 'that is another one each time it is made', drifting()],
  ['same-table', 'whose rows depend on who asked before', forgetful()],
  ['transform-begin', 'whose transform is half of what its strength says', () => ownModel(([x, y]) => [x / 2, y / 2])],
  ['transform-parts', 'whose parts are of another time', () => inPieces((request) => ({ ...request, times: request.times.map((time) => 1.001 * time) as Float64Array }))],
  ['transform-parts', 'whose parts leave the last one out', () => inPieces((request) => ({ ...request, to: request.to.slice(0, 1), from: request.from.slice(0, 1) }))],
  ['transform-limit', 'whose transform goes elsewhere than its limit', () => ownModel(([x, y], { time }) => (time === Infinity ? [1.5 * x, 1.5 * y] : [x, y]))],
  ['bandwidth', 'that resonates beyond the bandwidth it tells', () => ownModel(([x, y], { frequency, time }) => (Math.abs(frequency) > 25 && time > 1 ? [x + 0.05, y] : [x, y])), { ...BOTH }],
  ['conservation', 'whose transform is not its own mirror', () => ownModel(([x, y], { to, from, time }) => [x * (to > from ? 1 - 0.02 * (time === Infinity ? 1 : Math.tanh(time)) : 1), y])],
  ['steady-state', 'that breaks detailed balance on its way to the limit', () => ownModel(([x, y], { to, from, time }) => [x * (to > from && time !== Infinity ? 1 + 0.05 * time * Math.exp(-time / 4) : 1), y])],
  ['entropy-production', 'with a negative rate in the limit', () => ownModel(([x, y], { to, from, frequency, time }) =>
    [Math.abs(to - from) === 2 && Math.abs(frequency) === 2 ? x * (time === Infinity ? -0.1 : 1 - 1.1 * Math.tanh(time * time)) : x, y])],
]

describe('a sound rate model passes', () => {
  it('with the flat window', async () => {
    expect(await codes(() => flatModel())).toEqual([])
  })

  it('with a line shape of its own', async () => {
    expect(await codes(() => ownModel())).toEqual([])
  })
})

describe('a broken rate model is rejected by the law meant for it, and by no other', () => {
  for (const [code, what, factory, capabilities] of BROKEN) {
    it(`${code}: one ${what}`, async () => { expect(await codes(factory, capabilities)).toEqual([`conformance/${code}`]) })
  }

  it('every law has a mutant', () => {
    const meant = new Set(BROKEN.map(([code]) => code))
    expect(meant.size).toBe(rateModelLaws(() => flatModel(), BOTH).length)
  })
})
