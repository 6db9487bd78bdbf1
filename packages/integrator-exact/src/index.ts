export { VERSION } from './version.js'
export { exact } from './exact.js'
export type { ExactOptions } from './exact.js'
