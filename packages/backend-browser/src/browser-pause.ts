import { browserGlobals } from './internal/browser-globals.js'

/**
 * Hands control to the event loop once, so that input, timers and signals are heard; at once where there is no MessageChannel.
 *
 * A message is not held back: timers are, by 4 ms when nested and by a second in a page that is not seen.
 */
export const browserPause = (): Promise<void> => {
  const { MessageChannel } = browserGlobals()
  if (MessageChannel === undefined) return Promise.resolve()
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
