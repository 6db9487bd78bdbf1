import { basename, extname, join, resolve } from 'node:path'
import { command, flag, option, optional, positional, string } from 'cmd-ts'
import { succeed } from '@mesobath/contracts'
import { endCommand } from '../internal/end-command.js'
import { BAD_INPUT, RUN_FAILED } from '../io.js'
import type { Io } from '../io.js'
import { MemorySize, Seed } from './types.js'

/** `mesobath run FILE`. */
export const runCommand = (io: Io) => command({
  name: 'run',
  description: 'Run every method of a scenario, or repeat a stored run, and write files, curves and a figure',
  args: {
    file: positional({ type: string, displayName: 'FILE', description: 'a scenario, YAML or JSON; or a run file, to repeat it and compare' }),
    out: option({ type: optional(string), long: 'out', short: 'o', description: 'folder of the results; out/<name of the scenario> unless told, out/repeated for a run file' }),
    memory: option({ type: optional(MemorySize), long: 'memory', description: 'the most memory a run may take, such as 2GiB; what is free unless told' }),
    seed: option({ type: optional(Seed), long: 'seed', description: 'a seed in place of the scenario\'s own' }),
    thermodynamics: flag({ long: 'thermodynamics', description: 'keep the books: work, heat, entropies, effective temperatures, and which laws held' }),
    quiet: flag({ long: 'quiet', short: 'q', description: 'no progress and no report' }),
  },
  examples: [
    { description: 'run a scenario', command: 'mesobath run spin.yaml --out out/spin' },
    { description: 'the same with its thermodynamic ledger', command: 'mesobath run spin.yaml --thermodynamics' },
    { description: 'a stored run once more, compared number by number', command: 'mesobath run out/spin/run.h5' },
    { description: 'the same with another realisation of the bath, in at most 2 GiB', command: 'mesobath run spin.yaml --seed 8 --memory 2GiB' },
  ],
  handler: async ({ file, out, memory, seed, thermodynamics, quiet }): Promise<number> => {
    const [{ readScenario, reseeded }, { adviceText, printIssues }, { repetitionOf, repetitionText, storedRun, unexplained }] = await Promise.all([
      import('../internal/read-scenario.js'), import('../internal/report.js'), import('../internal/repeat.js'),
    ])
    const path = resolve(io.folder, file)
    const stored = await storedRun(path)
    const known = stored._tag === 'Left' ? null : stored.right
    const folder = resolve(io.folder, out ?? join('out', known === null ? basename(file, extname(file)) : 'repeated'))
    const read = stored._tag === 'Left' ? stored : known === null ? await readScenario(io.folder, file) : repetitionOf(known, path, folder, seed)
    const text = read._tag === 'Left' ? read : seed === undefined ? succeed(read.right.text) : await reseeded(read.right.text, read.right.path, seed)
    if (read._tag === 'Left' || text._tag === 'Left') {
      printIssues(io.stderr, text._tag === 'Left' ? text.left : [])
      return BAD_INPUT
    }
    const [{ runScenario }, { createProgress }, { runText }, { compareRuns }] = await Promise.all([
      import('../run-scenario.js'), import('../internal/progress.js'), import('../internal/run-text.js'), import('@mesobath/results'),
    ])
    const end = await runScenario({
      text: text.right, file: path, folder, signal: io.signal,
      thermodynamics: thermodynamics || (known !== null && Object.values(known.record.methods).some((method) => method.thermodynamics !== null)),
      ...(memory === undefined ? {} : { memory }),
      ...(quiet ? {} : { progress: (total) => createProgress(io.stderr, total), advise: (advice) => { io.stderr.write(adviceText(advice)) } }),
    })
    const difference = known !== null && end.kind === 'done' ? compareRuns(known.record, end.result.record) : null
    const code = endCommand(io, end, ({ report, record }) => { if (!quiet) io.stdout.write(runText(report, record, folder)) })
    if (difference === null) return code
    io.stdout.write(repetitionText(difference))
    return unexplained(difference) ? RUN_FAILED : code
  },
})
