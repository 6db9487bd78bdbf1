import type { RunRecord } from '@mesobath/results'

/** Energies and strengths of two settings of a drive that differ by less are the same. */
const SAME = 1e-9

/**
 * The stretches of time between quenches in which a driven system is not as it began: what the paper shades. None where nothing
 * jumps.
 */
export const driveShades = ({ times, sides, energies, strengths, baths }: RunRecord): readonly (readonly [number, number])[] => {
  const dimension = energies.length / Math.max(1, times.length)
  const isAsAtFirst = (row: number): boolean => {
    for (let k = 0; k < dimension; k++) if (Math.abs((energies[row * dimension + k] ?? 0) - (energies[k] ?? 0)) > SAME) return false
    for (let b = 0; b < baths.length; b++) if (Math.abs((strengths[row * baths.length + b] ?? 0) - (strengths[b] ?? 0)) > SAME) return false
    return true
  }
  const stops = [0, ...sides.flatMap((side, row) => (side === 'before' && row + 1 < times.length ? [row + 1] : [])), times.length - 1]
  if (stops.length === 2) return []
  return stops.slice(0, -1).flatMap((row, index) => {
    const [from, to] = [times[row] ?? 0, times[stops[index + 1] ?? row] ?? 0]
    return to > from && !isAsAtFirst(row) ? [[from, to] as const] : []
  })
}
