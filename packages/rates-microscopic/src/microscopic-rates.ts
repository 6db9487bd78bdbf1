import type { BathModel, Issue, Outcome, PairRequest, Planes, RateModel, TransformRequest, TransformWriter, WindowCorrelation } from '@mesobath/contracts'
import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { atOnce, quickenNormals } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { coupledBandwidth } from './internal/coupled-bandwidth.js'
import { pairTransform } from './internal/pair-transform.js'
import { levelsByWindow, pairWeights } from './internal/pair-weights.js'
import { tableCache } from './internal/table-cache.js'
import { VERSION } from './version.js'

const TWO_PI = 6.283185307179586

/** Elements summed over in one part of a table, some milliseconds. */
const ELEMENTS_PER_PART = 2e6

const total = (values: Float64Array): number => {
  let sum = 0
  for (let at = 0; at < values.length; at += 1) sum += values[at] as number
  return sum
}

/** One row of a request, turned so that the upper window is the target: G(E',E;ω) = conj G(E,E';−ω). */
interface TurnedRow {
  readonly row: number
  readonly frequency: number
  readonly sign: 1 | -1
}

/** Rows by pair of windows, so that a block is read once. */
const groupRows = (request: TransformRequest, windows: number): ReadonlyMap<number, TurnedRow[]> => {
  const groups = new Map<number, TurnedRow[]>()
  for (let row = 0; row < request.to.length; row += 1) {
    const to = request.to[row] as number
    const from = request.from[row] as number
    const sign = to < from ? -1 : 1
    const key = Math.max(to, from) * windows + Math.min(to, from)
    const frequency = sign * (request.frequency[row] as number)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [{ row, frequency, sign }])
    else group.push({ row, frequency, sign })
  }
  return groups
}

const checkRequest = (request: TransformRequest, bath: BathModel): readonly Issue[] => {
  const issues: Issue[] = []
  if (request.times.includes(Infinity)) {
    issues.push(issue('rates-microscopic/no-stationary-limit', ['rates'],
      `\`rates\` must be heuristic or random-matrix where the limit t → ∞ is taken, but are microscopic: the correlation function of the finite bath '${bath.name}' never decays`))
  }
  request.times.forEach((time, index) => {
    if (!(time >= 0)) issues.push(issue('rates-microscopic/time', ['times', index], `\`times[${index}]\` must be a non-negative number, but is ${time}`))
  })
  request.frequency.forEach((frequency, index) => {
    if (!Number.isFinite(frequency)) issues.push(issue('rates-microscopic/frequency', ['frequency', index], `\`frequency[${index}]\` must be a finite number, but is ${frequency}`))
  })
  return issues
}

const correlate = (bath: BathModel): Outcome<WindowCorrelation> => {
  if (bath.can.microscopic === undefined) {
    return fail(issue('rates-microscopic/needs-microscopic', ['bath'], `\`bath\` must be microscopic (levels and coupling operators) for microscopic rates, but '${bath.name}' is not`))
  }
  // Blocks of a bath that is drawn are all of its couplings.
  quickenNormals()
  const realised = bath.can.microscopic()
  if (realised._tag === 'Left') return realised
  const spectral = realised.right
  if (spectral.kind !== 'spectral') {
    return fail(issue('rates-microscopic/needs-spectral', ['bath'], `\`bath\` must be given in its energy eigenbasis for microscopic rates, but '${bath.name}' is a sum of local terms`))
  }
  const { couplings } = bath
  const { energies, width } = bath.windows
  const windows = energies.length
  const size = couplings * couplings
  const levels = levelsByWindow(spectral, windows)
  const count = (window: number): number => (levels[window] as Float64Array).length
  const largest = levels.reduce((most, list) => Math.max(most, list.length), 0)
  const tables = tableCache((upper, lower) => pairWeights(spectral, couplings, upper, lower, count(upper), count(lower)), windows)

  /** Adds one table's value to entry (α, α') and the conjugate table's to (α', α). */
  const place = (out: Planes, base: number, table: { readonly left: number; readonly right: number; readonly part: 're' | 'im' }, re: number, im: number, sign: 1 | -1): void => {
    const { left, right, part } = table
    // w^{αα'} = Re + i Im, w^{α'α} = Re − i Im, each real table transformed by itself.
    const addTo = (entry: number, turn: 1 | -1): void => {
      out.re[base + entry] = (out.re[base + entry] as number) + (part === 're' ? re : -turn * im)
      const imaginary = sign * (part === 're' ? im : turn * re)
      if (out.im !== null) out.im[base + entry] = (out.im[base + entry] as number) + imaginary
      else if (imaginary !== 0) throw new TypeError('complex values must be written into planes with an imaginary part')
    }
    addTo(left * couplings + right, 1)
    if (left !== right) addTo(right * couplings + left, -1)
  }

  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    out.re.fill(0, 0, request.to.length * size)
    out.im?.fill(0, 0, request.to.length * size)
    const sums = new Map<number, readonly number[]>()
    for (let row = 0; row < request.to.length; row += 1) {
      const to = request.to[row] as number
      const from = request.from[row] as number
      const upper = Math.max(to, from)
      const lower = Math.min(to, from)
      const factor = TWO_PI / (width * Math.sqrt(count(upper) * count(lower)))
      const list = tables(upper, lower)
      const key = upper * windows + lower
      const totals = sums.get(key) ?? list.map(({ values }) => total(values))
      sums.set(key, totals)
      list.forEach((table, index) => place(out, row * size, table, factor * (totals[index] as number), 0, to < from ? -1 : 1))
    }
    return succeed(undefined)
  }

  function* writeTransforms(request: TransformRequest, out: Planes): Parts<void> {
    const times = request.times.length
    out.re.fill(0, 0, request.to.length * times * size)
    out.im?.fill(0, 0, request.to.length * times * size)
    const value = new Float64Array(2)
    // Each has its own: several requests may be under way at a time.
    const transformer = pairTransform(largest, largest, width)
    let summed = 0
    for (const [key, rows] of groupRows(request, windows)) {
      const upper = Math.floor(key / windows)
      const lower = key % windows
      const elements = count(upper) * count(lower)
      const list = tables(upper, lower)
      if (list.length === 0) continue
      const factor = 1 / Math.sqrt(count(upper) * count(lower))
      const frequencies = [...new Set(rows.map(({ frequency }) => frequency))]
      for (const frequency of frequencies) {
        const sharing = rows.filter((each) => each.frequency === frequency)
        transformer.tune(levels[upper] as Float64Array, levels[lower] as Float64Array, energies[lower] as number, frequency)
        for (const table of list) {
          transformer.load(table.values)
          summed += elements
          for (let index = 0; index < times; index += 1) {
            summed += elements
            if (summed > ELEMENTS_PER_PART) {
              summed = 0
              yield
            }
            transformer.phase(request.times[index] as number)
            transformer.sum(value)
            for (const { row, sign } of sharing) {
              place(out, (row * times + index) * size, table, factor * (value[0] as number), factor * (value[1] as number), sign)
            }
          }
        }
      }
    }
  }

  const begin = (request: TransformRequest, out: Planes): Outcome<Parts<void>> =>
    failIfAny(checkRequest(request, bath), () => writeTransforms(request, out))
  const whole = (request: TransformRequest, out: Planes): Outcome<void> => {
    const begun = begin(request, out)
    return begun._tag === 'Left' ? begun : succeed(atOnce(begun.right))
  }
  const inParts = (request: TransformRequest, out: Planes): Outcome<() => boolean> => {
    const begun = begin(request, out)
    return begun._tag === 'Left' ? begun : succeed(() => begun.right.next().done !== true)
  }
  const transform: TransformWriter = Object.assign(whole, { inParts })

  return succeed({ lineShape: { kind: 'own', bandwidth: coupledBandwidth(spectral, couplings, levels), stationary: false }, strength, transform })
}

/**
 * The exact correlation function of one realised bath: what the other rate models approximate.
 *
 * `strength` κ^{αα'}(E,E') = (2π/δ) Σ_{i∈E, j∈E'} conj(B^{α'}_ij) B^α_ij / √(V_E V_E') at λ = 1, elements i = j included. `transform`
 * G^{αα'}(E,E';ω;t) = Σ_ij conj(B^{α'}_ij) B^α_ij (e^{i(Δ_ij−ω)t} − 1)/(i(Δ_ij−ω)) / √(V_E V_E'), Δ_ij = E_i − E_j [row, time, α, α']; it
 * costs one real matrix-vector product per pair of windows, frequency and time. `bandwidth` is the largest |E_i − E_j| between
 * coupled windows. A finite bath's correlation never decays: t = ∞ is refused, and `stationary` is false.
 *
 * Needs the bath's `microscopic`, in the energy eigenbasis. Issues of `transform`: `rates-microscopic/no-stationary-limit`,
 * `rates-microscopic/time`, `rates-microscopic/frequency`; of `correlate`: `rates-microscopic/needs-microscopic`,
 * `rates-microscopic/needs-spectral`, and those of the bath's realisation.
 *
 * @equation 12
 * @equation 13
 * @equation A1
 */
export const microscopicRates = (): RateModel => ({
  contract: CONTRACT,
  name: 'microscopic',
  package: '@mesobath/rates-microscopic',
  version: VERSION,
  citations: [PAPER],
  recipe: {},
  needs: ['microscopic'],
  correlate,
})
