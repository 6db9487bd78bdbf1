import type { ComplexMatrix, SpectralFunction } from '@mesobath/contracts'

/** A number, or [re, im]. */
export type ComplexNumber = number | readonly [number, number]

/** The smooth amplitude f(Ē, ω) of one coupling (Eq. 28); F = |f|², f(Ē, −ω) = conj f(Ē, ω). */
export interface SpectralAmplitude {
  readonly f: (meanEnergy: number, frequency: number) => ComplexNumber
}

/** The matrix F^{αα'}(Ē, ω) of several couplings (Eq. A14). */
export interface SpectralMatrix {
  readonly matrix: (meanEnergy: number, frequency: number) => ComplexMatrix
}

/**
 * F on a grid, interpolated bilinearly in (Ē, ω) and continued by F(Ē, −ω) = conj F(Ē, ω); nothing is known outside the grid.
 */
export interface SpectralSamples {
  readonly samples: {
    /** Ē, ascending [n]. */
    readonly energies: ArrayLike<number>
    /** ω ≥ 0, ascending [m]. */
    readonly frequencies: ArrayLike<number>
    /** F^{αα'}, row-major [Ē, ω, α, α']; for one coupling |f|² [Ē, ω]. `im` may be left out where F is real. */
    readonly values: { readonly re: ArrayLike<number>; readonly im?: ArrayLike<number> | null }
  }
}

/** The spectral function in any of its forms. */
export type SpectralChoice = SpectralFunction | SpectralAmplitude | SpectralMatrix | SpectralSamples
