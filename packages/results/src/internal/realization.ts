import type { Attachment, ComplexMatrix, Outcome, Planes, SpectralBath } from '@mesobath/contracts'
import { succeed } from '@mesobath/contracts'
import { seedOf } from '../run-record.js'
import type { Realization } from '../run-record.js'
import { hexadecimal, sha256 } from './sha256.js'

/** Couplings above this stay out of the file. */
export const COUPLING_LIMIT_BYTES = 256 * 1024 * 1024

const BYTES_PER_ENTRY = 16

/** The levels of each window, in the order of the bath's basis. */
const membersOf = ({ levels, window }: SpectralBath, windows: number): readonly Int32Array[] =>
  Array.from({ length: windows }, (_, index) => Int32Array.from(levels.keys()).filter((level) => window[level] === index))

/** Visits every coupled block of one operator. */
const visitBlocks = (
  bath: SpectralBath, members: readonly Int32Array[], coupling: number, visit: (to: Int32Array, from: Int32Array, block: Planes) => void,
): void => {
  for (const [e, to] of members.entries()) {
    for (const [f, from] of members.entries()) {
      const size = to.length * from.length
      const block: Planes = { re: new Float64Array(size), im: bath.real ? null : new Float64Array(size) }
      if (bath.block(coupling, e, f, block)) visit(to, from, block)
    }
  }
}

/** B^α as one matrix [N, N], the means ⟨B^α⟩_E put back on the diagonal. */
const wholeCoupling = (bath: SpectralBath, members: readonly Int32Array[], coupling: number, means: ArrayLike<number>): ComplexMatrix => {
  const count = bath.levels.length
  const re = new Float64Array(count * count)
  const im = bath.real ? null : new Float64Array(count * count)
  visitBlocks(bath, members, coupling, (to, from, block) => {
    to.forEach((i, row) => from.forEach((j, column) => {
      re[i * count + j] = block.re[row * from.length + column] ?? 0
      if (im !== null) im[i * count + j] = block.im?.[row * from.length + column] ?? 0
    }))
  })
  bath.window.forEach((window, i) => { re[i * count + i] = (re[i * count + i] ?? 0) + (means[window] ?? 0) })
  return { rows: count, columns: count, re, im }
}

/** One digest over those of all blocks: the operator itself may be too large to stand in memory. */
const hashOf = async (bath: SpectralBath, members: readonly Int32Array[], couplings: number): Promise<string> => {
  const pending: Promise<Uint8Array>[] = []
  for (let coupling = 0; coupling < couplings; coupling++) {
    visitBlocks(bath, members, coupling, (_to, _from, { re, im }) => {
      for (const plane of [re, im]) if (plane !== null) pending.push(sha256(new Uint8Array(plane.slice().buffer)))
    })
  }
  const digests = await Promise.all(pending)
  const all = new Uint8Array(digests.length * 32)
  digests.forEach((digest, index) => all.set(digest, index * 32))
  return hexadecimal(await sha256(all))
}

/** The realisation of one bath; null where it has no levels in its energy eigenbasis. */
export const realizationOf = async ({ label, bath }: Attachment): Promise<Outcome<Realization | null>> => {
  const made = bath.can.microscopic?.()
  if (made === undefined) return succeed(null)
  if (made._tag === 'Left') return made
  const spectral = made.right
  if (spectral.kind !== 'spectral') return succeed(null)
  const members = membersOf(spectral, bath.windows.energies.length)
  const small = bath.couplings * spectral.levels.length * spectral.levels.length * BYTES_PER_ENTRY <= COUPLING_LIMIT_BYTES
  const { name, package: from, version, recipe } = bath
  return succeed({
    label,
    energies: spectral.levels,
    window: spectral.window,
    couplings: small
      ? Array.from({ length: bath.couplings }, (_each, coupling) => wholeCoupling(spectral, members, coupling, bath.meanCouplings[coupling] ?? []))
      : null,
    seed: seedOf({ name, package: from, version, recipe }),
    hash: small ? null : await hashOf(spectral, members, bath.couplings),
  })
}
