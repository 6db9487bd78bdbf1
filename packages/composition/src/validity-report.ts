import type { Finding, Vector } from '@mesobath/contracts'
import { atOnce, exp, log } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { bathTransitions } from './bath-transitions.js'
import type { BathTransitions } from './bath-transitions.js'
import type { Setting } from './constant-settings.js'
import { activeGroups } from './internal/active-groups.js'
import { lowerBound } from './internal/axis-rates.js'
import { reachableStates } from './internal/reachable-states.js'
import type { PreparedBath } from './prepare-baths.js'
import type { Lattice } from './window-lattice.js'

/** Markov runs err in the first few 1/δ by about rate/δ: 0.14 of it gives 0.14 in p, three per cent is hard to see. */
export const WEAK_COUPLING_MARKOV = 0.03

/** Finite-time rates hold longer: rate/δ = 0.14 gives errors of 0.02, rate/δ = 1.5 gives 0.08. */
export const WEAK_COUPLING_FINITE_TIME = 0.3

/** Levels inside a linewidth: 80 give errors of 0.02, 2.3 give 0.05 (random levels), 0.4 gives more than 0.1. */
export const LEVELS_IN_LINEWIDTH = 10

/** Share of the Heisenberg time 2πV_E/δ after which recurrences of single levels begin to show. */
export const HEISENBERG_SHARE = 0.5

/** The secular approximation errs by about rate/|ω − ω'|. */
export const SECULAR_RATIO = 0.1

/** Jumps off resonance heat by up to δ/2 each; one per cent of them is within the method's own error. */
export const OFF_RESONANT_SHARE = 0.01

/** A frequency sent further than a tenth of a window to its resonance is another frequency. */
export const MOVED_FREQUENCY = 0.1

/** Initial probability that meets the end of a bath's windows. */
export const EDGE_PROBABILITY = 0.01

/** Ten times over its bound a small parameter is none: its square, what the next order drops, has grown a hundredfold. */
const FAILURE_FACTOR = 10

/** A stretch of a run with constant energies and strengths, for its validity report. */
export interface ValiditySubject {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  /** ε_k [d]. */
  readonly energies: Vector
  /** λ_ν [n]. */
  readonly strengths: Vector
  /** Length of the run. */
  readonly duration: number
  /** p(0) [level, window₁ … windowₙ]: the report then speaks of what the run can reach only. */
  readonly populations?: Vector
  /** Whether rates carry their build-up in time; the transient then counts less. Default false. */
  readonly finiteTime?: boolean
  /** Whether pairs of different frequencies are dropped. Default true. */
  readonly secular?: boolean
  /** For an instant that a smooth drive passes: the largest λ_ν of the drive [n]. A contact that is being switched resolves no levels. */
  readonly strongest?: Vector
}

/** Rates go with λ²: below a tenth of its largest λ a contact that is being switched moves next to nothing. */
const SWITCHED = 0.1

const below = (code: string, quantity: string, value: number, bound: number, factor: number, messages: readonly [string, string, string]): Finding => {
  const verdict = value <= bound ? 'trust' : value <= factor * bound ? 'doubt' : 'fails'
  return { code, quantity, value, bound, verdict, message: messages[verdict === 'trust' ? 0 : verdict === 'doubt' ? 1 : 2]! }
}

const show = (value: number): string => value.toPrecision(3)

/** Jumps as a flat window would have them; an estimate for line shapes of their own. */
const estimatedTransitions = (bath: PreparedBath, energies: Vector, strength: number): BathTransitions | null => {
  const flat: PreparedBath = bath.correlation.lineShape.kind === 'flat-window'
    ? bath
    : { ...bath, correlation: { strength: bath.correlation.strength, lineShape: { kind: 'flat-window', width: bath.windows.width, finiteTime: true } } }
  const outcome = bathTransitions(flat, energies, strength)
  return outcome._tag === 'Left' ? null : outcome.right
}

interface BathFigures {
  /** Largest exit rate of each level [d]. */
  readonly exitRates: Float64Array
  /** ln of the fewest levels inside a linewidth. */
  readonly logLevels: number
  /** ln of the smallest volume that takes part. */
  readonly logVolume: number
  readonly totalRate: number
  readonly offResonantRate: number
  readonly offResonant: number
}

const figuresOf = (bath: PreparedBath, transitions: BathTransitions, reachable: Uint8Array, dimension: number): BathFigures => {
  const { logVolumes, width } = bath.windows
  const windows = logVolumes.length
  const exits = new Float64Array(dimension * windows)
  let logLevels = Infinity
  let logVolume = Infinity
  let totalRate = 0
  let offResonantRate = 0
  let offResonant = 0
  for (let i = 0; i < transitions.count; i += 1) {
    const from = transitions.fromWindow[i]!
    const to = transitions.toWindow[i]!
    const state = transitions.fromLevel[i]! * windows + from
    if (reachable[state] === 0) continue
    exits[state]! += transitions.rate[i]!
    totalRate += transitions.rate[i]!
    if (transitions.mismatch[i] !== 0) {
      offResonantRate += transitions.rate[i]!
      offResonant += 1
    }
    // The broader of the two directions decides: its linewidth times the density of the levels it leads to.
    const logStrength = log(transitions.strength[i]! / transitions.weight[i]!)
    const difference = Math.abs(logVolumes[to]! - logVolumes[from]!)
    logLevels = Math.min(logLevels, logStrength + difference / 2 + Math.max(logVolumes[to]!, logVolumes[from]!) - log(width))
    logVolume = Math.min(logVolume, logVolumes[to]!, logVolumes[from]!)
  }
  const exitRates = new Float64Array(dimension)
  for (let state = 0; state < exits.length; state += 1) {
    const level = Math.floor(state / windows)
    exitRates[level] = Math.max(exitRates[level]!, exits[state]!)
  }
  return { exitRates, logLevels, logVolume, totalRate, offResonantRate, offResonant }
}

/** Frequencies that no pair of reachable windows serves, and the initial probability that stands at the end of the ladder. */
const closedTransitions = (
  bath: PreparedBath, energies: Vector, reachable: Uint8Array, marginal: Float64Array | null,
): { readonly closed: number; readonly nearest: number; readonly edge: number } => {
  const { energies: centres, width } = bath.windows
  const windows = centres.length
  let closed = 0
  let nearest = Infinity
  let edge = 0
  for (const group of activeGroups(bath, energies)) {
    let served = false
    let visited = false
    let closest = Infinity
    let missing = 0
    for (let p = 0; p < group.pairs.length; p += 2) {
      const level = group.pairs[p + 1]!
      for (let window = 0; window < windows; window += 1) {
        if (reachable[level * windows + window] === 0) continue
        visited = true
        const target = centres[window]! + group.resonance
        const above = lowerBound(centres, target)
        const gap = Math.min(Math.abs((centres[above] ?? Infinity) - target), Math.abs((centres[above - 1] ?? -Infinity) - target))
        closest = Math.min(closest, gap)
        if (gap < width) served = true
        else if (marginal !== null) missing += marginal[level * windows + window]!
      }
    }
    if (!visited) continue
    if (served) {
      edge = Math.max(edge, missing)
    } else if (closest < Infinity && leadsInside(centres, group.resonance)) {
      closed += 1
      nearest = Math.min(nearest, closest)
    }
  }
  return { closed, nearest, edge }
}

interface NearMiss {
  readonly frequency: number
  /** Levels q → k. */
  readonly from: number
  readonly to: number
  /** Windows E' → E. */
  readonly source: number
  readonly target: number
  /** |Ω|. */
  readonly distance: number
}

/** The pair of windows that comes nearest to any frequency that a bath is coupled to; null where it couples no levels of different energy. */
const nearestPair = (bath: PreparedBath, energies: Vector): NearMiss | null => {
  const { energies: centres } = bath.windows
  let best: NearMiss | null = null
  for (const { frequency, pairs, resonance } of activeGroups(bath, energies)) {
    if (!(frequency > 0)) continue
    for (let source = 0; source < centres.length; source += 1) {
      const above = lowerBound(centres, centres[source]! + resonance)
      for (const target of [above - 1, above]) {
        if (target < 0 || target >= centres.length) continue
        const distance = Math.abs(centres[target]! - centres[source]! - resonance)
        if (best === null || distance < best.distance) best = { frequency, from: pairs[1]!, to: pairs[0]!, source, target, distance }
      }
    }
  }
  return best
}

/** A bath that is coupled and drives nothing. */
const idleBath = (bath: PreparedBath, energies: Vector, jumps: number): readonly Finding[] => {
  const { correlation: { lineShape }, label, windows: { energies: centres, width } } = bath
  if (jumps > 0 || lineShape.kind !== 'flat-window') return []
  const miss = nearestPair(bath, energies)
  if (miss === null || miss.distance < width) return []
  const { distance, frequency, from, source, target, to } = miss
  return [{
    code: 'composition/idle-bath', quantity: `distance of the bath "${label}" from the nearest transition of the system, over δ`,
    value: distance / width, bound: 1, verdict: 'doubt',
    message: `no two windows of the bath "${label}" are within δ = ${show(width)} of any transition that it is coupled to, so it exchanges nothing; the `
      + `nearest are windows ${source} and ${target} (E = ${show(centres[source]!)} and ${show(centres[target]!)}), which miss ω = ${show(frequency)} between `
      + `levels ${from} and ${to} by ${show(distance)}`,
  }]
}

/** Whether some window's E + ω lies inside the ladder at all: beyond its ends nothing is expected. */
const leadsInside = (centres: Vector, frequency: number): boolean =>
  Math.abs(frequency) <= centres[centres.length - 1]! - centres[0]!

const marginalOf = (lattice: Lattice, populations: Vector, axis: number): Float64Array => {
  const windows = lattice.counts[axis]!
  const marginal = new Float64Array(lattice.dimension * windows)
  for (let i = 0; i < populations.length; i += 1) {
    const window = Math.floor((i % lattice.size) / lattice.strides[axis]!) % windows
    marginal[Math.floor(i / lattice.size) * windows + window]! += populations[i]!
  }
  return marginal
}

const smallestGap = (bath: PreparedBath, energies: Vector): number => {
  const frequencies = activeGroups(bath, energies).map((group) => group.frequency)
  // A group split over several multiples of a grid is still one frequency.
  return frequencies.reduce((gap, frequency, i) =>
    (i === 0 || frequency === frequencies[i - 1] ? gap : Math.min(gap, frequency - frequencies[i - 1]!)), Infinity)
}

/** How far a bath's frequencies are moved to their resonances, in window widths. */
const movedFrequencies = (bath: PreparedBath, energies: Vector): Finding => {
  const shifts = activeGroups(bath, energies).map(({ frequency, resonance }) => Math.abs(frequency - resonance))
  const value = Math.max(0, ...shifts) / bath.windows.width
  const verdict = value <= MOVED_FREQUENCY ? 'trust' : 'doubt'
  return {
    code: 'composition/moved-frequencies', quantity: `largest shift of a transition frequency to the grid of the bath "${bath.label}", over δ`,
    value, bound: MOVED_FREQUENCY, verdict,
    message: verdict === 'trust'
      ? 'every transition is sent to a resonance that is close to it'
      : `a transition is sent to a resonance ${show(value)} window widths away: rounded energies are conserved, but temperatures belong to `
        + 'rounded levels; a width that divides the level spacings avoids it',
  }
}

const bathFindings = (subject: ValiditySubject, bath: PreparedBath, figures: BathFigures, reachable: Uint8Array): readonly Finding[] => {
  const { duration, energies, lattice, populations, strengths, strongest } = subject
  const findings: Finding[] = []
  const switched = strongest !== undefined && strengths[bath.axis]! < SWITCHED * strongest[bath.axis]!
  if (figures.logLevels < Infinity && !switched) {
    const levels = exp(Math.min(700, figures.logLevels))
    const verdict = levels >= LEVELS_IN_LINEWIDTH ? 'trust' : levels >= 1 ? 'doubt' : 'fails'
    findings.push({
      code: 'composition/levels-in-linewidth', quantity: `levels of the bath "${bath.label}" inside a linewidth, rate·V_E/δ`,
      value: levels, bound: LEVELS_IN_LINEWIDTH, verdict,
      message: verdict === 'trust'
        ? `about ${show(levels)} levels of the bath "${bath.label}" lie inside a linewidth, so it acts as a continuum`
        : `only ${show(levels)} levels of the bath "${bath.label}" lie inside a linewidth: single levels ${verdict === 'doubt' ? 'begin to show' : 'are resolved'}; `
          + 'couple more strongly or take larger windows',
    })
    const share = duration / exp(Math.min(700, log((2 * Math.PI) / bath.windows.width) + figures.logVolume))
    findings.push(below('composition/heisenberg-time', `length of the run over the Heisenberg time 2πV_E/δ of the bath "${bath.label}"`,
      share, HEISENBERG_SHARE, FAILURE_FACTOR, [
        'the run ends well before the bath resolves its own level spacing',
        `the run lasts ${show(share)} Heisenberg times of the smallest window: recurrences may show, which no master equation has`,
        `the run lasts ${show(share)} Heisenberg times of the smallest window: what an exact run does there is not described`,
      ]))
  }
  const offShare = figures.totalRate > 0 ? figures.offResonantRate / figures.totalRate : 0
  findings.push({
    code: 'composition/off-resonant', quantity: `share of the jump rates of the bath "${bath.label}" that are off resonance`,
    value: offShare, bound: OFF_RESONANT_SHARE, verdict: offShare <= OFF_RESONANT_SHARE ? 'trust' : 'doubt',
    message: figures.offResonant === 0
      ? 'every open transition leads from window to window exactly, so P(E_tot) is conserved'
      : `${figures.offResonant} jumps carrying ${show(100 * offShare)} % of the rates fall between windows and are shared by their neighbours: P(E_tot) is `
        + 'conserved up to the window width only; a width that divides the level spacings avoids it',
  })
  const { closed, edge, nearest } = closedTransitions(bath, energies, reachable, populations === undefined ? null : marginalOf(lattice, populations, bath.axis))
  findings.push({
    code: 'composition/closed-transitions', quantity: `system frequencies without any pair of windows of the bath "${bath.label}"`,
    value: closed, bound: 0, verdict: closed === 0 ? 'trust' : 'doubt',
    message: closed === 0
      ? 'every coupled frequency of the system finds windows of the bath'
      : `${closed} coupled frequencies of the system find no pair of windows within δ, the nearest misses by ${show(nearest)}: these transitions are closed`,
  })
  if (bath.resonanceGrid !== undefined) findings.push(movedFrequencies(bath, energies))
  if (populations !== undefined) {
    findings.push({
      code: 'composition/window-edge', quantity: `initial probability whose next jump leads out of the windows of the bath "${bath.label}"`,
      value: edge, bound: EDGE_PROBABILITY, verdict: edge <= EDGE_PROBABILITY ? 'trust' : 'doubt',
      message: edge <= EDGE_PROBABILITY
        ? 'hardly any initial state meets the end of the windows'
        : 'some initial states would jump to where the bath has no window: right if the bath ends there, else add windows',
    })
  }
  return findings
}

/**
 * When to trust a master equation: rate/δ, rate·V_E/δ, run length over the Heisenberg time 2πV_E/δ, near-degenerate frequencies,
 * off-resonant and closed transitions, and the premises that the initial state breaks; each with a verdict in plain words.
 *
 * Asks rate models for strengths: call it while preparing. Line shapes of their own are judged as if they were flat windows.
 *
 * @param subject - what is run
 * @param premises - findings already made, by `initialConditional` for instance; they are put at the end
 */
export const validityReport = (subject: ValiditySubject, premises: readonly Finding[] = []): readonly Finding[] => [...atOnce(reportInParts(subject)), ...premises]

/** The report in parts, without premises. */
function* reportInParts(subject: ValiditySubject): Parts<readonly Finding[]> {
  const { baths, energies, lattice, strengths } = subject
  const dimension = energies.length
  const open: { readonly bath: PreparedBath; readonly transitions: BathTransitions }[] = []
  for (const bath of baths) {
    yield
    const transitions = strengths[bath.axis] === 0 ? null : estimatedTransitions(bath, energies, strengths[bath.axis]!)
    if (transitions !== null) open.push({ bath, transitions })
  }
  yield
  const marginals = open.map(({ bath }) => (subject.populations === undefined ? null : marginalOf(lattice, subject.populations, bath.axis)))
  const reachable = reachableStates(open.map((each) => each.transitions), open.map(({ bath }) => lattice.counts[bath.axis]!), dimension, marginals)
  yield
  const figures = open.map(({ bath, transitions }, i) => figuresOf(bath, transitions, reachable[i]!, dimension))
  let largestRate = 0
  for (let level = 0; level < dimension; level += 1) {
    largestRate = Math.max(largestRate, figures.reduce((sum, each) => sum + each.exitRates[level]!, 0))
  }
  const width = open.reduce((least, { bath }) => Math.min(least, bath.windows.width), Infinity)
  const finiteTime = subject.finiteTime ?? false
  const ratio = width === Infinity ? 0 : largestRate / width
  const findings: Finding[] = [below('composition/weak-coupling', 'largest exit rate over window width, rate/δ', ratio,
    finiteTime ? WEAK_COUPLING_FINITE_TIME : WEAK_COUPLING_MARKOV, FAILURE_FACTOR, [
      'the coupling is weak: the bath forgets long before the system moves',
      finiteTime
        ? `rate/δ = ${show(ratio)}: second order in the coupling is marginal, expect errors of several per cent in the transient`
        : `rate/δ = ${show(ratio)}: the build-up of the rates, which a Markov equation leaves out, changes probabilities by about that much in the transient`,
      `rate/δ = ${show(ratio)}: the system moves within the memory of the bath; the transient is wrong, lower the coupling strength or widen the windows`,
    ])]
  if (subject.secular ?? true) {
    const gap = open.reduce((least, { bath }) => Math.min(least, smallestGap(bath, energies)), Infinity)
    const secular = gap === Infinity ? 0 : largestRate / gap
    findings.push(below('composition/near-degenerate-frequencies', 'largest exit rate over the smallest distance of two transition frequencies',
      secular, SECULAR_RATIO, FAILURE_FACTOR, [
        'transition frequencies are far apart compared with the rates, so the secular approximation holds',
        `two transition frequencies are only ${show(gap)} apart: what the secular approximation drops is not small`,
        `two transition frequencies, ${show(gap)} apart, are closer than the rates: the secular approximation fails; take finite-time Redfield`,
      ]))
  }
  for (const [i, { bath, transitions }] of open.entries()) {
    yield
    findings.push(...bathFindings(subject, bath, figures[i]!, reachable[i]!), ...idleBath(bath, energies, transitions.count))
  }
  return findings
}

const SEVERITY = { trust: 0, doubt: 1, fails: 2 } as const

/** Of several reports on one run the worst finding of each code and quantity, in the order of first appearance. */
export const worstFindings = (reports: readonly (readonly Finding[])[]): readonly Finding[] => {
  const worst = new Map<string, Finding>()
  for (const finding of reports.flat()) {
    const key = `${finding.code} ${finding.quantity}`
    const known = worst.get(key)
    const distance = (each: Finding): number => Math.abs(each.value - each.bound)
    const isWorse = known === undefined || SEVERITY[finding.verdict] > SEVERITY[known.verdict]
      || (finding.verdict === known.verdict && (finding.verdict === 'trust' ? distance(finding) < distance(known) : distance(finding) > distance(known)))
    if (isWorse) worst.set(key, finding)
  }
  return [...worst.values()]
}

/**
 * The worst that `validityReport` finds along a drive: in the settings that are `held`, and at instants that are `passed` while energies or
 * strengths move; one setting after the other.
 */
export function* validityAlong(
  subject: Omit<ValiditySubject, 'energies' | 'strengths' | 'strongest'>, held: readonly Setting[], passed: readonly Setting[],
): Parts<readonly Finding[]> {
  const strongest = Float64Array.from(subject.baths, ({ axis }) => Math.max(...[...held, ...passed].map(({ strengths }) => strengths[axis]!)))
  const reports: (readonly Finding[])[] = []
  for (const { energies, strengths } of held) {
    yield
    reports.push(yield* reportInParts({ ...subject, energies, strengths }))
  }
  for (const { energies, strengths } of passed) {
    yield
    reports.push(yield* reportInParts({ ...subject, energies, strengths, strongest }))
  }
  return worstFindings(reports)
}
