import type { Scenario } from '@mesobath/scenario'

/** One panel of Fig. 2 as a scenario: a spin in resonance with two windows of a random-matrix bath, started in its upper level. */
export const fig2Scenario = (volumes: readonly [number, number], spectrum: string, fill: number, seed: number): Scenario => ({
  system: { energies: [0, 1], couplings: [[[0, 1], [1, 0]]] },
  bath: {
    model: 'random-matrix',
    windows: [{ energy: 0, volume: volumes[0] }, { energy: 1, volume: volumes[1] }],
    windowWidth: 0.5, spectrum, deviation: 1, seed,
  },
  couplingStrength: 3e-3,
  initial: { system: 1, bath: { window: 0, fill } },
  times: { from: 0, to: 60, points: 121 },
  methods: ['exact', 'finite-time-redfield', 'markov', 'born-markov-secular'],
})
