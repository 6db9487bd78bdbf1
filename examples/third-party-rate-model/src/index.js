export { mesobath } from './plugin.js'
export { rowsFromCsv } from './rows-from-csv.js'
export { tabulatedRates } from './tabulated-rates.js'
