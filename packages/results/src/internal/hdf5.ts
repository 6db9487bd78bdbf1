import { fail, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import type { Dataset, File, Group } from 'h5wasm'

export type Hdf5 = typeof import('h5wasm')
export type { Dataset, File, Group }

let library: Promise<Hdf5> | null = null
let files = 0

/** The library, instantiated at first use: four megabytes that a program which writes no file never loads. */
const load = (): Promise<Hdf5> => {
  library ??= import('h5wasm').then(async (loaded) => {
    const module = await loaded.ready
    // Without it a file that cannot be opened is an id of −1 and a screenful on stderr.
    module.activate_throwing_error_handler()
    return loaded
  })
  return library
}

/** What a reader or writer throws to end early with an issue of its own. */
export class Refused extends Error {
  readonly issue: Issue

  constructor(found: Issue) {
    super(found.message)
    this.issue = found
  }
}

/** Ends reading with an issue. */
export const refuse = (code: string, path: readonly (string | number)[], message: string): never => {
  throw new Refused(issue(code, path, message))
}

const reasonOf = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/truncated/i.test(text)) return 'is truncated'
  if (/signature|not an hdf5|unable to determine|superblock/i.test(text)) return 'is not one, or is damaged'
  const lines = text.split('\n').filter((line) => /#\d+/.test(line))
  return `cannot be read: ${(lines.at(-1) ?? text.split('\n')[0] ?? '').replace(/^.*\(\): /, '').trim()}`
}

const memoryName = (): string => {
  files += 1
  return `/mesobath-${files}.h5`
}

const attempt = async <A>(work: (hdf5: Hdf5, name: string) => A): Promise<Outcome<A>> => {
  const hdf5 = await load()
  const name = memoryName()
  try {
    return succeed(work(hdf5, name))
  } catch (cause) {
    if (cause instanceof Refused) return fail(cause.issue)
    return fail(issue('results/not-hdf5', [], `the file must be an HDF5 file, but ${reasonOf(cause)}`))
  } finally {
    if (hdf5.FS?.analyzePath(name).exists === true) hdf5.FS.unlink(name)
  }
}

/** Opens bytes as an HDF5 file and reads from it. Issue: `results/not-hdf5`, and what `read` refuses with. */
export const readHdf5 = <A>(bytes: Uint8Array, read: (file: File) => A): Promise<Outcome<A>> =>
  attempt((hdf5, name) => {
    hdf5.FS?.writeFile(name, bytes)
    const file = new hdf5.File(name, 'r')
    try {
      return read(file)
    } finally {
      file.close()
    }
  })

/** Writes an HDF5 file in memory and gives its bytes. */
export const writeHdf5 = (write: (file: File) => void): Promise<Outcome<Uint8Array>> =>
  attempt((hdf5, name) => {
    const file = new hdf5.File(name, 'w')
    try {
      write(file)
    } finally {
      file.close()
    }
    return hdf5.FS?.readFile(name) as unknown as Uint8Array
  })
