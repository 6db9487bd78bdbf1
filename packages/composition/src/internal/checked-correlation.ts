import { fail, issue, succeed } from '@mesobath/contracts'
import type { BathModel, Failure, Outcome, PairRequest, Planes, RateModel, TransformRequest, WindowCorrelation } from '@mesobath/contracts'
import { positivityFault } from './positive-rates.js'

/** κ(E',E) and conj κ(E,E') of a sound model differ by the rounding of its sums. */
const SYMMETRY_TOLERANCE = 1e-9

/** What a rate model is judged as: the model, the bath it was asked about, and the label of that bath. */
interface Judged {
  readonly bath: BathModel
  readonly label: string
  readonly rates: RateModel
}

const refusal = ({ label, rates }: Judged, code: string, must: string, but: string): Failure =>
  fail(issue(`composition/${code}`, ['rates', label], `\`rates.${label}\` must ${must}, but "${rates.name}" of ${rates.package} ${rates.version} ${but}`))

const pairAt = ({ bath: { windows } }: Judged, { from, to }: PairRequest, row: number): string =>
  `from window ${from[row]} (E' = ${windows.energies[from[row]!]}) to window ${to[row]} (E = ${windows.energies[to[row]!]})`

/** First entry that is no finite number, or −1. */
const firstNotFinite = ({ im, re }: Planes, entries: number): number => {
  for (let i = 0; i < entries; i += 1) if (!Number.isFinite(re[i]!) || (im !== null && !Number.isFinite(im[i]!))) return i
  return -1
}

const finiteFault = (judged: Judged, request: PairRequest, out: Planes, perRow: number): Failure | null => {
  const bad = firstNotFinite(out, request.to.length * perRow)
  if (bad < 0) return null
  const value = out.im === null ? `${out.re[bad]}` : `${out.re[bad]} + ${out.im[bad]}i`
  return refusal(judged, 'rates-not-finite', 'give a correlation function that is finite', `gives ${value} ${pairAt(judged, request, Math.floor(bad / perRow))}`)
}

/** The row of different windows whose κ is largest, or −1. */
const strongestRow = ({ from, to }: PairRequest, { re }: Planes, couplings: number): number => {
  let strongest = -1
  let most = 0
  for (let row = 0; row < to.length; row += 1) {
    if (to[row] === from[row]) continue
    let trace = 0
    for (let a = 0; a < couplings; a += 1) trace += re[row * couplings * couplings + a * (couplings + 1)]!
    if (trace > most) [strongest, most] = [row, trace]
  }
  return strongest
}

/** Asks for one pair the other way round: generators read one order and take the other to be its conjugate. */
const symmetryFault = (judged: Judged, correlation: WindowCorrelation, request: PairRequest, out: Planes): Failure | null => {
  const { couplings } = judged.bath
  const block = couplings * couplings
  const row = strongestRow(request, out, couplings)
  if (row < 0) return null
  const back = { re: new Float64Array(block), im: new Float64Array(block) }
  const reversed = {
    to: request.from.slice(row, row + 1), from: request.to.slice(row, row + 1),
    ...(request.frequency === undefined ? {} : { frequency: Float64Array.of(-request.frequency[row]!) }),
  }
  const asked = correlation.strength(reversed, back)
  if (asked._tag === 'Left') return asked
  let trace = 0
  for (let a = 0; a < couplings; a += 1) trace += out.re[row * block + a * (couplings + 1)]!
  for (let i = 0; i < block; i += 1) {
    const at = row * block + i
    const im = out.im === null ? 0 : out.im[at]!
    if (Math.abs(back.re[i]! - out.re[at]!) <= SYMMETRY_TOLERANCE * trace && Math.abs(back.im[i]! + im) <= SYMMETRY_TOLERANCE * trace) continue
    return refusal(judged, 'rates-not-symmetric', 'give κ(E\',E) = conj κ(E,E\')',
      `gives ${out.re[at]} + ${im}i ${pairAt(judged, request, row)} and ${back.re[i]} + ${back.im[i]}i the other way`)
  }
  return null
}

/**
 * The correlation function of a rate model, each table checked as it is read: whatever a generator is made of has passed here, whoever wrote
 * the model. Issues: `composition/line-shape`, `composition/rates-not-finite`, `composition/rates-not-positive`, `composition/rates-not-symmetric`.
 */
export const checkedCorrelation = (judged: Judged, correlation: WindowCorrelation): Outcome<WindowCorrelation> => {
  const { couplings, windows } = judged.bath
  const { lineShape } = correlation
  const block = couplings * couplings
  if (lineShape.kind !== 'flat-window' && lineShape.kind !== 'own') {
    return refusal(judged, 'line-shape', 'have a line shape `flat-window` or `own`', `has ${JSON.stringify((lineShape as { readonly kind: unknown }).kind)}`)
  }
  if (lineShape.kind === 'flat-window' && lineShape.width !== windows.width) {
    return refusal(judged, 'line-shape', `have the line shape of the bath's windows (δ = ${windows.width})`, `has that of windows of width ${lineShape.width}`)
  }
  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    const asked = correlation.strength(request, out)
    if (asked._tag === 'Left') return asked
    return finiteFault(judged, request, out, block) ?? positivityFault({ label: judged.label, rates: judged.rates, couplings }, request.to, request.from, out)
      ?? symmetryFault(judged, correlation, request, out) ?? asked
  }
  if (correlation.transform === undefined) return succeed({ lineShape, strength })
  return succeed({
    lineShape, strength,
    transform: (request: TransformRequest, out: Planes) => {
      const asked = correlation.transform!(request, out)
      return asked._tag === 'Left' ? asked : finiteFault(judged, request, out, request.times.length * block) ?? asked
    },
  })
}
