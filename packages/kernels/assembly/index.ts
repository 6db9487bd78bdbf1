export { mirrorTile, productTile, scratchSize, useScratch } from './dense'
export { shiftTile } from './shifts'
export { addRows, hermitianTile, innerRows } from './vectors'
