import type { RateModelCapabilities } from '../rate-model-capabilities.js'
import { law, needed } from '../law.js'
import type { Fault, Law } from '../law.js'
import { entry, pairName, transformAt, unwritten } from './correlation-table.js'
import type { Subject } from './correlation-table.js'

interface TransformParts {
  readonly subjects: () => readonly Subject[]
  readonly accuracy: number
  readonly capabilities: RateModelCapabilities
  readonly restsOn: readonly Law[]
}

/** A window pair of the subject that is coupled most strongly, upper window first. */
const strongest = (subject: Subject): { readonly to: number; readonly from: number; readonly strength: number } => {
  let best = { to: 1, from: 0, strength: 0 }
  for (let to = 1; to < subject.windows; to += 1) {
    for (let from = 0; from < to; from += 1) {
      const strength = Math.abs(entry(subject, to, from, 0, 0)[0])
      if (strength > best.strength) best = { to, from, strength }
    }
  }
  return best
}

/** As a share of 1/bandwidth: the next order of t is then a part in ten thousand. */
const EARLY = 1e-4
const EARLY_TOLERANCE = 1e-3

/** ∫₀ᵗ C e^{−iωτ}dτ = t C(0) + …, and C(0) √(V_E'/V_E) = κ δ/2π. */
const begins = (subject: Subject): readonly Fault[] => {
  const { bath, correlation, couplings, largest } = subject
  if (correlation.lineShape.kind !== 'own') return []
  const { to, from } = strongest(subject)
  const { energies, width } = bath.windows
  const frequency = energies[to]! - energies[from]!
  const time = EARLY / Math.max(correlation.lineShape.bandwidth + Math.abs(frequency), width)
  const { re, im } = transformAt(subject, to, from, frequency, time)
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < couplings; right += 1) {
      const [kappaRe, kappaIm] = entry(subject, to, from, left, right)
      const slope = width / (2 * Math.PI)
      const at = left * couplings + right
      if (Math.hypot(re[at]! / time - slope * kappaRe, im[at]! / time - slope * kappaIm) <= EARLY_TOLERANCE * slope * largest) continue
      return [{ must: 'begin its transform as t κ δ/2π', but: `begins with the slope ${re[at]! / time} where κ δ/2π = ${slope * kappaRe} ${pairName(subject, to, from)}` }]
    }
  }
  return []
}

/** Times in units of 1/δ: a limit is approached at least as fast as 1/t. */
const LATE = [300, 3000] as const
const APPROACH = 30

const settles = (subject: Subject): readonly Fault[] => {
  const { bath, correlation } = subject
  if (correlation.lineShape.kind !== 'own' || !correlation.lineShape.stationary) return []
  const { to, from } = strongest(subject)
  const { energies, width } = bath.windows
  const frequency = energies[to]! - energies[from]!
  const end = transformAt(subject, to, from, frequency, Infinity)
  const scale = Math.max(...end.re.map(Math.abs), ...end.im.map(Math.abs), subject.largest * 0.1)
  return LATE.flatMap((time) => {
    const late = transformAt(subject, to, from, frequency, time / width)
    const apart = Math.max(...late.re.map((x, i) => Math.hypot(x - end.re[i]!, late.im[i]! - end.im[i]!)))
    return apart <= (APPROACH / time) * scale ? []
      : [{ must: 'approach at late times what it gives for t = ∞', but: `is ${apart} away at t = ${time}/δ ${pairName(subject, to, from)}` }]
  }).slice(0, 1)
}

/** Beyond its bandwidth nothing resonates: |∫₀ᵗ e^{i(Δ−ω)τ}dτ| ≤ 2/|Δ − ω| for every |Δ| ≤ bandwidth. */
const bounded = (subject: Subject, finiteTime: boolean): readonly Fault[] => {
  const { bath, correlation } = subject
  const { lineShape } = correlation
  if (lineShape.kind !== 'own' || !finiteTime) return []
  const { to, from, strength } = strongest(subject)
  const { width } = bath.windows
  for (const beyond of [10, 100]) {
    const frequency = beyond * (lineShape.bandwidth + width)
    const { re, im } = transformAt(subject, to, from, frequency, 20 / width)
    const bound = (2 / (frequency - lineShape.bandwidth)) * strength * (width / (2 * Math.PI))
    if (Math.hypot(re[0]!, im[0]!) <= bound * 1.001) continue
    return [{ must: `stay below ${bound} at ω = ${frequency}, beyond the bandwidth ${lineShape.bandwidth} it declares`, but: `is ${Math.hypot(re[0]!, im[0]!)}` }]
  }
  return []
}

/** Both orders of two windows at a few times: of the transform whole and in parts, to the last bit. */
const comesInParts = (subject: Subject): readonly Fault[] => {
  const { bath: { windows: { energies, width } }, correlation: { transform }, couplings } = subject
  if (transform?.inParts === undefined) return []
  const { to, from } = strongest(subject)
  const frequency = energies[to]! - energies[from]!
  const request = {
    to: Int32Array.of(to, from), from: Int32Array.of(from, to), frequency: Float64Array.of(frequency, -frequency), times: Float64Array.of(0, 1 / width, 10 / width),
  }
  const [whole, pieces] = [unwritten(6 * couplings * couplings), unwritten(6 * couplings * couplings)]
  needed('`transform`', transform(request, whole))
  const next = needed('`transform.inParts`', transform.inParts(request, pieces))
  for (let more = true; more;) more = next()
  return ([['re', whole.re, pieces.re], ['im', whole.im, pieces.im]] as const).flatMap(([plane, all, parts]) => {
    const at = all.findIndex((value, i) => !Object.is(value, parts[i]))
    return at < 0 ? [] : [{ must: 'write in parts what `transform` writes', but: `writes ${parts[at]} in place of ${all[at]} (${plane}, entry ${at})` }]
  }).slice(0, 1)
}

/** The laws of a line shape of its own; the flat window's transform is not the model's. */
export const transformLaws = ({ capabilities, restsOn, subjects }: TransformParts): readonly Law[] => {
  const starts = law({
    name: 'the transform begins as its strength says', code: 'transform-begin', restsOn,
    examine: () => (capabilities.finiteTime ? subjects().flatMap(begins) : []),
  })
  const limit = law({
    name: 'the transform at t → ∞ equals the stationary one', code: 'transform-limit', restsOn,
    examine: () => (capabilities.finiteTime && capabilities.stationary ? subjects().flatMap(settles) : []),
  })
  const narrow = law({
    name: 'nothing resonates outside the bandwidth', code: 'bandwidth', restsOn: [...restsOn, starts],
    examine: () => subjects().flatMap((each) => bounded(each, capabilities.finiteTime)),
  })
  const pieces = law({
    name: 'the transform made in parts is the one made at once', code: 'transform-parts', restsOn,
    examine: () => (capabilities.finiteTime ? subjects().flatMap(comesInParts) : []),
  })
  return [starts, limit, narrow, pieces]
}
