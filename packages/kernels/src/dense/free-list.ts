/** Hands out byte ranges of one linear memory and takes them back. */
export interface FreeList {
  /** Offset of a range of `size` bytes, or −1 where no hole is large enough. */
  take(size: number): number
  give(offset: number, size: number): void
  /** Bytes missing at the end of the memory for a range of `size`: a hole that touches the end counts. */
  shortage(size: number): number
  /** Adds what the memory grew by. */
  extend(bytes: number): void
}

/** Ranges start at multiples of a cache line. */
const LINE = 64

/** Best-fit list of holes in [start, end), neighbours merged when given back. */
export const freeList = (start: number, end: number): FreeList => {
  const first = Math.ceil(start / LINE) * LINE
  const holes: { offset: number; size: number }[] = end > first ? [{ offset: first, size: end - first }] : []
  let limit = end
  const rounded = (size: number): number => Math.max(LINE, Math.ceil(size / LINE) * LINE)
  const give = (offset: number, size: number): void => {
    let at = holes.findIndex((hole) => hole.offset > offset)
    if (at < 0) at = holes.length
    const before = holes[at - 1]
    const after = holes[at]
    if ((before !== undefined && before.offset + before.size > offset) || (after !== undefined && offset + size > after.offset)) {
      throw new Error('planes were released twice')
    }
    const joinsBefore = before !== undefined && before.offset + before.size === offset
    const joinsAfter = after !== undefined && offset + size === after.offset
    if (joinsBefore) {
      before.size += size
      if (joinsAfter) {
        before.size += after.size
        holes.splice(at, 1)
      }
    } else if (joinsAfter) {
      after.offset = offset
      after.size += size
    } else holes.splice(at, 0, { offset, size })
  }
  return {
    take: (size) => {
      const need = rounded(size)
      let best = -1
      for (let i = 0; i < holes.length; i++) if (holes[i]!.size >= need && (best < 0 || holes[i]!.size < holes[best]!.size)) best = i
      if (best < 0) return -1
      const hole = holes[best]!
      const offset = hole.offset
      hole.offset += need
      hole.size -= need
      if (hole.size === 0) holes.splice(best, 1)
      return offset
    },
    give: (offset, size) => give(offset, rounded(size)),
    shortage: (size) => {
      const last = holes[holes.length - 1]
      const atEnd = last !== undefined && last.offset + last.size === limit ? last.size : 0
      return rounded(size) - atEnd
    },
    extend: (bytes) => {
      const offset = limit
      limit += bytes
      give(offset, bytes)
    },
  }
}
