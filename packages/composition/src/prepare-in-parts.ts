import { fail, issue } from '@mesobath/contracts'
import type { Cancellation, Host, Outcome } from '@mesobath/contracts'
import { inParts } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { pauseFor } from './pause-for.js'

/** What is prepared part by part, others having their turn in between. Issue `composition/cancelled` where the signal is heard on the way. */
export const prepareInParts = async <A>(parts: Parts<Outcome<A>>, host: Host, signal?: Cancellation): Promise<Outcome<A>> =>
  (await inParts(parts, pauseFor(host, signal)))
    ?? fail(issue('composition/cancelled', [], 'the run must be prepared before it moves, but was cancelled'))
