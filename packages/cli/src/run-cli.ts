import { runSafely, subcommands } from 'cmd-ts'
import { citeCommand } from './commands/cite.js'
import { figureCommand } from './commands/figure.js'
import { runCommand } from './commands/run.js'
import { schemaCommand } from './commands/schema.js'
import { validateCommand } from './commands/validate.js'
import { BAD_INPUT, DONE } from './io.js'
import type { Io } from './io.js'
import { VERSION } from './version.js'

/**
 * Runs the command `mesobath` with arguments `argv` (without node and script) and gives the exit code: 0 done, 1 the run failed,
 * 2 bad input, 130 interrupted.
 */
export const runCli = async (argv: readonly string[], io: Io): Promise<number> => {
  const app = subcommands({
    name: 'mesobath',
    version: VERSION,
    description: 'Quantum systems correlated with a finite bath: master equations against exact evolution',
    cmds: { run: runCommand(io), figure: figureCommand(io), validate: validateCommand(io), schema: schemaCommand(io), cite: citeCommand(io) },
    examples: [
      { description: 'Fig. 2 of the paper, computed here', command: 'mesobath figure fig2 --out out/fig2' },
      { description: 'run a scenario', command: 'mesobath run spin.yaml --out out/spin' },
      { description: 'check a scenario', command: 'mesobath validate spin.yaml' },
    ],
  })
  const result = await runSafely(app, [...argv])
  if (result._tag === 'ok') return result.value.value
  const { message, into } = result.error.config
  const asked = into === 'stdout'
  ;(asked ? io.stdout : io.stderr).write(`${message}\n`)
  return asked ? DONE : BAD_INPUT
}
