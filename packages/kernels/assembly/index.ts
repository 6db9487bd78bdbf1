export { mirrorTile, productTile, scratchSize, useScratch } from './dense'
export { exactTile, secularTile, secularVectorTile } from './secular'
export { shiftTile } from './shifts'
export { addRows, hermitianTile, innerRows, turnRow } from './vectors'
