import { fail, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Planes } from '@mesobath/contracts'
import { cos } from './elementary.js'
import { atOnce } from './parts.js'
import type { Parts } from './parts.js'

/** A function of time as a table. */
export interface TimeTable {
  /** Writes the values at `time`, within the tabulated range, into `out` [component]; allocates nothing. */
  at(time: number, out: Planes): void
}

/** Nodes per panel. */
const NODES = 24

/** Largest phase, bandwidth × half a panel, at the start: J_24(5) ≈ 5e-15, so a band-limited function needs no refinement. */
const PANEL_PHASE = 5

/** Coefficients at the end of a panel's series that must be negligible. */
const TAIL = 3

/** A table of more panels is larger than the sums it stands for. */
const MAXIMUM_PANELS = 1 << 16

/** Halvings of a first panel, a factor 4096 in bandwidth, after which the function is not smooth. */
const MAXIMUM_DEPTH = 12

/** Times this far outside the range, relative to it, are rounding of its ends. */
const OVERSHOOT = 1e-9

interface Panel {
  readonly from: number
  readonly to: number
  /** [coefficient, component]. */
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Coefficients that are summed in one part, some milliseconds. */
const TERMS_PER_PART = 1 << 22

/**
 * Tabulates a complex vector-valued function of time by piecewise Chebyshev interpolation, Σ_k c_k T_k(x) on each panel.
 *
 * `evaluate(times, out)` writes the values [time, component] for a whole batch of times, once per round of refinement. `bandwidth`
 * bounds the frequencies in the function (energy) and sizes the first panels; a panel whose last coefficients exceed `tolerance`
 * relative to the largest value in the table is halved. Issues: those of `evaluate`; `kernels/table-not-finite`;
 * `kernels/table-not-converged` where too many panels are needed.
 */
export const tabulate = (
  evaluate: (times: Float64Array, out: Planes) => Outcome<void>, components: number, from: number, to: number, bandwidth: number, tolerance: number,
): Outcome<TimeTable> =>
  atOnce(tabulateInParts(function* (times, out) { return evaluate(times, out) }, components, from, to, bandwidth, tolerance))

/** The same in parts, those of `evaluate` among them. */
export function* tabulateInParts(
  evaluate: (times: Float64Array, out: Planes) => Parts<Outcome<void>>, components: number, from: number, to: number, bandwidth: number, tolerance: number,
): Parts<Outcome<TimeTable>> {
  if (!Number.isFinite(from) || !Number.isFinite(to) || to < from) {
    throw new RangeError(`a table must cover a finite range, but covers [${from}, ${to}]`)
  }
  const count = Math.max(1, Math.ceil((bandwidth * (to - from)) / (2 * PANEL_PHASE)))
  if (!(count <= MAXIMUM_PANELS)) return fail(tooMany(from, to, count))
  let pending: { from: number; to: number; depth: number }[] = []
  for (let i = 0; i < count; i++) {
    const end = i + 1 === count ? to : from + ((to - from) * (i + 1)) / count
    pending.push({ from: from + ((to - from) * i) / count, to: end, depth: 0 })
  }
  const basis = cosines()
  const done: Panel[] = []
  let scale = 0
  while (pending.length > 0) {
    if (done.length + pending.length > MAXIMUM_PANELS) return fail(tooMany(from, to, done.length + pending.length))
    const times = new Float64Array(pending.length * NODES)
    pending.forEach((panel, p) => {
      const half = (panel.to - panel.from) / 2
      for (let j = 0; j < NODES; j++) times[p * NODES + j] = panel.from + half + half * basis[NODES + j]
    })
    const values = { re: new Float64Array(times.length * components), im: new Float64Array(times.length * components) }
    const evaluated = yield* evaluate(times, values)
    if (evaluated._tag === 'Left') return evaluated
    for (let i = 0; i < values.re.length; i++) {
      const size = Math.max(Math.abs(values.re[i]), Math.abs(values.im[i]))
      if (!Number.isFinite(size)) return fail(notFinite(times[Math.floor(i / components)]))
      scale = Math.max(scale, size)
    }
    const next: typeof pending = []
    let summed = 0
    for (let p = 0; p < pending.length; p++) {
      const { from: start, to: end, depth } = pending[p]
      summed += NODES * NODES * components
      if (summed > TERMS_PER_PART) {
        summed = 0
        yield
      }
      const panel = transform(values, p, components, basis, start, end)
      if (tailOf(panel, components) <= tolerance * scale) {
        done.push(panel)
        continue
      }
      if (depth >= MAXIMUM_DEPTH) return fail(notSmooth(start, end, tolerance))
      const middle = start + (end - start) / 2
      next.push({ from: start, to: middle, depth: depth + 1 }, { from: middle, to: end, depth: depth + 1 })
    }
    pending = next
  }
  done.sort((a, b) => a.from - b.from)
  return succeed(makeTable(done, components, from, to))
}

const tooMany = (from: number, to: number, panels: number): Issue =>
  issue(
    'kernels/table-not-converged',
    [],
    `a table on [${from}, ${to}] must have at most ${MAXIMUM_PANELS} panels, but needs ${panels}; shorten the run`,
  )

const notSmooth = (from: number, to: number, tolerance: number): Issue =>
  issue(
    'kernels/table-not-converged',
    [],
    `a tabulated function must be smooth to ${tolerance} of its largest value, but on [${from}, ${to}] it is not; `
      + 'its bandwidth or the tolerance is too small',
  )

const notFinite = (time: number): Issue =>
  issue('kernels/table-not-finite', [], `a tabulated function must be finite, but is not at time ${time}`)

// T_k at the nodes, [k, node]; row 1 holds the nodes themselves.
const cosines = (): Float64Array => {
  const basis = new Float64Array(NODES * NODES)
  for (let k = 0; k < NODES; k++) {
    for (let j = 0; j < NODES; j++) basis[k * NODES + j] = cos((Math.PI * k * (2 * j + 1)) / (2 * NODES))
  }
  return basis
}

const transform = (
  values: { re: Float64Array; im: Float64Array },
  index: number,
  components: number,
  basis: Float64Array,
  from: number,
  to: number,
): Panel => {
  const re = new Float64Array(NODES * components)
  const im = new Float64Array(NODES * components)
  const first = index * NODES * components
  for (let k = 0; k < NODES; k++) {
    const norm = (k === 0 ? 1 : 2) / NODES
    for (let j = 0; j < NODES; j++) {
      const weight = norm * basis[k * NODES + j]
      for (let c = 0; c < components; c++) {
        re[k * components + c] = re[k * components + c] + weight * values.re[first + j * components + c]
        im[k * components + c] = im[k * components + c] + weight * values.im[first + j * components + c]
      }
    }
  }
  return { from, to, re, im }
}

const tailOf = (panel: Panel, components: number): number => {
  let largest = 0
  for (let i = (NODES - TAIL) * components; i < NODES * components; i++) {
    largest = Math.max(largest, Math.abs(panel.re[i]), Math.abs(panel.im[i]))
  }
  return largest
}

const makeTable = (panels: readonly Panel[], components: number, from: number, to: number): TimeTable => {
  const starts = Float64Array.from(panels, (panel) => panel.from)
  const chebyshev = new Float64Array(NODES)
  const slack = OVERSHOOT * (to - from)

  const at = (time: number, out: Planes): void => {
    if (!(time >= from - slack && time <= to + slack)) throw new RangeError(`a time must be in [${from}, ${to}], but is ${time}`)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle] <= time) low = middle
      else high = middle - 1
    }
    const panel = panels[low]
    const half = (panel.to - panel.from) / 2
    const x = half > 0 ? (time - panel.from - half) / half : 0
    chebyshev[0] = 1
    chebyshev[1] = x
    for (let k = 2; k < NODES; k++) chebyshev[k] = 2 * x * chebyshev[k - 1] - chebyshev[k - 2]
    sumInto(panel.re, chebyshev, components, out.re)
    if (out.im !== null) sumInto(panel.im, chebyshev, components, out.im)
  }
  return { at }
}

// Smallest coefficients first.
const sumInto = (coefficients: Float64Array, chebyshev: Float64Array, components: number, out: Float64Array): void => {
  for (let c = 0; c < components; c++) out[c] = 0
  for (let k = NODES - 1; k >= 0; k--) {
    const weight = chebyshev[k]
    const row = k * components
    for (let c = 0; c < components; c++) out[c] = out[c] + weight * coefficients[row + c]
  }
}
