import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { Lattice, PreparedBath } from '@mesobath/composition'
import { exp } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { SAME_MISMATCH } from './flat-window-gaps.js'
import type { FrequencyRanges } from './frequency-ranges.js'
import { differenceRounding, distinctValues, fullPlanes } from './numbers.js'

/** A mismatch below this share of the window width is none: centres and levels are known no better than that. */
const MISMATCH_SNAP = 1e-9

/** The jumps q → k that one bath can drive somewhere along a run, sorted by the distance E' − E. */
interface LevelJumps {
  readonly k: number
  readonly q: number
  /** Distinct E' − E, ascending. */
  readonly gaps: Float64Array
  /** First row of each gap, and the count at the end. */
  readonly start: Int32Array
  /** E and E' [row]. */
  readonly to: Int32Array
  readonly from: Int32Array
  /** Jump rate at λ = 1 and full weight [row]. */
  readonly rate: Float64Array
}

/** The jumps of one bath while the energies move: rate = λ(t)² × weight(Ω(t)) × what is tabulated. */
export interface DrivenJumps {
  /**
   * out += factor × ∂t p of populations [level, window₁ … windowₙ] for the energies of a moment, and returns what this adds to
   * Σ(ε_k + E) ∂t p: −Σ Ω × current, 0 to the last bit where every jump is resonant.
   */
  add(energies: Float64Array, factor: number, populations: Float64Array, out: Float64Array): number
}

/** Rows of q → k whose weight is not zero for all frequencies of the range. */
const reachableRows = (bath: PreparedBath, width: number, low: number, high: number, within: boolean): { to: Int32Array, from: Int32Array } => {
  const { energies } = bath.windows
  const to: number[] = []
  const from: number[] = []
  let first = 0
  for (let source = 0; source < energies.length; source += 1) {
    while (first < energies.length && energies[first] - energies[source] <= low - width) first += 1
    for (let target = first; target < energies.length; target += 1) {
      if (energies[target] - energies[source] >= high + width) break
      if (target === source && !within) continue
      to.push(target)
      from.push(source)
    }
  }
  return { to: Int32Array.from(to), from: Int32Array.from(from) }
}

const levelJumps = (bath: PreparedBath, width: number, k: number, q: number, low: number, high: number): Outcome<LevelJumps> => {
  const { windows: { energies, logVolumes }, systemCouplings, correlation } = bath
  const couplings = systemCouplings.length
  const block = couplings * couplings
  const rows = reachableRows(bath, width, low, high, k !== q)
  const count = rows.to.length
  const kappa = fullPlanes(count * block)
  if (count > 0) {
    const asked = correlation.strength(rows, kappa)
    if (asked._tag === 'Left') return asked
  }
  const at = k * systemCouplings[0].columns + q
  const rate = new Float64Array(count)
  for (let row = 0; row < count; row += 1) {
    let sum = 0
    for (let a = 0; a < couplings; a += 1) {
      for (let b = 0; b < couplings; b += 1) {
        const x = systemCouplings[a]
        const y = systemCouplings[b]
        const re = x.re[at] * y.re[at] + (x.im?.[at] ?? 0) * (y.im?.[at] ?? 0)
        const im = (x.im?.[at] ?? 0) * y.re[at] - x.re[at] * (y.im?.[at] ?? 0)
        const entry = row * block + a * couplings + b
        sum += kappa.re[entry] * re - kappa.im[entry] * im
      }
    }
    rate[row] = sum <= 0 ? 0 : sum * exp((logVolumes[rows.to[row]] - logVolumes[rows.from[row]]) / 2)
    if (Number.isFinite(rate[row]) && !Number.isNaN(sum)) continue
    return fail(issue('integrator-redfield/rates-not-finite', ['rates', bath.label],
      `\`rates.${bath.label}\` must give rates that fit a double, but "${bath.rates.name}" does not between windows ${rows.from[row]} `
      + `and ${rows.to[row]}`))
  }
  const { values, index } = distinctValues(
    Float64Array.from(rows.to, (target, row) => energies[rows.from[row]] - energies[target]), SAME_MISMATCH * width + differenceRounding(energies))
  const order = Array.from(rate.keys()).filter((row) => rate[row] > 0).sort((a, b) => index[a] - index[b])
  const start = new Int32Array(values.length + 1)
  for (const row of order) start[index[row] + 1] += 1
  for (let gap = 0; gap < values.length; gap += 1) start[gap + 1] += start[gap]
  return succeed({
    k, q, gaps: values, start, to: Int32Array.from(order, (row) => rows.to[row]), from: Int32Array.from(order, (row) => rows.from[row]),
    rate: Float64Array.from(order, (row) => rate[row]),
  })
}

/**
 * Tables of all jumps that the frequencies of a run open in one bath of flat windows; plug-in code runs here only.
 *
 * Issues: `integrator-redfield/rates-not-finite` and the rate model's own.
 */
export function* drivenJumps(lattice: Lattice, bath: PreparedBath, width: number, ranges: FrequencyRanges): Parts<Outcome<DrivenJumps>> {
  const { dimension, size } = lattice
  const tables: LevelJumps[] = []
  for (let k = 0; k < dimension; k += 1) {
    for (let q = 0; q < dimension; q += 1) {
      const at = k * dimension + q
      if (!bath.systemCouplings.some(({ re, im }) => re[at] !== 0 || (im !== null && im[at] !== 0))) continue
      yield
      const table = levelJumps(bath, width, k, q, ranges.low[at], ranges.high[at])
      if (table._tag === 'Left') return table
      if (table.right.rate.length > 0) tables.push(table.right)
    }
  }
  const stride = lattice.strides[bath.axis]
  const span = lattice.counts[bath.axis] * stride
  return succeed({
    add: (energies, factor, populations, out) => {
      let defect = 0
      for (let table = 0; table < tables.length; table += 1) {
        const { k, q, gaps, start, to, from, rate } = tables[table]
        const frequency = energies[q] - energies[k]
        for (let gap = 0; gap < gaps.length; gap += 1) {
          const found = frequency + gaps[gap]
          const mismatch = Math.abs(found) < MISMATCH_SNAP * width ? 0 : found
          const weight = factor * (1 - Math.abs(mismatch) / width)
          if (!(weight > 0)) continue
          let moved = 0
          for (let row = start[gap]; row < start[gap + 1]; row += 1) {
            const jumpRate = weight * rate[row]
            const source = q * size + from[row] * stride
            const target = k * size + to[row] * stride
            for (let outer = 0; outer < size; outer += span) {
              for (let inner = outer; inner < outer + stride; inner += 1) {
                const current = jumpRate * populations[source + inner]
                out[source + inner] -= current
                out[target + inner] += current
                moved += current
              }
            }
          }
          defect -= mismatch * moved
        }
      }
      return defect
    },
  })
}
