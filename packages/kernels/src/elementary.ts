import stdlibCos from '@stdlib/math-base-special-cos'
import stdlibExp from '@stdlib/math-base-special-exp'
import stdlibExpm1 from '@stdlib/math-base-special-expm1'
import stdlibLn from '@stdlib/math-base-special-ln'
import stdlibLog1p from '@stdlib/math-base-special-log1p'
import stdlibSin from '@stdlib/math-base-special-sin'
import stdlibSincos from '@stdlib/math-base-special-sincos'

// Engines disagree about the last bits of Math.exp, Math.log, Math.sin, …; these are made of + − × ÷ alone, so a run has the
// same bits everywhere. Inside numerical packages they replace Math.*.

/** The exponential e^x, within 1 unit in the last place; 0 and Infinity at −Infinity and Infinity. */
export const exp: (x: number) => number = stdlibExp

/** e^x − 1 without cancellation at small x. */
export const expm1: (x: number) => number = stdlibExpm1

/** The natural logarithm ln x; −Infinity at 0, NaN below. */
export const log: (x: number) => number = stdlibLn

/** ln(1 + x) without cancellation at small x. */
export const log1p: (x: number) => number = stdlibLog1p

/** sin x, x in radians, any finite size. */
export const sin: (x: number) => number = stdlibSin

/** cos x, x in radians, any finite size. */
export const cos: (x: number) => number = stdlibCos

/** Writes `out` = [sin x, cos x] with one reduction of the argument. */
export const sinCos = (x: number, out: Float64Array): void => {
  stdlibSincos.assign(x, out, 1, 0)
}
