/** A number, or [re, im]. */
export type ComplexNumber = number | readonly [number, number]

/**
 * The deterministic part b(E, E') of one coupling. A constant holds for every E > E'; a table is indexed [E][E'] (target,
 * source) by window and must be Hermitian with a zero diagonal; a function is called with E > E' only.
 * In each case b(E', E) = conj b(E, E').
 */
export type MeanCoupling =
  | ComplexNumber
  | readonly (readonly ComplexNumber[])[]
  | ((targetEnergy: number, sourceEnergy: number) => ComplexNumber)
