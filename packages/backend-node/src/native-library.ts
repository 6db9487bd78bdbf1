import { createRequire } from 'node:module'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'

/** A function of a library. Arrays are passed as they are, nothing is copied. */
export type NativeFunction = (...given: readonly (number | string | Float64Array | Float32Array | Int32Array)[]) => number

interface Loaded {
  func(signature: string): NativeFunction
}
interface ForeignFunctions {
  load(path: string): Loaded
}

/** An installed library of linear algebra. */
export interface NativeLibrary {
  /** Where it was found. */
  readonly path: string
  /** A function by its C prototype, null where the library has none of that name. */
  find(prototype: string): NativeFunction | null
}

/** Names under which systems install one with the C interface to BLAS, the fastest first. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libcblas.so.3', 'libblas.so.3'],
  darwin: ['/System/Library/Frameworks/Accelerate.framework/Accelerate', 'libopenblas.dylib'],
  win32: ['libopenblas.dll', 'openblas.dll'],
}

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault))

/** Opens the first library of `names` that can be loaded; those that systems use unless told. */
export const openNativeLibrary = (names: readonly string[] = NAMES[process.platform] ?? []): Outcome<NativeLibrary> => {
  let koffi: ForeignFunctions
  try {
    koffi = createRequire(import.meta.url)('koffi') as ForeignFunctions
  } catch (fault) {
    return fail(issue('backend-node/no-foreign-functions', [], `the optional package "koffi" must be installed for a native library, but ${messageOf(fault).split('\n')[0]}`))
  }
  const faults: string[] = []
  for (const path of names) {
    let library: Loaded
    try {
      library = koffi.load(path)
    } catch (fault) {
      faults.push(`${path}: ${messageOf(fault).split('\n')[0]}`)
      continue
    }
    const find = (prototype: string): NativeFunction | null => {
      try {
        return library.func(prototype)
      } catch {
        return null
      }
    }
    return succeed({ path, find })
  }
  return fail(issue('backend-node/no-library', ['library'],
    `a library of linear algebra must be installed, but none could be loaded${faults.length === 0 ? '' : ` (${faults.join('; ')})`}`))
}
