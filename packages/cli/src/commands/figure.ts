import { join, resolve } from 'node:path'
import { command, flag, oneOf, option, optional, positional, string } from 'cmd-ts'
import { endCommand } from '../internal/end-command.js'
import { RUN_FAILED } from '../io.js'
import type { Io } from '../io.js'
import { MemorySize, Seed } from './types.js'

/** The figures by name: known without loading what computes them. */
const NAMES = ['fig2', 'fig3', 'fig4', 'fig5', 'fig6', 'fig7', 'fig8', 'fig9', 'memory', 'all'] as const

/** `mesobath figure NAME`. */
export const figureCommand = (io: Io) => command({
  name: 'figure',
  description: 'Compute a figure of the paper from nothing, or all of them',
  args: {
    name: positional({ type: oneOf(NAMES), displayName: 'NAME', description: `one of ${NAMES.join(', ')}` }),
    out: option({ type: optional(string), long: 'out', short: 'o', description: 'folder of the results; out/<NAME> unless told' }),
    memory: option({ type: optional(MemorySize), long: 'memory', description: 'the most memory a run may take, such as 2GiB; what is free unless told' }),
    seed: option({ type: optional(Seed), long: 'seed', description: 'the seed of every bath' }),
    reduced: flag({ long: 'reduced', description: 'fewer levels and times, with tolerances of their own: seconds instead of minutes' }),
    check: flag({ long: 'check', description: 'exit code 1 where a number disagrees with what must come out' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'no progress and no report' }),
  },
  examples: [
    { description: 'Fig. 2: a spin and a bath of two windows, exactly and by three master equations', command: 'mesobath figure fig2 --out out/fig2' },
    { description: 'the same with another realisation', command: 'mesobath figure fig2 --seed 5 --out out/fig2-5' },
    { description: 'every figure, and a page that compares them with the paper', command: 'mesobath figure all --out out/atlas' },
  ],
  handler: async ({ name, out, memory, seed, reduced, check, quiet }): Promise<number> => {
    const [{ FIGURES }, { makeFigures }, { atlasDocument }, { atlasText, figureText }, { createProgress }, { writeWhole }, { failed }] = await Promise.all([
      import('../figures/all-figures.js'), import('../figures/make-figures.js'), import('../figures/atlas-document.js'), import('../figures/figure-text.js'),
      import('../internal/progress.js'), import('@mesobath/results/node'), import('../internal/run-end.js'),
    ])
    const folder = resolve(io.folder, out ?? join('out', name))
    const begun = performance.now()
    const figures = name === 'all' ? FIGURES : FIGURES.filter((each) => each.name === name)
    const end = await makeFigures(figures, {
      folder, signal: io.signal, reduced,
      ...(memory === undefined ? {} : { memory }),
      ...(seed === undefined ? {} : { seed }),
      ...(quiet ? {} : { progress: (total) => createProgress(io.stderr, total) }),
    })
    if (end.kind === 'done' && name === 'all') {
      const written = await writeWhole(join(folder, 'atlas.md'), atlasDocument(end.result, (each) => `${each}/figure.png`))
      if (written._tag === 'Left') return endCommand(io, failed(written.left), () => undefined)
    }
    const code = endCommand(io, end, (made) => {
      if (quiet) return
      io.stdout.write(name === 'all' ? atlasText(made, folder, (performance.now() - begun) / 1000) : made.map(figureText).join(''))
    })
    const disagrees = end.kind === 'done' && end.result.some(({ drawn }) => !drawn.checks.every((each) => each.agrees))
    return check && disagrees ? RUN_FAILED : code
  },
})
