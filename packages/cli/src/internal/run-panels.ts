import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Cancellation } from '@mesobath/contracts'
import { freeMemory } from '@mesobath/backend-node'
import type { Progress } from './progress.js'
import { done } from './run-end.js'
import type { RunEnd } from './run-end.js'
import { runPanel } from './run-panel.js'
import type { PanelJob, PanelResult } from './run-panel.js'

/** Panels at a time, and the memory that lets two of them be at work: each takes a few hundred megabytes. */
const LARGEST_POOL = 2
const ROOMY = 512 * 1024 * 1024
/** How often Ctrl-C is passed on to the threads, in milliseconds. */
const LISTEN_EVERY = 50

/** What a thread says. */
export type PanelMessage =
  | { readonly kind: 'progress'; readonly label: string; readonly fraction: number }
  | { readonly kind: 'end'; readonly end: RunEnd<PanelResult> }

type Runner = (job: PanelJob, tell: (label: string, fraction: number) => void) => Promise<RunEnd<PanelResult>>

/** Sends one job at a time to a thread of its own: only text crosses, and plain results come back. */
const inThread = (flag: Int32Array): { readonly run: Runner; readonly end: () => Promise<unknown> } => {
  const worker = new Worker(new URL('./panel-worker.js', import.meta.url), { workerData: flag })
  const run: Runner = (job, tell) => new Promise((resolve, reject) => {
    const hear = (message: PanelMessage): void => {
      if (message.kind === 'progress') {
        tell(message.label, message.fraction)
        return
      }
      worker.off('message', hear)
      worker.off('error', reject)
      resolve(message.end)
    }
    worker.on('message', hear)
    worker.on('error', reject)
    worker.postMessage(job)
  })
  return { run, end: () => worker.terminate() }
}

/** Takes jobs one after another until none is left or one does not succeed. */
const work = async (run: Runner, queue: { readonly index: number; readonly job: PanelJob }[], results: PanelResult[], progress: Progress): Promise<RunEnd<null>> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { index, job } = next
    const tick = progress.task(job.name, 1)
    const end = await run(job, (label, fraction) => { tick(fraction, label) })
    if (end.kind !== 'done') {
      queue.length = 0
      return end
    }
    results[index] = end.result
  }
  return done(null)
}

/**
 * Runs the panels of a page, two at a time where there are two processors; the results do not depend on it. The first panel that
 * does not succeed ends the rest; finished panels stay.
 */
export const runPanels = async (jobs: readonly PanelJob[], signal: Cancellation, progress: Progress): Promise<RunEnd<readonly PanelResult[]>> => {
  // Threads are made from the compiled file; straight from source, one panel follows the other.
  const compiled = import.meta.url.endsWith('.js')
  const memory = jobs[0]?.memory ?? freeMemory()
  const size = compiled ? Math.max(1, Math.min(LARGEST_POOL, availableParallelism(), jobs.length, Math.floor(memory / ROOMY))) : 1
  const share = Math.floor(memory / size)
  // Panels side by side share the processors as they share the memory.
  const threads = Math.max(1, Math.floor(availableParallelism() / size))
  const queue = jobs.map((job, index) => ({ index, job: { ...job, memory: share, threads } }))
  const results: PanelResult[] = []
  if (size === 1) {
    const end = await work((job, tell) => runPanel(job, signal, tell), queue, results, progress)
    return end.kind === 'done' ? done(results) : end
  }
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const listening = setInterval(() => { if (signal.aborted) Atomics.store(flag, 0, 1) }, LISTEN_EVERY)
  const pool = Array.from({ length: size }, () => inThread(flag))
  try {
    const ends = await Promise.all(pool.map(async ({ run }) => {
      const end = await work(run, queue, results, progress)
      if (end.kind !== 'done') Atomics.store(flag, 0, 1)
      return end
    }))
    // What one thread failed of, the other was cancelled for.
    const worst = ends.find((end) => end.kind === 'bad-input' || end.kind === 'failed') ?? ends.find((end) => end.kind === 'cancelled')
    return worst ?? done(results)
  } finally {
    clearInterval(listening)
    await Promise.all(pool.map((thread) => thread.end()))
  }
}
