import stdlibExp from '@stdlib/math-base-special-exp'

/** The exponential e^x, within 1 unit in the last place; 0 and Infinity at −Infinity and Infinity. */
export const exp: (x: number) => number = stdlibExp
