import { describe, expect, it } from 'vitest'
import { atOnce, inParts } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'

/** Counts to `end`, a part for each. */
const counting = (end: number): { readonly parts: Parts<number>; readonly done: () => number } => {
  let done = 0
  return {
    done: () => done,
    parts: (function* () {
      while (done < end) {
        done += 1
        if (done < end) yield
      }
      return 10 * done
    })(),
  }
}

describe('work in parts', () => {
  // Mutants: a part left out, or done twice; the result of the last part lost.
  it('gives the same whether it is done at once or in parts', async () => {
    for (const end of [1, 2, 7]) {
      expect(atOnce(counting(end).parts)).toBe(10 * end)
      expect(await inParts(counting(end).parts, () => null)).toBe(10 * end)
    }
  })

  // Mutants: parts without a pause in between; a pause that nobody waits for or listens to.
  it('pauses after each part but the last, and does no more where a pause says so', async () => {
    for (const end of [1, 2, 7]) {
      for (let last = 1; last <= end; last += 1) {
        const { parts, done } = counting(end)
        let pauses = 0
        const pause = async (): Promise<boolean> => {
          await Promise.resolve()
          pauses += 1
          expect(done()).toBe(pauses)
          return pauses < last
        }
        expect(await inParts(parts, pause)).toBe(last < end ? null : 10 * end)
        expect([done(), pauses]).toEqual([last, Math.min(last, end - 1)])
      }
    }
  })
})
