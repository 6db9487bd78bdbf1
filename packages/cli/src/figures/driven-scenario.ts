import type { Scenario } from '@mesobath/scenario'
import type { FigureOptions } from './atlas-figure.js'

const HALF_PERIOD = 120
const PERIODS = 2
const VOLUMES = [100, 200, 400] as const
const STRENGTH = 3e-3
/** In a reduced figure volumes are divided by it and λ² grows as much, so that rates stay. */
const SHRINK = 5
/** Output times between two mutual informations of the exact state: each wants the state itself, the dearest part of the atlas. */
const EVERY = 4
/** The rise from zero is looked at more closely: it is where a master equation may exceed the exact state. */
const EARLY = 12
const EARLY_POINTS = 4 * EARLY + 1

/** A spin whose upper level is moved, by default between 1 and 2, in a bath of windows at 0, 1, …: Figs. 3 to 5 (Eq. 68). */
export interface DrivenOptions extends FigureOptions {
  readonly methods: Scenario['methods']
  readonly volumes?: readonly number[]
  readonly drive?: Scenario['drive']
  readonly times?: Scenario['times']
  readonly spectrum?: string
}

const WHOLE = { from: 0, to: 2 * HALF_PERIOD * PERIODS, points: 2 * HALF_PERIOD * PERIODS + 1 } as const

export const drivenScenario = ({ seed, reduced, methods, volumes = VOLUMES, times = WHOLE, drive, spectrum = 'random' }: DrivenOptions): Scenario => ({
  system: { energies: [0, 1], couplings: [[[0, 1], [1, 0]]] },
  bath: {
    model: 'random-matrix',
    windows: volumes.map((volume, energy) => ({ energy, volume: reduced ? volume / SHRINK : volume })),
    windowWidth: 0.5, spectrum, deviation: 1, seed,
  },
  couplingStrength: STRENGTH * (reduced ? Math.sqrt(SHRINK) : 1),
  drive: drive ?? { level: 1, quenches: { period: 2 * HALF_PERIOD, values: [1, 2] } },
  initial: { system: 1, bath: { window: 0, fill: 1 } },
  times,
  thermodynamics: true,
  methods,
})

/** The forms of memory that are compared across quenches, and the Markov limit. */
export const MEMORIES: Scenario['methods'] = [
  'finite-time-redfield',
  { method: 'finite-time-redfield', memory: 'restarted', label: 'redfield-restarted' },
  { method: 'finite-time-redfield', memory: 'from-start', label: 'redfield-from-start' },
  'finite-time-secular',
  'markov',
]

/** The methods that Figs. 3 and 5 compare: one run serves both. */
export const COMPARED: Scenario['methods'] = [{ method: 'exact', mutualInformation: { every: EVERY } }, ...MEMORIES]

/** The first instants of that run, where correlations build up. */
export const earlyScenario = (options: FigureOptions): Scenario => drivenScenario({
  ...options, times: { from: 0, to: EARLY, points: EARLY_POINTS },
  methods: [{ method: 'exact', mutualInformation: true }, 'finite-time-redfield', 'markov'],
})
