import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { encodeBath } from '@mesobath/results'
import h5wasm from 'h5wasm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''
let run = Buffer.of()

beforeAll(async () => {
  folder = await temporaryFolder()
  const file = await writeScenario(folder, [/methods:.*/, 'methods: [markov]'])
  expect((await runHere(folder, ['run', file, '--out', 'results', '-q'])).code).toBe(0)
  run = await readFile(join(folder, 'results', 'run.h5'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** The run with another number of its format. */
const ofFormat = async (version: number): Promise<Uint8Array> => {
  const { FS } = await h5wasm.ready
  FS.writeFile('/run.h5', run)
  const file = new h5wasm.File('/run.h5', 'a')
  file.delete_attribute('format_version')
  file.create_attribute('format_version', Float64Array.of(version), [1], '<d')
  file.close()
  return FS.readFile('/run.h5')
}

/** Every command that reads a file refuses it with the same issue, in one line, and writes nothing. */
const refused = async (name: string, bytes: Uint8Array | string, ...expected: readonly (string | RegExp)[]): Promise<void> => {
  await writeFile(join(folder, name), bytes)
  const before = await readdir(folder)
  for (const argv of [['run', name, '--out', 'again'], ['cite', name], ['validate', name]]) {
    const { code, err, out } = await runHere(folder, argv)
    expect(code, `${argv[0]}: ${out}${err}`).toBe(2)
    expect(out).toBe('')
    for (const text of ['one thing to mend', ...expected]) expect(err, argv[0]).toMatch(text)
    expect(err.trim().split('\n')).toHaveLength(2)
  }
  expect(await readdir(folder)).toEqual(before)
}

describe('a run file that cannot be read', () => {
  it('is told to be truncated', async () => {
    // The digest behind the end of the HDF5 file takes 82 bytes.
    for (const kept of [9, 100, 3000, run.length - 83]) await refused('cut.h5', run.subarray(0, kept), 'results/not-hdf5', /cut\.h5: the file must be an HDF5 file, but is (truncated|not one, or is damaged)/)
    await refused('cut-and-renamed', run.subarray(0, 3000), 'results/not-hdf5', 'is truncated')
    await refused('short.h5', run.subarray(0, run.length - 1), 'results/run-damaged', 'short.h5: the run file must be as it was written, but was cut or changed since')
  })

  it('is told to be damaged, be it only a number', async () => {
    const changed = Uint8Array.from(run)
    changed[run.length >> 1]! ^= 1
    await refused('changed.h5', changed, 'results/run-damaged', 'its digest does not match')
  })

  it('is told to be empty or no HDF5 at all, by its name', async () => {
    await refused('empty.h5', '', 'results/not-hdf5', 'empty.h5')
    await refused('text.h5', 'system: { energies: [0, 1] }', 'results/not-hdf5', 'text.h5')
  })

  it('is told to be another program\'s', async () => {
    const foreign = orThrow(await encodeBath({ levels: Float64Array.of(0, 1), couplings: [{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }] }, 'hdf5'))
    await refused('bath.h5', foreign, 'results/not-a-run', 'bath.h5: the file must be a run that was written here', 'but is another HDF5 file')
  })

  it('is told to be newer than the program, with both numbers', async () => {
    await refused('newer.h5', await ofFormat(2), 'results/run-version', 'must have format version 1, but has 2: a newer program wrote it, and this one must be updated to read it')
    await refused('older.h5', await ofFormat(0), 'results/run-version', /must have format version 1, but has 0 {2}\[/)
  })

  it('is told to be no text where it is something else', async () => {
    await refused('picture.yaml', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), 'cli/not-a-scenario', 'must be a scenario, YAML or JSON, but holds no text')
  })
})

it('a sound run is no scenario to be validated', async () => {
  const { code, err } = await runHere(folder, ['validate', 'results/run.h5'])
  expect(code).toBe(2)
  expect(err).toMatch(/must be a scenario, but is a run: `mesobath run` repeats it {2}\[cli\/not-a-scenario\]/)
})
