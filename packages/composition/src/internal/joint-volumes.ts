import type { Lattice } from '../window-lattice.js'

/** ln V of every joint window, the sum over baths [size]. */
export const jointLogVolumes = ({ counts, logVolumes, size, strides }: Lattice): Float64Array => {
  const joint = new Float64Array(size)
  for (let axis = 0; axis < counts.length; axis += 1) {
    const stride = strides[axis]!
    let at = 0
    while (at < size) {
      for (let window = 0; window < counts[axis]!; window += 1) {
        const logVolume = logVolumes[axis]![window]!
        for (const end = at + stride; at < end; at += 1) joint[at]! += logVolume
      }
    }
  }
  return joint
}
