import { basename, extname, join, resolve } from 'node:path'
import { command, flag, option, optional, positional, string } from 'cmd-ts'
import { endCommand } from '../internal/end-command.js'
import { BAD_INPUT } from '../io.js'
import type { Io } from '../io.js'
import { MemorySize, Seed } from './types.js'

/** `mesobath run FILE`. */
export const runCommand = (io: Io) => command({
  name: 'run',
  description: 'Run every method of a scenario and write files, curves and a figure',
  args: {
    file: positional({ type: string, displayName: 'FILE', description: 'a scenario, YAML or JSON' }),
    out: option({ type: optional(string), long: 'out', short: 'o', description: 'folder of the results; out/<name of the scenario> unless told' }),
    memory: option({ type: optional(MemorySize), long: 'memory', description: 'the most memory a run may take, such as 2GiB; what is free unless told' }),
    seed: option({ type: optional(Seed), long: 'seed', description: 'a seed in place of the scenario\'s own' }),
    thermodynamics: flag({ long: 'thermodynamics', description: 'keep the books: work, heat, entropies, effective temperatures, and which laws held' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'no progress and no report' }),
  },
  examples: [
    { description: 'run a scenario', command: 'mesobath run spin.yaml --out out/spin' },
    { description: 'the same with its thermodynamic ledger', command: 'mesobath run spin.yaml --thermodynamics' },
    { description: 'the same with another realisation of the bath, in at most 2 GiB', command: 'mesobath run spin.yaml --seed 8 --memory 2GiB' },
  ],
  handler: async ({ file, out, memory, seed, thermodynamics, quiet }): Promise<number> => {
    const [{ readScenario, reseeded }, { printIssues }] = await Promise.all([import('../internal/read-scenario.js'), import('../internal/report.js')])
    const read = await readScenario(io.folder, file)
    const text = read._tag === 'Left' ? read : seed === undefined ? { _tag: 'Right' as const, right: read.right.text } : reseeded(read.right.text, seed)
    if (read._tag === 'Left' || text._tag === 'Left') {
      printIssues(io.stderr, text._tag === 'Left' ? text.left : [])
      return BAD_INPUT
    }
    const folder = resolve(io.folder, out ?? join('out', basename(file, extname(file))))
    const [{ runScenario }, { createProgress }, { runText }] = await Promise.all([
      import('../run-scenario.js'), import('../internal/progress.js'), import('../internal/run-text.js'),
    ])
    const end = await runScenario({
      text: text.right, file: read.right.path, folder, signal: io.signal, thermodynamics,
      ...(memory === undefined ? {} : { memory }),
      ...(quiet ? {} : { progress: (total) => createProgress(io.stderr, total) }),
    })
    return endCommand(io, end, ({ report, record }) => { if (!quiet) io.stdout.write(runText(report, record, folder)) })
  },
})
