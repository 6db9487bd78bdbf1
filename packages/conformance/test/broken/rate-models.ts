import { CONTRACT, fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { BathModel, CouplingEnsemble, RateModel, TransformRequest, WindowCorrelation } from '@mesobath/contracts'

/** A sound rate model that reads the bath's second moments, and changes of it that each break one law. */

const identity = { contract: CONTRACT, name: 'sound', package: '@stranger/rates', version: '1.0.0', citations: [], recipe: {} }

const ensembleOf = (bath: BathModel): CouplingEnsemble | undefined => bath.can.ensemble

type Entry = readonly [number, number]

/** κ^{αα'}(E,E') of one entry, and what a mutant makes of it. */
export type Twist = (value: Entry, place: { readonly to: number; readonly from: number; readonly left: number; readonly right: number }, bath: BathModel) => Entry

const same: Twist = (value) => value

const strengthOf = (bath: BathModel, ensemble: CouplingEnsemble, twist: Twist): WindowCorrelation['strength'] => ({ to, from }, out) => {
  const { couplings } = bath
  const size = couplings * couplings
  const moment = { re: new Float64Array(size), im: new Float64Array(size) }
  for (let row = 0; row < to.length; row += 1) {
    ensemble.secondMoment(to[row]!, from[row]!, moment)
    for (let left = 0; left < couplings; left += 1) {
      for (let right = 0; right < couplings; right += 1) {
        const at = left * couplings + right
        const [re, im] = twist([moment.re[at]!, moment.im[at]!], { to: to[row]!, from: from[row]!, left, right }, bath)
        out.re[row * size + at] = re
        if (out.im !== null) out.im[row * size + at] = im
      }
    }
  }
  return succeed(undefined)
}

export const flatModel = (twist: Twist = same, change: Partial<RateModel> = {}): RateModel => ({
  ...identity, needs: ['ensemble'],
  correlate: (bath) => {
    const ensemble = ensembleOf(bath)
    return ensemble === undefined ? fail(issue('stranger/needs', ['bath'], '`bath` must give an ensemble, but does not'))
      : succeed({ lineShape: { kind: 'flat-window', width: bath.windows.width, finiteTime: true }, strength: strengthOf(bath, ensemble, twist) })
  },
  ...change,
})

const DECAY = 0.4

/** What a mutant does to the real and imaginary part of one entry of the transform. */
export type TransformTwist = (value: Entry, place: { readonly to: number; readonly from: number; readonly frequency: number; readonly time: number }) => Entry

/**
 * A line shape of its own, C ∝ κ (δ/2π) e^{−Γτ} e^{i(E−E')τ}: ∫₀ᵗ C e^{−iωτ}dτ = κ (δ/2π) (1 − e^{−(Γ+iΩ)t})/(Γ + iΩ). Its tails decay as
 * those of a narrow spectrum only in the mean, so the bandwidth told is generous.
 */
export const ownModel = (twist: TransformTwist = (value) => value, bandwidth = 30, stationary = true): RateModel => ({
  ...identity, needs: ['ensemble'],
  correlate: (bath) => {
    const ensemble = ensembleOf(bath)
    if (ensemble === undefined) return fail(issue('stranger/needs', ['bath'], '`bath` must give an ensemble, but does not'))
    const { couplings, windows: { energies, width } } = bath
    const size = couplings * couplings
    const strength = strengthOf(bath, ensemble, same)
    return succeed({
      lineShape: { kind: 'own', bandwidth, stationary },
      strength,
      transform: ({ frequency, from, times, to }: TransformRequest, out) => {
        const kappa = { re: new Float64Array(to.length * size), im: new Float64Array(to.length * size) }
        orThrow(strength({ to, from }, kappa))
        for (let row = 0; row < to.length; row += 1) {
          const mismatch = frequency[row]! + energies[from[row]!]! - energies[to[row]!]!
          for (let i = 0; i < times.length; i += 1) {
            const fade = times[i] === Infinity ? 0 : Math.exp(-DECAY * times[i]!)
            const [c, s] = fade === 0 ? [0, 0] : [Math.cos(mismatch * times[i]!), Math.sin(mismatch * times[i]!)]
            const scale = width / (2 * Math.PI) / (DECAY * DECAY + mismatch * mismatch)
            const [x, y] = twist(
              [scale * ((1 - fade * c) * DECAY + fade * s * mismatch), scale * (fade * s * DECAY - (1 - fade * c) * mismatch)],
              { to: to[row]!, from: from[row]!, frequency: frequency[row]!, time: times[i]! },
            )
            for (let at = 0; at < size; at += 1) {
              const [a, b] = [kappa.re[row * size + at]!, kappa.im[row * size + at]!]
              out.re[(row * times.length + i) * size + at] = a * x - b * y
              if (out.im !== null) out.im[(row * times.length + i) * size + at] = a * y + b * x
            }
          }
        }
        return succeed(undefined)
      },
    })
  },
})
