import type { Pause } from './relaxation.js'

/** Work in parts of a few milliseconds: yields where others may have a turn, and returns what was made. */
export type Parts<A> = Generator<void, A, void>

/** All parts in one go. */
export const atOnce = <A>(parts: Parts<A>): A => {
  for (;;) {
    const part = parts.next()
    if (part.done === true) return part.value
  }
}

/** Part by part, with a pause after each but the last; null where a pause ended it. */
export const inParts = async <A>(parts: Parts<A>, pause: Pause): Promise<A | null> => {
  for (;;) {
    const part = parts.next()
    if (part.done === true) return part.value
    const paused = pause()
    if (paused === null || (await paused)) continue
    return null
  }
}
