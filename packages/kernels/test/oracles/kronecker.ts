// Sums of local terms as whole matrices, by Kronecker products of ml-matrix; shares nothing with what it checks.
import { Matrix } from 'ml-matrix'
import type { LocalTerm } from '@mesobath/contracts'

export interface Dense {
  readonly re: Matrix
  readonly im: Matrix
}

/** Digits of an index of the whole, site 0 slowest. */
const digitsOf = (index: number, dimensions: readonly number[]): number[] => {
  const digits = new Array<number>(dimensions.length).fill(0)
  for (let site = dimensions.length - 1; site >= 0; site -= 1) {
    digits[site] = index % dimensions[site]
    index = Math.floor(index / dimensions[site])
  }
  return digits
}

/** Σ_t of each term, element by element: ⟨row|term|column⟩ where all other sites agree. */
export const denseTerms = (dimensions: readonly number[], terms: readonly LocalTerm[]): Dense => {
  const size = dimensions.reduce((product, each) => product * each, 1)
  const re = Matrix.zeros(size, size)
  const im = Matrix.zeros(size, size)
  const digits = Array.from({ length: size }, (_, index) => digitsOf(index, dimensions))
  for (const { sites, operator } of terms) {
    const local = (index: number): number => sites.reduce((sum, site) => sum * dimensions[site] + digits[index][site], 0)
    for (let row = 0; row < size; row += 1) {
      for (let column = 0; column < size; column += 1) {
        if (digits[row].some((digit, site) => !sites.includes(site) && digit !== digits[column][site])) continue
        const at = local(row) * operator.columns + local(column)
        re.set(row, column, re.get(row, column) + operator.re[at])
        if (operator.im !== null) im.set(row, column, im.get(row, column) + operator.im[at])
      }
    }
  }
  return { re, im }
}

/** Pauli matrices by Kronecker products of sites, for terms written the other way: identities everywhere else. */
export const pauliString = (letters: string): Dense => {
  const of: Record<string, Dense> = {
    I: { re: new Matrix([[1, 0], [0, 1]]), im: Matrix.zeros(2, 2) },
    X: { re: new Matrix([[0, 1], [1, 0]]), im: Matrix.zeros(2, 2) },
    Y: { re: Matrix.zeros(2, 2), im: new Matrix([[0, -1], [1, 0]]) },
    Z: { re: new Matrix([[1, 0], [0, -1]]), im: Matrix.zeros(2, 2) },
  }
  return [...letters].map((letter) => of[letter]).reduce((a, b) => ({
    re: a.re.kroneckerProduct(b.re).sub(a.im.kroneckerProduct(b.im)), im: a.re.kroneckerProduct(b.im).add(a.im.kroneckerProduct(b.re)),
  }))
}
