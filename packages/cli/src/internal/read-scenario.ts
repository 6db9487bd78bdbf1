import { resolve } from 'node:path'
import type { Outcome } from '@mesobath/contracts'
import { readBytes } from '@mesobath/results/node'
import { either as E, function as F } from 'fp-ts'
import { formatScenario, parseScenario } from '@mesobath/scenario'
import { catalogue } from '../catalogue.js'
import { withSeed } from './load-problem.js'

/** The text of a scenario file. Issue: `results/unreadable`. */
export const readScenario = async (folder: string, file: string): Promise<Outcome<{ readonly text: string; readonly path: string }>> => {
  const path = resolve(folder, file)
  return F.pipe(await readBytes(path), E.map((bytes) => ({ text: new TextDecoder().decode(bytes), path })))
}

/** The text with another seed: rewritten, so that what is stored beside the results repeats them. */
export const reseeded = (text: string, seed: number): Outcome<string> => {
  const parsed = parseScenario(text, catalogue)
  // The whole of what is wrong is found later, with the text as it stands.
  return parsed._tag === 'Left' ? E.right(text) : F.pipe(withSeed(parsed.right, seed), E.map(formatScenario))
}
