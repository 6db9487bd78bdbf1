/** What JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Real numbers that the receiver does not change. */
export type Vector = Readonly<Float64Array>

/** Complex numbers as separate planes; `im === null` means real arithmetic. Written only by kernels. */
export interface Planes {
  readonly re: Float64Array
  readonly im: Float64Array | null
}

/** A complex matrix, row-major: entry (r, c) at `r * columns + c`; `im === null` means real. */
export interface ComplexMatrix {
  readonly rows: number
  readonly columns: number
  readonly re: Vector
  readonly im: Vector | null
}
