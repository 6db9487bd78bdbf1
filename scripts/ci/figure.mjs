// The main job, as `npm start` runs it, its exact curves recomputed by a program that shares nothing with the packages, and every figure
// of the paper with fewer levels.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'
import { checkThat, failed, findPython, passed, skipped, start, startNode } from './check.mjs'

const PANELS = ['400-600', '600-400'].flatMap((volumes) => ['regular', 'random', 'half'].map((kind) => `${volumes}-${kind}`))
const FILES = [
  'figure.svg', 'figure.png', 'summary.json',
  ...PANELS.flatMap((panel) => ['run.h5', 'populations.csv', 'figure.svg', 'figure.png', 'summary.json'].map((file) => `${panel}/${file}`)),
]
/** The job takes a quarter of this on two cores; a shared machine may be several times slower. */
const LIMIT_SECONDS = 240
/** The reduced atlas takes a minute of processor time, on two cores half of it. */
const ATLAS_LIMIT_SECONDS = 300
const ATLAS = ['fig2', 'fig3', 'fig4', 'fig5', 'fig6', 'fig7', 'fig8', 'fig9', 'memory']
/** What independent programs found for Fig. 2: [centre, scatter], by the volume of the lower window. The half-filled window scatters more. */
const EXPECTED = {
  400: { markov: [0.144, 0.003], 'born-markov-secular': [0.39, 0.02], plateau: [0.4, 0.025] },
  600: { markov: [0.096, 0.003], 'born-markov-secular': [0.54, 0.02], plateau: [0.6, 0.025] },
}
const HALF_FILLED_SCATTER = { markov: 0.013, 'born-markov-secular': 0.05, plateau: 0.06 }
const REDFIELD_LIMIT = 0.025
const REDFIELD_LIMIT_HALF_FILLED = 0.06
const CROSS_CHECK = 'scripts/check_fig2_exact.py'

const crossCheck = async (folder, made) => {
  const name = 'exact curves of Fig. 2 recomputed with NumPy'
  if (!existsSync(join(root, CROSS_CHECK))) return skipped(name, `there is no ${CROSS_CHECK}`)
  const python = await findPython()
  if (python === null) return skipped(name, 'no python3 with numpy and h5py')
  return made ? checkThat(name, await start(python, [join(root, CROSS_CHECK), folder])) : skipped(name, 'the figure was not made')
}

const physicsFaults = (panels) => PANELS.flatMap((panel) => {
  const half = panel.endsWith('half')
  const { methods } = panels[panel]
  const expected = EXPECTED[panel.slice(0, 3)]
  const found = {
    markov: methods.markov.largestDeviation, 'born-markov-secular': methods['born-markov-secular'].largestDeviation, plateau: methods.exact.plateau,
  }
  const limit = half ? REDFIELD_LIMIT_HALF_FILLED : REDFIELD_LIMIT
  const redfield = methods['finite-time-redfield'].largestDeviation
  return [
    ...(redfield <= limit ? [] : [`${panel}: finite-time Redfield deviates by ${redfield}, more than ${limit}`]),
    ...Object.entries(found).flatMap(([name, value]) => {
      const [centre, scatter] = [expected[name][0], half ? HALF_FILLED_SCATTER[name] : expected[name][1]]
      return Math.abs(value - centre) <= scatter ? [] : [`${panel}: ${name} is ${value}, not ${centre} ± ${scatter}`]
    }),
  ]
})

const checkPhysics = (folder, made) => {
  const name = 'Fig. 2 shows what independent programs found'
  if (!made) return skipped(name, 'the figure was not made')
  const faults = physicsFaults(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')).panels)
  return faults.length === 0 ? passed(name) : failed(name, faults.join('\n'))
}

/** Every figure with fewer levels, against tolerances of its own: `--check` fails where one number disagrees. */
const reducedAtlas = async (folder) => {
  const job = await startNode('packages/cli/dist/bin.js', ['figure', 'all', '--reduced', '--check', '--out', folder], { seconds: ATLAS_LIMIT_SECONDS })
  const files = ['atlas.md', ...ATLAS.flatMap((name) => ['figure.svg', 'figure.png', 'summary.json'].map((file) => `${name}/${file}`))]
  const missing = files.filter((file) => !existsSync(join(folder, file)))
  return [
    checkThat(`the reduced atlas agrees (${job.seconds.toFixed(1)} s)`, job),
    missing.length === 0 ? passed('every file of the reduced atlas is there') : failed('every file of the reduced atlas is there', `missing: ${missing.join(', ')}`),
  ]
}

export const run = async ({ scratch }) => {
  const folder = join(scratch, 'fig2')
  const job = await startNode('packages/cli/dist/bin.js', ['figure', 'fig2', '--out', folder], { seconds: LIMIT_SECONDS })
  const missing = FILES.filter((file) => !existsSync(join(folder, file)))
  return [
    checkThat(`mesobath figure fig2 (${job.seconds.toFixed(1)} s)`, job),
    missing.length === 0 ? passed('every file of Fig. 2 is there') : failed('every file of Fig. 2 is there', `missing: ${missing.join(', ')}`),
    checkPhysics(folder, job.status === 0),
    await crossCheck(folder, job.status === 0),
    ...await reducedAtlas(join(scratch, 'atlas')),
  ]
}
