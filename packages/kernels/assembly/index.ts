export { mirrorTile, productTile, scratchSize, useScratch } from './dense'
export { shiftTile } from './shifts'
export { addScaled, hermitianTile, inner } from './vectors'
