/** One energy window of a bath given by hand: its centre E and either its volume V_E > 0 or ln V_E (exactly one of the two). */
export interface WindowOption {
  /** Centre E. */
  readonly energy: number
  /** V_E, the number of levels. */
  readonly volume?: number
  /** ln V_E, for volumes that overflow a double. */
  readonly logVolume?: number
}
