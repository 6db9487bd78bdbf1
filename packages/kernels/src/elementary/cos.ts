import stdlibCos from '@stdlib/math-base-special-cos'

/** cos x, x in radians, any finite size. */
export const cos: (x: number) => number = stdlibCos
