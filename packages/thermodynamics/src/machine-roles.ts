/** Which bath is what in a machine, by label. Baths that are not named take part as others. */
export interface MachineRoles {
  /** Gives an engine its heat, and takes the waste heat of a refrigerator. */
  readonly hot: string
  /** Takes the waste heat of an engine, and is what a refrigerator cools. */
  readonly cold?: string
  /** Drives an absorption refrigerator by its heat, in the place of work. */
  readonly work?: string
}
