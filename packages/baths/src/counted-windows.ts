/**
 * n oscillators of one quantum ω: the window of m quanta has its centre at m ω and holds C(m + n − 1, m) levels, the number of ways
 * to share the quanta out. Its canonical state has U = nω/(e^{βω} − 1).
 */
export interface OscillatorWindows {
  /** n, a positive integer. */
  readonly oscillators: number
  /** ω > 0, the distance of neighbouring centres. */
  readonly quantum: number
  /** The least and the largest number m of quanta: an endless ladder has to be cut. */
  readonly quanta: readonly [number, number]
  /** Into how many levels each of them is split within its window: degrees of freedom that exchange no quanta; 1 unless told. */
  readonly degeneracy?: number
}

/**
 * n spins of one splitting ω: the window of m excited spins has its centre at m ω and holds C(n, m) levels. Its canonical state has
 * U = nω/(e^{βω} + 1), with β < 0 where more than half of the spins are excited.
 */
export interface SpinWindows {
  /** n, a positive integer. */
  readonly spins: number
  /** ω > 0, the distance of neighbouring centres. */
  readonly quantum: number
  /** The least and the largest number m of excited spins; 0 and n unless told. */
  readonly quanta?: readonly [number, number]
  /** Into how many levels each of them is split within its window: degrees of freedom that exchange no quanta; 1 unless told. */
  readonly degeneracy?: number
}

/** Windows whose volumes are counted in closed form. */
export type CountedWindows = OscillatorWindows | SpinWindows
