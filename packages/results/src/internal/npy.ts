import { refuse } from './hdf5.js'
import type { StoredArray } from './check-bath.js'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

type Read = (view: DataView, offset: number) => number

const readers: Readonly<Record<string, (little: boolean) => Read>> = {
  f8: (little) => (view, offset) => view.getFloat64(offset, little),
  f4: (little) => (view, offset) => view.getFloat32(offset, little),
  i8: (little) => (view, offset) => Number(view.getBigInt64(offset, little)),
  i4: (little) => (view, offset) => view.getInt32(offset, little),
  i2: (little) => (view, offset) => view.getInt16(offset, little),
  i1: () => (view, offset) => view.getInt8(offset),
  u8: (little) => (view, offset) => Number(view.getBigUint64(offset, little)),
  u4: (little) => (view, offset) => view.getUint32(offset, little),
  u2: (little) => (view, offset) => view.getUint16(offset, little),
  u1: () => (view, offset) => view.getUint8(offset),
}

/** Column-major [.., rows, columns] as NumPy stores Fortran order → row-major. */
const rowMajor = (values: Float64Array, shape: readonly number[]): Float64Array => {
  const out = new Float64Array(values.length)
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1))
  for (let index = 0; index < values.length; index++) {
    let rest = index
    let from = 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1
      from += (rest % size) * (strides[axis] ?? 0)
      rest = Math.floor(rest / size)
    }
    out[index] = values[from] ?? 0
  }
  return out
}

/** The bytes of a .npy file → an array; refuses with `results/not-npz` where they are damaged or of another type. */
export const readNpy = (name: string, bytes: Uint8Array): StoredArray => {
  const bad = (why: string): never => refuse('results/not-npz', [name], `\`${name}\` must be an array of real or complex numbers, but ${why}`)
  if (bytes.length < 12 || MAGIC.some((byte, index) => bytes[index] !== byte)) return bad('is no .npy file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const long = (bytes[6] ?? 1) >= 2
  const start = long ? 12 : 10
  const headerLength = long ? view.getUint32(8, true) : view.getUint16(8, true)
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + headerLength))
  const descr = /'descr'\s*:\s*'([<>|=])([fciu])(\d+)'/.exec(header)
  const fortran = /'fortran_order'\s*:\s*True/.test(header)
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)
  if (descr === null || dims === null) return bad('has another type')
  const shape = (dims[1] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number)
  const complex = descr[2] === 'c'
  const itemSize = Number(descr[3])
  const make = readers[complex ? `f${itemSize / 2}` : `${descr[2] ?? ''}${itemSize}`]
  if (make === undefined) return bad(`has the type ${descr[0]}`)
  const read = make(descr[1] !== '>')
  const count = shape.reduce((product, size) => product * size, 1)
  const offset = start + headerLength
  if (bytes.length < offset + count * itemSize) return bad('is truncated')
  const re = new Float64Array(count)
  const im = complex ? new Float64Array(count) : null
  for (let index = 0; index < count; index++) {
    re[index] = read(view, offset + index * itemSize)
    if (im !== null) im[index] = read(view, offset + index * itemSize + itemSize / 2)
  }
  return fortran ? { shape, re: rowMajor(re, shape), im: im === null ? null : rowMajor(im, shape) } : { shape, re, im }
}

/** An array [shape] → the bytes of a .npy file, '<f8' or '<c16'. */
export const writeNpy = ({ shape, re, im }: StoredArray): Uint8Array => {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${im === null ? '<f8' : '<c16'}', 'fortran_order': False, 'shape': (${dims}), }`
  // The data begins on a multiple of 64, as NumPy lays it out.
  const headerLength = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const itemSize = im === null ? 8 : 16
  const bytes = new Uint8Array(10 + headerLength + re.length * itemSize)
  const view = new DataView(bytes.buffer)
  bytes.set([...MAGIC, 1, 0])
  view.setUint16(8, headerLength, true)
  bytes.set(new TextEncoder().encode(`${text.padEnd(headerLength - 1)}\n`), 10)
  re.forEach((value, index) => {
    const offset = 10 + headerLength + index * itemSize
    view.setFloat64(offset, value, true)
    if (im !== null) view.setFloat64(offset + 8, im[index] ?? 0, true)
  })
  return bytes
}
