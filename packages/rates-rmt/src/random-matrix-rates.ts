import type { BathModel, Issue, Outcome, PairRequest, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import { VERSION } from './version.js'

const TWO_PI = 6.283185307179586

const correlate = (bath: BathModel): Outcome<WindowCorrelation> => {
  const ensemble = bath.can.ensemble
  if (ensemble === undefined) {
    return fail(issue('rates-rmt/needs-ensemble', ['bath'], `\`bath\` must be able to give its ensemble (means and variance of its coupling) for random-matrix rates, but '${bath.name}' cannot`))
  }
  const { energies, width, logVolumes } = bath.windows
  const size = bath.couplings * bath.couplings
  const moment: Planes = { re: new Float64Array(size), im: new Float64Array(size) }
  const momentIm = moment.im as Float64Array
  const prefactor = TWO_PI / width

  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    const issues: Issue[] = []
    for (let row = 0; row < request.to.length; row += 1) {
      const to = request.to[row] as number
      const from = request.from[row] as number
      const upper = Math.max(to, from)
      const lower = Math.min(to, from)
      const at = row * size
      // Read one way and conjugated for the other: detailed balance then holds to the last bit, whoever wrote the ensemble.
      const scale = ensemble.secondMoment(upper, lower, moment)
      const logFactor = 0.5 * ((logVolumes[upper] as number) + (logVolumes[lower] as number)) + scale
      const factor = prefactor * exp(logFactor)
      const sign = to < from ? -1 : 1
      let momentsFinite = true
      let strengthsFinite = true
      for (let entry = 0; entry < size; entry += 1) {
        const re = moment.re[entry] as number
        const im = momentIm[entry] as number
        momentsFinite &&= Number.isFinite(re) && Number.isFinite(im)
        const strengthRe = re === 0 ? 0 : factor * re
        const strengthIm = im === 0 ? 0 : sign * factor * im
        strengthsFinite &&= Number.isFinite(strengthRe) && Number.isFinite(strengthIm)
        out.re[at + entry] = strengthRe
        if (out.im !== null) out.im[at + entry] = strengthIm
        else if (strengthIm !== 0) throw new TypeError('complex strengths must be written into planes with an imaginary part')
      }
      const pair = `windows ${upper} (E = ${energies[upper]}) and ${lower} (E = ${energies[lower]})`
      if (!momentsFinite) {
        issues.push(issue('rates-rmt/not-finite', ['bath', 'ensemble'], `\`bath.ensemble\` must give finite second moments, but does not between ${pair}`))
      } else if (!strengthsFinite) {
        issues.push(issue('rates-rmt/overflow', ['bath', 'scaledDeviation'],
          `\`bath.scaledDeviation\` (a² = scaledDeviation²/√(V_E V_E')) must be used in place of a constant deviation or mean for volumes this large, but ln κ would be ${logFactor} between ${pair}`))
      }
    }
    return failIfAny(issues, () => undefined)
  }
  return succeed({ lineShape: { kind: 'flat-window', width, finiteTime: true }, strength })
}

/**
 * Dissipation rates of a random-matrix coupling, averaged over its ensemble.
 *
 * κ^{αα'}(E,E') = (2π/δ) √(V_E V_E') [conj(b^{α'}) b^α + a² δ_αα'] at λ = 1, hence γ = (2πλ²/δ) V_E V_E' (|b|² + a²).
 * Formed from ln V and the logarithm of the ensemble's scale, to a relative 2⁻⁵² × the size of those logarithms. κ(E,E) = 0: the ensemble has no block within a window. The line shape is the
 * flat window's, at finite times too.
 *
 * Needs the bath's `ensemble`. Issues of `strength`: `rates-rmt/overflow` where κ does not fit a double (a constant a with
 * very large volumes), `rates-rmt/not-finite`; of `correlate`: `rates-rmt/needs-ensemble`.
 *
 * @equation 27
 * @equation A6
 * @equation A10
 */
export const randomMatrixRates = (): RateModel => ({
  contract: CONTRACT,
  name: 'random-matrix',
  package: '@mesobath/rates-rmt',
  version: VERSION,
  citations: [PAPER],
  recipe: {},
  needs: ['ensemble'],
  correlate,
})
