import { fail, succeed } from '@mesobath/contracts'
import type { BathModel, Outcome, PairRequest, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { kappaFault, ratesIssue } from './rates-issue.js'

/** κ(E',E) and conj κ(E,E') of a sound model differ by the rounding of its sums; a share of the trace. */
const SYMMETRY_TOLERANCE = 1e-9

const traceOf = ({ re }: Planes, row: number, couplings: number): number => {
  let trace = 0
  for (let a = 0; a < couplings; a += 1) trace += re[row * couplings * couplings + a * (couplings + 1)]!
  return trace
}

/**
 * The correlation function of a rate model, each table of κ checked as it is read: whatever a generator is made of has passed here, whoever
 * wrote the model. Transforms are checked where generators and tables form their sums. Generators read one order of two windows and take the other to be its conjugate, so one pair of each table is asked both ways.
 *
 * Issues: `composition/line-shape`, `composition/rates-not-finite`, `composition/rates-not-positive`, `composition/rates-not-symmetric`.
 */
export const checkedCorrelation = ({ couplings, windows: { width } }: BathModel, label: string, rates: RateModel, correlation: WindowCorrelation): Outcome<WindowCorrelation> => {
  const { lineShape, transform } = correlation
  const block = couplings * couplings

  const symmetric = ({ frequency, from, to }: PairRequest, out: Planes): Outcome<void> => {
    const row = to.findIndex((window, at) => window !== from[at] && traceOf(out, at, couplings) > 0)
    if (row < 0) return succeed(undefined)
    const back = { re: new Float64Array(block), im: new Float64Array(block) }
    const asked = correlation.strength({
      to: Int32Array.of(from[row]!), from: Int32Array.of(to[row]!), ...(frequency === undefined ? {} : { frequency: Float64Array.of(-frequency[row]!) }),
    }, back)
    if (asked._tag === 'Left') return asked
    const bound = SYMMETRY_TOLERANCE * traceOf(out, row, couplings)
    for (let i = 0; i < block; i += 1) {
      const re = out.re[row * block + i]!
      const im = out.im === null ? 0 : out.im[row * block + i]!
      if (Math.abs(back.re[i]! - re) <= bound && Math.abs(back.im[i]! + im) <= bound) continue
      return fail(ratesIssue(label, rates, 'rates-not-symmetric', 'give κ(E\',E) = conj κ(E,E\')', `gives ${re} + ${im}i and ${back.re[i]} + ${back.im[i]}i back between windows ${from[row]} and ${to[row]}`))
    }
    return asked
  }

  if (lineShape.kind === 'flat-window' && lineShape.width !== width) {
    return fail(ratesIssue(label, rates, 'line-shape', `have the bath's window width ${width}`, `has ${lineShape.width}`))
  }
  return succeed({
    lineShape,
    ...(transform === undefined ? {} : {
      transform: Object.assign(transform.bind(correlation), transform.inParts === undefined ? {} : { inParts: transform.inParts }),
    }),
    strength: (request, out) => {
      const asked = correlation.strength(request, out)
      return asked._tag === 'Left' ? asked : kappaFault(label, rates, couplings, request, out) ?? symmetric(request, out)
    },
  })
}
