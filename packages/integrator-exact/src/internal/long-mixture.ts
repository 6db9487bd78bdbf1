/**
 * Operations per second that a run reaches at least, for telling beforehand how long it takes: a stated speed and no measurement, so that the same is said on
 * every machine. WebAssembly on one thread makes two to three times as many.
 */
const OPERATIONS_PER_SECOND = 1e10
/** Seconds from which a mixture is said to take long. */
const LONG = 60

const spell = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} seconds`
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`
  return `${Math.round(seconds / 86_400)} days`
}

/**
 * What to say of a whole mixture of `columns` levels that is moved by so many `operations`, null where it takes less than a minute. `sampled`
 * operations would do with `vectors` random vectors in its place; null where those cannot serve.
 */
export const longMixture = (columns: number, operations: number, vectors: number, sampled: number | null): string | null => {
  const seconds = operations / OPERATIONS_PER_SECOND
  if (seconds <= LONG) return null
  const whole = `moving the whole mixture of ${columns} levels takes about ${operations.toPrecision(2)} operations, ${spell(seconds)} at ${OPERATIONS_PER_SECOND.toPrecision(1)} a second`
  if (sampled === null) return whole
  return `${whole}; ${vectors} random vectors in its place (\`sampling: { vectors: ${vectors} }\`) take about ${spell(Math.max(1, sampled / OPERATIONS_PER_SECOND))} ` +
    'and leave a statistical error, which is told'
}
