import type { Cancellation } from '@mesobath/contracts'
import type { Progress } from '../internal/progress.js'

/** What figures are asked for. */
export interface FigureRequest {
  readonly folder: string
  readonly signal: Cancellation
  readonly memory?: number
  readonly seed?: number
  readonly reduced?: boolean
  readonly progress?: (total: number) => Promise<Progress>
}
