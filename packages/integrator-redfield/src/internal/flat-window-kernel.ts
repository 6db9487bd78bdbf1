import type { PreparedBath } from '@mesobath/composition'
import type { CouplingElements } from './coupling-elements.js'
import type { WindowGaps } from './flat-window-gaps.js'
import type { MemoryKernel, MemorySource } from './memory-kernel.js'
import type { FullPlanes } from './numbers.js'
import type { WindowPairs } from './window-pairs.js'

/**
 * Memory of a flat window: G = κ e^{(S_E − S_E')/2} times an integral over h(τ) that pairs of windows at one distance share.
 *
 * @param integrals - λ(t) ∫ dτ λ(t−τ) h(τ) e^{−i(E'−E)τ} e^{−i∫ω} [distance, element], filled by `source`
 */
export const flatWindowKernel = (
  bath: PreparedBath, pairs: WindowPairs, elements: CouplingElements, gaps: WindowGaps, integrals: FullPlanes, source: MemorySource,
): MemoryKernel => {
  const { count, couplings } = elements
  const block = couplings * couplings
  return {
    axis: bath.axis, pairs, elements, ...source,
    write: (pair, outRe, outIm) => {
      const base = gaps.index[pair] * count
      const factor = pairs.entropyFactor[pair]
      for (let a = 0; a < couplings; a += 1) {
        for (let element = 0; element < count; element += 1) {
          let re = 0
          let im = 0
          for (let b = 0; b < couplings; b += 1) {
            const kappaRe = pairs.strengthRe[pair * block + a * couplings + b]
            const kappaIm = pairs.strengthIm[pair * block + a * couplings + b]
            const s = b * count + element
            re += kappaRe * elements.re[s] - kappaIm * elements.im[s]
            im += kappaRe * elements.im[s] + kappaIm * elements.re[s]
          }
          re *= factor
          im *= factor
          const x = integrals.re[base + element]
          const y = integrals.im[base + element]
          outRe[a * count + element] = re * x - im * y
          outIm[a * count + element] = re * y + im * x
        }
      }
    },
  }
}
