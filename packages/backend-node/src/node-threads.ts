import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Threads } from '@mesobath/contracts'

/** Gives the script its message as a browser would. */
const RECEIVE = `
;require('node:worker_threads').parentPort.once('message', (data) => { globalThis.onmessage({ data }) })
`

/**
 * Threads of this process, as many at a time as the machine has processors unless told.
 *
 * They do not keep the process alive, and none is started before it is asked for.
 */
export const nodeThreads = (count: number = availableParallelism()): Threads => {
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`\`count\` must be a positive integer, but is ${count}`)
  return {
    count,
    start: (source, message, ended) => {
      // None of the flags of the process: a loader among them would be run again for every thread.
      const worker = new Worker(source + RECEIVE, { eval: true, execArgv: [] })
      worker.unref()
      worker.once('exit', () => { ended() })
      // It ends besides, which is told above.
      worker.on('error', () => undefined)
      worker.postMessage(message)
      return { end: () => { void worker.terminate() } }
    },
  }
}
