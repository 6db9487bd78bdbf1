import { flatWindowTransform } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import { mismatchTable } from './flat-window-gaps.js'
import type { MismatchTable, WindowGaps } from './flat-window-gaps.js'
import { heldTransforms, worthHolding } from './held-transforms.js'
import type { History } from './history.js'
import type { MemorySource } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import type { FullPlanes } from './numbers.js'

/**
 * Memory as if energies and strengths had always been today's: λ(t)² ∫₀^{t−t₀} h e^{−iΩτ} dτ, Ω = ω(t) + E' − E, a closed form.
 *
 * @param out - [distance, element]
 */
export const flatWindowToday = (
  axis: number, gaps: WindowGaps, elements: CouplingElements, past: History, memoryStart: number, out: FullPlanes,
): MemorySource => {
  const { width, values } = gaps
  const { count, row, column } = elements
  const pair = new Float64Array(2)
  const held = heldTransforms(width)
  let mismatches: MismatchTable | null = null
  let long = false
  let partial = fullPlanes(0)
  return {
    enter: () => {
      const { from, to, setting } = past.blocks[past.blocks.length - 1]
      mismatches = setting === null ? null : mismatchTable(gaps, elements, setting.energies)
      if (mismatches === null) return
      if (mismatches.sizes.length > partial.re.length) partial = fullPlanes(mismatches.sizes.length)
      long = worthHolding(to - from, width)
      if (long) held.open(mismatches.sizes.length)
    },
    forget: () => undefined,
    update: (time) => {
      const { energies } = past
      const factor = past.strengths[axis] * past.strengths[axis]
      const age = time - memoryStart
      if (mismatches === null) {
        for (let d = 0; d < values.length; d += 1) {
          for (let element = 0; element < count; element += 1) {
            flatWindowTransform(energies[row[element]] - energies[column[element]] + values[d], age, width, pair)
            out.re[d * count + element] = factor * pair[0]
            out.im[d * count + element] = factor * pair[1]
          }
        }
        return
      }
      const { sizes, slot, sign } = mismatches
      if (long && age > 0) held.write(sizes, age, partial)
      else {
        for (let i = 0; i < sizes.length; i += 1) {
          flatWindowTransform(sizes[i], age, width, pair)
          partial.re[i] = pair[0]
          partial.im[i] = pair[1]
        }
      }
      for (let at = 0; at < slot.length; at += 1) {
        out.re[at] = factor * partial.re[slot[at]]
        out.im[at] = factor * (sign[at] * partial.im[slot[at]])
      }
    },
  }
}
