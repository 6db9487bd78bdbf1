import stdlibSin from '@stdlib/math-base-special-sin'

/** sin x, x in radians, any finite size. */
export const sin: (x: number) => number = stdlibSin
