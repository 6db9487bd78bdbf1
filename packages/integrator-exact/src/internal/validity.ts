import type { Finding, Windows } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'

/** How far conserved quantities strayed, and over what. */
export interface Drift {
  readonly norm: number
  readonly energy: number
  /** Largest |energy| in the spectrum: the unit in which rounding of the energy counts. */
  readonly energyScale: number
}

/** The norm and the energy of an exact run are kept to this. */
const CONSERVED = 1e-10

const formatted = (value: number): string => value.toPrecision(2)

const drift = (name: 'norm' | 'energy', value: number, bound: number): Finding => {
  const kept = value <= bound
  return {
    code: `integrator-exact/${name}-drift`,
    quantity: name === 'norm' ? 'largest change of the total probability' : 'largest change of the mean energy beyond the work done',
    value, bound,
    verdict: kept ? 'trust' : 'fails',
    message: kept
      ? `The ${name} was conserved to ${formatted(value)}: the evolution was unitary to the digits asked for.`
      : `The ${name} strayed by ${formatted(value)}: the bath's blocks are probably not Hermitian; check B(E,E′) = B(E′,E)†.`,
  }
}

/** Findings of an exact run of `length`; `populated` are the windows that held probability at the start. */
export const exactFindings = (windows: Windows, populated: readonly number[], length: number, strayed: Drift): readonly Finding[] => {
  const findings: Finding[] = []
  const smallest = populated.reduce((least, window) => Math.min(least, windows.logVolumes[window]!), Infinity)
  if (smallest < Infinity) {
    const heisenberg = (2 * Math.PI * exp(smallest)) / windows.width
    const share = length / heisenberg
    findings.push({
      code: 'integrator-exact/heisenberg-time',
      quantity: 'run length over the Heisenberg time 2πV_E/δ of the smallest populated window',
      value: share,
      bound: 1,
      verdict: share <= 1 ? 'trust' : 'doubt',
      message: share <= 1
        ? 'The run ends before single levels of the bath are resolved, so a master equation can be compared with it.'
        : 'The run outlasts the Heisenberg time: it stays exact, but shows recurrences of single levels that no master equation follows. Shorten it or take larger windows.',
    })
  }
  findings.push(drift('norm', strayed.norm, CONSERVED))
  findings.push(drift('energy', strayed.energy, CONSERVED * Math.max(1, strayed.energyScale)))
  return findings
}
