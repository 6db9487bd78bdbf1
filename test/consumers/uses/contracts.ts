// A rate model and a bath by types alone, and an outcome that must be looked at.
import { CONTRACT, fail, issue, orThrow, succeed } from '@mesobath/contracts'
import type { BathModel, Outcome, RateModel } from '@mesobath/contracts'

const rates: RateModel = {
  contract: CONTRACT, name: 'equal', package: 'a-consumer', version: '1.0.0', citations: [], recipe: null, needs: [],
  correlate: ({ windows }) => succeed({
    lineShape: { kind: 'flat-window', width: windows.width, finiteTime: true },
    strength: (_request, out) => {
      out.re.fill(1)
      return succeed(undefined)
    },
  }),
}
const bath: BathModel = {
  contract: CONTRACT, name: 'two windows', package: 'a-consumer', version: '1.0.0', citations: [], recipe: null,
  windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(6, 6.4) }, couplings: 1, meanCouplings: [Float64Array.of(0, 0)], can: {},
}
const out = { re: new Float64Array(1), im: null }
orThrow(orThrow(rates.correlate(bath)).strength({ to: Int32Array.of(1), from: Int32Array.of(0) }, out))
if (out.re[0] !== 1) throw new Error('the rate model was not asked')

const half = (n: number): Outcome<number> => (n % 2 === 0 ? succeed(n / 2) : fail(issue('a-consumer/odd', ['n'], '`n` must be even, but is odd')))
// @ts-expect-error an outcome must be looked at before its result can be used
export const unseen = half(4).right + 1
const seen = half(3)
if (seen._tag === 'Right' || seen.left[0].code !== 'a-consumer/odd') throw new Error('an issue was lost')
