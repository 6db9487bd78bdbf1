import { CONTRACT, succeed } from '@mesobath/contracts'
import type { BathModel, CouplingEnsemble, Planes, SpectralBath, SpectralFunction } from '@mesobath/contracts'
import { VERSION } from '../version.js'

/** Centres one apart, windows half as wide: every transition of ω = 1, 2, 3 is resonant or far from it. */
const CENTRES = [0, 1, 2, 3]
const WIDTH = 0.5
const VOLUMES = [5, 8, 6, 3]

/** Windows further apart than this are not coupled. */
export const REACH = 2.5

/** |f|² falls with the distance of the windows, and ends at `REACH`. */
const profile = (distance: number): number => (distance === 0 || distance > REACH ? 0 : 1 / (1 + distance))

/** conj(b^{α'}) b^α + a² of two couplings, positive definite and complex; the upper window is the target. */
const MATRIX_RE = [[1, 0.3], [0.3, 0.8]]
const MATRIX_IM = [[0, 0.2], [-0.2, 0]]

const writeMoment = (couplings: number, factor: number, sign: number, out: Planes): void => {
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < couplings; right += 1) {
      out.re[left * couplings + right] = factor * MATRIX_RE[left]![right]!
      if (out.im !== null) out.im[left * couplings + right] = sign * factor * MATRIX_IM[left]![right]! + 0
    }
  }
}

/** Numbers in (−1, 1) that look random and are the same everywhere: a linear congruential generator. */
const scattered = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2147483648 - 1
  }
}

const microscopic = (scale: number): SpectralBath => {
  const window = Int32Array.from(VOLUMES.flatMap((volume, index) => Array.from({ length: volume }, () => index)))
  const levels = Float64Array.from(VOLUMES.flatMap((volume, index) =>
    Array.from({ length: volume }, (_, i) => CENTRES[index]! - WIDTH / 2 + (WIDTH * (i + 0.5)) / volume)))
  const block = (coupling: number, to: number, from: number, out: Planes): boolean => {
    const weight = Math.sqrt(profile(Math.abs(CENTRES[to]! - CENTRES[from]!))) * scale
    if (weight === 0) return false
    const [upper, lower] = [Math.max(to, from), Math.min(to, from)]
    const columns = VOLUMES[from]!
    for (let i = 0; i < VOLUMES[upper]!; i += 1) {
      for (let j = 0; j < VOLUMES[lower]!; j += 1) {
        // The first operator is part of the second, so that they are correlated.
        const shared = scattered(1 + i + 64 * j + 4096 * (upper * CENTRES.length + lower))
        shared()
        const common = [shared(), shared()] as const
        const own = [shared(), shared()] as const
        const [x, y] = coupling === 0 ? common : [0.6 * common[0] + 0.5 * own[0], 0.6 * common[1] - 0.5 * own[1]]
        const at = to >= from ? i * columns + j : j * columns + i
        out.re[at] = weight * x
        if (out.im !== null) out.im[at] = (to >= from ? 1 : -1) * weight * y
      }
    }
    return true
  }
  return { kind: 'spectral', levels, window, real: false, block }
}

const ensemble = (couplings: number, scale: number): CouplingEnsemble => ({
  secondMoment: (to, from, out) => {
    writeMoment(couplings, scale * scale * profile(Math.abs(CENTRES[to]! - CENTRES[from]!)), to >= from ? 1 : -1, out)
    return 0
  },
})

const spectralFunction = (couplings: number, scale: number): SpectralFunction => ({
  evaluate: (_meanEnergy, frequency, out) => { writeMoment(couplings, scale * scale * profile(Math.abs(frequency)), frequency >= 0 ? 1 : -1, out) },
})

/**
 * The kit's own bath: four windows at 0, 1, 2, 3 of width ½ with 5, 8, 6, 3 levels, complex couplings c·B that end at |E − E'| = 2.5. It has
 * every capability of the contract; only what is named in `capabilities` is given.
 */
export const referenceBath = (
  { couplings = 1, couplingScale = 1, capabilities = ['microscopic', 'ensemble', 'spectralFunction'] }: {
    readonly couplings?: 1 | 2
    /** c. */
    readonly couplingScale?: number
    readonly capabilities?: readonly ('microscopic' | 'ensemble' | 'spectralFunction')[]
  } = {},
): BathModel => ({
  contract: CONTRACT, name: 'reference', package: '@mesobath/conformance', version: VERSION, citations: [], recipe: null,
  windows: { energies: Float64Array.from(CENTRES), width: WIDTH, logVolumes: Float64Array.from(VOLUMES, (volume) => Math.log(volume)) },
  couplings,
  meanCouplings: Array.from({ length: couplings }, () => new Float64Array(CENTRES.length)),
  can: {
    ...(capabilities.includes('microscopic') ? { microscopic: () => succeed(microscopic(couplingScale)) } : {}),
    ...(capabilities.includes('ensemble') ? { ensemble: ensemble(couplings, couplingScale) } : {}),
    ...(capabilities.includes('spectralFunction') ? { spectralFunction: spectralFunction(couplings, couplingScale) } : {}),
  },
})
