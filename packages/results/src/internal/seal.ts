import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import { hexadecimal, sha256 } from './sha256.js'

// A line behind the end of the HDF5 file, where HDF5 readers do not look.
const OPENING = '\nmesobath-sha256 '
const LENGTH = OPENING.length + 64 + 1

const lineOf = async (bytes: Uint8Array): Promise<string> => `${OPENING}${hexadecimal(await sha256(bytes as Uint8Array<ArrayBuffer>))}\n`

/** Pages that are not served securely have no digests: they neither seal nor check. */
const canDigest = (): boolean => typeof crypto !== 'undefined' && (crypto as { readonly subtle?: unknown }).subtle !== undefined

/** The bytes with their digest behind them. */
export const seal = async (bytes: Uint8Array): Promise<Uint8Array> => {
  if (!canDigest()) return bytes
  const sealed = new Uint8Array(bytes.length + LENGTH)
  sealed.set(bytes)
  sealed.set(new TextEncoder().encode(await lineOf(bytes)), bytes.length)
  return sealed
}

/** The bytes before the digest, checked against it; those of a file without one as they are. Issue: `results/run-damaged`. */
export const unseal = async (bytes: Uint8Array): Promise<Outcome<Uint8Array>> => {
  const end = bytes.length - LENGTH
  const line = end < 0 ? '' : new TextDecoder('latin1').decode(bytes.subarray(end))
  if (!line.includes(OPENING)) return succeed(bytes)
  const content = bytes.subarray(0, end)
  return !canDigest() || line === await lineOf(content)
    ? succeed(content)
    : fail(issue('results/run-damaged', [], 'the run file must be as it was written, but was cut or changed since: its digest does not match'))
}
