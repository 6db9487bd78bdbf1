import type { Scenario } from '@mesobath/scenario'

/** Where a spin decays: the bath's two windows, the coupling, and for how long. */
export interface DecayOptions {
  readonly volumes: readonly [number, number]
  readonly spectrum: string
  readonly fill: number
  readonly seed: number
  readonly strength: number
  readonly until: number
  readonly points: number
  /** All four unless told. */
  readonly methods?: Scenario['methods']
}

export const WINDOW_WIDTH = 0.5

/** A spin in resonance with two windows of a random-matrix bath, started in its upper level: Figs. 2 and 7 to 9. */
export const decayScenario = ({ volumes, spectrum, fill, seed, strength, until, points, methods }: DecayOptions): Scenario => ({
  system: { energies: [0, 1], couplings: [[[0, 1], [1, 0]]] },
  bath: {
    model: 'random-matrix',
    windows: [{ energy: 0, volume: volumes[0] }, { energy: 1, volume: volumes[1] }],
    windowWidth: WINDOW_WIDTH, spectrum, deviation: 1, seed,
  },
  couplingStrength: strength,
  initial: { system: 1, bath: { window: 0, fill } },
  times: { from: 0, to: until, points },
  methods: methods ?? ['exact', 'finite-time-redfield', 'markov', 'born-markov-secular'],
})

/** n/γ_tot with γ_tot = 2πλ²(V₀ + V₁)/δ, the rate at which the populations relax. */
export const relaxationSpan = (count: number, strength: number, [lower, upper]: readonly [number, number]): number =>
  count * WINDOW_WIDTH / (2 * Math.PI * strength * strength * (lower + upper))

/** n times 2π/δ, the time in which the bath forgets. */
export const memorySpan = (count: number): number => count * 2 * Math.PI / WINDOW_WIDTH
