import { command, positional, string } from 'cmd-ts'
import { BAD_INPUT, DONE } from '../io.js'
import type { Io } from '../io.js'

/** `mesobath validate FILE`. */
export const validateCommand = (io: Io) => command({
  name: 'validate',
  description: 'Check a scenario and report everything that is wrong with it',
  args: { file: positional({ type: string, displayName: 'FILE', description: 'a scenario, YAML or JSON' }) },
  examples: [{ description: 'check a scenario without running it', command: 'mesobath validate spin.yaml' }],
  handler: async ({ file }): Promise<number> => {
    const [{ readScenario }, { loadProblem }, { adviceText, printIssues }, { preflight }, { nodeHost }] = await Promise.all([
      import('../internal/read-scenario.js'), import('../internal/load-problem.js'), import('../internal/report.js'),
      import('../internal/preflight.js'), import('@mesobath/backend-node'),
    ])
    const read = await readScenario(io.folder, file)
    const loaded = read._tag === 'Left' ? read : await loadProblem(read.right.text, read.right.path)
    const limit = loaded._tag === 'Right' ? loaded.right.memory : undefined
    const checked = loaded._tag === 'Left' ? loaded : await preflight(loaded.right, nodeHost(limit === undefined ? {} : { memoryLimit: limit }))
    if (loaded._tag === 'Left' || checked._tag === 'Left') {
      printIssues(io.stderr, checked._tag === 'Left' ? checked.left : [])
      return BAD_INPUT
    }
    const { problem, methods } = loaded.right
    const windows = problem.baths.map(({ bath }) => bath.windows.energies.length).join(' × ')
    io.stdout.write(`${file} is sound: ${problem.energies.length} levels, ${windows} windows, ${problem.times.length} times, ${methods.map((each) => each.name).join(', ')}\n`)
    io.stdout.write(adviceText(checked.right.advice))
    return DONE
  },
})
