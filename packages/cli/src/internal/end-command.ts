import { BAD_INPUT, DONE, INTERRUPTED, RUN_FAILED } from '../io.js'
import type { Io } from '../io.js'
import { printIssues } from './report.js'
import type { RunEnd } from './run-end.js'

/** Says how a run ended, and gives the exit code. */
export const endCommand = <A>(io: Io, end: RunEnd<A>, show: (result: A) => void): number => {
  switch (end.kind) {
    case 'done':
      show(end.result)
      return DONE
    case 'cancelled':
      io.stderr.write('mesobath: interrupted\n')
      return INTERRUPTED
    case 'bad-input':
      printIssues(io.stderr, end.issues)
      return BAD_INPUT
    case 'failed':
      printIssues(io.stderr, end.issues)
      return RUN_FAILED
  }
}
