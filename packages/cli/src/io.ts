import type { Cancellation } from '@mesobath/contracts'

/** Where text goes: a stream of a process, or a list of lines in a test. */
export interface Sink {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** What a command is given of its process. */
export interface Io {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Aborted by Ctrl-C. */
  readonly signal: Cancellation
  /** Folder that relative paths start from. */
  readonly folder: string
}

/** Exit codes. */
export const DONE = 0
export const RUN_FAILED = 1
export const BAD_INPUT = 2
export const INTERRUPTED = 130
