import type { PreparedBath } from '@mesobath/composition'
import type { CouplingElements } from './coupling-elements.js'
import type { MemoryKernel, MemorySource } from './memory-kernel.js'
import type { FullPlanes } from './numbers.js'
import type { WindowPairs } from './window-pairs.js'

/**
 * Memory of a correlation function with a line shape of its own.
 *
 * @param integrals - λ(t) ∫ dτ λ(t−τ) C(E,E';−τ) e^{−i∫ω} [pair, element, α, α'], filled by `source`
 */
export const tabulatedKernel = (
  bath: PreparedBath, pairs: WindowPairs, elements: CouplingElements, integrals: FullPlanes, source: MemorySource,
): MemoryKernel => {
  const { count, couplings } = elements
  const block = couplings * couplings
  return {
    axis: bath.axis, pairs, elements, ...source,
    write: (pair, outRe, outIm) => {
      const factor = pairs.entropyFactor[pair]
      for (let a = 0; a < couplings; a += 1) {
        for (let element = 0; element < count; element += 1) {
          let re = 0
          let im = 0
          const at = (pair * count + element) * block + a * couplings
          for (let b = 0; b < couplings; b += 1) {
            const s = b * count + element
            re += integrals.re[at + b] * elements.re[s] - integrals.im[at + b] * elements.im[s]
            im += integrals.re[at + b] * elements.im[s] + integrals.im[at + b] * elements.re[s]
          }
          outRe[a * count + element] = factor * re
          outIm[a * count + element] = factor * im
        }
      }
    },
  }
}
