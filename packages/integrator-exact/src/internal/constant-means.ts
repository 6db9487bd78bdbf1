import type { Host, Vector } from '@mesobath/contracts'
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
