import type { Dataset, Group, Hdf5 } from './hdf5.js'
import { refuse } from './hdf5.js'

/** Attributes of the old format hold 64 KiB; a longer text or list becomes a dataset of the same name. */
const LARGEST_ATTRIBUTE_BYTES = 60_000

type Value = string | readonly string[] | Float64Array

const bytesOf = (value: Value): number =>
  value instanceof Float64Array ? value.byteLength : (typeof value === 'string' ? [value] : value).reduce((sum, each) => sum + 3 * each.length, 0)

/** Writes an attribute, or a dataset of its name where it is too long for one. Empty lists are left out. */
export const annotate = (group: Group, name: string, value: Value): void => {
  const isText = typeof value === 'string'
  if (!isText && value.length === 0) return
  const data = isText || value instanceof Float64Array ? value : [...value]
  const shape = isText ? [] : [value.length]
  const dtype = value instanceof Float64Array ? '<d' : 'S'
  if (bytesOf(value) <= LARGEST_ATTRIBUTE_BYTES) group.create_attribute(name, data, shape, dtype)
  else group.create_dataset({ name, data, shape, dtype })
}

const annotation = (group: Group, name: string): unknown => {
  const attribute = group.attrs[name]
  if (attribute !== undefined) return attribute.value
  const object = group.keys().includes(name) ? group.get(name) : null
  return object !== null && 'value' in object ? object.value : undefined
}

/** A text that `annotate` wrote; null where there is none. */
export const textOf = (group: Group, name: string): string | null => {
  const value = annotation(group, name)
  return typeof value === 'string' ? value : null
}

/** A list of texts that `annotate` wrote; empty where there is none. */
export const textsOf = (group: Group, name: string): readonly string[] => {
  const value = annotation(group, name)
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []
}

/** Numbers that `annotate` wrote; null where there are none. */
export const numbersOf = (group: Group, name: string): Float64Array | null => {
  const value = annotation(group, name)
  return value instanceof Float64Array ? value : typeof value === 'number' ? Float64Array.of(value) : null
}

/** Writes numbers [shape]. */
export const writeArray = (group: Group, name: string, data: Float64Array | Int32Array | Uint8Array, shape: readonly number[]): Dataset =>
  group.create_dataset({ name, data, shape: [...shape] })

/** A part of the file by its path; null where it is not there. */
export const member = (group: Group, name: string): ReturnType<Group['get']> => (group.keys().includes(name) ? group.get(name) : null)

const isDataset = (object: unknown): object is Dataset => typeof object === 'object' && object !== null && 'metadata' in object && 'slice' in object

/** A group of the file; null where it is not there. */
export const groupOf = (group: Group, name: string): Group | null => {
  const object = member(group, name)
  return object !== null && 'keys' in object ? object : null
}

/** Numbers with their shape, whatever real or complex type they are stored in. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly re: Float64Array
  readonly im: Float64Array | null
}

const FLOAT = 1
const INTEGER = 0
const COMPOUND = 6

interface Field { readonly type: number; readonly size: number; readonly signed: boolean }

// The library has brought every number into WebAssembly's own order, whatever the file's: little-endian.
const LITTLE = true

const reader = (field: Field): ((view: DataView, offset: number) => number) | null => {
  const { type, size, signed } = field
  if (type === FLOAT && size === 8) return (view, offset) => view.getFloat64(offset, LITTLE)
  if (type === FLOAT && size === 4) return (view, offset) => view.getFloat32(offset, LITTLE)
  if (type !== INTEGER) return null
  switch (size) {
    case 8: return (view, offset) => Number(signed ? view.getBigInt64(offset, LITTLE) : view.getBigUint64(offset, LITTLE))
    case 4: return (view, offset) => (signed ? view.getInt32(offset, LITTLE) : view.getUint32(offset, LITTLE))
    case 2: return (view, offset) => (signed ? view.getInt16(offset, LITTLE) : view.getUint16(offset, LITTLE))
    case 1: return (view, offset) => (signed ? view.getInt8(offset) : view.getUint8(offset))
    default: return null
  }
}

const column = (view: DataView, count: number, stride: number, offset: number, read: (view: DataView, offset: number) => number): Float64Array => {
  const out = new Float64Array(count)
  for (let index = 0; index < count; index++) out[index] = read(view, index * stride + offset)
  return out
}

/**
 * A dataset as numbers: floats and integers of any size and byte order, and complex numbers as compounds of two floats (`r`, `i`
 * as h5py writes them, or any two names that begin with r and i). Read as raw bytes: a list of pairs is twenty times slower.
 *
 * Null where there is no such dataset; refuses with `results/bath-type` where it holds something else.
 */
export const readNumbers = (module: Awaited<Hdf5['ready']>, group: Group, name: string): Numbers | null => {
  const object = member(group, name)
  if (!isDataset(object)) return null
  const { metadata } = object
  const { shape, size, total_size: count } = metadata
  if (shape === null) return refuse('results/bath-type', [name], `\`${name}\` must hold numbers, but is empty`)
  const bytes = size * count
  const pointer = module._malloc(Math.max(bytes, 1))
  if (pointer === 0) return refuse('results/bath-type', [name], `\`${name}\` must fit into memory, but takes ${bytes} bytes`)
  let raw: Uint8Array
  try {
    module.get_dataset_data(object.file_id, object.path, null, null, null, BigInt(pointer))
    raw = module.HEAPU8.slice(pointer, pointer + bytes)
  } finally {
    module._free(pointer)
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  if (metadata.type === COMPOUND) {
    const members = metadata.compound_type?.members ?? []
    const real = members.find((each) => /^r/i.test(each.name))
    const imaginary = members.find((each) => /^i/i.test(each.name))
    const reRead = real === undefined ? null : reader(real)
    const imRead = imaginary === undefined ? null : reader(imaginary)
    if (members.length !== 2 || real === undefined || imaginary === undefined || reRead === null || imRead === null) {
      return refuse('results/bath-type', [name], `\`${name}\` must hold real or complex numbers, but holds records of ${members.map((each) => each.name).join(', ')}`)
    }
    return { shape, re: column(view, count, size, real.offset, reRead), im: column(view, count, size, imaginary.offset, imRead) }
  }
  const read = reader(metadata)
  if (read === null) return refuse('results/bath-type', [name], `\`${name}\` must hold real or complex numbers, but holds another type`)
  const plain = metadata.type === FLOAT && size === 8
  return { shape, re: plain ? new Float64Array(raw.buffer, raw.byteOffset, count) : column(view, count, size, 0, read), im: null }
}
