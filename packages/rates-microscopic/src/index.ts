export { microscopicRates } from './microscopic-rates.js'
export { VERSION } from './version.js'
