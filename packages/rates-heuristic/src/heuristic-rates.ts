import type { BathModel, Issue, MicroscopicBath, Outcome, PairRequest, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import type { BlockTrace } from './internal/block-traces.js'
import { blockTraces } from './internal/block-traces.js'
import { summedTraces } from './internal/summed-traces.js'
import { VERSION } from './version.js'

const TWO_PI = 6.283185307179586
/** Frequencies below this fraction of the width count as zero, as everywhere in these packages. */
const ZERO_FREQUENCY = 1e-9
/** Weight of the diagonal (a square) that rounding of the bath's own diagonalisation may leave: amplitudes of 10⁻¹⁰. */
const UNDAMPED_WEIGHT = 1e-20

/** Sums over the blocks of levels, or, where a bath has none, its own traces. */
const traceSource = (bath: BathModel, realised: MicroscopicBath): Outcome<(to: number, from: number) => BlockTrace> => {
  const { couplings, windows } = bath
  if (realised.kind === 'spectral') return succeed(blockTraces(realised, couplings, windows.energies.length))
  if (bath.can.couplingSums === undefined) {
    return fail(issue('rates-heuristic/needs-spectral', ['bath'],
      `\`bath\` must be given in its energy eigenbasis, or give sums of its couplings, for heuristic rates, but '${bath.name}' is a sum of local terms without`))
  }
  const sums = bath.can.couplingSums()
  return sums._tag === 'Left' ? sums : succeed(summedTraces(sums.right, couplings))
}

const correlate = (bath: BathModel): Outcome<WindowCorrelation> => {
  if (bath.can.microscopic === undefined) {
    return fail(issue('rates-heuristic/needs-microscopic', ['bath'], `\`bath\` must be microscopic (levels and coupling operators) for heuristic rates, but '${bath.name}' is not`))
  }
  const realised = bath.can.microscopic()
  if (realised._tag === 'Left') return realised
  const { couplings } = bath
  const { energies, width, logVolumes } = bath.windows
  const windows = energies.length
  const size = couplings * couplings
  const source = traceSource(bath, realised.right)
  if (source._tag === 'Left') return source
  const trace = source.right
  // Numbers only; blocks are read once per pair of windows and forgotten.
  const known = new Map<number, BlockTrace>()
  const traceOf = (upper: number, lower: number): BlockTrace => {
    const key = upper * windows + lower
    const found = known.get(key) ?? trace(upper, lower)
    known.set(key, found)
    return found
  }

  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    const undamped = new Map<number, Issue>()
    for (let row = 0; row < request.to.length; row += 1) {
      const to = request.to[row] as number
      const from = request.from[row] as number
      const upper = Math.max(to, from)
      const lower = Math.min(to, from)
      const { re, im, diagonal, total } = traceOf(upper, lower)
      const resonant = request.frequency !== undefined && Math.abs(request.frequency[row] as number) < ZERO_FREQUENCY * width
      if (to === from && resonant && diagonal > UNDAMPED_WEIGHT * total) {
        undamped.set(to, issue('rates-heuristic/undamped-diagonal', ['bath', 'couplings'],
          `\`bath.couplings\` must have no diagonal within a window, once its mean is removed, for a Markov limit at frequency 0, ` +
          `but in window ${to} (E = ${energies[to]}) it carries ${diagonal} of the weight ${total}: its correlation never decays`))
      }
      const factor = (TWO_PI / width) * exp(-0.5 * ((logVolumes[upper] as number) + (logVolumes[lower] as number)))
      const sign = to < from ? -1 : 1
      for (let entry = 0; entry < size; entry += 1) {
        const imaginary = im[entry] === 0 ? 0 : sign * factor * (im[entry] as number)
        out.re[row * size + entry] = factor * (re[entry] as number)
        if (out.im !== null) out.im[row * size + entry] = imaginary
        else if (imaginary !== 0) throw new TypeError('complex strengths must be written into planes with an imaginary part')
      }
    }
    return failIfAny([...undamped.values()], () => undefined)
  }
  return succeed({ lineShape: { kind: 'flat-window', width, finiteTime: false }, strength })
}

/**
 * Dissipation rates from the explicit coupling operator, the fine structure of the levels left aside.
 *
 * κ^{αα'}(E,E') = (2π/δ) Σ_{i∈E, j∈E'} conj(B^{α'}_ij) B^α_ij / √(V_E V_E') at λ = 1, hence γ = (2πλ²/δ) tr(B^{α'†} Π_E B^α Π_E'). Within a
 * window (E = E') elements i = j are left out: their correlation is constant in time and gives no rate at ω ≠ 0, while at ω = 0
 * it grows without end. A row with E = E' that tells its frequency to be 0 is therefore refused where the diagonal, its
 * microcanonical mean removed, is not zero. The correlation function (Eq. 24) does not decay, so the line shape
 * (the flat window's) stands for t → ∞ only: `finiteTime` is false.
 *
 * Needs the bath's `microscopic`, in the energy eigenbasis, or as local terms beside `couplingSums`: stochastic traces, as exact as the bath says. Only
 * the pairs asked for are computed, each once. Issues of
 * `strength`: `rates-heuristic/undamped-diagonal`; of `correlate`: `rates-heuristic/needs-microscopic`,
 * `rates-heuristic/needs-spectral`, and those of the bath's realisation.
 *
 * @equation 25
 * @equation A2
 * @equation A4
 */
export const heuristicRates = (): RateModel => ({
  contract: CONTRACT,
  name: 'heuristic',
  package: '@mesobath/rates-heuristic',
  version: VERSION,
  citations: [PAPER],
  recipe: {},
  needs: ['microscopic'],
  correlate,
})
