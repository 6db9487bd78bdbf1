import type { SpectralBath } from '@mesobath/contracts'

/** Beyond this many windows the pairs are not listed, and the width of the whole spectrum bounds the frequencies instead. */
const LISTED_WINDOWS = 512

/**
 * max |E_i − E_j| over pairs of coupled windows: pairs are tried from the widest inwards, and the first with a block ends it,
 * so that a dense bath has one block drawn and not all, none where it knows which there are.
 */
export const coupledBandwidth = (bath: SpectralBath, couplings: number, levels: readonly Float64Array[]): number => {
  const lowest = levels.map((list) => list.reduce((least, each) => Math.min(least, each), Infinity))
  const highest = levels.map((list) => list.reduce((most, each) => Math.max(most, each), -Infinity))
  if (levels.length > LISTED_WINDOWS) {
    return highest.reduce((most, each) => Math.max(most, each)) - lowest.reduce((least, each) => Math.min(least, each))
  }
  const pairs: { readonly upper: number; readonly lower: number; readonly extent: number }[] = []
  for (let upper = 0; upper < levels.length; upper += 1) {
    for (let lower = 0; lower <= upper; lower += 1) {
      const extent = Math.max((highest[upper] as number) - (lowest[lower] as number), (highest[lower] as number) - (lowest[upper] as number))
      pairs.push({ upper, lower, extent })
    }
  }
  pairs.sort((left, right) => right.extent - left.extent)
  const { meanSquare } = bath.block
  const size = meanSquare !== undefined ? 0
    : pairs.reduce((most, { upper, lower }) => Math.max(most, (levels[upper] as Float64Array).length * (levels[lower] as Float64Array).length), 0)
  const scratch = { re: new Float64Array(size), im: bath.real ? null : new Float64Array(size) }
  for (const { upper, lower, extent } of pairs) {
    for (let coupling = 0; coupling < couplings; coupling += 1) {
      if (meanSquare === undefined ? bath.block(coupling, upper, lower, scratch) : meanSquare(coupling, upper, lower) !== 0) return extent
    }
  }
  return 0
}
