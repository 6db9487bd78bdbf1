/** How a curve is drawn: colour and line style both tell the methods apart, so that a figure survives grey print and colour blindness. */
export interface LineStyle {
  readonly colour: string
  readonly width: number
  /** Lengths of dashes and gaps; empty for a solid line. */
  readonly dash: readonly number[]
  readonly marker: 'circle' | 'square' | 'triangle-up' | 'diamond' | null
  /** Curves of lower order are drawn first. */
  readonly order: number
  /** Text of the legend where the curve has none of its own. */
  readonly label: string
}

// Colours: P. Tol's vibrant scheme, distinct under the usual colour-vision deficiencies; lightness differs too.
const METHODS: Readonly<Record<string, LineStyle>> = {
  exact: { colour: '#0055aa', width: 2.6, dash: [], marker: null, order: 0, label: 'exact' },
  'finite-time-redfield': { colour: '#009988', width: 1.5, dash: [7, 2.5, 1.5, 2.5], marker: 'circle', order: 3, label: 'finite-time Redfield' },
  'finite-time-secular': { colour: '#aa3377', width: 1.5, dash: [9, 2, 1.5, 2, 1.5, 2], marker: 'square', order: 3, label: 'finite-time secular' },
  markov: { colour: '#ee7733', width: 1.9, dash: [8, 4], marker: null, order: 2, label: 'Markov' },
  'born-markov-secular': { colour: '#cc3311', width: 1.9, dash: [1.8, 2.6], marker: null, order: 1, label: 'Born–Markov–secular' },
}

const OTHERS: readonly Omit<LineStyle, 'label'>[] = [
  { colour: '#aa3377', width: 1.7, dash: [12, 3], marker: null, order: 4 },
  { colour: '#333333', width: 1.5, dash: [4, 2], marker: 'triangle-up', order: 4 },
  { colour: '#33a0cc', width: 1.7, dash: [5, 2, 1.5, 2], marker: null, order: 4 },
  { colour: '#997700', width: 1.5, dash: [], marker: 'diamond', order: 4 },
  { colour: '#777777', width: 1.9, dash: [3, 3], marker: null, order: 4 },
]

/**
 * The style of each name, in the order given: the known methods have theirs, others cycle through a list.
 *
 * `names` are distinct names of curves; the result maps each to its style.
 */
export const lineStyles = (names: readonly string[]): ReadonlyMap<string, LineStyle> => {
  const styles = new Map<string, LineStyle>()
  let others = 0
  for (const name of names) {
    if (styles.has(name)) continue
    const known = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
    const other = OTHERS[others % OTHERS.length]
    if (known) styles.set(name, known)
    else if (other) {
      styles.set(name, { ...other, label: name })
      others += 1
    }
  }
  return styles
}
