import { fail, issue, succeed } from '@mesobath/contracts'
import type { Issue, Outcome, Threads } from '@mesobath/contracts'
import { browserGlobals } from './internal/browser-globals.js'

/** Options of {@link browserThreads}. */
export interface BrowserThreadsOptions {
  /** How many may be at work at a time, the calling one included; as many as the browser has processors unless told. */
  readonly count?: number
  /** Hears why a worker did not start or failed: what it would have done is done by the others, unless it was in the middle of it. */
  readonly lost?: (issue: Issue) => void
}

/** A worker's own scope knows no event of its end: it says it. What stands before has set `onmessage`. */
const END_AFTER = `
;{
  const run = globalThis.onmessage
  globalThis.onmessage = (event) => {
    globalThis.onmessage = null
    run(event)
    globalThis.postMessage(null)
    globalThis.close()
  }
}
`

const lostWorker = (why: string): Issue => issue('backend-browser/worker-lost', ['threads'], `web workers must start from a Blob URL and live until they are done, but ${why}`)

/**
 * Web workers as threads, started from a Blob URL when first asked for, so that a bundler needs no second entry.
 *
 * They share memory with whoever starts them, which a browser allows only on a page isolated from other origins: served with the headers
 * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`. They may be started from a window and from a worker. Issues:
 * `backend-browser/not-isolated`, `backend-browser/no-workers`.
 */
export const browserThreads = (options: BrowserThreadsOptions = {}): Outcome<Threads> => {
  const { crossOriginIsolated, Worker, Blob, URL, navigator } = browserGlobals()
  const { count = navigator?.hardwareConcurrency ?? 1, lost } = options
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`\`count\` must be a positive integer, but is ${count}`)
  if (Worker === undefined || Blob === undefined || URL?.createObjectURL === undefined) {
    return fail(issue('backend-browser/no-workers', ['threads'], '`threads` must be web workers started from a Blob URL, but there are none here'))
  }
  if (crossOriginIsolated !== true) {
    return fail(issue('backend-browser/not-isolated', ['threads'],
      '`threads` must share memory, which takes a page with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp", but this one is not isolated from other origins'))
  }
  /** One address per script: it must last until a worker has read it, and there is one script only. */
  const addresses = new Map<string, string>()
  return succeed({
    count,
    start: (source, message, ended) => {
      let open = true
      const finish = (): void => {
        if (!open) return
        open = false
        ended()
      }
      try {
        let address = addresses.get(source)
        if (address === undefined) {
          address = URL.createObjectURL!(new Blob([source, END_AFTER], { type: 'text/javascript' }))
          addresses.set(source, address)
        }
        const worker = new Worker(address)
        worker.onmessage = finish
        worker.onerror = (event) => {
          event.preventDefault?.()
          worker.terminate()
          if (open) lost?.(lostWorker(event.message ?? 'one could not be started'))
          finish()
        }
        worker.postMessage(message)
        return {
          end: () => {
            worker.terminate()
            finish()
          },
        }
      } catch (fault) {
        // A policy of the page may forbid it. Told later, as of every other thread.
        lost?.(lostWorker(fault instanceof Error ? fault.message : String(fault)))
        void Promise.resolve().then(finish)
        return { end: finish }
      }
    },
  })
}
