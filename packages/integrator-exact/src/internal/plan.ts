import { chebyshevReach, chebyshevTerms } from '@mesobath/kernels'

/** What one application of H and one set of moments cost, over all columns. */
export interface Work {
  /** Operations of one H Ψ. */
  readonly product: number
  /** Complex numbers in Ψ. */
  readonly entries: number
  /** Chebyshev blocks that fit. */
  readonly mostTerms: number
  readonly baths: number
}

/**
 * How a constant segment is crossed: by stretches of equal length whose moments give every time inside, or, where few output
 * times are asked for, from one to the next.
 */
export interface Route {
  readonly moments: boolean
  /** Number of stretches; with `moments` false the stretches end at output times. */
  readonly stretches: number
  readonly terms: number
  readonly operations: number
}

/** Candidates for the number of blocks kept at once. */
const TERMS = [8, 12, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192]

/** The most blocks a stretch may keep: beyond, moments cost more than the overlap they save. */
export const MOST_TERMS = 192

/** Operations per complex number: filling its share of the moments; recursion and accumulation of a block; a pair of blocks, for each kind of moment. */
export const PER_FILL = 40
const PER_BLOCK = 24
const PER_PAIR = 2

const momentsCost = (work: Work, terms: number): number =>
  terms * (work.product + (PER_BLOCK + PER_FILL) * work.entries) + PER_PAIR * (2 + work.baths) * terms * terms * work.entries

const stepCost = (work: Work, terms: number): number => terms * (work.product + PER_BLOCK * work.entries)

/** The cheaper route over `duration`, with `outputs` stops in it, for a spectrum of half-width `radius`. */
export const planRoute = (work: Work, radius: number, duration: number, outputs: number, tolerance: number): Route => {
  const reach = radius * duration
  let best: Route | null = null
  for (const most of TERMS) {
    if (most > work.mostTerms && best !== null) break
    const stretches = Math.max(1, Math.ceil(reach / Math.max(chebyshevReach(most, tolerance), 1e-12)))
    const terms = chebyshevTerms(reach / stretches, tolerance)
    const operations = stretches * momentsCost(work, terms)
    if (best === null || operations < best.operations) best = { moments: true, stretches, terms, operations }
  }
  const stops = Math.max(1, outputs)
  const terms = chebyshevTerms(reach / stops, tolerance)
  // Each stop costs a product and the moments of two blocks besides.
  const operations = stops * (stepCost(work, terms) + momentsCost(work, 2))
  if (best === null || operations < best.operations) return { moments: false, stretches: stops, terms, operations }
  return best
}
