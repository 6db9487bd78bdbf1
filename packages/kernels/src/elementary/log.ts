import stdlibLn from '@stdlib/math-base-special-ln'

/** The natural logarithm ln x; −Infinity at 0, NaN below. */
export const log: (x: number) => number = stdlibLn
