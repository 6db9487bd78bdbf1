import type { Windows } from '@mesobath/contracts'

/** ln V at an energy between two centres, linear in S_mic = ln V_E; exact on a centre. */
export const logVolumeAt = ({ energies, logVolumes }: Windows, energy: number): number => {
  let low = 0
  let high = energies.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((energies[middle] as number) <= energy) low = middle
    else high = middle
  }
  const left = energies[low] as number
  const right = energies[high] as number
  // One window, or the centre itself.
  const fraction = right > left ? Math.min(1, Math.max(0, (energy - left) / (right - left))) : 0
  return (logVolumes[low] as number) * (1 - fraction) + (logVolumes[high] as number) * fraction
}
