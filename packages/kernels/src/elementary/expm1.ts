import stdlibExpm1 from '@stdlib/math-base-special-expm1'

/** e^x − 1 without cancellation at small x. */
export const expm1: (x: number) => number = stdlibExpm1
