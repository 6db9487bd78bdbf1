/** Which population a curve shows. */
export interface PopulationChoice {
  /** System level k, counted from 0. */
  readonly level: number
  /** One window index per bath. */
  readonly windows: readonly number[]
  readonly label?: string
  /** How often the band of a sampled run is to hold the truth, 0.95 unless told; runs without a statistical error have none. */
  readonly confidence?: number
}
