import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { readRun } from '@mesobath/results/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installPackage, ratesSource } from '../fixtures/plugin.js'
import { runHere, temporaryFolder, writeScenario } from '../fixtures/run-here.js'

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(join(folder, 'package.json'), '{ "name": "a-project" }')
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const METHODS = /methods:.*/
const RATES = 'a-strangers-rates'
const using = (rates = `{ package: ${RATES}, options: { value: 5 } }`): readonly [RegExp, string] => [METHODS, `methods: [exact, { method: markov, rates: ${rates} }]`]
const SOUND = 'return flat(bath, strengthOf(options.value ?? 1))'

/** Refused by `run` and `validate` alike, with nothing written and no stack. */
const refused = async (changes: Parameters<typeof writeScenario>[1][], ...expected: readonly (string | RegExp)[]): Promise<string> => {
  const file = await writeScenario(folder, ...changes)
  const before = await readdir(folder)
  let told = ''
  for (const argv of [['run', file, '--out', 'results'], ['validate', file]]) {
    const { code, out, err } = await runHere(folder, argv)
    expect(code, `${argv[0]}: ${out}${err}`).toBe(2)
    expect(out).toBe('')
    for (const text of expected) expect(err).toMatch(text)
    expect(err).not.toMatch(/^\s+at .*:\d+/m)
    told = err
  }
  expect(await readdir(folder)).toEqual(before)
  return told
}

describe('a package of the project, named in a scenario', () => {
  it('gives rates, is cited, and its version is kept with the run', async () => {
    await installPackage(folder, RATES, ratesSource(SOUND))
    expect(await runHere(folder, ['run', await writeScenario(folder, using()), '--out', 'results', '-q'])).toMatchObject({ code: 0, err: '' })
    const record = orThrow(await readRun(join(folder, 'results', 'run.h5')))
    expect(record.methods['markov']?.rates[0]).toMatchObject({ name: 'steady', package: RATES, version: '1.2.0' })
    expect(record.versions[RATES]).toBe('1.2.0')
    expect(await readFile(join(folder, 'results', 'citations.bib'), 'utf8')).toContain('Stranger2030')
  })

  it('is found from the folder of the scenario, not from where the command runs', async () => {
    await installPackage(folder, RATES, ratesSource(SOUND))
    await writeScenario(folder, using())
    await mkdir(join(folder, 'elsewhere'))
    expect((await runHere(join(folder, 'elsewhere'), ['validate', '../small.yaml'])).code).toBe(0)
  })

  it('may have a scope, an exports map for import only, and several entries of which one is named', async () => {
    const several = `${ratesSource(SOUND)}\nmesobath.rates.push({ ...mesobath.rates[0], name: 'other' })\n`
    await installPackage(folder, '@stranger/rates', several, { exports: { '.': { import: { types: './index.d.ts', default: './index.js' } } } })
    expect((await runHere(folder, ['validate', await writeScenario(folder, using('{ package: "@stranger/rates", model: other }'))])).code).toBe(0)
    await refused([using('{ package: "@stranger/rates" }')], 'scenario/missing-key', '`methods[1].rates.model` must be given')
    await refused([using('{ package: "@stranger/rates", model: oter }')], 'scenario/unknown-name', 'did you mean `other`')
  })

  it('may not take a name of the catalogue', async () => {
    await installPackage(folder, RATES, ratesSource('throw new Error("mine")', { name: 'random-matrix' }))
    await writeScenario(folder, [METHODS, `methods: [{ method: markov, rates: random-matrix }, { method: markov, label: again, rates: { package: ${RATES} } }]`])
    const { err } = await runHere(folder, ['validate', 'small.yaml'])
    expect(err).toMatch(/one thing to mend\n {2}- again: .*throws Error: mine/)
  })

  it('has its options checked against its own schema, at their place', async () => {
    await installPackage(folder, RATES, ratesSource(SOUND))
    await refused([using(`{ package: ${RATES}, options: { valeu: 5 } }`)], 'scenario/unknown-key', '`methods[1].rates.options.valeu` must be a known key (value)', 'did you mean `value`')
    await refused([using(`{ package: ${RATES}, options: { value: -1 } }`)], 'scenario/range', '`methods[1].rates.options.value` must be a positive number, but is -1')
    await refused([using(`{ package: ${RATES}, value: 5 }`)], 'scenario/unknown-key', '`methods[1].rates.value`')
  })

  it('gives a bath and a method in the same way, and `--seed` reaches the bath', async () => {
    await installPackage(folder, 'a-strangers-bath', `
const right = (value) => ({ _tag: 'Right', right: value })
export const mesobath = { contract: 1, baths: [{
  name: 'pair', optionsSchema: { type: 'object', properties: { seed: { type: 'integer' } }, required: ['seed'] },
  create: async ({ seed }) => right({
    contract: 1, name: 'pair', package: 'a-strangers-bath', version: '1.2.0', citations: [], recipe: { seed },
    windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(3, 3.4) },
    couplings: 1, meanCouplings: [Float64Array.of(0, 0)],
    can: { ensemble: { secondMoment: (to, from, out) => { out.re[0] = to === from ? 0 : 1; out.im?.fill(0); return 0 } } },
  }),
}] }`)
    await installPackage(folder, 'a-strangers-method', `
const right = (value) => ({ _tag: 'Right', right: value })
export const mesobath = { contract: 1, algorithms: [{
  name: 'still', optionsSchema: { type: 'object', properties: { patience: { type: 'number' }, rates: {} } },
  create: async ({ patience, rates }) => {
    const identity = { contract: 1, name: 'still', package: 'a-strangers-method', version: '1.2.0', citations: [], recipe: { patience, rates } }
    return right({
      ...identity, needs: [], estimate: () => right({ bytes: 1, operations: 1, jointStates: 4 }),
      prepare: async (problem) => {
        let time = problem.times[0]
        const populations = Float64Array.of(0, 0, 1, 0)
        return right({
          frame: { dimension: 2, baths: problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows })), algorithm: identity, rates: [null], backend: 'none' },
          get time() { return time }, enter: () => right(undefined), advance: async (to) => { time = to; return right('ok') },
          sample: (side) => ({ time, side, energies: problem.energies, strengths: Float64Array.of(1), populations, populationRates: null, conditional: null, scalars: { work: 0 } }),
          validity: () => [], checkpoint: () => right(problem.initial), dispose: () => {},
        })
      },
    })
  },
}] }`)
    const bath = [/model: random-matrix[^]*?seed: 7/, 'package: a-strangers-bath\n  options: { seed: 7 }'] as const
    const methods = [METHODS, 'methods: [markov, { package: a-strangers-method, label: quiet, rates: random-matrix, options: { patience: 3 } }]'] as const
    const file = await writeScenario(folder, bath, methods)
    expect(await runHere(folder, ['run', file, '--out', 'results', '--seed', '11', '-q'])).toMatchObject({ code: 0, err: '' })
    const record = orThrow(await readRun(join(folder, 'results', 'run.h5')))
    expect(record.baths[0]?.plugin).toMatchObject({ package: 'a-strangers-bath', recipe: { seed: 11 } })
    expect(record.methods['quiet']?.algorithm).toMatchObject({ package: 'a-strangers-method', recipe: { patience: 3, rates: 'random-matrix' } })
    expect(await readFile(join(folder, 'results', 'scenario.yaml'), 'utf8')).toContain('seed: 11')
    // What was stored is enough to repeat it, from the same project.
    const again = await runHere(folder, ['run', 'results/run.h5', '--out', 'again', '-q'])
    expect(again.out).toMatch(/quiet +populations +the same to the last bit/)
  })
})

describe('a package that cannot be used is refused before anything is written', () => {
  it('not installed', async () => {
    await refused([using()], 'cli/plugin-missing', '`methods[1].rates.package` must be installed in the project of the scenario, but a-strangers-rates was not found', `in ${folder} run: npm install a-strangers-rates`)
  })

  it('a path, an address, a builtin, a number', async () => {
    for (const name of ['./rates.mjs', '../../rates', '/etc/rates.mjs', '"https://example.org/rates.js"', '"node:fs"', '"data:text/javascript,0"', '7']) {
      await refused([using(`{ package: ${name} }`)], 'cli/package-name', '`methods[1].rates.package` must be the name of an installed package', 'npm install ./folder')
    }
  })

  it('one that throws when it is imported', async () => {
    await installPackage(folder, RATES, 'throw new TypeError("out of order")')
    await refused([using()], 'cli/plugin-threw', '`a-strangers-rates` 1.2.0 must give issues and never throw, but importing it throws TypeError: out of order')
  })

  it('one that cannot be parsed, and one without a module', async () => {
    await installPackage(folder, RATES, 'export const = 1')
    await refused([using()], 'cli/plugin-threw', 'SyntaxError')
    await installPackage(folder, RATES, '', { exports: './gone.js' })
    await refused([using()], 'cli/plugin-missing', 'has no module to load')
  })

  it('one that is no plug-in', async () => {
    await installPackage(folder, RATES, 'export const rates = 1, version = 2')
    await refused([using()], 'cli/plugin-export', 'must export `mesobath`, its contract and entries, but exports rates, version')
  })

  it('one with something else where its entries belong', async () => {
    await installPackage(folder, RATES, 'export const mesobath = { contract: 1, rates: { steady: () => 1 } }')
    await refused([using()], 'cli/plugin-form', 'must list under `mesobath.rates` entries { name, optionsSchema, create }')
  })

  it('one that has another kind of plug-in', async () => {
    await installPackage(folder, RATES, ratesSource(SOUND))
    await refused([[METHODS, `methods: [{ package: ${RATES} }]`]], 'cli/plugin-kind', 'must have algorithms to stand here, but has rates only')
  })

  it('one built for another contract names both versions', async () => {
    await installPackage(folder, RATES, ratesSource(SOUND, { contract: 2 }))
    await refused([using()], 'cli/plugin-contract', /`a-strangers-rates` 1\.2\.0 must be built for contract 1, that of this mesobath \(\d+\.\d+\.\d+\), but was built for contract 2/)
    await installPackage(folder, '@stranger/none', 'export const mesobath = { rates: [] }')
    await refused([using('{ package: "@stranger/none" }')], 'cli/plugin-contract', 'built for contract undefined')
    await installPackage(folder, '@stranger/two-faced', ratesSource(SOUND, { made: 'contract: 3' }))
    await refused([using('{ package: "@stranger/two-faced" }')], 'cli/plugin-contract', 'but what it makes was built for contract 3')
  })

  it('is told together with every other fault: a misspelt key, and what is missing without it', async () => {
    await refused([using(), ['seed: 7', 'sede: 7']], 'cli/plugin-missing', 'scenario/unknown-key', '3 things to mend')
  })
})

const LIES: readonly (readonly [string, string, string, ...(string | RegExp)[]])[] = [
  ['throws in `correlate`', 'throw new RangeError("no such window")', 'cli/plugin-threw', '`correlate` throws RangeError: no such window'],
  ['throws in `strength`', 'return flat(bath, () => { throw new Error("later") })', 'cli/plugin-threw', '`strength` throws Error: later'],
  ['gives NaN', 'return flat(bath, strengthOf(NaN))', 'composition/rates-not-finite', /must give finite rates, but "steady" of a-strangers-rates 1\.2\.0 gives NaN between windows \d and \d/],
  ['gives negative rates', 'return flat(bath, strengthOf(-1))', 'composition/rates-not-positive', 'must give rates that are Hermitian and positive semidefinite, but "steady" of a-strangers-rates 1.2.0 gives -1 between windows'],
  ['gives other rates for exchanged windows', 'return flat(bath, ({ to, from }, out) => { for (let row = 0; row < to.length; row += 1) out.re[row] = Math.max(0, to[row] - from[row]); out.im?.fill(0); return right(undefined) })', 'composition/rates-not-symmetric', 'must give κ(E\',E) = conj κ(E,E\'), but "steady" of a-strangers-rates 1.2.0 gives 1 + 0i and 0 + 0i back between windows 0 and 1'],
  ['has a transform that it does not have', "return right({ lineShape: { kind: 'own', bandwidth: 1, stationary: true }, strength: strengthOf(1) })", 'cli/plugin-form', 'must give a `transform`'],
  ['claims a limit and gives NaN', "return right({ lineShape: { kind: 'own', bandwidth: 1, stationary: true }, strength: strengthOf(1), transform: (request, out) => { out.re.fill(NaN); return right(undefined) } })", 'composition/rates-not-finite', 'of a-strangers-rates 1.2.0 gives NaN'],
  ['has the line shape of other windows', "return right({ lineShape: { kind: 'flat-window', width: 2, finiteTime: true }, strength: strengthOf(1) })", 'composition/line-shape', 'must have the bath\'s window width 0.5, but "steady" of a-strangers-rates 1.2.0 has 2'],
  ['needs what no bath has', '', 'composition/missing-capability', 'must have the capability "phonons" that the rate model "steady" needs'],
  ['gives no outcome at all', 'return 7', 'cli/plugin-threw', '`correlate` throws TypeError'],
]

describe('a rate model that does not keep its word is refused before anything is written', () => {
  for (const [what, correlate, ...expected] of LIES) {
    it(`one that ${what}`, async () => {
      await installPackage(folder, RATES, ratesSource(correlate, correlate === '' ? { made: "needs: ['phonons']" } : {}))
      await refused([using()], ...expected)
    })
  }

  it('one whose `create` throws, or makes nothing', async () => {
    await installPackage(folder, RATES, "export const mesobath = { contract: 1, rates: [{ name: 'a', optionsSchema: {}, create: () => { throw new Error('not now') } }] }")
    await refused([using(`{ package: ${RATES} }`)], 'cli/plugin-threw', '`create` throws Error: not now')
    await installPackage(folder, '@stranger/empty', "export const mesobath = { contract: 1, rates: [{ name: 'a', optionsSchema: {}, create: async () => undefined }] }")
    await refused([using('{ package: "@stranger/empty" }')], 'cli/plugin-form', '`create` gives undefined')
    await installPackage(folder, '@stranger/half', "export const mesobath = { contract: 1, rates: [{ name: 'a', optionsSchema: {}, create: async () => ({ _tag: 'Right', right: { contract: 1 } }) }] }")
    await refused([using('{ package: "@stranger/half" }')], 'cli/plugin-form', 'must make a rate model with `needs` and `correlate`')
  })
})

const bathSource = (can: string, more = ''): string => `
const right = (value) => ({ _tag: 'Right', right: value })
const levels = Float64Array.of(-0.1, 0.1, 0.9, 1, 1.1)
const window = Int32Array.of(0, 0, 1, 1, 1)
const block = (_coupling, to, from, out) => { if (to === from) return false; out.re.fill(0.3, 0, 6); out.im?.fill(0, 0, 6); return true }
export const mesobath = { contract: 1, baths: [{ name: 'five', optionsSchema: { type: 'object' }, create: async () => right({
  contract: 1, name: 'five', package: 'five', version: '1', citations: [], recipe: {}, windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(Math.log(2), Math.log(3)) },
  couplings: 1, meanCouplings: [Float64Array.of(0, 0)], can: { ${can} }, ${more}
}) }] }`

const SPECTRAL = "kind: 'spectral', levels, window, real: true, block"

const BATHS: readonly (readonly [string, string, string, ...(string | RegExp)[]])[] = [
  ['throws when it is realised', bathSource("microscopic: () => { throw new Error('lost') }"), 'cli/plugin-threw', '`can.microscopic` throws Error: lost'],
  ['says that it can and cannot', bathSource("microscopic: 'yes'"), 'cli/plugin-form', 'must give its levels by a function, since it says that it can'],
  ['puts levels where they are not', bathSource(`microscopic: () => right({ ${SPECTRAL}, levels: levels.map((x) => x + 1) })`), 'cli/plugin-lies', 'must have every level in the window it names, but level 0 (E = 0.9) is not in window 0 (centre 0)'],
  ['gives NaN for its coupling', bathSource(`microscopic: () => right({ ${SPECTRAL}, block: (c, to, from, out) => { out.re.fill(NaN); return true } })`), 'cli/plugin-numbers', 'must give finite coupling operators, but gives NaN between windows'],
  ['throws in a block', bathSource(`microscopic: () => right({ ${SPECTRAL}, block: () => { throw new Error('torn') } })`), 'cli/plugin-threw', '`block` throws Error: torn'],
  ['throws where it is asked how strong a block is', bathSource(`microscopic: () => right({ ${SPECTRAL}: Object.assign(block, { meanSquare: () => { throw new Error('unweighed') } }) })`), 'cli/plugin-threw', '`block.meanSquare` throws Error: unweighed'],
  ['gives NaN as the mean square of a block', bathSource(`microscopic: () => right({ ${SPECTRAL}: Object.assign(block, { meanSquare: () => NaN }) })`), 'cli/plugin-numbers', 'must give mean squares of its blocks that are numbers, 0 or more, but gives NaN between windows'],
  ['throws where it sums its couplings', bathSource("microscopic: () => right({ kind: 'local', siteDimensions: [2], hamiltonian: [], couplings: [[]] }), couplingSums: () => { throw new Error('uncounted') }"), 'cli/plugin-threw', '`can.couplingSums` throws Error: uncounted'],
  ['gives NaN as its ensemble', bathSource(`microscopic: () => right({ ${SPECTRAL} }), ensemble: { secondMoment: () => NaN }`), 'cli/plugin-numbers', 'must give finite numbers by `secondMoment`, but gives NaN'],
  ['has fewer volumes than windows', bathSource('', 'windows: { energies: Float64Array.of(0, 1), width: 0.5, logVolumes: Float64Array.of(1) }'), 'cli/plugin-form', 'must make a bath with `windows` { energies, width, logVolumes }'],
]

describe('a bath that does not keep its word is refused before anything is written', () => {
  for (const [what, source, ...expected] of BATHS) {
    it(`one that ${what}`, async () => {
      await installPackage(folder, 'five', source)
      await refused([[/model: random-matrix[^]*?seed: 7/, 'package: five'], [METHODS, 'methods: [exact, markov]']], ...expected)
    })
  }
})

const methodSource = (parts: string, populations = 'Float64Array.of(0, 0, 1, 0)'): string => `
const right = (value) => ({ _tag: 'Right', right: value })
const identity = { contract: 1, name: 'odd', package: 'odd', version: '1.2.0', citations: [], recipe: {} }
export const mesobath = { contract: 1, algorithms: [{ name: 'odd', optionsSchema: { type: 'object' }, create: async () => right({
  ...identity, needs: [], estimate: () => right({ bytes: 1, operations: 1, jointStates: 4 }),
  prepare: async (problem) => {
    let time = 0
    return right({
      frame: { dimension: 2, baths: problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows })), algorithm: identity, rates: [null], backend: 'none', guarantees: ['non-negative-rates'] },
      get time() { return time }, enter: () => right(undefined), advance: async (to) => { time = to; return right('ok') },
      sample: (side) => ({ time, side, energies: problem.energies, strengths: Float64Array.of(1), populations: ${populations}, populationRates: null, conditional: null, scalars: {} }),
      validity: () => [], checkpoint: () => right(problem.initial), dispose: () => {}, ${parts}
    })
  },
}) }] }`

const RUNS: readonly (readonly [string, string, ...(string | RegExp)[]])[] = [
  ['throws on its way', methodSource("advance: () => { throw new Error('stuck') }"), 'cli/plugin-threw', '`advance` throws Error: stuck'],
  ['gives NaN', methodSource('', 'Float64Array.of(0, 0, time > 3 ? NaN : 1, 0)'), 'cli/plugin-numbers', 'must give finite populations, but gives NaN at t = 4'],
  ['loses probability', methodSource('', 'Float64Array.of(0, 0, Math.exp(-time), 0)'), 'cli/plugin-numbers', /must conserve probability, but has Σp = 0\.36/],
  ['breaks its guarantee', methodSource('', 'Float64Array.of(-0.1 * time, 0, 1 + 0.1 * time, 0)'), 'cli/plugin-numbers', 'must keep p ≥ 0, since it guarantees rates that are not negative, but has p = -0.1 at t = 1'],
  ['stops elsewhere', methodSource('advance: async (to) => { time = to + 1e-6; return right("ok") }'), 'cli/plugin-numbers', 'must land exactly on t = 1, but stands at t = 1.000001'],
  ['has fewer states than its frame', methodSource('', 'Float64Array.of(0, 1)'), 'cli/plugin-numbers', 'must give 4 populations [level, windows], but gives 2'],
]

describe('a method that does not keep its word fails with a message and leaves no file', () => {
  for (const [what, source, ...expected] of RUNS) {
    it(`one that ${what}`, async () => {
      await installPackage(folder, 'odd', source)
      const file = await writeScenario(folder, [METHODS, 'methods: [markov, { package: odd }]'])
      const { code, err } = await runHere(folder, ['run', file, '--out', 'results', '-q'])
      expect(code).toBe(1)
      for (const text of expected) expect(err).toMatch(text)
      expect(err).not.toMatch(/^\s+at .*:\d+/m)
      expect(await readdir(join(folder, 'results'))).toEqual([])
    })
  }
})

describe('a file outside the project', () => {
  const file = (path: string) => [/model: random-matrix[^]*?seed: 7/, `model: file\n  path: ${path}\n  windowWidth: 0.5`] as const

  it('is not read: upwards, by a full path, or past a folder of the same beginning', async () => {
    for (const path of ['../bath.h5', '/etc/hostname', `${folder}-other/bath.h5`, 'data/../../bath.h5']) {
      await refused([file(path)], 'cli/outside-project', `must lie inside the project of the scenario (${folder}), but is `, 'put a link to it there')
    }
  })

  it('inside it is read from wherever the scenario stands', async () => {
    await mkdir(join(folder, 'scenarios'))
    await writeFile(join(folder, 'bath.h5'), 'no HDF5 at all')
    await writeScenario(join(folder, 'scenarios'), file('../bath.h5'))
    const { err } = await runHere(folder, ['validate', 'scenarios/small.yaml'])
    expect(err).toContain('results/not-hdf5')
  })
})
