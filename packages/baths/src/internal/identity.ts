import type { Identity, Json } from '@mesobath/contracts'
import { CONTRACT, PAPER } from '@mesobath/contracts'
import { VERSION } from '../version.js'

/** The identity of a bath of this package. */
export const bathIdentity = (name: string, recipe: Json): Identity => ({
  contract: CONTRACT,
  name,
  package: '@mesobath/baths',
  version: VERSION,
  citations: [PAPER],
  recipe,
})
