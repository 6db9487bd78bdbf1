import { orThrow } from '@mesobath/contracts'
import type { Cancellation, Host, Problem } from '@mesobath/contracts'
import { jumpProcess } from './jump-process.js'
import { attach, flatRates, inWindow, systemLevel, toyBath, unitWindows } from './parts.js'
import { walk } from './walk.js'

interface Port { onmessage: (() => void) | null; postMessage(message: unknown): void; close(): void }
declare const MessageChannel: new () => { port1: Port; port2: Port }

/** What a page finds when it looks for what only Node, or only isolated pages, have. */
export const surroundings = (): Record<string, string> => ({
  process: typeof (globalThis as Record<string, unknown>).process,
  Buffer: typeof (globalThis as Record<string, unknown>).Buffer,
  setImmediate: typeof (globalThis as Record<string, unknown>).setImmediate,
  require: typeof (globalThis as Record<string, unknown>).require,
  SharedArrayBuffer: typeof (globalThis as Record<string, unknown>).SharedArrayBuffer,
  WebAssembly: typeof (globalThis as Record<string, unknown>).WebAssembly,
})

/** A run as a page would do it: it breathes through a message channel; `press`, if given, is the stop button, heard between steps. */
export const runInPage = async (press: ((breaths: number) => boolean) | null): Promise<{ status: string; breaths: number; excited: number; time: number }> => {
  const windows = unitWindows([400, 600].map(Math.log), 0.5)
  const problem: Problem = {
    energies: Float64Array.of(0, 1),
    baths: [attach('bath', toyBath(windows), 0.3)],
    initial: { kind: 'product', system: systemLevel(2, 1), baths: [inWindow(windows, 0)] },
    times: Float64Array.from({ length: 1001 }, (_, i) => i / 50),
    drive: null,
  }
  const { port1, port2 } = new MessageChannel()
  const button = { aborted: false }
  const signal: Cancellation = button
  let breaths = 0
  const host: Host = {
    breathe: () => new Promise((resolve) => {
      port1.onmessage = () => {
        breaths += 1
        if (press?.(breaths)) button.aborted = true
        resolve()
      }
      port2.postMessage(null)
    }),
  }
  const { status, stepper } = orThrow(await walk(problem, jumpProcess(flatRates(2)), { host, signal }))
  port1.close()
  return { status, breaths, excited: stepper.sample('after').populations[2], time: stepper.time }
}
