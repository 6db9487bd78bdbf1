import type { Citation, Identity } from '@mesobath/contracts'
import { softwareCitation } from './software-citation.js'
import { VERSION } from './version.js'

/** What was used, and what to cite for it. */
export interface Provenance {
  /** Package → version. */
  readonly versions: Readonly<Record<string, string>>
  /** By key, the software itself included. */
  readonly citations: readonly Citation[]
}

/** Versions and citations of exactly these plug-ins, each once. */
export const provenanceOf = (plugins: readonly Identity[]): Provenance => {
  const versions = Object.fromEntries([['@mesobath/results', VERSION], ...plugins.map((plugin) => [plugin.package, plugin.version])].sort())
  const citations = new Map<string, Citation>()
  for (const plugin of plugins) for (const citation of plugin.citations) citations.set(citation.key, citation)
  const software = softwareCitation(versions)
  if (software !== null) citations.set(software.key, software)
  return { versions, citations: [...citations.values()].sort((a, b) => (a.key < b.key ? -1 : 1)) }
}
