import { fail, issue, succeed } from '@mesobath/contracts'
import type { ComplexMatrix, Outcome, StoredBath } from '@mesobath/contracts'
import { unzipSync, zipSync } from 'fflate'
import { toStoredBath } from './internal/check-bath.js'
import type { StoredArray } from './internal/check-bath.js'
import { readHdf5, Refused, writeHdf5 } from './internal/hdf5.js'
import { groupOf, readNumbers, textOf, writeArray } from './internal/hdf5-values.js'
import { readNpy, writeNpy } from './internal/npy.js'

/** How a bath is stored. */
export type BathFormat = 'hdf5' | 'npz'

const couplingName = (index: number, count: number): string => (count === 1 ? 'coupling' : `coupling_${index}`)

const asArray = ({ rows, columns, re, im }: ComplexMatrix): StoredArray =>
  ({ shape: [rows, columns], re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) })

/**
 * A microscopic bath → the bytes of a file that `decodeBath`, h5py or NumPy read: `energies` [N] and, per coupling operator,
 * `coupling` [N, N] (`coupling_0`, … where there are several). NPZ holds complex128; HDF5 two real arrays `…_re`, `…_im`.
 */
export const encodeBath = async (bath: StoredBath, format: BathFormat): Promise<Outcome<Uint8Array>> => {
  const { levels, couplings } = bath
  const energies = Float64Array.from(levels)
  if (format === 'npz') {
    const entries = couplings.map((matrix, index) => [`${couplingName(index, couplings.length)}.npy`, writeNpy(asArray(matrix))] as const)
    const files = { 'energies.npy': writeNpy({ shape: [energies.length], re: energies, im: null }), ...Object.fromEntries(entries) }
    // A fixed date: the same bath gives the same bytes.
    return succeed(zipSync(files, { level: 0, mtime: '1980-01-01T00:00:00' }))
  }
  return writeHdf5((file) => {
    writeArray(file, 'energies', energies, [energies.length])
    couplings.forEach((matrix, index) => {
      const name = couplingName(index, couplings.length)
      const { shape, re, im } = asArray(matrix)
      if (im === null) writeArray(file, name, re, shape)
      else {
        writeArray(file, `${name}_re`, re, shape)
        writeArray(file, `${name}_im`, im, shape)
      }
    })
  })
}

const decodeNpz = (bytes: Uint8Array): Outcome<StoredBath> => {
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(bytes, { filter: ({ name }) => /^(energies|coupling[a-z0-9_]*)\.npy$/.test(name) })
  } catch (cause) {
    return fail(issue('results/not-npz', [], `the file must be an NPZ file, but is damaged or truncated: ${cause instanceof Error ? cause.message : String(cause)}`))
  }
  try {
    return toStoredBath((name) => {
      const file = files[`${name}.npy`]
      return file === undefined ? null : readNpy(name, file)
    })
  } catch (cause) {
    if (cause instanceof Refused) return fail(cause.issue)
    throw cause
  }
}

const ZIP = [0x50, 0x4b]

/**
 * The bytes of an HDF5 or NPZ file → a microscopic bath; told apart by their first bytes.
 *
 * `energies` float64 [N]; `coupling` complex128 (h5py's compound of r and i) or float64 [N, N], or several of them [m, N, N] or
 * `coupling_0`, …; or `coupling_re` and `coupling_im`. A run file that holds a realisation is read as the bath it holds.
 *
 * Issues: `results/not-hdf5`, `results/not-npz` (foreign or truncated), `results/bath-missing`, `results/bath-shape`,
 * `results/bath-type`, `results/bath-not-finite`.
 */
export const decodeBath = async (bytes: Uint8Array): Promise<Outcome<StoredBath>> => {
  if (ZIP.every((byte, index) => bytes[index] === byte)) return decodeNpz(bytes)
  const { ready } = await import('h5wasm')
  const module = await ready
  const read = await readHdf5(bytes, (file) => {
    const group = textOf(file, 'format') === null ? file : groupOf(file, 'realization') ?? file
    return toStoredBath((name) => readNumbers(module, group, name))
  })
  return read._tag === 'Left' ? read : read.right
}
