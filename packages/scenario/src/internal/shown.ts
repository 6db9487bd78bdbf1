const LONGEST = 60

/** A value in a message: short, on one line, NaN and Infinity by name. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) {
    const text = JSON.stringify(value)
    return text.length <= LONGEST ? text : `a list of ${value.length}`
  }
  const text = JSON.stringify(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}
