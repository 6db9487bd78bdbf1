import type { ComplexMatrix, LocalTerm } from '@mesobath/contracts'
import type { Faults } from './faults.js'
import { show } from './faults.js'

/** Sites that one term may act on: its matrix has the square of their joint dimension. */
const MOST_SITES = 8
/** |A_ij − conj A_ji| up to this share of the largest element is rounding. */
const HERMITICITY_TOLERANCE = 1e-12

type Path = readonly (string | number)[]

const checkOperator = (matrix: ComplexMatrix, size: number, path: Path, faults: Faults): void => {
  const { rows, columns, re, im } = matrix ?? {}
  if (rows !== size || columns !== size || re?.length !== size * size || (im !== null && im?.length !== size * size)) {
    faults.add('term-shape', path, `be a matrix of ${size} × ${size}, the joint dimension of its sites`, `is ${show(rows)} × ${show(columns)} with ${show(re?.length)} elements`)
    return
  }
  let largest = 0
  let off = 0
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const at = row * size + column
      const mirror = column * size + row
      const [a, b, c, d] = [re[at]!, re[mirror]!, im === null ? 0 : im[at]!, im === null ? 0 : im[mirror]!]
      if (!Number.isFinite(a + b + c + d)) {
        faults.add('term-value', [...path, row, column], 'be a finite number', `is ${show([a, b, c, d].find((each) => !Number.isFinite(each)))}`)
        return
      }
      largest = Math.max(largest, Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d))
      off = Math.max(off, Math.abs(a - b), Math.abs(c + d))
    }
  }
  if (off > HERMITICITY_TOLERANCE * largest) faults.add('term-not-hermitian', path, 'be Hermitian', `elements miss their mirror's conjugate by ${off}`)
}

/** Checks local terms: sites in range and distinct, operators of the right size, finite and Hermitian, each by itself. */
export const checkTerms = (terms: readonly LocalTerm[], sites: number, dimension: number, path: Path, faults: Faults): void => {
  if (!Array.isArray(terms) || terms.length === 0) {
    faults.add('terms', path, 'hold at least one local term', `is ${show(terms)}`)
    return
  }
  terms.forEach((term: LocalTerm, index) => {
    const own = [...path, index]
    const list: unknown = term?.sites
    if (!Array.isArray(list) || list.length === 0 || list.length > MOST_SITES) {
      faults.add('term-sites', [...own, 'sites'], `name between 1 and ${MOST_SITES} sites`, `is ${show(list)}`)
      return
    }
    let sound = true
    list.forEach((site: unknown, at) => {
      if (!Number.isInteger(site) || (site as number) < 0 || (site as number) >= sites) {
        faults.add('term-sites', [...own, 'sites', at], `be a site from 0 to ${sites - 1}`, `is ${show(site)}`)
        sound = false
      } else if (list.indexOf(site) < at) {
        faults.add('term-sites', [...own, 'sites', at], 'differ from the other sites of its term', `repeats ${show(site)}`)
        sound = false
      }
    })
    let size = 1
    for (let at = 0; at < list.length; at += 1) size *= dimension
    if (sound) checkOperator(term.operator, size, [...own, 'operator'], faults)
  })
}
