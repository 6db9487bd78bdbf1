import type { Issues } from '@mesobath/contracts'

/** How a run ended: its result, or why there is none. */
export type RunEnd<A> =
  | { readonly kind: 'done'; readonly result: A }
  | { readonly kind: 'bad-input'; readonly issues: Issues }
  | { readonly kind: 'failed'; readonly issues: Issues }
  | { readonly kind: 'cancelled' }

export const done = <A>(result: A): RunEnd<A> => ({ kind: 'done', result })
export const badInput = (issues: Issues): RunEnd<never> => ({ kind: 'bad-input', issues })
export const failed = (issues: Issues): RunEnd<never> => ({ kind: 'failed', issues })
export const CANCELLED: RunEnd<never> = { kind: 'cancelled' }
