import { closest, distance } from 'fastest-levenshtein'

/** Two slips in a short word, one in three letters of a long one: beyond that a guess misleads. */
const allowed = (word: string): number => Math.max(2, Math.floor(word.length / 3))

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The known word nearest to what was written, or null where none is near. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  if (known.length === 0) return null
  const same = known.find((each) => plain(each) === plain(word))
  if (same !== undefined) return same
  const prefix = known.filter((each) => plain(word).length >= 3 && (plain(each).startsWith(plain(word)) || plain(each).endsWith(plain(word))))
  if (prefix.length === 1) return prefix[0] ?? null
  const best = closest(word, known)
  return distance(word, best) <= allowed(word) ? best : null
}

/** "; did you mean `windows`?", or nothing. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const best = nearest(word, known)
  return best === null ? '' : `; did you mean \`${best}\`?`
}
