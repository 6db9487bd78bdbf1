export { heuristicRates } from './heuristic-rates.js'
export { VERSION } from './version.js'
