import { parseSize } from '@mesobath/scenario'
import { extendType, number, string } from 'cmd-ts'

/** A size of memory on the command line, in bytes. */
export const MemorySize = extendType(string, {
  displayName: 'size',
  from: async (text) => {
    const size = parseSize(text, ['--memory'])
    if (size._tag === 'Left') throw new Error(size.left[0].message)
    return size.right
  },
})

/** A seed on the command line. */
export const Seed = extendType(number, {
  displayName: 'seed',
  from: async (value) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`\`--seed\` must be a non-negative integer, but is ${value}`)
    return value
  },
})
