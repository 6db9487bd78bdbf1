import { orThrow } from '@mesobath/contracts'
import type { StoredBath } from '@mesobath/contracts'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeBath, decodeRun, encodeBath, encodeRun } from '@mesobath/results'
import { toyTrajectory } from '../fixtures/toy-run.js'

const bath: StoredBath = {
  levels: Float64Array.of(0, 0.1, 1),
  couplings: [{ rows: 3, columns: 3, re: Float64Array.of(0, 1, 2, 1, 0, 3, 2, 3, 0), im: Float64Array.of(0, 1, 0, -1, 0, 0, 0, 0, 0) }],
}

const npy = (descr: string, shape: string, data: Uint8Array, fortran = 'False'): Uint8Array => {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8, ...new TextEncoder().encode(header), ...data])
}
const bytesOf = (values: Float64Array | Float32Array | Int32Array): Uint8Array => new Uint8Array(values.buffer)

let complaints: string[] = []

beforeEach(() => {
  complaints = []
  for (const stream of ['error', 'warn', 'log'] as const) vi.spyOn(console, stream).mockImplementation((...parts: unknown[]) => { complaints.push(parts.join(' ')) })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => complaints.push(String(text)) > 0)
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('damaged and foreign files', () => {
  it('are issues of one line, and nothing appears on stderr', async () => {
    const whole = orThrow(await encodeRun(toyTrajectory('exact', 0)))
    const stored = orThrow(await encodeBath(bath, 'hdf5'))
    for (const cut of [0, 1, 7, 8, 100, 600, stored.length >> 1, stored.length - 1]) {
      expect(await decodeBath(stored.subarray(0, cut)), `bath cut at ${cut}`).toMatchObject({ left: [{ code: 'results/not-hdf5', message: expect.not.stringContaining('\n') }] })
      expect(await decodeRun(whole.subarray(0, cut)), `run cut at ${cut}`).toMatchObject({ left: [{ code: 'results/not-hdf5' }] })
    }
    for (const text of ['energies: [1, 2]', '<html>', '\u0089PNG']) {
      expect(await decodeBath(new TextEncoder().encode(text))).toMatchObject({ left: [{ code: 'results/not-hdf5' }] })
    }
    expect(await decodeRun(stored)).toMatchObject({ left: [{ code: 'results/not-a-run' }] })
    expect(complaints).toEqual([])
  })

  it('are refused whichever byte was changed, numbers included, and read without their digest', async () => {
    const whole = orThrow(await encodeRun(toyTrajectory('exact', 0)))
    const stride = Math.ceil(whole.length / 97)
    for (let at = 0; at < whole.length - 83; at += stride) {
      const changed = whole.slice()
      changed[at] = changed[at]! ^ 16
      expect(await decodeRun(changed), `byte ${at}`).toMatchObject({ left: [{ code: 'results/run-damaged' }] })
    }
    expect(await decodeRun(whole.subarray(0, whole.length - 5))).toMatchObject({ left: [{ code: 'results/run-damaged' }] })
    expect(orThrow(await decodeRun(whole.subarray(0, whole.length - 81)))).toEqual(orThrow(await decodeRun(whole)))
    expect(complaints).toEqual([])
  })

  it('are told apart after a damaged one as well as before', async () => {
    await decodeRun(new Uint8Array([1, 2, 3]))
    expect(orThrow(await decodeBath(orThrow(await encodeBath(bath, 'hdf5')))).levels).toEqual(bath.levels)
  })

  it('are issues where an NPZ is cut', async () => {
    const stored = orThrow(await encodeBath(bath, 'npz'))
    for (const cut of [2, 30, stored.length >> 1, stored.length - 10]) {
      expect(await decodeBath(stored.subarray(0, cut)), `cut at ${cut}`).toMatchObject({ left: [{ code: 'results/not-npz' }] })
    }
    const cutInside = zipSync({ 'energies.npy': npy('<f8', '3,', bytesOf(Float64Array.of(1, 2))), 'coupling.npy': npy('<f8', '3, 3', new Uint8Array(72)) })
    expect(await decodeBath(cutInside)).toMatchObject({ left: [{ code: 'results/not-npz', message: '`energies` must be an array of real or complex numbers, but is truncated' }] })
    const objects = zipSync({ 'energies.npy': npy('|O', '3,', new Uint8Array(24)), 'coupling.npy': npy('<f8', '3, 3', new Uint8Array(72)) })
    expect(await decodeBath(objects)).toMatchObject({ left: [{ code: 'results/not-npz' }] })
  })
})

describe('decodeBath', () => {
  const load = (files: Record<string, Uint8Array>) => decodeBath(zipSync(files))
  const energies = npy('<f8', '2,', bytesOf(Float64Array.of(0, 1)))

  it('names everything that is missing or misshapen, all at once', async () => {
    expect(await load({ 'other.npy': energies })).toMatchObject({ left: [{ code: 'results/bath-missing', path: ['energies'] }, { code: 'results/bath-missing', path: ['coupling'] }] })
    expect(await load({ 'energies.npy': energies, 'coupling.npy': npy('<f8', '3, 2', new Uint8Array(48)) })).toMatchObject({
      left: [{ code: 'results/bath-shape', message: '`coupling` must have shape [2, 2] like `energies`, but has [3, 2]' }],
    })
    const unreal = npy('<f8', '2, 2', bytesOf(Float64Array.of(0, 1, NaN, 0)))
    expect(await load({ 'energies.npy': npy('<f8', '2,', bytesOf(Float64Array.of(0, Infinity))), 'coupling.npy': unreal })).toMatchObject({
      left: [{ code: 'results/bath-not-finite', path: ['energies', 1] }, { code: 'results/bath-not-finite', message: '`coupling` must hold finite numbers, but entry (1, 0) is not' }],
    })
  })

  it('takes single precision, integers and Fortran order', async () => {
    const columns = npy('<f8', '2, 2', bytesOf(Float64Array.of(1, 2, 3, 4)), 'True')
    expect(orThrow(await load({ 'energies.npy': npy('<i4', '2,', bytesOf(Int32Array.of(-1, 5))), 'coupling.npy': columns }))).toMatchObject({
      levels: Float64Array.of(-1, 5), couplings: [{ re: Float64Array.of(1, 3, 2, 4) }],
    })
    const single = npy('<c8', '2, 2', bytesOf(Float32Array.of(0, 0, 0.5, 0.25, 0.5, -0.25, 0, 0)))
    expect(orThrow(await load({ 'energies.npy': energies, 'coupling.npy': single })).couplings[0]?.im).toEqual(Float64Array.of(0, 0.25, -0.25, 0))
  })

  it('takes several operators as one array or by number', async () => {
    const stack = npy('<f8', '2, 2, 2', bytesOf(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)))
    const one = npy('<f8', '2, 2', bytesOf(Float64Array.of(1, 2, 3, 4)))
    const other = npy('<f8', '2, 2', bytesOf(Float64Array.of(5, 6, 7, 8)))
    const stacked = orThrow(await load({ 'energies.npy': energies, 'coupling.npy': stack }))
    expect(orThrow(await load({ 'energies.npy': energies, 'coupling_0.npy': one, 'coupling_1.npy': other })).couplings.map((each) => [...each.re])).toEqual(stacked.couplings.map((each) => [...each.re]))
  })
})
