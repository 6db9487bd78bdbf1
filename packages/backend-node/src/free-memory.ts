import { freemem } from 'node:os'

/**
 * Bytes that this process may still take: what the machine has free, and no more than a container's limit leaves.
 *
 * `process.availableMemory` knows the limit of a control group, `freemem` what other processes of the machine left over.
 */
export const freeMemory = (): number => Math.min(process.availableMemory(), freemem())
