import type { Segment, Status } from '@mesobath/contracts'
import type { Pace } from '../pace.js'
import { DriveSeries, ROW } from './drive-series.js'
import { addInteraction, OPERATIONS_PER_STATE, SMOOTH_SETS, totalBounds } from './local-shop.js'
import type { LocalShop } from './local-shop.js'
import { ENDS, weighStep } from './step-work.js'

/** R·h of a step at most: terms of the series grow to e^{R·h}, which costs so many of the digits, and their number falls short of 7 R·h. */
const LONGEST = 6
/** Products that a smooth stretch takes for each unit of R·t at a tolerance of 1e-10: for an estimate. */
export const TERMS_PER_REACH = 8
/** A series that has not ended by then has a drive or a step that is too large for it. */
const MOST_TERMS = 64
/** Of the norm: what a series cannot be cut below. */
const ROUNDING = 1e-15
/** A step shorter than this share of the time passed has no digits left: the drive is not smooth. */
const SHORTEST = 1e-13
/** Of what a step may err, polynomials of the drive take this, over a unit of time and at the ends of every step. */
const DRIVE_SHARE = 0.25
/** The doubt about work grows with the fourteenth power of a step: below this share of what is allowed, it may be twice as long. */
const ROOM_TO_GROW = 1e-5
/** Taylor vectors that must stand side by side: as many as the drive's polynomials have, and the next. */
const RING = SMOOTH_SETS + 1

/** Where columns stand, and the work done on them; both follow each step made. */
export interface ColumnBooks {
  readonly times: Float64Array
  readonly work: Float64Array
}

/** Moves columns of a local shop along a smooth segment. */
export interface SmoothEvolution {
  /** To `to` exactly; cancelled, the column stands at the end of its last step and goes on, or back, from there. */
  move(column: number, segment: Segment, to: number, books: ColumnBooks, pace: Pace): Promise<Status>
}

/**
 * Taylor series in time, for ε_k(t) and λ_ν(t) that are polynomials Σ_m ε_m x^m over a step, x = (t − t₀)/h: ψ = Σ_n ψ_n xⁿ with
 * ψ_{n+1} = −ih/(n+1) [H_B ψ_n + Σ_m (ε_m + Σ_ν λ_m V_ν) ψ_{n−m}], one product with H_B for each term. A series ends where its terms have become small
 * against what the step may err, so that its order, some twenty to forty, is whatever the tolerance takes; polynomials of the drive have the degree that
 * keeps to it, up to 8, or the step is halved. No past is needed, and nothing is lost at outputs and stops.
 *
 * `allowedRate`: error of a state of norm 1 per unit time.
 */
export const smoothEvolution = (shop: LocalShop, allowedRate: number): SmoothEvolution => {
  const { workspace, model, polynomials, next, extra } = shop
  const { dimension: d, baths, states } = model
  const rows = d + baths.length
  const norms = Float64Array.from(baths, ({ couplingNorm }) => couplingNorm)
  const drive = new DriveSeries(d, baths.length)
  const couplings = { energies: new Float64Array(d), strengths: new Float64Array(baths.length) }
  const start = new Float64Array(rows * ENDS)
  const end = new Float64Array(rows * ENDS)
  const stepWork = { work: 0, doubt: 0 }
  const pair = new Float64Array(2)
  const [pulled, ring] = polynomials
  /** Where the next column or output begins. */
  let step = Infinity
  let h = 0
  let centre = 0

  /** The d vectors of χ_n, ψ_n = (−i)ⁿ χ_n: factors stay real. */
  const place = (n: number): number => (n % RING === 0 ? ring : extra + ((n % RING) - 1) * d)

  /** to += i^m factor·from. */
  const addTurned = (from: number, to: number, factor: number, m: number): void => {
    const signed = (m & 2) === 0 ? factor : -factor
    if ((m & 1) === 0) workspace.add(from, to, signed, 0)
    else workspace.add(from, to, 0, signed)
  }

  /** χ_{n+1} from χ_n and those before it, with the drive about one end of the step. */
  const grow = (n: number, series: Float64Array): void => {
    const factor = h / (n + 1)
    const from = place(n)
    const to = place(n + 1)
    for (let k = 0; k < d; k++) {
      workspace.apply(0, from + k, to + k, factor, 0, factor * (series[k * ROW]! - centre), 0)
      const reach = Math.min(n, drive.degrees[k]!)
      for (let m = 1; m <= reach; m++) addTurned(place(n - m) + k, to + k, factor * series[k * ROW + m]!, m)
    }
    for (let bath = 0; bath < baths.length; bath++) {
      const row = d + bath
      const reach = Math.min(n, drive.degrees[row]!)
      const now = series[row * ROW]!
      if (reach === 0) {
        if (now !== 0) addInteraction(baths[bath]!, workspace, from, to, factor * now)
        continue
      }
      for (let k = 0; k < d; k++) {
        workspace.clear(pulled + k)
        workspace.add(from + k, pulled + k, now, 0)
        for (let m = 1; m <= reach; m++) addTurned(place(n - m) + k, pulled + k, series[row * ROW + m]!, m)
      }
      addInteraction(baths[bath]!, workspace, pulled, to, factor)
    }
  }

  /** Re i^turns z of ⟨a|b⟩. */
  const turnedInner = (a: number, b: number, turns: number): number => {
    workspace.inner(a, b, pair)
    const value = (turns & 1) === 0 ? pair[0]! : -pair[1]!
    return (turns & 2) === 0 ? value : -value
  }

  /** Taylor coefficients of what the drive pulls at, p_k and ⟨V_ν⟩, from χ_0 … χ_7. */
  const observe = (out: Float64Array): void => {
    out.fill(0)
    for (let b = 0; b < ENDS; b++) {
      for (let k = 0; k < d; k++) {
        if (drive.degrees[k] === 0) continue
        for (let a = 0; a + b < ENDS; a++) out[k * ENDS + a + b] = out[k * ENDS + a + b]! + turnedInner(place(a) + k, place(b) + k, a - b)
      }
      for (let bath = 0; bath < baths.length; bath++) {
        if (drive.degrees[d + bath] === 0) continue
        for (let k = 0; k < d; k++) workspace.clear(pulled + k)
        addInteraction(baths[bath]!, workspace, place(b), pulled, 1)
        for (let a = 0; a + b < ENDS; a++) {
          const at = (d + bath) * ENDS + a + b
          for (let k = 0; k < d; k++) out[at] = out[at]! + turnedInner(place(a) + k, pulled + k, a - b)
        }
      }
    }
  }

  const sizeOf = (first: number): number => {
    let sum = 0
    for (let k = 0; k < d; k++) sum += workspace.overlap(first + k, first + k)
    return Math.sqrt(sum)
  }

  /** Waits where it is time to; false where cancelled. */
  const rest = async (pace: Pace, products: number): Promise<boolean> =>
    !pace.due(products * OPERATIONS_PER_STATE * d * states) || await pace.breathe()

  /** The state at the end of the step into `next`, and its work; 'long' where the step was. */
  const attempt = async (column: number, allowed: number, scale: number, pace: Pace): Promise<'done' | 'long' | 'cancelled'> => {
    const state = shop.column(column)
    for (let k = 0; k < d; k++) {
      workspace.copy(state + k, place(0) + k)
      workspace.copy(state + k, next + k)
    }
    const norm = sizeOf(state)
    const bound = Math.max(ROUNDING, 0.5 * allowed) * norm
    let before = norm
    for (let n = 0; ; n++) {
      if (n === MOST_TERMS) return 'long'
      if (n === ENDS - 1 && drive.moving) observe(start)
      grow(n, drive.atStart)
      const term = place(n + 1)
      // (−i)^{n+1}
      for (let k = 0; k < d; k++) addTurned(term + k, next + k, 1, -(n + 1))
      const size = sizeOf(term)
      if (n >= ENDS - 1 && size + before <= bound) break
      before = size
      if (!(await rest(pace, 1))) return 'cancelled'
    }
    stepWork.work = 0
    stepWork.doubt = 0
    if (!drive.moving) return 'done'
    for (let k = 0; k < d; k++) workspace.copy(next + k, place(0) + k)
    for (let n = 0; n < ENDS - 1; n++) {
      grow(n, drive.atEnd)
      if (!(await rest(pace, 1))) return 'cancelled'
    }
    observe(end)
    weighStep(drive, start, end, stepWork)
    stepWork.doubt /= norm * norm * scale
    return stepWork.doubt <= allowed ? 'done' : 'long'
  }

  return {
    move: async (column, segment, to, { times, work }, pace) => {
      const state = shop.column(column)
      while (times[column] !== to) {
        const time = times[column]!
        segment.energies(time, couplings.energies)
        segment.strengths(time, couplings.strengths)
        const { lower, upper } = totalBounds(shop, couplings)
        const radius = 0.5 * (upper - lower)
        centre = 0.5 * (upper + lower)
        const distance = Math.abs(to - time)
        const longest = radius > 0 ? LONGEST / radius : distance
        // Even steps: neither a sliver at the end nor one that rounding would carry past it.
        const count = Math.max(1, Math.ceil(distance / Math.min(step, longest)))
        const length = distance / count
        if (length < SHORTEST * Math.max(Math.abs(time), Math.abs(segment.to - segment.from)) && count > 1) return 'not-converged'
        h = to < time ? -length : length
        const reached = count === 1 ? to : time + h
        const allowed = allowedRate * length
        const resolved = drive.fit(segment, time, h, reached, norms, DRIVE_SHARE * allowedRate * Math.min(1, length))
        const ending = resolved ? await attempt(column, allowed, Math.max(1, radius), pace) : 'long'
        if (ending === 'cancelled') return 'cancelled'
        if (ending === 'long') {
          if (!(length > 0) || Number.isNaN(radius)) return 'not-converged'
          step = 0.5 * length
          continue
        }
        for (let k = 0; k < d; k++) workspace.copy(next + k, state + k)
        times[column] = reached
        work[column] = work[column]! + stepWork.work
        if (stepWork.doubt <= ROOM_TO_GROW * allowed) step = Math.max(step, 2 * length)
      }
      return 'ok'
    },
  }
}
