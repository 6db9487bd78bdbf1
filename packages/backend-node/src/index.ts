export { VERSION } from './version.js'
export { freeMemory } from './free-memory.js'
export { nodeHost } from './node-host.js'
export type { NodeHostOptions } from './node-host.js'
