/** Numbers JSON has no word for, as texts that no other field of laws and findings can be. */
const WORDS: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity, NaN }

/** Plain data → JSON text that keeps infinities and NaN. */
export const writeNumbers = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each))

/** The data of `writeNumbers`. */
export const readNumbersAgain = (text: string): unknown =>
  JSON.parse(text, (_key, each: unknown) => (typeof each === 'string' && Object.hasOwn(WORDS, each) ? WORDS[each] : each))
