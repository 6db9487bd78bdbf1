import type { ProductForm } from '@mesobath/contracts'

/** a†b. */
export const ADJOINT: ProductForm = { adjoint: true, hermitian: false }
/** a†b that is Hermitian. */
export const GRAM: ProductForm = { adjoint: true, hermitian: true }
/** The same as long as more is to come. */
export const TRIANGLE: ProductForm = { adjoint: true, hermitian: true, triangle: true }
