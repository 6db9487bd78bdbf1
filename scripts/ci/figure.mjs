// The main job, as `npm start` runs it, and its exact curves recomputed by a program that shares nothing with the packages.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'
import { checkThat, failed, passed, skipped, start, startNode } from './check.mjs'

const PANELS = ['400-600', '600-400'].flatMap((volumes) => ['regular', 'random', 'half'].map((kind) => `${volumes}-${kind}`))
const FILES = [
  'figure.svg', 'figure.png', 'summary.json',
  ...PANELS.flatMap((panel) => ['run.h5', 'populations.csv', 'figure.svg', 'figure.png', 'summary.json'].map((file) => `${panel}/${file}`)),
]
/** The job takes a quarter of this on two cores; a shared machine may be several times slower. */
const LIMIT_SECONDS = 240
const CROSS_CHECK = 'scripts/check_fig2_exact.py'

const findPython = async () => {
  for (const program of [process.env.PYTHON, 'python3', '/usr/bin/python3']) {
    if (program !== undefined && (await start(program, ['-c', 'import numpy, h5py'])).status === 0) return program
  }
  return null
}

const crossCheck = async (folder, made) => {
  const name = 'exact curves of Fig. 2 recomputed with NumPy'
  if (!existsSync(join(root, CROSS_CHECK))) return skipped(name, `there is no ${CROSS_CHECK}`)
  const python = await findPython()
  if (python === null) return skipped(name, 'no python3 with numpy and h5py')
  return made ? checkThat(name, await start(python, [join(root, CROSS_CHECK), folder])) : skipped(name, 'the figure was not made')
}

export const run = async ({ scratch }) => {
  const folder = join(scratch, 'fig2')
  const job = await startNode('packages/cli/dist/bin.js', ['figure', 'fig2', '--out', folder], { seconds: LIMIT_SECONDS })
  const missing = FILES.filter((file) => !existsSync(join(folder, file)))
  return [
    checkThat(`mesobath figure fig2 (${job.seconds.toFixed(1)} s)`, job),
    missing.length === 0 ? passed('every file of Fig. 2 is there') : failed('every file of Fig. 2 is there', `missing: ${missing.join(', ')}`),
    await crossCheck(folder, job.status === 0),
  ]
}
