import { describe, expect, it } from 'vitest'
import { diagonaliseBath, spinChainBath } from '@mesobath/baths'
import { orThrow, succeed } from '@mesobath/contracts'
import { heuristicRates } from '@mesobath/rates-heuristic'

const VECTORS = 24

describe('rates of a chain that is not diagonalised', async () => {
  const chain = orThrow(spinChainBath({
    spins: 9, bonds: { zz: 1 }, fields: { x: 1.05, z: 0.5 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 2, edge: 0.02, vectors: VECTORS,
  }))
  const levels = orThrow(await diagonaliseBath(chain))
  const kappaOf = (bath: typeof levels, to: number, from: number): number => {
    const at = (energy: number): number => bath.windows.energies.findIndex((each) => Math.abs(each - energy) < 1e-9)
    const out = { re: new Float64Array(1), im: null }
    orThrow(orThrow(heuristicRates().correlate(bath)).strength({ to: Int32Array.of(at(to)), from: Int32Array.of(at(from)) }, out))
    return out.re[0]
  }

  it('[Eq. 25] are those of its levels, to the error of its traces and what its windows leak', () => {
    for (const [to, from] of [[0, -4], [-4, -6], [-2, 0], [4, 2], [2, -2], [0, 0]] as const) {
      const exact = kappaOf(levels, to, from)
      const volume = (energy: number): number => chain.report.volumes[chain.windows.energies.indexOf(energy)]
      // κ ∝ T/√(V V'), with T = κ δ √(V V')/2π counted to √(T/vectors), and V to √(V/vectors) and the levels at its edges.
      const weight = (exact * 2 * Math.sqrt(volume(to) * volume(from))) / (2 * Math.PI)
      const leaked = chain.report.leakedWeights[chain.windows.energies.indexOf(from)]
      const relative = 4 * Math.sqrt(1 / weight / VECTORS) + 4 * leaked + 2 / volume(from)
      expect(relative).toBeLessThan(0.6)
      expect(Math.abs(kappaOf(chain, to, from) / exact - 1)).toBeLessThan(relative)
      expect(kappaOf(chain, from, to)).toBe(kappaOf(chain, to, from))
    }
  })

  it('do not exist at ω = 0 within a window, and not for local terms without sums', () => {
    const correlation = orThrow(heuristicRates().correlate(chain))
    const middle = Int32Array.of(chain.windows.energies.indexOf(0))
    const refused = correlation.strength({ to: middle, from: middle, frequency: Float64Array.of(0) }, { re: new Float64Array(1), im: null })
    expect(refused).toMatchObject({ _tag: 'Left', left: [{ code: 'rates-heuristic/undamped-diagonal' }] })
    const local = orThrow(chain.can.microscopic!())
    expect(heuristicRates().correlate({ ...chain, can: { microscopic: () => succeed(local) } })).toMatchObject({ _tag: 'Left', left: [{ code: 'rates-heuristic/needs-spectral' }] })
  })
})
