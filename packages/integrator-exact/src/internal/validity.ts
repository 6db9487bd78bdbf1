import type { Finding, Vector, Windows } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import type { MicroscopicModel } from './microscopic-model.js'
import { windowOf } from './microscopic-model.js'

/** How far conserved quantities strayed, and over what. */
export interface Drift {
  readonly norm: number
  readonly energy: number
  /** Largest |energy| in the spectrum: the unit in which rounding of the energy counts. */
  readonly energyScale: number
  /** The tolerance of the run where steps in time were made under it, 0 where nothing but rounding is allowed. */
  readonly accuracy: number
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
      : `The ${name} strayed by ${formatted(value)}: more than rounding explains; the products of the backend, or of a bath that was drawn B(E,E′) = B(E′,E)†, are to be checked.`,
  }
}

/** Windows of each bath that hold probability. */
export const populatedWindows = (model: MicroscopicModel, populations: Vector): readonly (readonly number[])[] =>
  model.baths.map(({ levels }, bath) => {
    const found = new Set<number>()
    populations.forEach((p, node) => { if (p > 0) found.add(windowOf(model, node % model.windows, bath)) })
    return levels.flatMap((_, window) => (found.has(window) ? [window] : []))
  })

/** 2πV_E/δ of the smallest of some windows. */
const heisenbergTime = (windows: Windows, populated: readonly number[]): number =>
  (2 * Math.PI * exp(populated.reduce((least, window) => Math.min(least, windows.logVolumes[window]!), Infinity))) / windows.width

/** Findings of an exact run of `length`; `populated` are the windows of each bath that held probability at the start. */
export const exactFindings = (
  windows: readonly Windows[], populated: readonly (readonly number[])[], length: number, strayed: Drift,
): readonly Finding[] => {
  const findings: Finding[] = []
  const heisenberg = windows.reduce((least, each, bath) => Math.min(least, heisenbergTime(each, populated[bath]!)), Infinity)
  if (heisenberg < Infinity) {
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
  const bound = Math.max(CONSERVED, strayed.accuracy)
  findings.push(drift('norm', strayed.norm, bound))
  findings.push(drift('energy', strayed.energy, bound * Math.max(1, strayed.energyScale)))
  return findings
}
