/**
 * Where an expected number comes from: the paper's text, programs written independently of this one, a limit solved in closed form, a
 * theorem, or, for a reduced figure, other realisations by this program.
 */
export type Source = 'paper' | 'independent programs' | 'closed form' | 'theorem' | 'other seeds'

/** One number of a figure against what it must be. */
export interface Check {
  readonly quantity: string
  readonly source: Source
  /** What is expected, in words. */
  readonly expected: string
  /** Ends of what agrees; `null` where there is none. */
  readonly least: number | null
  readonly most: number | null
  readonly measured: number
  readonly agrees: boolean
  /** What each realisation gave, seed after seed, where `measured` is their median. */
  readonly realisations?: readonly number[]
}

const shown = (value: number): string => String(Number(value.toPrecision(4)))

const inWords = (least: number, most: number): string => {
  if (least === -Infinity) return `at most ${shown(most)}`
  return most === Infinity ? `at least ${shown(least)}` : `${shown(least)} to ${shown(most)}`
}

/** What a number must lie between, and how far outside it may still be by rounding. */
export interface Expectation {
  readonly least?: number
  readonly most?: number
  readonly slack?: number
  readonly source?: Source
  readonly words?: string
}

/** A measured number against an expectation. A number that was not measured (NaN) agrees with nothing. */
export const check = (quantity: string, measured: number, { least = -Infinity, most = Infinity, slack = 0, source = 'independent programs', words }: Expectation): Check => ({
  quantity, source, expected: words ?? `${inWords(least, most)}${slack > 0 ? ` (± ${shown(slack)})` : ''}`, measured,
  least: least === -Infinity ? null : least - slack, most: most === Infinity ? null : most + slack,
  agrees: measured >= least - slack && measured <= most + slack,
})

/** The middle one of the values, or the mean of the two in the middle; NaN where one was not measured. */
export const median = (values: readonly number[]): number => {
  if (values.some(Number.isNaN)) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

/** The median over realisations against an expectation: where one realisation differs much from the next. */
export const checkMedian = (quantity: string, realisations: readonly number[], expectation: Expectation): Check =>
  ({ ...check(quantity, median(realisations), expectation), realisations })

/** Largest |a − b| where both are numbers; NaN where they never are. */
export const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = NaN
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN))
    if (!Number.isNaN(gap) && !(gap <= most)) most = gap
  }
  return most
}

/** Smallest a − b where both are numbers; NaN where they never are. */
export const smallestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let least = NaN
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? NaN) - (b[i] ?? NaN)
    if (!Number.isNaN(difference) && !(difference >= least)) least = difference
  }
  return least
}

/** Smallest step from one entry to the next. */
export const smallestStep = (values: ArrayLike<number>): number =>
  smallestDifference(Array.from(values).slice(1), Array.from(values).slice(0, -1))
