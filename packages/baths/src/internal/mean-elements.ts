import type { Json, Vector } from '@mesobath/contracts'
import type { Faults } from './faults.js'
import { show } from './faults.js'
import type { ComplexNumber, MeanCoupling } from '../mean-coupling.js'

/** The deterministic part b^α(E, E') between windows, read for `to` > `from` only: Hermiticity gives the rest. */
export interface MeanElements {
  /** Whether b = 0 everywhere. */
  readonly zero: boolean
  /** JSON of the mean, null where it holds a function. */
  readonly recipe: Json
  /** Writes [Re, Im] of b^α(E_to, E_from), to > from. */
  read(coupling: number, to: number, from: number, out: Float64Array): void
}

/** Entries b(E', E) and conj b(E, E') of a table may differ by this fraction of the larger: tables come from text. */
const TABLE_TOLERANCE = 1e-12
/** A function is tried on all pairs up to this many windows; beyond, a bad value shows up where it is used. */
const TRIED_WINDOWS = 256

const isComplex = (value: unknown): value is ComplexNumber =>
  typeof value === 'number' || (Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number'))

const realPart = (value: ComplexNumber): number => (typeof value === 'number' ? value : value[0])
const imaginaryPart = (value: ComplexNumber): number => (typeof value === 'number' ? 0 : value[1])
const isFinitePair = (value: unknown): value is ComplexNumber =>
  isComplex(value) && Number.isFinite(realPart(value)) && Number.isFinite(imaginaryPart(value))

type Reader = (to: number, from: number, out: Float64Array) => void

const constantReader = (value: ComplexNumber): Reader => (_to, _from, out) => {
  out[0] = realPart(value)
  out[1] = imaginaryPart(value)
}

const checkValue = (value: unknown, real: boolean, path: readonly (string | number)[], faults: Faults): value is ComplexNumber => {
  if (!isFinitePair(value)) {
    faults.add('mean', path, 'be a finite number or a pair [re, im] of them', `is ${Array.isArray(value) ? `[${value.map(show).join(', ')}]` : show(value)}`)
    return false
  }
  if (real && imaginaryPart(value) !== 0) {
    faults.add('mean', path, "be real where `symmetry` is 'real-symmetric'", `has the imaginary part ${imaginaryPart(value)}`)
    return false
  }
  return true
}

const tableReader = (
  table: readonly (readonly ComplexNumber[])[], windows: number, real: boolean, path: readonly (string | number)[], faults: Faults,
): Reader => {
  const before = faults.issues.length
  if (table.length !== windows || table.some((row) => !Array.isArray(row) || row.length !== windows)) {
    faults.add('mean', path, `be a table of ${windows} rows [target] by ${windows} columns [source]`, `has ${table.length} rows of ${table.map((row) => row?.length).join(', ')}`)
    return constantReader(0)
  }
  table.forEach((row, to) => row.forEach((value, from) => {
    if (!checkValue(value, real, [...path, to, from], faults)) return
    if (to === from && (realPart(value) !== 0 || imaginaryPart(value) !== 0)) {
      faults.add('mean', [...path, to, from], 'be 0, a random-matrix bath has no block within a window', `is ${JSON.stringify(value)}`)
    }
    if (to > from) {
      const other = table[from]?.[to]
      if (!isFinitePair(other)) return
      const scale = Math.max(Math.abs(realPart(value)), Math.abs(imaginaryPart(value)))
      const off = Math.max(Math.abs(realPart(value) - realPart(other)), Math.abs(imaginaryPart(value) + imaginaryPart(other)))
      if (off > TABLE_TOLERANCE * scale) {
        faults.add('mean', [...path, to, from], `be the complex conjugate of entry [${from}][${to}]`, `is ${JSON.stringify(value)} beside ${JSON.stringify(other)}`)
      }
    }
  }))
  if (faults.issues.length > before) return constantReader(0)
  return (to, from, out) => constantReader((table[to] as readonly ComplexNumber[])[from] as ComplexNumber)(to, from, out)
}

const functionReader = (
  mean: Extract<MeanCoupling, (...parts: never[]) => unknown>, energies: Vector, real: boolean, path: readonly (string | number)[], faults: Faults,
): Reader => {
  const tried = Math.min(energies.length, TRIED_WINDOWS)
  for (let to = 1; to < tried; to += 1) {
    for (let from = 0; from < to; from += 1) {
      // One bad value is enough to tell: a function that is wrong once is often wrong everywhere.
      if (!checkValue(mean(energies[to] as number, energies[from] as number), real, [...path, to, from], faults)) return constantReader(0)
    }
  }
  return (to, from, out) => {
    const value: unknown = mean(energies[to] as number, energies[from] as number)
    const valid = isFinitePair(value) && !(real && imaginaryPart(value) !== 0)
    out[0] = valid ? realPart(value) : NaN
    out[1] = valid ? imaginaryPart(value) : NaN
  }
}

/** Checks the deterministic part of a random-matrix coupling and makes its reader. */
export const meanElements = (
  mean: MeanCoupling | undefined, means: readonly MeanCoupling[] | undefined, couplings: number, energies: Vector, real: boolean, faults: Faults,
): MeanElements => {
  if (mean !== undefined && means !== undefined) faults.add('mean', ['means'], 'be left out where `mean` is given', 'both are given')
  if (means !== undefined && means.length !== couplings) {
    faults.add('mean', ['means'], `hold one entry per coupling, ${couplings}`, `holds ${means.length}`)
  }
  const path = (coupling: number): readonly (string | number)[] => (means === undefined ? ['mean'] : ['means', coupling])
  const makeReader = (each: MeanCoupling, coupling: number): Reader => {
    if (typeof each === 'function') return functionReader(each, energies, real, path(coupling), faults)
    if (Array.isArray(each) && Array.isArray(each[0])) {
      return tableReader(each as readonly (readonly ComplexNumber[])[], energies.length, real, path(coupling), faults)
    }
    return checkValue(each, real, path(coupling), faults) ? constantReader(each) : constantReader(0)
  }
  const isZero = (each: MeanCoupling): boolean => isComplex(each) && realPart(each) === 0 && imaginaryPart(each) === 0
  if (means !== undefined) {
    const readers = means.map(makeReader)
    return {
      zero: means.every(isZero),
      recipe: means.some((each) => typeof each === 'function') ? null : (means as Json),
      read: (coupling, to, from, out) => (readers[coupling] as Reader)(to, from, out),
    }
  }
  const shared = mean ?? 0
  const reader = makeReader(shared, 0)
  return {
    zero: isZero(shared),
    recipe: typeof shared === 'function' ? null : (shared as Json),
    read: (_coupling, to, from, out) => reader(to, from, out),
  }
}
