import { readFile } from 'node:fs/promises'
import { fail, issue } from '@mesobath/contracts'
import type { Issue, Issues, Outcome, StoredBath, Trajectory } from '@mesobath/contracts'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { decodeBath } from '../bath-file.js'
import { decodeRun } from '../decode-run.js'
import { encodeRun } from '../encode-run.js'
import type { RunRecord } from '../run-record.js'
import { reasonOf, writeWhole } from './write-whole.js'

/** The bytes of a file. Issue: `results/unreadable`. */
export const readBytes = async (path: string): Promise<Outcome<Uint8Array>> => {
  try {
    return E.right(new Uint8Array(await readFile(path)))
  } catch (cause) {
    return fail(issue('results/unreadable', [path], `${path} must be a readable file, but ${reasonOf(cause)}`))
  }
}

/** What a file holds; an issue about its content says which file. */
const decoded = <A>(path: string, decode: (bytes: Uint8Array) => Promise<Outcome<A>>): Promise<Outcome<A>> => {
  const named = (each: Issue): Issue => ({ ...each, message: `${path}: ${each.message}` })
  return F.pipe(
    () => readBytes(path),
    TE.chain((bytes) => F.pipe(
      () => decode(bytes),
      TE.mapLeft(([first, ...rest]): Issues => [named(first), ...rest.map(named)]),
    )),
  )()
}

/** Writes a record, or one trajectory, as HDF5, whole or not at all. Issues: those of `encodeRun` and `writeWhole`. */
export const writeRun = (path: string, run: RunRecord | Trajectory): Promise<Outcome<void>> =>
  F.pipe(() => encodeRun(run), TE.chain((bytes) => () => writeWhole(path, bytes)))()

/** Reads a run file. Issues: `results/unreadable`, and those of `decodeRun`. */
export const readRun = (path: string): Promise<Outcome<RunRecord>> => decoded(path, decodeRun)

/** Reads a microscopic bath from HDF5 or NPZ. Issues: `results/unreadable`, and those of `decodeBath`. */
export const readBath = (path: string): Promise<Outcome<StoredBath>> => decoded(path, decodeBath)
