import type { Scenario } from '@mesobath/scenario'
import { decayScenario } from './decay-scenario.js'

/** One panel of Fig. 2 as a scenario. */
export const fig2Scenario = (volumes: readonly [number, number], spectrum: string, fill: number, seed: number): Scenario =>
  decayScenario({ volumes, spectrum, fill, seed, strength: 3e-3, until: 60, points: 121 })
