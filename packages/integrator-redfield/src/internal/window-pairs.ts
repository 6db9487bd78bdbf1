import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'
import { exp } from '@mesobath/kernels'
import { fullPlanes } from './numbers.js'

/** The pairs of windows of one bath that its coupling connects, ordered by target: at most n². */
export interface WindowPairs {
  readonly count: number
  /** E and E'. */
  readonly to: Int32Array
  readonly from: Int32Array
  /** First pair of each target window, and the count at the end [n + 1]. */
  readonly targetStart: Int32Array
  /** exp[(S_mic(E) − S_mic(E'))/2] [pair]. */
  readonly entropyFactor: Float64Array
  /** κ^{αα'}(E,E') [pair, α, α']. */
  readonly strengthRe: Float64Array
  readonly strengthIm: Float64Array
}

/** Rows asked of a rate model at once: bounds the scratch memory, not the result. */
const ROWS_PER_REQUEST = 1 << 16

/** Asks a rate model for the strengths of all n² pairs of windows and keeps those that are not zero. */
export const windowPairs = (bath: PreparedBath): Outcome<WindowPairs> => {
  const windows = bath.windows.energies.length
  const { logVolumes } = bath.windows
  const couplings = bath.systemCouplings.length
  const block = couplings * couplings
  const targets = Math.max(1, Math.floor(ROWS_PER_REQUEST / windows))
  const to: number[] = []
  const from: number[] = []
  const re: number[] = []
  const im: number[] = []
  const factors: number[] = []
  const targetStart = new Int32Array(windows + 1)
  for (let first = 0; first < windows; first += targets) {
    const rows = Math.min(targets, windows - first) * windows
    const request = { to: new Int32Array(rows), from: new Int32Array(rows) }
    for (let row = 0; row < rows; row += 1) {
      request.to[row] = first + Math.floor(row / windows)
      request.from[row] = row % windows
    }
    const planes = fullPlanes(rows * block)
    const asked = bath.correlation.strength(request, planes)
    if (asked._tag === 'Left') return asked
    for (let row = 0; row < rows; row += 1) {
      const target = request.to[row]
      const source = request.from[row]
      if (source === 0) targetStart[target] = to.length
      let open = false
      for (let i = row * block; i < (row + 1) * block; i += 1) open ||= planes.re[i] !== 0 || planes.im[i] !== 0
      if (!open) continue
      const factor = exp((logVolumes[target] - logVolumes[source]) / 2)
      for (let i = row * block; i < (row + 1) * block; i += 1) {
        if (!Number.isFinite(planes.re[i] * factor) || !Number.isFinite(planes.im[i] * factor)) {
          return fail(issue('integrator-redfield/rates-not-finite', ['rates', bath.label],
            `\`rates.${bath.label}\` must give rates that fit a double, but "${bath.rates.name}" does not between windows ${source} and ${target}`))
        }
        re.push(planes.re[i])
        im.push(planes.im[i])
      }
      to.push(target)
      from.push(source)
      factors.push(factor)
    }
  }
  targetStart[windows] = to.length
  return succeed({
    count: to.length, to: Int32Array.from(to), from: Int32Array.from(from), targetStart,
    entropyFactor: Float64Array.from(factors), strengthRe: Float64Array.from(re), strengthIm: Float64Array.from(im),
  })
}
