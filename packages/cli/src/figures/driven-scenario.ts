import type { Scenario } from '@mesobath/scenario'
import type { FigureOptions } from './atlas-figure.js'

const HALF_PERIOD = 120
const PERIODS = 2
const VOLUMES = [100, 200, 400] as const
const STRENGTH = 3e-3
/** In a reduced figure volumes are divided by it and λ² grows as much, so that rates stay. */
const SHRINK = 5
/** Output times between two mutual informations of the exact state: few enough to see it rise from zero. */
const EVERY = 2

/** A spin whose upper level is quenched between 1 and 2 in a bath of three windows: Figs. 3 to 5 (Eq. 68). */
export const drivenScenario = ({ seed, reduced }: FigureOptions, methods: Scenario['methods']): Scenario => ({
  system: { energies: [0, 1], couplings: [[[0, 1], [1, 0]]] },
  bath: {
    model: 'random-matrix',
    windows: VOLUMES.map((volume, energy) => ({ energy, volume: reduced ? volume / SHRINK : volume })),
    windowWidth: 0.5, spectrum: 'random', deviation: 1, seed,
  },
  couplingStrength: STRENGTH * (reduced ? Math.sqrt(SHRINK) : 1),
  drive: { level: 1, quenches: { period: 2 * HALF_PERIOD, values: [1, 2] } },
  initial: { system: 1, bath: { window: 0, fill: 1 } },
  times: { from: 0, to: 2 * HALF_PERIOD * PERIODS, points: 2 * HALF_PERIOD * PERIODS + 1 },
  thermodynamics: true,
  methods,
})

/** The methods that Figs. 3 and 5 compare: one run serves both. */
export const COMPARED: Scenario['methods'] = [
  { method: 'exact', mutualInformation: { every: EVERY } },
  'finite-time-redfield',
  { method: 'finite-time-redfield', memory: 'restarted', label: 'redfield-restarted' },
  { method: 'finite-time-redfield', memory: 'from-start', label: 'redfield-from-start' },
  'markov',
]
