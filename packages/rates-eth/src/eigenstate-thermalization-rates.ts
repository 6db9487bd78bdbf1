import type { BathModel, Issue, Json, Outcome, PairRequest, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import { checkSpectralMatrix } from './internal/check-spectral-matrix.js'
import { logVolumeAt } from './internal/log-volume-at.js'
import { spectralReader } from './internal/spectral-reader.js'
import type { SpectralChoice } from './spectral-choice.js'
import { VERSION } from './version.js'

/** Options of {@link eigenstateThermalizationRates}. */
export interface EigenstateThermalizationOptions {
  /** The spectral function; the bath's own unless told. */
  readonly spectralFunction?: SpectralChoice
}

const TWO_PI = 6.283185307179586

const correlate = (bath: BathModel, given: SpectralChoice | undefined): Outcome<WindowCorrelation> => {
  const choice = given ?? bath.can.spectralFunction
  if (choice === undefined) {
    return fail(issue('rates-eth/needs-spectral-function', ['bath'],
      `\`bath\` must have a spectral function F(Ē, ω), or one must be handed to the rates, but '${bath.name}' has none`))
  }
  const { couplings, windows } = bath
  const prepared = spectralReader(choice, couplings)
  if (prepared._tag === 'Left') return prepared
  const read = prepared.right
  const { energies, width, logVolumes } = windows
  const size = couplings * couplings
  const value = { re: new Float64Array(size), im: new Float64Array(size) }
  const mirror = { re: new Float64Array(size), im: new Float64Array(size) }

  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    const issues: Issue[] = []
    for (let row = 0; row < request.to.length; row += 1) {
      const to = request.to[row] as number
      const from = request.from[row] as number
      const upper = Math.max(to, from)
      const lower = Math.min(to, from)
      const meanEnergy = 0.5 * ((energies[upper] as number) + (energies[lower] as number))
      const frequency = (energies[upper] as number) - (energies[lower] as number)
      const problem = read(meanEnergy, frequency, value) ?? read(meanEnergy, -frequency, mirror)
        ?? checkSpectralMatrix(value, mirror, couplings, meanEnergy, frequency)
      if (problem !== null) {
        issues.push(problem)
        continue
      }
      const logFactor = 0.5 * ((logVolumes[upper] as number) + (logVolumes[lower] as number)) - logVolumeAt(windows, meanEnergy)
      const factor = (TWO_PI / width) * exp(logFactor)
      const sign = to < from ? -1 : 1
      let finite = true
      for (let left = 0; left < couplings; left += 1) {
        for (let right = 0; right < couplings; right += 1) {
          const entry = left * couplings + right
          const transposed = right * couplings + left
          // The Hermitian part: what Eq. A15 is missed by, within its tolerance, must not reach the rates.
          const re = factor * 0.5 * ((value.re[entry] as number) + (value.re[transposed] as number))
          const im = factor * 0.5 * ((value.im[entry] as number) - (value.im[transposed] as number))
          finite &&= Number.isFinite(re) && Number.isFinite(im)
          out.re[row * size + entry] = re
          if (out.im !== null) out.im[row * size + entry] = im === 0 ? 0 : sign * im
          else if (im !== 0) throw new TypeError('complex strengths must be written into planes with an imaginary part')
        }
      }
      if (!finite) {
        issues.push(issue('rates-eth/overflow', ['bath', 'windows'],
          `\`bath.windows\` must have volumes whose logarithm is nearly linear between two coupled windows, but ½(S + S') − S(Ē) = ${logFactor} between ${lower} and ${upper}`))
      }
    }
    return failIfAny(issues, () => undefined)
  }
  return succeed({ lineShape: { kind: 'flat-window', width, finiteTime: true }, strength })
}

/** Samples are data; every other form holds a function. */
const recipeOf = (choice: SpectralChoice | undefined): Json => {
  if (choice === undefined) return {}
  if (!('samples' in choice)) return null
  const { energies, frequencies, values } = choice.samples
  const plain = { re: Array.from(values?.re ?? []), ...(values?.im ? { im: Array.from(values.im) } : {}) }
  return { spectralFunction: { samples: { energies: Array.from(energies ?? []), frequencies: Array.from(frequencies ?? []), values: plain } } }
}

/**
 * Dissipation rates of the eigenstate thermalization hypothesis.
 *
 * κ^{αα'}(E,E') = (2π/δ) exp[½(S_mic(E) + S_mic(E')) − S_mic(Ē)] F^{αα'}(Ē, E − E') at λ = 1, Ē = (E + E')/2, hence
 * γ = (2πλ²/δ) V_E V_E' F/V_Ē. S_mic(Ē) = ln V_Ē is interpolated linearly between the centres of windows. F is the bath's spectral
 * function or the one given: f(Ē, ω), a matrix, or samples. The line shape is the flat window's, at finite times too, which
 * takes F as constant over ω within a window width.
 *
 * Needs the bath's `spectralFunction` unless one is given. Issues of `correlate`: `rates-eth/needs-spectral-function`,
 * `rates-eth/samples`, `rates-eth/shape`; of `strength`: `rates-eth/outside-samples`, `rates-eth/asymmetric`, `rates-eth/not-hermitian`,
 * `rates-eth/not-positive`, `rates-eth/not-finite`, `rates-eth/shape`, `rates-eth/overflow`.
 *
 * @equation 29
 * @equation A14
 * @equation A17
 */
export const eigenstateThermalizationRates = (options: EigenstateThermalizationOptions = {}): RateModel => ({
  contract: CONTRACT,
  name: 'eigenstate-thermalization',
  package: '@mesobath/rates-eth',
  version: VERSION,
  citations: [PAPER],
  recipe: recipeOf(options.spectralFunction),
  needs: options.spectralFunction === undefined ? ['spectralFunction'] : [],
  correlate: (bath) => correlate(bath, options.spectralFunction),
})
