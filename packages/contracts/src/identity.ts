import type { Json } from './data.js'

/** The integer that a plug-in was built for; the packages refuse any other. */
export const CONTRACT = 1

/** What to cite when a plug-in was used. */
export interface Citation {
  readonly key: string
  readonly bibtex: string
}

/**
 * What a plug-in says of itself.
 *
 * `recipe` is the JSON that makes it again through a catalogue; `null` means that it holds functions, so that a stored run
 * cannot be repeated from its file, and says so.
 */
export interface Identity {
  readonly contract: number
  readonly name: string
  readonly package: string
  readonly version: string
  readonly citations: readonly Citation[]
  readonly recipe: Json
}
