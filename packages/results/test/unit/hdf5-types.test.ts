import { orThrow } from '@mesobath/contracts'
import { gunzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { decodeBath } from '@mesobath/results'
import { BIG_ENDIAN } from '../fixtures/big-endian.js'

/** Writes a foreign file with the library itself, as another program would. */
const foreign = async (write: (file: import('h5wasm').File) => void): Promise<Uint8Array> => {
  const hdf5 = await import('h5wasm')
  await hdf5.ready
  const file = new hdf5.File('/foreign.h5', 'w')
  write(file)
  file.close()
  return hdf5.FS?.readFile('/foreign.h5') as unknown as Uint8Array
}

describe('decodeBath of another program\'s HDF5', () => {
  it('reads complex numbers as h5py writes them', async () => {
    const bytes = await foreign((file) => {
      file.create_dataset({ name: 'energies', data: Float64Array.of(0, 1) })
      file.create_dataset({
        name: 'coupling', data: new Map([['r', Float64Array.of(0, 1, 1, 0)], ['i', Float64Array.of(0, -2, 2, 0)]]), shape: [2, 2], dtype: [['r', '<d'], ['i', '<d']],
      })
    })
    expect(orThrow(await decodeBath(bytes)).couplings).toEqual([{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: Float64Array.of(0, -2, 2, 0) }])
  })

  it('reads single precision, integers and compressed chunks', async () => {
    const bytes = await foreign((file) => {
      file.create_dataset({ name: 'energies', data: Int32Array.of(-3, 7) })
      file.create_dataset({ name: 'coupling', data: Float32Array.of(0, 0.5, 0.5, 0), shape: [2, 2], chunks: [1, 2], compression: 'gzip' })
    })
    expect(orThrow(await decodeBath(bytes))).toMatchObject({ levels: Float64Array.of(-3, 7), couplings: [{ re: Float64Array.of(0, 0.5, 0.5, 0), im: null }] })
  })

  it('reads numbers of the other byte order', async () => {
    const bytes = gunzipSync(Uint8Array.from(atob(BIG_ENDIAN), (letter) => letter.charCodeAt(0)))
    expect(orThrow(await decodeBath(bytes))).toEqual({
      levels: Float64Array.of(0.5, 7), couplings: [{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: Float64Array.of(0, -2, 2, 0) }],
    })
  })

  it('refuses texts in the place of numbers', async () => {
    const bytes = await foreign((file) => {
      file.create_dataset({ name: 'energies', data: ['a', 'b'] })
      file.create_dataset({ name: 'coupling', data: Float64Array.of(0, 1, 1, 0), shape: [2, 2] })
    })
    expect(await decodeBath(bytes)).toMatchObject({ left: [{ code: 'results/bath-type', path: ['energies'] }] })
  })
})
