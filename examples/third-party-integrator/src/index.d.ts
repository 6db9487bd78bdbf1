import type { Algorithm, Plugin, RateModel } from '@mesobath/contracts'

export interface JumpSamplerOptions {
  /** One rate model for every bath, or one per bath label. */
  readonly rates: RateModel | Readonly<Record<string, RateModel>>
  /** Number of trajectories N; errors fall as 1/√N. */
  readonly trajectories: number
  /** The same seed gives the same run, bit for bit. */
  readonly seed: number
}

/**
 * The rate equation of p(ε_k, E), Eq. 30, by N sampled trajectories. Every sample has the scalar `standardError`, the largest of all
 * populations. Issues of `prepare`: `mesobath-jump-sampler/options`, `/coherences`, `/drive`, and those of baths and rate models.
 */
export declare const jumpSampler: (options: JumpSamplerOptions) => Algorithm

/** What a scenario finds: `methods: [{ package: mesobath-jump-sampler, rates: random-matrix, options: { trajectories: 10000, seed: 1 } }]`. */
export declare const mesobath: Plugin
