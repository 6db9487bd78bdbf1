export { VERSION } from './version.js'
export { finiteTimeRedfield } from './finite-time-redfield.js'
export type { FiniteTimeOptions } from './finite-time-redfield.js'
export { finiteTimeSecular } from './finite-time-secular.js'
