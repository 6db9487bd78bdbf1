import { array, command, multioption, option, optional, positional, string } from 'cmd-ts'
import { BAD_INPUT, DONE } from '../io.js'
import type { Io } from '../io.js'

/** `mesobath cite FILE` or `mesobath cite --method NAME`. */
export const citeCommand = (io: Io) => command({
  name: 'cite',
  description: 'Print BibTeX for exactly the methods, rate models and packages that a run used',
  args: {
    file: positional({ type: optional(string), displayName: 'FILE', description: 'a run file, or a scenario that has not been run' }),
    methods: multioption({ type: array(string), long: 'method', description: 'a method by name, in place of a file; may be repeated' }),
    rates: option({ type: optional(string), long: 'rates', description: 'a rate model by name, in place of a file' }),
  },
  examples: [
    { description: 'what a run used', command: 'mesobath cite out/spin/run.h5 > references.bib' },
    { description: 'before there is a run', command: 'mesobath cite --method finite-time-redfield --rates random-matrix' },
  ],
  handler: async ({ file, methods, rates }): Promise<number> => {
    const [{ citationsOfFile, citationsOfNames }, { printIssues }, { bibliography }] = await Promise.all([
      import('../internal/cite.js'), import('../internal/report.js'), import('@mesobath/results'),
    ])
    const named = methods.length > 0 || rates !== undefined
    const citations = file !== undefined && !named ? await citationsOfFile(io.folder, file) : await citationsOfNames({ file, methods, rates })
    if (citations._tag === 'Left') {
      printIssues(io.stderr, citations.left)
      return BAD_INPUT
    }
    io.stdout.write(bibliography(citations.right))
    return DONE
  },
})
