export { randomMatrixRates } from './random-matrix-rates.js'
export { VERSION } from './version.js'
