import { resolve } from 'node:path'
import { fail, issue } from '@mesobath/contracts'
import type { Failure, Outcome } from '@mesobath/contracts'
import { readBytes, readRun } from '@mesobath/results/node'
import { either as E, function as F } from 'fp-ts'
import { formatScenario, parseScenario } from '@mesobath/scenario'
import { catalogue } from '../catalogue.js'
import { withPlugins } from '../plugins/with-plugins.js'
import { withSeed } from './load-problem.js'

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

/** Why bytes are no text of a scenario; null where they may be one. What is or should be a run is told what is wrong with it as a run. */
const notText = async (bytes: Uint8Array, path: string): Promise<Failure | null> => {
  if (SIGNATURE.every((byte, i) => bytes[i] === byte) || /\.(h5|hdf5)$/i.test(path)) {
    const run = await readRun(path)
    return run._tag === 'Left' ? run : fail(issue('cli/not-a-scenario', [path], `${path} must be a scenario, but is a run: \`mesobath run\` repeats it`))
  }
  return bytes.includes(0) ? fail(issue('cli/not-a-scenario', [path], `${path} must be a scenario, YAML or JSON, but holds no text`)) : null
}

/** The text of a scenario file. Issues: `results/unreadable`, `cli/not-a-scenario`, and those of `readRun` for what is or should be a run file. */
export const readScenario = async (folder: string, file: string): Promise<Outcome<{ readonly text: string; readonly path: string }>> => {
  const path = resolve(folder, file)
  const bytes = await readBytes(path)
  if (bytes._tag === 'Left') return bytes
  return await notText(bytes.right, path) ?? E.right({ text: new TextDecoder().decode(bytes.right), path })
}

/** The text with another seed: rewritten, so that what is stored beside the results repeats them. */
export const reseeded = async (text: string, file: string, seed: number): Promise<Outcome<string>> => {
  const { catalogue: extended } = await withPlugins(catalogue, text, file)
  const parsed = parseScenario(text, extended)
  // The whole of what is wrong is found later, with the text as it stands.
  return parsed._tag === 'Left' ? E.right(text) : F.pipe(withSeed(parsed.right, seed, extended), E.map(formatScenario))
}
