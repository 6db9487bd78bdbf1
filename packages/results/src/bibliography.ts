import type { Citation } from '@mesobath/contracts'

/** Citations as one BibTeX file. */
export const bibliography = (citations: readonly Citation[]): string => citations.map(({ bibtex }) => `${bibtex.trim()}\n`).join('\n')
