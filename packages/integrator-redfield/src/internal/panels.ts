import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome, Segment } from '@mesobath/contracts'
import { sinCos } from '@mesobath/kernels'
import { chebyshevBasis, chebyshevSum, differentiate, integrated } from './chebyshev-series.js'
import type { ChebyshevBasis } from './chebyshev-series.js'
import { gaussLegendre } from './gauss-legendre.js'
import type { QuadratureRule } from './gauss-legendre.js'

/** The code of every issue with a drive. */
export const DRIVE_ISSUE = 'integrator-redfield/drive'

/** Coefficients of a panel's series, and nodes of the quadrature over it. */
export const PANEL_NODES = 24

/** Largest phase over half a panel: 24 Gauss points leave J_48(12) ≈ 1e-23 of an oscillation, which is room for a bent one. */
export const HALF_PANEL_PHASE = 12

/** Panels that a segment is cut into at least. */
const FIRST_PANELS = 4

/** Probes of a segment, spread evenly without a period: a feature narrower than a few of their distances may go unseen, and must have stops. */
const SEGMENT_PROBES = 512
const GOLDEN_SHARE = 0.6180339887498949

/** Coefficients at the end of a series that must be negligible. */
const TAIL = 3

/** Probes of a panel at least, its two ends among them. */
const PANEL_PROBES = 12

/** Values of a user's function carry a few roundings. */
const ROUNDING = 32 * Number.EPSILON

/** Panels shorter than this, relative to the times at their ends, would show the rounding of those times. */
const SHORTEST = 1e-12

/** More panels than this are more than a run can remember. */
const MOST_PANELS = 1 << 18

/** A piece of a smooth segment: ε_k and λ_ν as Chebyshev series over [from, to], with what is derived from them. */
export interface Panel {
  readonly from: number
  readonly to: number
  /** ε_k [level, coefficient]. */
  readonly energies: Float64Array
  /** ∂t ε_k. */
  readonly slopes: Float64Array
  /** ∫ (ε_k − ε_0) dt since `from` [level, coefficient], one coefficient more. */
  readonly phases: Float64Array
  /** λ_ν [bath, coefficient]. */
  readonly strengths: Float64Array
  /** ∂t λ_ν. */
  readonly strengthSlopes: Float64Array
  /** Not less than |ε_q − ε_k| at any node. */
  readonly spread: number
}

/** Where on [−1, 1] of a panel a time is. */
export const placeIn = (panel: Panel, time: number): number => {
  const half = (panel.to - panel.from) / 2
  return Math.max(-1, Math.min(1, (time - panel.from) / half - 1))
}

/** φ_k(x) of a panel. */
export const panelPhase = (panel: Panel, level: number, x: number): number =>
  chebyshevSum(panel.phases, level * (PANEL_NODES + 1), PANEL_NODES + 1, x)

/** The value of row `row` of one of a panel's other series. */
export const panelValue = (series: Float64Array, row: number, x: number): number => chebyshevSum(series, row * PANEL_NODES, PANEL_NODES, x)

interface Draft {
  readonly panel: Panel
  readonly resolved: boolean
}

/** A segment read at the times it is asked for. */
interface Reader {
  readonly levels: number
  readonly baths: number
  /** [ε_0 …, λ_0 …] at a time; false where one of them is no number that a drive may give. */
  read(time: number, out: Float64Array): boolean
}

/**
 * One fit of all rows over [from, to]; `tolerance` is relative to what each kind of row is compared with. At the probes, which lie between
 * the nodes, series and function must meet too.
 */
const fit = (reader: Reader, basis: ChebyshevBasis, from: number, to: number, tolerance: number, probes: number): Draft | null => {
  const { levels, baths } = reader
  const rows = levels + baths
  const n = PANEL_NODES
  const half = (to - from) / 2
  const nodal = new Float64Array(rows * n)
  const row = new Float64Array(rows)
  const centre = new Float64Array(rows)
  if (!reader.read(from + half, centre)) return null
  let spread = 0
  for (let j = 0; j < n; j += 1) {
    if (!reader.read(from + half + half * basis.nodes[j], row)) return null
    for (let r = 0; r < rows; r += 1) nodal[r * n + j] = row[r] - centre[r]
    let lowest = Infinity
    let highest = -Infinity
    for (let k = 0; k < levels; k += 1) {
      lowest = Math.min(lowest, row[k])
      highest = Math.max(highest, row[k])
    }
    spread = Math.max(spread, highest - lowest)
  }
  const coefficients = new Float64Array(rows * n)
  // What a row may miss its function by: a share of the largest frequency and movement, or of the largest λ.
  const allowed = new Float64Array(rows)
  let movement = 0
  let strongest = 0
  const largest = new Float64Array(rows)
  for (let r = 0; r < rows; r += 1) {
    for (let j = 0; j < n; j += 1) largest[r] = Math.max(largest[r], Math.abs(nodal[r * n + j]))
    if (r < levels) movement = Math.max(movement, largest[r])
    else strongest = Math.max(strongest, Math.abs(centre[r]) + largest[r])
  }
  let resolved = true
  for (let r = 0; r < rows; r += 1) {
    const rounding = ROUNDING * (Math.abs(centre[r]) + largest[r])
    allowed[r] = Math.max(tolerance * (r < levels ? spread + movement : strongest), rounding)
    for (let k = 0; k < n; k += 1) {
      let sum = 0
      for (let j = 0; j < n; j += 1) sum += basis.values[k * n + j] * nodal[r * n + j]
      sum *= (k === 0 ? 1 : 2) / n
      if (k >= n - TAIL && Math.abs(sum) > allowed[r]) resolved = false
      // Rounding in the values would be amplified by the derivative.
      coefficients[r * n + k] = Math.abs(sum) <= rounding / 4 ? 0 : sum
    }
  }
  for (let probe = 0; probe < probes && resolved; probe += 1) {
    const x = probe < 2 ? 2 * probe - 1 : 2 * ((probe * GOLDEN_SHARE) % 1) - 1
    if (!reader.read(probe === 0 ? from : probe === 1 ? to : from + half + half * x, row)) return null
    for (let r = 0; r < rows; r += 1) {
      // An end of the interval is outside the nodes, where the tail's signs agree.
      if (Math.abs(chebyshevSum(coefficients, r * n, n, x) - (row[r] - centre[r])) > 2 * TAIL * allowed[r]) resolved = false
    }
  }
  const slopes = new Float64Array(levels * n)
  const strengthSlopes = new Float64Array(baths * n)
  const phases = new Float64Array(levels * (n + 1))
  const relative = new Float64Array(n)
  for (let k = 0; k < levels; k += 1) {
    differentiate(coefficients, k * n, n, half, slopes)
    for (let c = 0; c < n; c += 1) relative[c] = coefficients[k * n + c] - coefficients[c]
    relative[0] += centre[k] - centre[0]
    integrated(relative, n, half, phases, k * (n + 1))
  }
  const strengths = coefficients.slice(levels * n)
  for (let b = 0; b < baths; b += 1) {
    differentiate(strengths, b * n, n, half, strengthSlopes)
    strengths[b * n] += centre[levels + b]
  }
  const energies = coefficients.slice(0, levels * n)
  for (let k = 0; k < levels; k += 1) energies[k * n] += centre[k]
  return { panel: { from, to, energies, slopes, phases, strengths, strengthSlopes, spread }, resolved }
}

/** ∫ g(x) e^{i[(φ_q − φ_k)(x) + b t]} over part of a panel, for g = 1 and every λ; the worst difference of one rule and of two halves. */
const quadratureError = (panel: Panel, rule: QuadratureRule, levels: number, baths: number, bandwidth: number): number => {
  const half = (panel.to - panel.from) / 2
  const sums = new Float64Array(2 * (1 + baths))
  const pair = new Float64Array(2)
  const add = (q: number, k: number, shift: number, scale: number, width: number, centre: number): void => {
    for (let j = 0; j < rule.nodes.length; j += 1) {
      const x = centre + width * rule.nodes[j]
      sinCos(panelPhase(panel, q, x) - panelPhase(panel, k, x) + shift * half * x, pair)
      const weight = scale * width * rule.weights[j]
      sums[0] += weight * pair[1]
      sums[1] += weight * pair[0]
      for (let b = 0; b < baths; b += 1) {
        const strength = panelValue(panel.strengths, b, x)
        sums[2 + 2 * b] += weight * strength * pair[1]
        sums[3 + 2 * b] += weight * strength * pair[0]
      }
    }
  }
  let worst = 0
  for (let q = 0; q < levels; q += 1) {
    for (let k = 0; k <= Math.min(q, levels - 1); k += 1) {
      if (k === q && q > 0) continue
      for (const shift of [-bandwidth, bandwidth]) {
        sums.fill(0)
        add(q, k, shift, 1, 1, 0)
        add(q, k, shift, -1, 0.5, -0.5)
        add(q, k, shift, -1, 0.5, 0.5)
        for (let i = 0; i < sums.length; i += 1) worst = Math.max(worst, Math.abs(sums[i]))
      }
    }
  }
  return worst
}

/**
 * A smooth segment as panels on which its series are good to `tolerance`, and on which PANEL_NODES Gauss points integrate every product
 * of a phase e^{i∫ω} with frequencies up to `bandwidth`.
 *
 * Issue `integrator-redfield/drive`: a value that is not finite, λ < 0, or a function that is not smooth between its stops.
 */
export const chebyshevPanels = (segment: Segment, levels: number, baths: number, bandwidth: number, tolerance: number): Outcome<readonly Panel[]> => {
  const basis = chebyshevBasis(PANEL_NODES)
  const rule = gaussLegendre(PANEL_NODES)
  const energies = new Float64Array(levels)
  const strengths = new Float64Array(baths)
  let fault = ''
  const reader: Reader = {
    levels, baths,
    read: (time, out) => {
      segment.energies(time, energies)
      segment.strengths(time, strengths)
      out.set(energies)
      out.set(strengths, levels)
      for (let r = 0; r < out.length; r += 1) {
        if (Number.isFinite(out[r]) && (r < levels || out[r] >= 0)) continue
        fault = `\`drive\` must give finite energies and strengths that are finite and not negative, but gives ${out[r]} for `
          + `${r < levels ? `energy ${r}` : `strength ${r - levels}`} at ${time}`
        return false
      }
      return true
    },
  }
  const { from, to } = segment
  const pending: (readonly [number, number])[] = []
  const count = Math.max(FIRST_PANELS, Math.min(MOST_PANELS, Math.ceil(((to - from) * bandwidth) / (2 * HALF_PANEL_PHASE))))
  for (let i = count - 1; i >= 0; i -= 1) {
    pending.push([from + ((to - from) * i) / count, i + 1 === count ? to : from + ((to - from) * (i + 1)) / count])
  }
  const panels: Panel[] = []
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [start, end] = next
    const draft = fit(reader, basis, start, end, tolerance, PANEL_PROBES + Math.ceil((SEGMENT_PROBES * (end - start)) / (to - from)))
    if (draft === null) return fail(issue(DRIVE_ISSUE, ['drive'], fault))
    const { panel, resolved } = draft
    const half = (end - start) / 2
    if (resolved && half * (bandwidth + panel.spread) <= HALF_PANEL_PHASE
      && quadratureError(panel, rule, levels, baths, bandwidth) <= Math.max(tolerance, ROUNDING)) {
      panels.push(panel)
      continue
    }
    const middle = start + half
    if (half <= SHORTEST * Math.max(Math.abs(start), Math.abs(end)) || panels.length + pending.length > MOST_PANELS) {
      return fail(issue(DRIVE_ISSUE, ['drive'],
        `\`drive\` must be smooth between its stops, but near ${middle} it jumps, or moves too fast to follow from ${from} to ${to}; `
        + 'declare the jump as the end of a segment'))
    }
    pending.push([middle, end], [start, middle])
  }
  return succeed(panels)
}
