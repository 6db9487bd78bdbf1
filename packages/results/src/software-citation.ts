import type { Citation } from '@mesobath/contracts'

/** BibTeX of the software itself: the first-party packages of a run with their versions; a stranger's package cites itself. */
export const softwareCitation = (versions: Readonly<Record<string, string>>): Citation | null => {
  const own = Object.entries(versions).filter(([name]) => name.startsWith('@mesobath/'))
  if (own.length === 0) return null
  const numbers = [...new Set(own.map(([, version]) => version))].sort()
  return {
    key: 'Mesobath',
    bibtex: `@software{Mesobath,
  author = {{The Mesobath developers}},
  title = {{Mesobath: quantum systems correlated with a finite bath}},
  version = {${numbers.join(', ')}},
  note = {${own.map(([name, version]) => `${name} ${version}`).join(', ')}}
}`,
  }
}
