import type { Host, Segment, Vector } from '@mesobath/contracts'
import type { BoundsKeeper } from './bounds.js'
import type { CorrelationSchedule } from './correlation-schedule.js'
import type { Workshop } from './evolution.js'
import type { HeldState } from './held-state.js'
import type { Reading } from './moments.js'
import type { Sizing } from './sizing.js'

/** What constant segments are crossed with. */
export interface ConstantMeans {
  readonly shop: Workshop
  readonly sizing: Sizing
  readonly bounds: BoundsKeeper
  readonly host: Host
  readonly held: HeldState
  readonly reading: Reading
  readonly times: Vector
  readonly schedule: CorrelationSchedule
  /** Of one series. */
  readonly tolerance: number
  /** Of every probability over the run. */
  readonly accuracy: number
}

/** Whether the segment is all of the run, and no state is wanted after its start. */
export const isWholeRun = ({ times, schedule }: ConstantMeans, segment: Segment): boolean => {
  const { from, to } = segment
  return from === times[0] && to === times[times.length - 1] && schedule.next(segment, from, to) === to && !schedule.wanted(to)
}
