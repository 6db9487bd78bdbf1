import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { getuid } from 'node:process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeBath } from '@mesobath/results'
import { prepareFolder, readBath, readRun, writeFiles, writeRun, writeWhole } from '@mesobath/results/node'
import { toyTrajectory } from '../fixtures/toy-run.js'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesobath-results-'))
})

afterEach(async () => {
  await chmod(folder, 0o755)
  await rm(folder, { recursive: true, force: true })
})

describe('writeWhole', () => {
  it('makes folders, replaces what is there, and leaves nothing else', async () => {
    const path = join(folder, 'a', 'b', 'file.txt')
    orThrow(await writeWhole(path, 'a long first text'))
    orThrow(await writeWhole(path, 'second'))
    expect(await readFile(path, 'utf8')).toBe('second')
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file.txt'])
  })

  it('fails with an issue where a file stands in the place of a folder', async () => {
    await writeFile(join(folder, 'taken'), '')
    expect(await writeWhole(join(folder, 'taken', 'file.txt'), 'x')).toMatchObject({ left: [{ code: 'results/not-writable' }] })
    expect(await prepareFolder(join(folder, 'taken'))).toMatchObject({ left: [{ code: 'results/not-writable', message: expect.stringContaining('a file where a folder must be') }] })
  })

  it('leaves no temporary file where the rename fails', async () => {
    await mkdir(join(folder, 'file.txt'))
    await writeFile(join(folder, 'file.txt', 'inside'), '')
    expect(await writeWhole(join(folder, 'file.txt'), 'x')).toMatchObject({ left: [{ code: 'results/not-writable' }] })
    expect(await readdir(folder)).toEqual(['file.txt'])
  })

  // The superuser may write anywhere: the permission says nothing then.
  it.runIf(getuid?.() !== 0)('refuses a folder that may not be written to', async () => {
    await chmod(folder, 0o555)
    expect(await prepareFolder(folder)).toMatchObject({ left: [{ code: 'results/not-writable', message: expect.stringContaining('may not be written to') }] })
    expect(await writeWhole(join(folder, 'file.txt'), 'x')).toMatchObject({ left: [{ code: 'results/not-writable' }] })
  })
})

describe('writeFiles', () => {
  it('writes all or none: one that cannot be written keeps the others as they were', async () => {
    await writeFile(join(folder, 'one.txt'), 'old')
    await writeFile(join(folder, 'taken'), '')
    const files = [{ path: join(folder, 'one.txt'), bytes: 'new' }, { path: join(folder, 'taken', 'two.txt'), bytes: 'new' }]
    expect(await writeFiles(files)).toMatchObject({ left: [{ code: 'results/not-writable' }] })
    expect(await readFile(join(folder, 'one.txt'), 'utf8')).toBe('old')
    expect((await readdir(folder)).sort()).toEqual(['one.txt', 'taken'])
  })

  it('writes none when it is cancelled', async () => {
    let asked = 0
    const signal = { get aborted() { asked += 1; return asked > 1 } }
    const files = ['one', 'two'].map((name) => ({ path: join(folder, name), bytes: name }))
    expect(orThrow(await writeFiles(files, signal))).toBe(false)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('files of runs and baths', () => {
  it('are written and read by path', async () => {
    orThrow(await writeRun(join(folder, 'out', 'run.h5'), toyTrajectory('markov', 0)))
    expect(Object.keys(orThrow(await readRun(join(folder, 'out', 'run.h5'))).methods)).toEqual(['markov'])
    const bath = { levels: Float64Array.of(0, 1), couplings: [{ rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }] }
    orThrow(await writeWhole(join(folder, 'bath.npz'), orThrow(await encodeBath(bath, 'npz'))))
    expect(orThrow(await readBath(join(folder, 'bath.npz')))).toEqual(bath)
  })

  it('say which file is missing, a folder, or of another kind', async () => {
    expect(await readBath(join(folder, 'none.h5'))).toMatchObject({ left: [{ code: 'results/unreadable', message: expect.stringMatching(/none\.h5 must be a readable file, but does not exist$/) }] })
    expect(await readRun(folder)).toMatchObject({ left: [{ code: 'results/unreadable', message: expect.stringContaining('is a folder') }] })
    await writeFile(join(folder, 'text.h5'), 'text')
    expect(await readBath(join(folder, 'text.h5'))).toMatchObject({ left: [{ code: 'results/not-hdf5', message: expect.stringContaining('text.h5: the file must be an HDF5 file') }] })
  })
})
