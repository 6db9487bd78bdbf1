// Words of 32 bits at the beginning of a team's memory, by which its threads agree on who computes what.

/** Claims: the number of the job, in the high bits, and its next tile. */
export const TICKET = 0
/** Tiles of the job. */
export const TOTAL = 1
/** Which kernel, as a place in the module's list. */
export const KERNEL = 2
/** Tiles that are finished. */
export const DONE = 3
/** Changes with every job: what idle threads sleep on. */
export const WAKE = 4
/** Not zero when threads are to end. */
export const STOP = 5
/** One word per thread: whether it has been started and has not ended. */
export const PRESENT = 8

/** Bits of a ticket that count tiles. */
export const TILE_BITS = 12
export const TILE_MASK = (1 << TILE_BITS) - 1
/** Tiles of one job at most: below the mask, which stands for a job that is not open. */
export const MOST_TILES = TILE_MASK - 1
/** Threads at most: words between PRESENT and the parameters. */
export const MOST_THREADS = 128

/** Where the parameters of a job are, in bytes, and how many there may be. */
export const PARAMETERS = 1024
export const MOST_PARAMETERS = 64
