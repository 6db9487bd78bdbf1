/** Change of each entry since the first. */
export const sinceStart = (values: Float64Array): Float64Array => values.map((value) => value - values[0])

/** How far each entry lies below the one before it. */
export const falls = (values: Float64Array): Float64Array => values.map((value, i) => (i === 0 ? 0 : values[i - 1] - value))

/** Σ over baths of one series each, added to `start`. */
export const plusBaths = <Bath>(start: Float64Array, baths: readonly Bath[], series: (bath: Bath) => Float64Array): Float64Array => {
  const sum = Float64Array.from(start)
  for (const bath of baths) {
    const values = series(bath)
    for (let i = 0; i < sum.length; i++) sum[i] += values[i]
  }
  return sum
}

/** a − b, entry by entry. */
export const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i])

/** Largest |value| that is a finite number; 0 where there is none. */
export const largest = (values: Float64Array): number =>
  values.reduce((best, value) => (Number.isFinite(value) ? Math.max(best, Math.abs(value)) : best), 0)
