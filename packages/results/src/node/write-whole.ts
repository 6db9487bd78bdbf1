import { randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { access, constants, mkdir, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { issue, succeed } from '@mesobath/contracts'
import type { Cancellation, Issues, Outcome } from '@mesobath/contracts'
import { function as F, taskEither as TE } from 'fp-ts'

/** A file to be written. */
export interface FileContent {
  readonly path: string
  readonly bytes: Uint8Array | string
}

/** Temporary files that exist now, so that a process which must end at once can take them along. */
const temporary = new Set<string>()

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to', EPERM: 'may not be written to', EROFS: 'is on a read-only disk', ENOSPC: 'has no space left',
  ENOTDIR: 'has a file where a folder must be', EEXIST: 'has a file where a folder must be', EISDIR: 'is a folder', ENOENT: 'does not exist',
}

/** What a system error says, in words. */
export const reasonOf = (cause: unknown): string => {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  return reasons[code] ?? `fails: ${cause instanceof Error ? cause.message : String(cause)}`
}

const attempt = <A>(path: string, work: () => Promise<A>): TE.TaskEither<Issues, A> =>
  TE.tryCatch(work, (cause): Issues => [issue('results/not-writable', [path], `${path} must be writable, but ${reasonOf(cause)}`)])

/** Makes a folder where there is none, and makes sure it can be written to. Issue: `results/not-writable`. */
export const prepareFolder = (folder: string): Promise<Outcome<void>> =>
  attempt(folder, async () => {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  })()

const discard = async (path: string): Promise<void> => {
  temporary.delete(path)
  await unlink(path).catch(() => undefined)
}

/** Removes, at once, whatever temporary files there are: for a process that is about to end. */
export const discardTemporaryFiles = (): void => {
  for (const path of temporary) {
    try {
      unlinkSync(path)
    } catch {
      // Renamed or removed meanwhile: gone either way.
    }
  }
  temporary.clear()
}

const writeTemporary = ({ path, bytes }: FileContent): TE.TaskEither<Issues, string> => {
  const name = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  return F.pipe(
    attempt(dirname(path), () => mkdir(dirname(path), { recursive: true })),
    TE.chain(() => attempt(path, async () => {
      temporary.add(name)
      try {
        const handle = await open(name, 'wx')
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
      } catch (cause) {
        await discard(name)
        throw cause
      }
      return name
    })),
  )
}

/** The entry of a renamed file is safe only once its folder is on disk; not every system can do that to a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows refuses; the rename itself is still atomic there.
  }
}

/**
 * Writes several files, each whole or not at all: all are written under temporary names in their own folders and reach the
 * disk, only then are they renamed; existing files are replaced. Cancelled or failed before that, nothing is left behind.
 *
 * Resolves to false where `signal` was aborted in time. Issue: `results/not-writable`.
 */
export const writeFiles = async (files: readonly FileContent[], signal?: Cancellation): Promise<Outcome<boolean>> => {
  const made: { readonly from: string; readonly to: string }[] = []
  const undo = async (): Promise<void> => {
    for (const { from } of made) await discard(from)
  }
  for (const file of files) {
    if (signal?.aborted === true) {
      await undo()
      return succeed(false)
    }
    const written = await writeTemporary(file)()
    if (written._tag === 'Left') {
      await undo()
      return written
    }
    made.push({ from: written.right, to: file.path })
  }
  for (const { from, to } of made) {
    const renamed = await attempt(to, () => rename(from, to))()
    if (renamed._tag === 'Left') {
      await undo()
      return renamed
    }
    temporary.delete(from)
  }
  for (const folder of new Set(made.map(({ to }) => dirname(to)))) await syncFolder(folder)
  return succeed(true)
}

/** Writes one file, whole or not at all, and makes its folder. Issue: `results/not-writable`. */
export const writeWhole = async (path: string, bytes: Uint8Array | string): Promise<Outcome<void>> => {
  const written = await writeFiles([{ path, bytes }])
  return written._tag === 'Left' ? written : succeed(undefined)
}
