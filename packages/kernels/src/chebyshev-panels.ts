import { cos } from './elementary.js'

/** Nodes per panel, all of them inside it; its ends are looked at to check. */
export const PANEL_NODES = 24

const NODES = PANEL_NODES

/** Panels to begin with: what no node sees is lost, so a segment is looked at in 192 places at least. */
const FIRST_PANELS = 8

/** Last coefficients of a panel that must be negligible. */
const TAIL = 3

/** A tail below this share of a component's range is converged: derivatives, which lose three digits, are then good to 1e-11 of it. */
const TAIL_TOLERANCE = 1e-14

/** Differences of rounded values cannot be known better than this many units in the last place of the values. */
const ROUNDING = 16 * Number.EPSILON

/** Nor can functions of a rounded time than so many units in the last place of the time, times their slope. */
const TIME_ROUNDING = 32 * Number.EPSILON

/** Coefficients below this share of a component are the rounding of sums over nodes. */
const COEFFICIENT_ROUNDING = 4 * Number.EPSILON

/** Panels this short, relative to the time, hold a jump if they have not converged: what a kink leaves there is below rounding. */
const SHORTEST_PANEL = 1e4 * Number.EPSILON

/** Halvings towards time 0, where relative lengths say nothing. */
const MAXIMUM_DEPTH = 52

/** A protocol of more panels than this is cheaper as more segments. */
const MAXIMUM_PANELS = 1 << 16

/** What a fit leaves behind: Σ_j c_j T_j(x), x ∈ [−1, 1] on each panel. */
interface Fit {
  readonly ends: Float64Array
  /** Coefficients in use [panel]. */
  readonly degrees: Int32Array
  /** [panel][coefficient, component]; values are relative to `offset`. */
  readonly values: readonly Float64Array[]
  readonly rates: readonly Float64Array[]
  readonly integrals: readonly Float64Array[]
  readonly offset: Float64Array
  readonly largest: Float64Array
  readonly nodes: readonly Float64Array[]
}

/** Several functions of time on panels, with their derivatives and integrals: `locate` a time, then read components there. */
export class ChebyshevPanels {
  /** Ends of the panels, ascending, the first `from` and the last `to` [panels + 1]. */
  readonly ends: Float64Array
  /** Values in the middle [component]. */
  readonly offset: Float64Array
  /** Largest |value| met [component]. */
  readonly largest: Float64Array
  /** Values at the nodes of each panel, relative to `offset` [panel][node, component], in descending order of time. */
  readonly nodes: readonly Float64Array[]
  private readonly fit: Fit
  private readonly components: number
  /** T_j at the located time. */
  private readonly basis = new Float64Array(NODES + 1)
  private panel = 0

  /** @internal */
  constructor(fit: Fit) {
    this.fit = fit
    this.ends = fit.ends
    this.offset = fit.offset
    this.largest = fit.largest
    this.nodes = fit.nodes
    this.components = fit.offset.length
  }

  /** Looks at a time of [from, to]; at an inner end of panels the later one speaks. */
  locate(time: number): void {
    const { ends } = this
    let low = 0
    let high = ends.length - 2
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (ends[middle]! <= time) low = middle
      else high = middle - 1
    }
    const half = (ends[low + 1]! - ends[low]!) / 2
    const x = half > 0 ? (time - ends[low]! - half) / half : 0
    const { basis } = this
    const degree = this.fit.degrees[low]!
    basis[0] = 1
    basis[1] = x
    for (let j = 2; j <= degree; j += 1) basis[j] = 2 * x * basis[j - 1]! - basis[j - 2]!
    this.panel = low
  }

  /** f(t). */
  value(component: number): number {
    return this.offset[component]! + this.sum(this.fit.values, 0, component)
  }

  /** df/dt; one-sided at `from` and `to`, since nothing beyond them is known. */
  rate(component: number): number {
    return this.sum(this.fit.rates, 0, component)
  }

  /** ∫ (f − offset) dt since `from`. */
  integral(component: number): number {
    return this.sum(this.fit.integrals, 1, component)
  }

  /** Smallest coefficients first. */
  private sum(series: readonly Float64Array[], more: number, component: number): number {
    const { basis, components } = this
    const coefficients = series[this.panel]!
    let sum = 0
    for (let j = this.fit.degrees[this.panel]! - 1 + more; j >= 0; j -= 1) sum += coefficients[j * components + component]! * basis[j]!
    return sum
  }
}

/** Why functions could not be represented. */
export interface PanelMisfit {
  readonly kind: 'not-finite' | 'not-smooth'
  readonly time: number
  readonly component: number
}

/** T_j at the nodes [j, node]; row 1 holds the nodes, from 1 down to −1. */
const nodeBasis = (): Float64Array => {
  const basis = new Float64Array(NODES * NODES)
  for (let j = 0; j < NODES; j += 1) {
    for (let node = 0; node < NODES; node += 1) basis[j * NODES + node] = cos((Math.PI * j * (2 * node + 1)) / (2 * NODES))
  }
  return basis
}

const coefficientsOf = (nodes: Float64Array, components: number, basis: Float64Array): Float64Array => {
  const coefficients = new Float64Array(NODES * components)
  for (let j = 0; j < NODES; j += 1) {
    const norm = (j === 0 ? 1 : 2) / NODES
    for (let node = 0; node < NODES; node += 1) {
      const weight = norm * basis[j * NODES + node]!
      for (let c = 0; c < components; c += 1) coefficients[j * components + c]! += weight * nodes[node * components + c]!
    }
  }
  return coefficients
}

/** The component whose tail is not negligible, or −1. */
const unresolved = (coefficients: Float64Array, components: number, tolerances: Float64Array): number => {
  for (let c = 0; c < components; c += 1) {
    for (let j = NODES - TAIL; j < NODES; j += 1) {
      if (Math.abs(coefficients[j * components + c]!) > tolerances[c]!) return c
    }
  }
  return -1
}

/** The component whose series misses its value at x, close to an end of the panel, or −1: a jump may hide between the last node and the end. */
const missedEnd = (coefficients: Float64Array, value: Float64Array, offset: Float64Array, x: number, tolerances: Float64Array): number => {
  const components = value.length
  for (let c = 0; c < components; c += 1) {
    let sum = coefficients[c]!
    let before = 1
    let now = x
    for (let j = 1; j < NODES; j += 1) {
      sum += coefficients[j * components + c]! * now
      const next = 2 * x * now - before
      before = now
      now = next
    }
    if (!(Math.abs(value[c]! - offset[c]! - sum) <= NODES * tolerances[c]!)) return c
  }
  return -1
}

/** How far inside its range a function is looked at in place of the ends, which may already belong to the other side of a jump. */
const END_MARGIN = 1e-14

/** Coefficients that are not rounding. */
const degreeOf = (coefficients: Float64Array, components: number, tolerances: Float64Array): number => {
  for (let j = NODES - 1; j > 0; j -= 1) {
    for (let c = 0; c < components; c += 1) {
      if (Math.abs(coefficients[j * components + c]!) > tolerances[c]!) return j + 1
    }
  }
  return 1
}

/** d/dt Σ c_j T_j: c'_{j−1} = c'_{j+1} + 2j c_j, over half the panel's length. */
const derivativeOf = (coefficients: Float64Array, components: number, degree: number, half: number): Float64Array => {
  const derivative = new Float64Array(degree * components)
  if (half === 0) return derivative
  for (let j = degree - 1; j > 0; j -= 1) {
    for (let c = 0; c < components; c += 1) {
      const above = j + 1 < degree ? derivative[(j + 1) * components + c]! : 0
      derivative[(j - 1) * components + c] = above + (2 * j * coefficients[j * components + c]!) / half
    }
  }
  for (let c = 0; c < components; c += 1) derivative[c]! /= 2
  return derivative
}

/** ∫ from the panel's beginning plus `start`, one coefficient more. */
const integralOf = (coefficients: Float64Array, components: number, degree: number, half: number, start: Float64Array): Float64Array => {
  const integral = new Float64Array((degree + 1) * components)
  const at = (j: number, c: number): number => (j < degree ? coefficients[j * components + c]! : 0)
  for (let c = 0; c < components; c += 1) {
    let atStart = 0
    for (let j = 1; j <= degree; j += 1) {
      const value = (half * ((j === 1 ? 2 : 1) * at(j - 1, c) - at(j + 1, c))) / (2 * j)
      integral[j * components + c] = value
      atStart += j % 2 === 0 ? value : -value
    }
    integral[c] = start[c]! - atStart
  }
  return integral
}

/**
 * Represents functions on (from, to) to rounding, on panels that are halved until their series have converged: kinks end up on the edge of
 * vanishing panels, jumps are a misfit. At the ends the limits from inside count, whatever the functions say there.
 *
 * @param evaluate - writes all components at a time
 */
export const chebyshevPanels = (
  evaluate: (time: number, out: Float64Array) => void, components: number, from: number, to: number,
): ChebyshevPanels | PanelMisfit => {
  const basis = nodeBasis()
  const offset = new Float64Array(components)
  const value = new Float64Array(components)
  const centre = from + (to - from) / 2
  evaluate(centre, offset)
  const stray = offset.findIndex((entry) => !Number.isFinite(entry))
  if (stray >= 0) return { kind: 'not-finite', time: centre, component: stray }
  // Late times are further apart than any share of a short segment.
  const margin = Math.max(END_MARGIN * (to - from), 2 * Number.EPSILON * Math.max(Math.abs(from), Math.abs(to)))
  const largest = offset.map(Math.abs)
  const ranges = new Float64Array(components)
  const lows = new Float64Array(components)
  const highs = new Float64Array(components)
  const tolerances = new Float64Array(components)
  const pending: { readonly from: number; readonly to: number; readonly depth: number }[] = []
  for (let i = FIRST_PANELS - 1; i >= 0; i -= 1) {
    pending.push({
      from: i === 0 ? from : from + ((to - from) * i) / FIRST_PANELS,
      to: i === FIRST_PANELS - 1 ? to : from + ((to - from) * (i + 1)) / FIRST_PANELS, depth: 0,
    })
  }
  const ends: number[] = [from]
  const kept: Float64Array[] = []
  const nodes: Float64Array[] = []
  while (pending.length > 0) {
    const panel = pending.pop()!
    const half = (panel.to - panel.from) / 2
    const latest = Math.max(Math.abs(panel.from), Math.abs(panel.to))
    lows.fill(Infinity)
    highs.fill(-Infinity)
    const read = new Float64Array(NODES * components)
    for (let node = 0; node < NODES; node += 1) {
      const time = panel.from + half + half * basis[NODES + node]!
      evaluate(time, value)
      for (let c = 0; c < components; c += 1) {
        if (!Number.isFinite(value[c]!)) return { kind: 'not-finite', time, component: c }
        const difference = value[c]! - offset[c]!
        read[node * components + c] = difference
        largest[c] = Math.max(largest[c]!, Math.abs(value[c]!))
        ranges[c] = Math.max(ranges[c]!, Math.abs(difference))
        lows[c] = Math.min(lows[c]!, difference)
        highs[c] = Math.max(highs[c]!, difference)
      }
    }
    for (let c = 0; c < components; c += 1) {
      const slope = half > 0 ? (highs[c]! - lows[c]!) / (2 * half) : 0
      tolerances[c] = TAIL_TOLERANCE * ranges[c]! + ROUNDING * largest[c]! + TIME_ROUNDING * latest * slope
    }
    const coefficients = coefficientsOf(read, components, basis)
    let bad = unresolved(coefficients, components, tolerances)
    for (let end = 0; end < 2 && bad < 0 && half > 0; end += 1) {
      const middle = panel.from + half
      const time = end === 0 ? Math.min(middle, Math.max(panel.from, from + margin)) : Math.max(middle, Math.min(panel.to, to - margin))
      evaluate(time, value)
      bad = missedEnd(coefficients, value, offset, (time - middle) / half, tolerances)
    }
    if (bad < 0) {
      kept.push(coefficients)
      nodes.push(read)
      ends.push(panel.to)
      continue
    }
    const middle = panel.from + half
    const tooFine = panel.depth >= MAXIMUM_DEPTH || half < SHORTEST_PANEL * latest
    if (tooFine || kept.length + pending.length >= MAXIMUM_PANELS) return { kind: 'not-smooth', time: middle, component: bad }
    pending.push({ from: middle, to: panel.to, depth: panel.depth + 1 }, { from: panel.from, to: middle, depth: panel.depth + 1 })
  }
  const rates: Float64Array[] = []
  const integrals: Float64Array[] = []
  const degrees = new Int32Array(kept.length)
  let start = new Float64Array(components)
  const floors = ranges.map((range, c) => COEFFICIENT_ROUNDING * (range + largest[c]!))
  kept.forEach((coefficients, panel) => {
    const half = (ends[panel + 1]! - ends[panel]!) / 2
    const degree = degreeOf(coefficients, components, floors)
    degrees[panel] = degree
    rates.push(derivativeOf(coefficients, components, degree, half))
    const integral = integralOf(coefficients, components, degree, half, start)
    integrals.push(integral)
    start = start.map((_, c) => {
      let sum = 0
      for (let j = degree; j >= 0; j -= 1) sum += integral[j * components + c]!
      return sum
    })
  })
  return new ChebyshevPanels({ ends: Float64Array.from(ends), degrees, values: kept, rates, integrals, offset, largest, nodes })
}
