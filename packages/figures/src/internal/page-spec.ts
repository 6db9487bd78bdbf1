import type { Spec } from 'vega'
import type { AxesOptions, Curve, Panel } from '../curve.js'
import { lineStyles } from '../line-style.js'
import type { LineStyle } from '../line-style.js'
import { placeOf } from './check.js'

type Mark = NonNullable<Spec['marks']>[number]

/** A page of panels with one legend. The layout is computed here and not measured from text: the same bytes on every machine. */
export interface Page extends AxesOptions {
  readonly title?: string
  readonly columns: number
  readonly panels: readonly Panel[]
  /** Whether panels carry letters. */
  readonly lettered: boolean
}

const FONT = 'DejaVu Sans, Verdana, Arial, sans-serif'
const INK = '#222222'
const SIZES = { tick: 10.5, axis: 12, legend: 11.5, panel: 11.5, note: 10.5, title: 14 } as const
const MARGIN = { left: 62, right: 18, bottom: 52, top: 12 } as const
const GAP = { column: 22, row: 34 } as const
const LEGEND = { line: 34, textGap: 7, entryGap: 22, row: 20 } as const
const MARKERS_PER_CURVE = 18
// A peak above a round number by less than a line's width does not open a new interval of ticks.
const PEAK_OVERSHOOT = 3e-3
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Width of text in em, from the advances of DejaVu Sans by kind of letter, rounded up: entries may stand apart, never overlap. */
const advance = (label: string): number =>
  [...label].reduce((sum, letter) => sum + (/[fijlrt.,:;'|()\[\] -]/.test(letter) ? 0.4 : /[mwMW@%–—]/.test(letter) ? 0.98 : /[A-Z]/.test(letter) ? 0.72 : 0.63), 0)

const niceCeiling = (value: number): number => {
  if (!(value > 0)) return 1
  let decade = 1
  while (decade < value) decade *= 10
  while (decade >= value * 10) decade /= 10
  return [0.1, 0.2, 0.4, 0.6, 0.8, 1].map((step) => step * decade).find((step) => step >= value * (1 - PEAK_OVERSHOOT)) ?? decade
}

const extent = (curves: readonly Curve[], key: 'times' | 'values'): [number, number] => {
  let low = Infinity
  let high = -Infinity
  for (const curve of curves) {
    for (let i = 0; i < curve[key].length; i += 1) {
      const value = curve[key][i] ?? 0
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return [low, high]
}

const timeRange = (curves: readonly Curve[]): [number, number] => {
  const [low, high] = extent(curves, 'times')
  return high > low ? [low, high] : [low - 0.5, high + 0.5]
}

const valueRange = (curves: readonly Curve[]): [number, number] => {
  const [low, high] = extent(curves, 'values')
  const top = high > 0 ? niceCeiling(high) : 0
  // A dip below zero by rounding or by a few thousandths should not open half a panel of emptiness.
  const bottom = low < -0.02 * (top || 1) ? -niceCeiling(-low) : 0
  return top > bottom ? [bottom, top] : [bottom, bottom + 1]
}

const points = (curve: Curve): { t: number; v: number }[] => Array.from(curve.times, (t, i) => ({ t, v: curve.values[i] ?? 0 }))

/** A few points for markers, shifted from curve to curve so that markers of near-equal curves do not hide each other. */
const markerPoints = (curve: Curve, shift: number): { t: number; v: number }[] => {
  const every = Math.max(1, Math.ceil(curve.times.length / MARKERS_PER_CURVE))
  return points(curve).filter((_, row) => row % every === (Math.floor(every / 2) + shift) % every)
}

const text = (content: string, x: number, y: number, size: number, more: Readonly<Record<string, string | number>> = {}): Mark => ({
  type: 'text',
  aria: false,
  encode: {
    enter: {
      x: { value: x }, y: { value: y }, text: { value: content }, fontSize: { value: size }, font: { value: FONT }, fill: { value: INK },
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, { value }])),
    },
  },
} as Mark)

const stroke = (style: LineStyle): Record<string, unknown> => ({
  stroke: { value: style.colour }, strokeWidth: { value: style.width }, strokeDash: { value: [...style.dash] },
  strokeCap: { value: style.dash.length === 0 ? 'round' : 'butt' }, strokeJoin: { value: 'round' },
})

const symbol = (style: LineStyle): Record<string, unknown> => ({
  shape: { value: style.marker }, size: { value: 26 }, fill: { value: 'white' }, stroke: { value: style.colour }, strokeWidth: { value: 1.3 },
})

const curveMarks = (curve: Curve, index: number, id: string, style: LineStyle): { data: NonNullable<Spec['data']>; marks: Mark[] } => {
  const at = { x: { scale: `${id}x`, field: 't' }, y: { scale: `${id}y`, field: 'v' } }
  const line = `${id}line${index}`
  const data: NonNullable<Spec['data']> = [{ name: line, values: points(curve) }]
  const marks: Mark[] = [{ type: 'line', aria: false, from: { data: line }, encode: { enter: { ...at, ...stroke(style) } } } as Mark]
  if (style.marker !== null) {
    const spots = `${id}spots${index}`
    data.push({ name: spots, values: markerPoints(curve, index) })
    marks.push({ type: 'symbol', aria: false, from: { data: spots }, encode: { enter: { ...at, ...symbol(style) } } } as Mark)
  }
  return { data, marks }
}

/** Whether curves pass through the upper right corner, where notes stand, and leave the lower one free. */
const crowdedAbove = (curves: readonly Curve[], [from, to]: readonly [number, number], [bottom, top]: readonly [number, number]): boolean => {
  let low = Infinity
  let high = -Infinity
  for (const curve of curves) {
    for (let i = 0; i < curve.times.length; i += 1) {
      if ((curve.times[i] ?? from) < from + 0.45 * (to - from)) continue
      low = Math.min(low, curve.values[i] ?? low)
      high = Math.max(high, curve.values[i] ?? high)
    }
  }
  const range = top - bottom
  return high > bottom + 0.75 * range && low > bottom + 0.25 * range
}

interface PanelLayout {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly xRange: readonly [number, number]
  readonly yRange: readonly [number, number]
  readonly heading: string
  /** Whether numbers stand at the left and at the bottom. */
  readonly left: boolean
  readonly bottom: boolean
}

const panelMarks = (panel: Panel, layout: PanelLayout, styles: ReadonlyMap<string, LineStyle>): { data: NonNullable<Spec['data']>; marks: Mark[] } => {
  const { id, width, height } = layout
  const drawn = panel.curves
    .map((curve, index) => ({ index, curve, style: styles.get(curve.name) }))
    .filter((each): each is { index: number; curve: Curve; style: LineStyle } => each.style !== undefined)
    .sort((a, b) => a.style.order - b.style.order || a.index - b.index)
    .map(({ index, curve, style }) => curveMarks(curve, index, id, style))
  const axis = (orient: string, scale: string, count: number, labels: boolean): unknown => ({
    orient, scale, tickCount: count, labels, domainColor: INK, domainWidth: 1, tickColor: INK, tickWidth: 1, tickSize: -4.5, labelPadding: 9,
    labelFont: FONT, labelFontSize: SIZES.tick, labelColor: INK, labelFlush: false, labelOverlap: false, aria: false, zindex: 1,
  })
  const xTicks = Math.max(2, Math.round(width / 55))
  const yTicks = Math.max(2, Math.round(height / 38))
  const notes = panel.notes ?? []
  const notesTop = crowdedAbove(panel.curves, layout.xRange, layout.yRange) ? height - 10 - 15 * (notes.length - 1) : 19
  const group = {
    type: 'group',
    aria: false,
    encode: { enter: { x: { value: layout.x }, y: { value: layout.y }, width: { value: width }, height: { value: height } } },
    scales: [
      { name: `${id}x`, type: 'linear', domain: [...layout.xRange], range: [0, width], nice: false, zero: false },
      { name: `${id}y`, type: 'linear', domain: [...layout.yRange], range: [height, 0], nice: false, zero: false },
    ],
    axes: [
      axis('bottom', `${id}x`, xTicks, layout.bottom), axis('top', `${id}x`, xTicks, false),
      axis('left', `${id}y`, yTicks, layout.left), axis('right', `${id}y`, yTicks, false),
    ],
    marks: [
      {
        type: 'group', aria: false, clip: true,
        encode: { enter: { width: { value: width }, height: { value: height } } },
        marks: drawn.flatMap((each) => each.marks),
      },
      ...(layout.heading === '' ? [] : [text(layout.heading, 0, -9, SIZES.panel)]),
      ...notes.map((note, line) => text(note, width - 10, notesTop + 15 * line, SIZES.note, { align: 'right' })),
    ],
  }
  return { data: drawn.flatMap((each) => each.data), marks: [group as unknown as Mark] }
}

/** One entry per name, in order of first appearance, wrapped to the width; rows are centred. */
const legendMarks = (curves: readonly Curve[], styles: ReadonlyMap<string, LineStyle>, left: number, width: number, top: number):
  { readonly marks: Mark[]; readonly height: number } => {
  const labels = new Map<string, string>()
  for (const curve of curves) if (!labels.has(curve.name)) labels.set(curve.name, curve.label ?? styles.get(curve.name)?.label ?? curve.name)
  const rows: { name: string; label: string; size: number }[][] = [[]]
  let used = 0
  for (const [name, label] of labels) {
    const size = LEGEND.line + LEGEND.textGap + SIZES.legend * advance(label)
    if (used > 0 && used + LEGEND.entryGap + size > width) {
      rows.push([])
      used = 0
    }
    used += (used > 0 ? LEGEND.entryGap : 0) + size
    rows[rows.length - 1]?.push({ name, label, size })
  }
  const marks = rows.flatMap((row, line) => {
    const total = row.reduce((sum, each) => sum + each.size, 0) + LEGEND.entryGap * (row.length - 1)
    const y = top + LEGEND.row * (line + 0.5)
    let x = left + Math.max(0, (width - total) / 2)
    return row.flatMap(({ name, label, size }) => {
      const from = x
      x += size + LEGEND.entryGap
      const style = styles.get(name)
      if (!style) return []
      const entry: Mark[] = [{
        type: 'rule', aria: false,
        encode: { enter: { x: { value: from }, x2: { value: from + LEGEND.line }, y: { value: y }, ...stroke(style) } },
      } as Mark]
      if (style.marker !== null) {
        entry.push({ type: 'symbol', aria: false, encode: { enter: { x: { value: from + LEGEND.line / 2 }, y: { value: y }, ...symbol(style) } } } as Mark)
      }
      entry.push(text(label, from + LEGEND.line + LEGEND.textGap, y, SIZES.legend, { baseline: 'middle' }))
      return entry
    })
  })
  return { marks, height: LEGEND.row * rows.length }
}

/** The Vega specification of a page whose options are known to be sound. */
export const pageSpec = (page: Page): Spec => {
  const curves = page.panels.flatMap((panel) => panel.curves)
  const styles = lineStyles(curves.map((curve) => curve.name))
  const panelWidth = page.panelWidth ?? (page.panels.length === 1 ? 400 : 220)
  const panelHeight = page.panelHeight ?? (page.panels.length === 1 ? 270 : 165)
  const places = page.panels.map((panel, index) => placeOf(panel, index, page.columns))
  const rows = Math.max(...places.map((place) => place.row)) + 1
  const inner = page.columns * panelWidth + (page.columns - 1) * GAP.column
  const titleHeight = page.title === undefined ? 0 : 24
  const legend = legendMarks(curves, styles, MARGIN.left, inner, MARGIN.top + titleHeight)
  const headings = page.panels.map((panel, index) =>
    [page.lettered ? `(${LETTERS[index % LETTERS.length]})` : '', panel.title ?? ''].filter((part) => part !== '').join('  '))
  const top = MARGIN.top + titleHeight + legend.height + 8 + (headings.some((heading) => heading !== '') ? 20 : 0)
  const innerHeight = rows * panelHeight + (rows - 1) * GAP.row
  const xRange = page.xRange ?? timeRange(curves)
  const yRange = page.yRange ?? valueRange(curves)
  const taken = new Set(places.map((place) => `${place.row},${place.column}`))
  const drawn = page.panels.map((panel, index) => {
    const { row, column } = places[index] ?? { row: 0, column: 0 }
    return panelMarks(panel, {
      id: `panel${index}`, x: MARGIN.left + column * (panelWidth + GAP.column), y: top + row * (panelHeight + GAP.row),
      width: panelWidth, height: panelHeight, xRange, yRange, heading: headings[index] ?? '',
      left: !taken.has(`${row},${column - 1}`), bottom: !taken.has(`${row + 1},${column}`),
    }, styles)
  })
  const titled = page.title === undefined ? [] : [text(page.title, MARGIN.left + inner / 2, MARGIN.top + 12, SIZES.title, { align: 'center', baseline: 'middle' })]
  return {
    width: MARGIN.left + inner + MARGIN.right,
    height: top + innerHeight + MARGIN.bottom,
    padding: 0,
    autosize: 'none',
    background: 'white',
    data: drawn.flatMap((each) => each.data),
    marks: [
      ...titled,
      ...legend.marks,
      ...drawn.flatMap((each) => each.marks),
      text(page.xTitle ?? 'time t (1/energy)', MARGIN.left + inner / 2, top + innerHeight + 38, SIZES.axis, { align: 'center' }),
      text(page.yTitle ?? 'probability p(ε₁, E = ε₀)', 18, top + innerHeight / 2, SIZES.axis, { align: 'center', angle: -90 }),
    ],
  }
}
