import type { PreparedBath } from '@mesobath/composition'
import { flatWindowTransform } from '@mesobath/kernels'
import type { CouplingElements } from './coupling-elements.js'
import type { History } from './history.js'
import type { MemoryKernel } from './memory-kernel.js'
import { differenceRounding, distinctValues, fullPlanes } from './numbers.js'
import type { WindowPairs } from './window-pairs.js'

/** Two mismatches this close, relative to the width, have one transform: far below what δ·t can tell apart in any run. */
const SAME_MISMATCH = 1e-12

/** Mismatches of one stretch: which of the distinct |Ω| belongs to (distance of windows, element), and the sign of Ω. */
interface MismatchTable {
  readonly sizes: Float64Array
  readonly slot: Int32Array
  readonly sign: Int8Array
}

/**
 * Memory of a flat window: G = λ² κ e^{(S_E − S_E')/2} ∫₀ᵗ h(τ) e^{−iΩτ} dτ, Ω = ω + E' − E. Every distinct |Ω| is evaluated once per
 * time; pairs of windows at one distance share it.
 */
export const flatWindowKernel = (
  bath: PreparedBath, width: number, pairs: WindowPairs, elements: CouplingElements, past: History, dimension: number,
): MemoryKernel => {
  const { axis } = bath
  const { energies } = bath.windows
  const { count, couplings } = elements
  const block = couplings * couplings
  const windowRounding = differenceRounding(energies)
  const gaps = new Float64Array(pairs.count)
  for (let pair = 0; pair < pairs.count; pair += 1) gaps[pair] = energies[pairs.from[pair]] - energies[pairs.to[pair]]
  const distance = distinctValues(gaps, SAME_MISMATCH * width + windowRounding)
  const distances = distance.values.length
  const tables: MismatchTable[] = []
  // λ(t)·(sum over stretches of λ × phase × partial transform) [distance, element].
  const sum = fullPlanes(distances * count)
  const turn = fullPlanes(dimension)
  let partial = fullPlanes(0)
  const pair2 = new Float64Array(2)

  const tableOf = (levels: Float64Array): MismatchTable => {
    const rounding = windowRounding + differenceRounding(levels)
    const mismatch = new Float64Array(distances * count)
    const sign = new Int8Array(distances * count)
    for (let d = 0; d < distances; d += 1) {
      for (let element = 0; element < count; element += 1) {
        const at = d * count + element
        const value = levels[elements.row[element]] - levels[elements.column[element]] + distance.values[d]
        mismatch[at] = Math.abs(value)
        sign[at] = value < 0 ? -1 : 1
      }
    }
    const { values, index } = distinctValues(mismatch, SAME_MISMATCH * width + rounding)
    return { sizes: values, slot: index, sign }
  }

  /** ∫ between two times of memory, at every distinct |Ω| of a stretch. */
  const fillPartial = (sizes: Float64Array, early: number, late: number): void => {
    for (let i = 0; i < sizes.length; i += 1) {
      flatWindowTransform(sizes[i], late, width, pair2)
      const re = pair2[0]
      const im = pair2[1]
      partial.re[i] = re
      partial.im[i] = im
      if (early > 0) {
        flatWindowTransform(sizes[i], early, width, pair2)
        partial.re[i] = re - pair2[0]
        partial.im[i] = im - pair2[1]
      }
    }
  }

  return {
    axis, pairs, elements,
    enter: () => {
      const table = tableOf(past.stretches[past.stretches.length - 1].setting.energies)
      tables.push(table)
      if (table.sizes.length > partial.re.length) partial = fullPlanes(table.sizes.length)
    },
    update: (time) => {
      sum.re.fill(0)
      sum.im.fill(0)
      const { stretches } = past
      const newest = stretches.length - 1
      const strengthNow = stretches[newest].setting.strengths[axis]
      if (strengthNow === 0) return
      for (let stretch = 0; stretch <= newest; stretch += 1) {
        const strength = strengthNow * stretches[stretch].setting.strengths[axis]
        const late = time - stretches[stretch].from
        if (strength === 0 || late <= 0) continue
        const early = stretch === newest ? 0 : time - stretches[stretch + 1].from
        const { sizes, slot, sign } = tables[stretch]
        fillPartial(sizes, early, late)
        if (stretch === newest) {
          for (let at = 0; at < slot.length; at += 1) {
            sum.re[at] += strength * partial.re[slot[at]]
            sum.im[at] += strength * sign[at] * partial.im[slot[at]]
          }
          continue
        }
        past.turn(stretch, time, turn)
        for (let element = 0; element < count; element += 1) {
          const q = elements.row[element]
          const k = elements.column[element]
          const phaseRe = strength * (turn.re[q] * turn.re[k] + turn.im[q] * turn.im[k])
          const phaseIm = strength * (turn.re[q] * turn.im[k] - turn.im[q] * turn.re[k])
          for (let at = element; at < slot.length; at += count) {
            const re = partial.re[slot[at]]
            const im = sign[at] * partial.im[slot[at]]
            sum.re[at] += phaseRe * re - phaseIm * im
            sum.im[at] += phaseRe * im + phaseIm * re
          }
        }
      }
    },
    write: (pair, outRe, outIm) => {
      const base = distance.index[pair] * count
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
          const x = sum.re[base + element]
          const y = sum.im[base + element]
          outRe[a * count + element] = re * x - im * y
          outIm[a * count + element] = re * y + im * x
        }
      }
    },
  }
}
