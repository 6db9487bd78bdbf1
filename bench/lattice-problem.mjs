// A ladder of levels between several finite baths whose volumes grow with energy: a lattice as large as asked for.
import { windowBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import { complexMatrix } from '@mesobath/kernels'
import { randomMatrixRates } from '@mesobath/rates-rmt'

/** S_mic(E) of a bath of n windows 1 apart: concave, so that it has a temperature everywhere and a different one at each energy. */
const logVolumes = (count, slope) => Array.from({ length: count }, (_, e) => slope * e * (1 - e / (3 * count)))

/** a² = 1/√(V_E V_E'): rates of the same size however large the volumes. */
const ensembleOf = (volumes) => ({
  secondMoment: (to, from, out) => {
    out.re[0] = 1
    return -(volumes[to] + volumes[from]) / 2
  },
})

/** `sizes` windows per bath, a system of `levels` equidistant levels whose neighbours every bath couples. */
export const latticeProblem = ({ sizes, levels = 2, times, start }) => {
  const ladder = new Float64Array(levels * levels)
  for (let k = 0; k + 1 < levels; k++) {
    ladder[k * levels + k + 1] = 1
    ladder[(k + 1) * levels + k] = 1
  }
  const baths = sizes.map((count, axis) => {
    const volumes = logVolumes(count, 0.1 + 0.05 * axis)
    return {
      label: `bath ${axis + 1}`,
      bath: orThrow(windowBath({ windows: volumes.map((logVolume, energy) => ({ energy, logVolume })), windowWidth: 1, ensemble: ensembleOf(volumes) })),
      strength: 0.1 * (1 + 0.2 * axis), systemCouplings: [complexMatrix(levels, levels, ladder)],
    }
  })
  const system = new Float64Array(levels * levels)
  system[levels * levels - 1] = 1
  const problem = {
    energies: Float64Array.from({ length: levels }, (_, k) => k), baths,
    initial: { kind: 'product', system: complexMatrix(levels, levels, system), baths: start ?? sizes.map((_, axis) => ({ kind: 'gibbs', inverseTemperature: 0.02 * (axis + 1) })) },
    times, drive: null,
  }
  return { problem, rates: randomMatrixRates() }
}
