import stdlibLog1p from '@stdlib/math-base-special-log1p'

/** ln(1 + x) without cancellation at small x. */
export const log1p: (x: number) => number = stdlibLog1p
