import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

type Change = readonly [string | RegExp, string]

const refused = async (changes: readonly Change[], ...expected: readonly (string | RegExp)[]): Promise<void> => {
  const file = await writeScenario(folder, ...changes)
  const before = await readdir(folder)
  for (const argv of [['run', file, '--out', 'results'], ['validate', file]]) {
    const { code, out, err } = await runHere(folder, argv)
    expect(code, `${argv[0]}: ${out}${err}`).toBe(2)
    expect(out).toBe('')
    for (const text of expected) expect(err).toMatch(text)
    expect(err).not.toMatch(/^\s+at .*:\d+/m)
  }
  expect(await readdir(folder)).toEqual(before)
}

const DENSITY = 'model: density-of-states\n  windows: { from: -0.25, to: 1.25 }\n  windowWidth: 0.5\n  density: { energies: [-1, 2], logValues: [3, 9] }'
const BATH = /model: random-matrix[^]*?seed: 7/

const CASES: readonly (readonly [string, Change, ...(string | RegExp)[]])[] = [
  ['an unknown key', ['windowWidth', 'windowWidht'], 'scenario/unknown-key', 'did you mean `windowWidth`'],
  ['a wrong type', ['points: 13', 'points: thirteen'], 'scenario/type', '`times.points` must be an integer'],
  ['a wrong shape', ['[[[0, 1], [1, 0]]]', '[[[0, 1], [1]]]'], 'scenario/shape'],
  ['a non-Hermitian coupling', ['[[[0, 1], [1, 0]]]', '[[[0, [0, 1]], [[0, 1], 0]]]'], 'solve/couplings', 'must be Hermitian'],
  ['a non-Hermitian state', ['system: 1, bath', 'system: [[0, 0.5], [0, 1]], bath'], 'solve/initial-system', 'must be Hermitian'],
  ['a trace that is not 1', ['system: 1, bath', 'system: [0.5, 0.6], bath'], 'solve/initial-system', 'must have trace 1'],
  ['a zero volume', ['volume: 20', 'volume: 0'], '`bath.windows[0].volume` must be', 'but is 0'],
  ['a negative volume', ['volume: 30', 'volume: -30'], '`bath.windows[1].volume` must be', 'but is -30'],
  ['overlapping windows', ['energy: 1, volume', 'energy: 0.3, volume'], 'baths/window-overlap', '`bath.windows[1]'],
  ['NaN', ['energies: [0, 1]', 'energies: [0, .nan]'], 'scenario/not-finite', '`system.energies[1]` must be a finite number, but is NaN'],
  ['Infinity', ['to: 12', 'to: .inf'], 'scenario/not-finite', '`times.to`'],
  ['times that do not increase', ['{ from: 0, to: 12, points: 13 }', '[0, 2, 1]'], 'solve/times', '`times[2]` must exceed'],
  ['an empty list of methods', [/methods:.*/, 'methods: []'], 'scenario/shape', '`methods` must have at least 1 entry'],
  ['an initial window that does not exist', ['window: 0, fill', 'window: 5, fill'], 'scenario/window', 'from 0 to 1, but is 5'],
  ['a fill above 1', ['fill: 1', 'fill: 2'], 'scenario/fill'],
  ['exact evolution on a density of states', [BATH, DENSITY], 'scenario/missing-capability', /`methods\[0\]` \(exact\) must have a bath that gives `microscopic`/],
  ['a method without a rate model', [BATH, 'model: windows\n  windows: [{ energy: 0, volume: 20 }, { energy: 1, volume: 30 }]\n  windowWidth: 0.5'], 'scenario/rates'],
  ['rates that the bath cannot serve', [/methods:.*/, 'methods: [{ method: markov, rates: eigenstate-thermalization }]'], /spectral/],
  ['rates without a stationary limit', [/methods:.*/, 'methods: [{ method: markov, rates: microscopic }]'], /markov: /],
  ['a bath file that is not there', [BATH, 'model: file\n  path: none.h5\n  windowWidth: 0.5'], 'results/unreadable', 'none.h5'],
  ['too little memory', ['methods:', 'memory: 10kB\nmethods:'], 'solve/memory', 'exact: ', 'MiB'],
]

describe('bad input is refused before anything is written', () => {
  for (const [name, change, ...expected] of CASES) {
    it(name, async () => {
      await refused([change], ...expected)
    })
  }

  it('foreign, truncated and incomplete bath files', async () => {
    await writeFile(join(folder, 'text.h5'), 'no HDF5 at all')
    await writeFile(join(folder, 'cut.npz'), Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))
    await refused([[BATH, 'model: file\n  path: text.h5\n  windowWidth: 0.5']], 'results/not-hdf5', 'text.h5')
    await refused([[BATH, 'model: file\n  path: cut.npz\n  windowWidth: 0.5']], 'results/not-npz', 'cut.npz')
  })

  it('a level outside every window', async () => {
    const { encodeBath } = await import('@mesobath/results')
    const stored = await encodeBath({ levels: Float64Array.of(0, 0.1, 3), couplings: [{ rows: 3, columns: 3, re: new Float64Array(9), im: null }] }, 'npz')
    if (stored._tag === 'Left') throw new Error('a small bath can be stored')
    await writeFile(join(folder, 'bath.npz'), stored.right)
    await refused([[BATH, 'model: file\n  path: bath.npz\n  windowWidth: 0.5\n  windows: [0, 1]']], 'baths/', /`bath\.levels|outside|window/)
  })

  it('several faults at once, each named', async () => {
    await refused(
      [['seed: 7', 'sede: 7'], ['energies: [0, 1]', 'energies: [0, .inf]'], ['[[[0, 1], [1, 0]]]', '[[[0, 1], [2, 0]]]'], ['{ from: 0, to: 12, points: 13 }', '[3, 2]'], ['[exact,', '[exat,']],
      'scenario/unknown-key', 'scenario/not-finite', 'solve/couplings', 'solve/times', 'scenario/unknown-name', /[56] things to mend/)
  })

  it('a file that cannot be read, text that is no YAML, a seed without a random bath', async () => {
    expect(await runHere(folder, ['run', 'none.yaml'])).toMatchObject({ code: 2, err: expect.stringContaining('results/unreadable') })
    await mkdir(join(folder, 'folder.yaml'))
    expect(await runHere(folder, ['run', 'folder.yaml'])).toMatchObject({ code: 2, err: expect.stringContaining('is a folder') })
    await writeFile(join(folder, 'broken.yaml'), 'system: [1, 2\n')
    expect(await runHere(folder, ['run', 'broken.yaml'])).toMatchObject({ code: 2, err: expect.stringMatching(/line \d+, column \d+.*scenario\/syntax/) })
    const file = await writeScenario(folder, [BATH, DENSITY])
    expect(await runHere(folder, ['run', file, '--seed', '3'])).toMatchObject({ code: 2, err: expect.stringContaining('cli/no-seed') })
  })

  it('an out folder that cannot be made, and --memory below what the run needs', async () => {
    const file = await writeScenario(folder)
    await writeFile(join(folder, 'taken'), '')
    expect(await runHere(folder, ['run', file, '--out', 'taken/results'])).toMatchObject({ code: 2, err: expect.stringContaining('results/not-writable') })
    expect(await runHere(folder, ['run', file, '--out', 'results', '--memory', '1kB'])).toMatchObject({ code: 2, err: expect.stringContaining('solve/memory') })
    expect((await readdir(folder)).sort()).toEqual(['small.yaml', 'taken'])
  })

  // The superuser may write anywhere.
  it.runIf(getuid?.() !== 0)('a read-only out folder', async () => {
    const file = await writeScenario(folder)
    await mkdir(join(folder, 'locked'))
    await chmod(join(folder, 'locked'), 0o555)
    expect(await runHere(folder, ['run', file, '--out', 'locked'])).toMatchObject({ code: 2, err: expect.stringContaining('results/not-writable') })
  })
})
