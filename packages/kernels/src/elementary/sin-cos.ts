import stdlibSincos from '@stdlib/math-base-special-sincos'

/** Writes `out` = [sin x, cos x] with one reduction of the argument. */
export const sinCos = (x: number, out: Float64Array): void => {
  stdlibSincos.assign(x, out, 1, 0)
}
