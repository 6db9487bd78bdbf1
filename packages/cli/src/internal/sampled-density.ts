import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'

/** A density of states as a file can hold it. */
export interface DensitySamples {
  readonly energies: readonly number[]
  readonly values?: readonly number[]
  readonly logValues?: readonly number[]
}

/**
 * Samples of g → ln g(E), linear between samples; `log` is that of the kernels, the same on every engine. Issues: `cli/density-samples` where the lists do not fit, `cli/density-range`
 * where the windows reach beyond the samples.
 */
export const sampledLogDensity = (
  { energies, values, logValues }: DensitySamples, from: number, to: number, log: (x: number) => number,
): Outcome<(energy: number) => number> => {
  const refuse = (code: string, path: readonly string[], message: string) => fail(issue(code, path, `\`${path.join('.')}\` must ${message}`))
  if ((values === undefined) === (logValues === undefined)) {
    return refuse('cli/density-samples', ['density'], `have \`values\` or \`logValues\`, but has ${values === undefined ? 'neither' : 'both'}`)
  }
  const logs = logValues ?? (values ?? []).map(log)
  if (logs.length !== energies.length) {
    return refuse('cli/density-samples', ['density', values === undefined ? 'logValues' : 'values'], `have ${energies.length} entries like \`density.energies\`, but has ${logs.length}`)
  }
  const back = energies.findIndex((energy, index) => index > 0 && !(energy > (energies[index - 1] ?? Infinity)))
  if (back >= 0) return refuse('cli/density-samples', ['density', 'energies'], `ascend, but entry ${back} is ${energies[back]} after ${energies[back - 1]}`)
  const first = energies[0] ?? NaN
  const last = energies.at(-1) ?? NaN
  // Edges are sums of decimal fractions.
  const slack = 1e-9 * (last - first)
  if (!(from >= first - slack && to <= last + slack)) {
    return refuse('cli/density-range', ['density', 'energies'], `cover all windows, [${from}, ${to}], but cover [${first}, ${last}]`)
  }
  return succeed((energy) => {
    let low = 0
    let high = energies.length - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((energies[middle] ?? Infinity) <= energy) low = middle
      else high = middle
    }
    const a = energies[low] ?? NaN
    const b = energies[high] ?? NaN
    const share = (energy - a) / (b - a)
    return (logs[low] ?? NaN) * (1 - share) + (logs[high] ?? NaN) * share
  })
}
