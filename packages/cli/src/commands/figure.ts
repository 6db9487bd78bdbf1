import { join, resolve } from 'node:path'
import { command, flag, oneOf, option, optional, positional, string } from 'cmd-ts'
import { endCommand } from '../internal/end-command.js'
import type { Io } from '../io.js'
import { MemorySize, Seed } from './types.js'

/** Figures by name, each loaded when it is asked for. */
const figures = {
  fig2: async () => (await import('../figures/fig2.js')).fig2,
} as const

type FigureName = keyof typeof figures

/** `mesobath figure NAME`. */
export const figureCommand = (io: Io) => command({
  name: 'figure',
  description: 'Compute a figure of the paper from nothing',
  args: {
    name: positional({ type: oneOf(Object.keys(figures) as FigureName[]), displayName: 'NAME', description: `one of ${Object.keys(figures).join(', ')}` }),
    out: option({ type: optional(string), long: 'out', short: 'o', description: 'folder of the results; out/<NAME> unless told' }),
    memory: option({ type: optional(MemorySize), long: 'memory', description: 'the most memory a run may take, such as 2GiB; what is free unless told' }),
    seed: option({ type: optional(Seed), long: 'seed', description: 'the seed of every bath' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'no progress and no report' }),
  },
  examples: [
    { description: 'Fig. 2: a spin and a bath of two windows, exactly and by three master equations', command: 'mesobath figure fig2 --out out/fig2' },
    { description: 'the same with another realisation', command: 'mesobath figure fig2 --seed 5 --out out/fig2-5' },
  ],
  handler: async ({ name, out, memory, seed, quiet }): Promise<number> => {
    const figure = await figures[name]()
    const folder = resolve(io.folder, out ?? join('out', name))
    const { createProgress } = await import('../internal/progress.js')
    const end = await figure.make({
      folder, signal: io.signal,
      ...(memory === undefined ? {} : { memory }),
      ...(seed === undefined ? {} : { seed }),
      ...(quiet ? {} : { progress: (total) => createProgress(io.stderr, total) }),
    })
    return endCommand(io, end, (text) => { if (!quiet) io.stdout.write(text) })
  },
})
