import { CONTRACT, succeed } from '@mesobath/contracts'
import type { RateModel, WindowCorrelation } from '@mesobath/contracts'
import { REACH } from './reference-bath.js'
import { VERSION } from '../version.js'

/** γ/√(V_E V_E') of coupled windows at λ = 1, [α, α'] of one or two couplings, the upper window the target. */
const RE = [[1, 0.3], [0.3, 0.8]]
const IM = [[0, 0.2], [-0.2, 0]]

/** The rate model that the laws of algorithms are tried with: known numbers, the flat window's line shape, at finite times too. */
export const referenceRates = (): RateModel => ({
  contract: CONTRACT, name: 'reference', package: '@mesobath/conformance', version: VERSION, citations: [], recipe: {}, needs: [],
  correlate: ({ couplings, windows }) => {
    const correlation: WindowCorrelation = {
      lineShape: { kind: 'flat-window', width: windows.width, finiteTime: true },
      strength: ({ to, from }, out) => {
        for (let row = 0; row < to.length; row += 1) {
          const distance = Math.abs(windows.energies[to[row]!]! - windows.energies[from[row]!]!)
          const factor = distance === 0 || distance > REACH ? 0 : 1 / distance
          for (let left = 0; left < couplings; left += 1) {
            for (let right = 0; right < couplings; right += 1) {
              const at = (row * couplings + left) * couplings + right
              out.re[at] = factor * RE[left]![right]!
              if (out.im !== null) out.im[at] = (to[row]! < from[row]! ? -1 : 1) * factor * IM[left]![right]! + 0
            }
          }
        }
        return succeed(undefined)
      },
    }
    return succeed(correlation)
  },
})
