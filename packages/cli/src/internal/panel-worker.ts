import { parentPort, workerData } from 'node:worker_threads'
import { runPanel } from './run-panel.js'
import type { PanelJob } from './run-panel.js'
import type { PanelMessage } from './run-panels.js'

/** The thread that runs panels: the flag it shares with the main thread says that it was cancelled. */

const flag = workerData as Int32Array
const signal = { get aborted() { return Atomics.load(flag, 0) === 1 } }
const say = (message: PanelMessage): void => { parentPort?.postMessage(message) }

parentPort?.on('message', (job: PanelJob) => {
  void runPanel(job, signal, (label, fraction) => { say({ kind: 'progress', label, fraction }) })
    .then((end) => { say({ kind: 'end', end }) })
})
