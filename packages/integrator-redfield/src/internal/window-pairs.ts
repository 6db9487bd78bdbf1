import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'
import { exp } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
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

/** Rows asked of a rate model at once, some milliseconds: bounds the scratch memory, not the result. */
const ROWS_PER_REQUEST = 1 << 13

/** Of the rows of some target windows those that are coupled. */
interface CoupledRows extends Omit<WindowPairs, 'targetStart'> {
  /** How many there are of each target window. */
  readonly perTarget: Int32Array
}

/** Asks for the rows of the target windows [first, end). */
const coupledRows = (bath: PreparedBath, first: number, end: number): Outcome<CoupledRows> => {
  const { logVolumes } = bath.windows
  const windows = logVolumes.length
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  const rows = (end - first) * windows
  const to = new Int32Array(rows)
  const from = new Int32Array(rows)
  for (let row = 0; row < rows; row += 1) {
    to[row] = first + Math.floor(row / windows)
    from[row] = row % windows
  }
  const { re, im } = fullPlanes(rows * block)
  const asked = bath.correlation.strength({ to, from }, { re, im })
  if (asked._tag === 'Left') return asked
  const entropyFactor = new Float64Array(rows)
  const perTarget = new Int32Array(end - first)
  let count = 0
  for (let row = 0; row < rows; row += 1) {
    const [target, source] = [to[row], from[row]]
    let open = false
    for (let i = row * block; i < (row + 1) * block; i += 1) open ||= re[i] !== 0 || im[i] !== 0
    if (!open) continue
    const factor = exp((logVolumes[target] - logVolumes[source]) / 2)
    // Rows that are kept move up into the places of those that are not.
    for (let i = 0; i < block; i += 1) {
      const x = re[row * block + i]
      const y = im[row * block + i]
      if (!Number.isFinite(x * factor) || !Number.isFinite(y * factor)) {
        return fail(issue('integrator-redfield/rates-not-finite', ['rates', bath.label],
          `\`rates.${bath.label}\` must give rates that fit a double, but "${bath.rates.name}" does not between windows ${source} and ${target}`))
      }
      re[count * block + i] = x
      im[count * block + i] = y
    }
    to[count] = target
    from[count] = source
    entropyFactor[count] = factor
    perTarget[target - first] += 1
    count += 1
  }
  return succeed({
    count, perTarget, to: to.slice(0, count), from: from.slice(0, count), entropyFactor: entropyFactor.slice(0, count),
    strengthRe: re.slice(0, count * block), strengthIm: im.slice(0, count * block),
  })
}

const joined = <A extends Float64Array | Int32Array>(out: A, pieces: readonly A[]): A => {
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Asks a rate model for the strengths of all n² pairs of windows and keeps those that are not zero. */
export function* windowPairs(bath: PreparedBath): Parts<Outcome<WindowPairs>> {
  const windows = bath.windows.energies.length
  const block = bath.systemCouplings.length * bath.systemCouplings.length
  // Who has a line shape of its own may have to sum over all elements of each row's block.
  const targets = bath.correlation.lineShape.kind === 'own' ? 1 : Math.max(1, Math.floor(ROWS_PER_REQUEST / windows))
  const found: CoupledRows[] = []
  const targetStart = new Int32Array(windows + 1)
  let count = 0
  for (let first = 0; first < windows; first += targets) {
    if (first > 0) yield
    const rows = coupledRows(bath, first, Math.min(windows, first + targets))
    if (rows._tag === 'Left') return rows
    rows.right.perTarget.forEach((own, at) => {
      targetStart[first + at] = count
      count += own
    })
    found.push(rows.right)
  }
  targetStart[windows] = count
  return succeed({
    count, targetStart,
    to: joined(new Int32Array(count), found.map((rows) => rows.to)),
    from: joined(new Int32Array(count), found.map((rows) => rows.from)),
    entropyFactor: joined(new Float64Array(count), found.map((rows) => rows.entropyFactor)),
    strengthRe: joined(new Float64Array(count * block), found.map((rows) => rows.strengthRe)),
    strengthIm: joined(new Float64Array(count * block), found.map((rows) => rows.strengthIm)),
  })
}
