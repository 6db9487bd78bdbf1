export { rasterise } from './rasterise.js'
export type { RasteriseOptions } from './rasterise.js'
