import type { Cancellation } from '@mesobath/contracts'
import type { Progress } from '../internal/progress.js'
import type { RunEnd } from '../internal/run-end.js'

/** What a figure is asked for. */
export interface FigureRequest {
  readonly folder: string
  readonly signal: Cancellation
  readonly memory?: number
  readonly seed?: number
  readonly progress?: (total: number) => Promise<Progress>
}

/** A figure of the paper that can be computed from nothing. */
export interface FigureJob {
  /** Computes and writes it; the text is what the terminal shows at the end. */
  make(request: FigureRequest): Promise<RunEnd<string>>
}
