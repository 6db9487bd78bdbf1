import { DONE, KERNEL, PARAMETERS, PRESENT, STOP, TICKET, TILE_MASK, TOTAL, WAKE } from './control.js'

/** A thread without work ends after so many milliseconds: it would keep the team's memory. */
const IDLE_MILLISECONDS = 3000
/** Looks at the word before a thread sleeps: jobs follow each other within microseconds, waking takes tens of them. */
const LOOKS = 4000

/**
 * What a thread of a team runs, as a classic script, so that a bundler needs no second entry and a host may start it from text.
 *
 * A tile is claimed by exchanging the ticket as it was read: that fails where the job has changed meanwhile, so what was read of
 * the job before is what belongs to it.
 */
export const THREAD_SOURCE = `
globalThis.onmessage = ({ data }) => {
  const { module, memory, slot, scratch } = data
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const kernels = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function').map(({ name }) => exports[name])
  exports.useScratch(scratch)
  const words = new Int32Array(memory.buffer, 0, ${PARAMETERS / 4})
  Atomics.store(words, ${PRESENT} + slot, 1)
  for (;;) {
    const wake = Atomics.load(words, ${WAKE})
    for (;;) {
      const ticket = Atomics.load(words, ${TICKET})
      const tile = ticket & ${TILE_MASK}
      if (tile >= Atomics.load(words, ${TOTAL})) break
      const kernel = Atomics.load(words, ${KERNEL})
      if (Atomics.compareExchange(words, ${TICKET}, ticket, ticket + 1) !== ticket) continue
      kernels[kernel](${PARAMETERS}, tile)
      Atomics.add(words, ${DONE}, 1)
      Atomics.notify(words, ${DONE})
    }
    if (Atomics.load(words, ${STOP}) !== 0) break
    let looks = 0
    while (looks < ${LOOKS} && Atomics.load(words, ${WAKE}) === wake) looks++
    if (looks === ${LOOKS} && Atomics.wait(words, ${WAKE}, wake, ${IDLE_MILLISECONDS}) === 'timed-out') break
  }
  Atomics.store(words, ${PRESENT} + slot, 0)
}
`
