import type { ComplexMatrix, Json, LocalTerm, Outcome } from '@mesobath/contracts'
import { failIfAny } from '@mesobath/contracts'
import { collectFaults, show } from './internal/faults.js'
import type { Faults } from './internal/faults.js'
import { localTermsBath } from './local-terms-bath.js'
import type { LocalTermsBath, LocalWindowOptions } from './local-terms-bath.js'

/** One number for all, or one each. */
export type PerSite = number | ArrayLike<number>

/** Options of {@link spinChainBath}. */
export interface SpinChainBathOptions extends LocalWindowOptions {
  /** Number of spins ½. */
  readonly spins: number
  /** 'open' unless told; 'periodic' ties the last spin to the first. */
  readonly boundary?: 'open' | 'periodic'
  /** J per bond: bond b ties spin b to spin b + 1. 0 unless told. */
  readonly bonds: { readonly xx?: PerSite; readonly yy?: PerSite; readonly zz?: PerSite }
  /** h per spin; 0 unless told. */
  readonly fields?: { readonly x?: PerSite; readonly y?: PerSite; readonly z?: PerSite }
  /** B^α: one Pauli matrix of one spin each. */
  readonly couplings: readonly SiteOperator[]
}

/** A Pauli matrix of one spin. */
export interface SiteOperator {
  readonly site: number
  readonly operator: 'x' | 'y' | 'z'
}

const matrix = (rows: number, re: readonly number[], im: readonly number[] | null = null): ComplexMatrix =>
  ({ rows, columns: rows, re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) })

type Axis = 'x' | 'y' | 'z'
const AXES: readonly Axis[] = ['x', 'y', 'z']

const FIELD_OF: Readonly<Record<Axis, (h: number) => ComplexMatrix>> = {
  x: (h) => matrix(2, [0, h, h, 0]),
  y: (h) => matrix(2, [0, 0, 0, 0], [0, -h, h, 0]),
  z: (h) => matrix(2, [h, 0, 0, -h]),
}

const BOND_OF: Readonly<Record<Axis, (j: number) => ComplexMatrix>> = {
  x: (j) => matrix(4, [0, 0, 0, j, 0, 0, j, 0, 0, j, 0, 0, j, 0, 0, 0]),
  y: (j) => matrix(4, [0, 0, 0, -j, 0, 0, j, 0, 0, j, 0, 0, -j, 0, 0, 0]),
  z: (j) => matrix(4, [j, 0, 0, 0, 0, -j, 0, 0, 0, 0, -j, 0, 0, 0, 0, j]),
}

/** One number per place, or none where all are 0 or faulty. */
const expand = (value: PerSite | undefined, count: number, path: readonly (string | number)[], faults: Faults): readonly number[] => {
  if (value === undefined) return []
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) faults.add('spin-chain', path, 'be a finite number', `is ${show(value)}`)
    return value === 0 ? [] : new Array<number>(count).fill(value)
  }
  const list: readonly unknown[] = Array.from(value ?? [])
  if (list.length !== count) faults.add('spin-chain', path, `be a number or hold ${count}`, `holds ${list.length}`)
  list.forEach((each, index) => {
    if (!Number.isFinite(each)) faults.add('spin-chain', [...path, index], 'be a finite number', `is ${show(each)}`)
  })
  return list as readonly number[]
}

const recipeOf = ({ bonds, fields = {}, windows, recipe, ...rest }: SpinChainBathOptions): Json => {
  if (recipe !== undefined) return recipe
  const plain = (values: Readonly<Record<string, PerSite | undefined>>): Json => Object.fromEntries(Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [[key, typeof value === 'number' ? value : Array.from(value)]])))
  return {
    ...(rest as unknown as Record<string, Json>), bonds: plain(bonds), fields: plain(fields),
    ...(windows === undefined ? {} : { windows: Array.from(windows) }),
  }
}

/**
 * A chain of spins ½ as a bath: H_B = Σ_b (J^xx σxσx + J^yy σyσy + J^zz σzσz) + Σ_i (h^x σx + h^y σy + h^z σz), with Pauli matrices (not spins of ½),
 * and each B^α one Pauli matrix of one spin. The mixed-field Ising chain has `bonds: { zz: 1 }` and fields x and z, the XXZ chain
 * `bonds: { xx: 1, yy: 1, zz: Delta }`.
 *
 * Windows, capabilities and costs are those of {@link localTermsBath}. Issues besides: `baths/spins`, `baths/boundary`, `baths/spin-chain`.
 */
export const spinChainBath = (options: SpinChainBathOptions): Outcome<LocalTermsBath> => {
  const faults = collectFaults()
  const { spins, boundary = 'open', bonds, fields = {}, couplings, name = 'spin-chain', ...windowOptions } = options
  if (!Number.isSafeInteger(spins) || spins < 2) faults.add('spins', ['spins'], 'be an integer of at least 2', `is ${show(spins)}`)
  if (boundary !== 'open' && boundary !== 'periodic') faults.add('boundary', ['boundary'], "be 'open' or 'periodic'", `is ${show(boundary)}`)
  // Two spins in a ring would be tied twice.
  else if (boundary === 'periodic' && spins === 2) faults.add('boundary', ['boundary'], "be 'open' for two spins", "is 'periodic'")
  if (faults.issues.length > 0) return failIfAny(faults.issues, (): never => { throw new Error('unreachable') })
  const ties = boundary === 'open' ? spins - 1 : spins
  const terms: LocalTerm[] = []
  for (const axis of AXES) {
    expand(bonds?.[`${axis}${axis}` as 'xx' | 'yy' | 'zz'], ties, ['bonds', `${axis}${axis}`], faults)
      .forEach((j, bond) => terms.push({ sites: [bond, (bond + 1) % spins], operator: BOND_OF[axis](j) }))
    expand(fields[axis], spins, ['fields', axis], faults).forEach((h, site) => terms.push({ sites: [site], operator: FIELD_OF[axis](h) }))
  }
  if (terms.length === 0 && faults.issues.length === 0) faults.add('spin-chain', ['bonds'], 'hold a bond or `fields` a field that is not 0', 'all are 0')
  if (!Array.isArray(couplings)) faults.add('couplings', ['couplings'], 'be a list of a site and an operator each', `is ${show(couplings)}`)
  else {
    couplings.forEach((each, index) => {
      if (!AXES.includes(each?.operator)) faults.add('spin-chain', ['couplings', index, 'operator'], "be 'x', 'y' or 'z'", `is ${show(each?.operator)}`)
      if (!Number.isInteger(each?.site) || each.site < 0 || each.site >= spins) {
        faults.add('spin-chain', ['couplings', index, 'site'], `be a site from 0 to ${spins - 1}`, `is ${show(each?.site)}`)
      }
    })
  }
  if (faults.issues.length > 0) return failIfAny(faults.issues, (): never => { throw new Error('unreachable') })
  return localTermsBath({
    ...windowOptions, sites: spins, terms, couplings: (couplings as readonly SiteOperator[]).map(({ site, operator }) => [{ sites: [site], operator: FIELD_OF[operator](1) }]),
    name, recipe: recipeOf(options),
  })
}
