/** The straight line from (begin, a) to (end, b), exact at both ends and where a = b; no overflow where a and b have none. */
export const between = (begin: number, end: number, a: number, b: number, time: number): number => {
  if (a === b) return a
  const share = Math.min(1, Math.max(0, (time - begin) / (end - begin)))
  return (1 - share) * a + share * b
}
