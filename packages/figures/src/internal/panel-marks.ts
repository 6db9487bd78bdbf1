import type { Curve, Inset, Panel } from '../curve.js'
import type { LineStyle } from '../line-style.js'
import { advance, FONT, INK, SIZES, stroke, symbol, text } from './drawing.js'
import type { Data, Mark } from './drawing.js'
import { snugRange, timeRange } from './ranges.js'

const MARKERS_PER_CURVE = 18
const SHADE = '#e9e9e9'
/** Two bands that overlap are told apart from one. */
const BAND_OPACITY = 0.22
/** Points looked at between two of a curve. */
const PARTS = 8
const NOTE = { row: 15, pad: 10 } as const
const KEY = { line: 24, gap: 6, row: 15, pad: 7 } as const

export type Styles = ReadonlyMap<string, LineStyle>

/** The text of a legend: what the curve is called, and how often its band holds the truth. */
export const labelOf = (curve: Curve, style: LineStyle | undefined): string => {
  const label = curve.label ?? style?.label ?? curve.name
  return curve.band === undefined ? label : `${label} (band: ${Number((100 * curve.band.confidence).toPrecision(4))} %)`
}

/** The style of one curve: that of its name, with what the curve says of itself. */
const styleOf = (curve: Curve, styles: Styles): LineStyle | undefined => {
  const style = styles.get(curve.name)
  return style === undefined ? undefined : { ...style, ...curve.style }
}

const points = (curve: Curve): { t: number; v: number | null }[] => Array.from(curve.times, (t, i) => {
  const v = curve.values[i] ?? 0
  return { t, v: Number.isFinite(v) ? v : null }
})

/** A few points for markers, shifted from curve to curve so that markers of near-equal curves do not hide each other. */
const markerPoints = (curve: Curve, shift: number): { t: number; v: number | null }[] => {
  const every = Math.max(1, Math.ceil(curve.times.length / MARKERS_PER_CURVE))
  return points(curve).filter(({ v }, row) => v !== null && row % every === (Math.floor(every / 2) + shift) % every)
}

const curveMarks = (curve: Curve, index: number, id: string, style: LineStyle): { data: Data; marks: Mark[] } => {
  const at = { x: { scale: `${id}x`, field: 't' }, y: { scale: `${id}y`, field: 'v' } }
  const line = `${id}line${index}`
  const data: Data = [{ name: line, values: points(curve) }]
  const defined = curve.gaps === true ? { defined: { signal: 'datum.v !== null' } } : {}
  const marks: Mark[] = []
  if (curve.band !== undefined) {
    const { halfWidths } = curve.band
    const area = `${id}band${index}`
    data.push({ name: area, values: points(curve).map(({ t, v }, i) => ({ t, low: v === null ? null : v - (halfWidths[i] ?? 0), high: v === null ? null : v + (halfWidths[i] ?? 0) })) })
    marks.push({
      type: 'area', aria: false, from: { data: area },
      encode: { enter: {
        x: at.x, y: { scale: `${id}y`, field: 'low' }, y2: { scale: `${id}y`, field: 'high' }, defined: { signal: 'datum.low !== null' },
        fill: { value: style.colour }, fillOpacity: { value: BAND_OPACITY },
      } },
    } as Mark)
  }
  marks.push({ type: 'line', aria: false, from: { data: line }, encode: { enter: { ...at, ...defined, ...stroke(style) } } } as Mark)
  if (style.marker !== null) {
    const spots = `${id}spots${index}`
    data.push({ name: spots, values: markerPoints(curve, index) })
    marks.push({ type: 'symbol', aria: false, from: { data: spots }, encode: { enter: { ...at, ...symbol(style) } } } as Mark)
  }
  return { data, marks }
}

export interface PanelLayout {
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
  /** Whether the panel has a key of its own. */
  readonly key: boolean
}

interface Corner { readonly x: number; readonly y: number }

/** The corner of a panel that the fewest points of curves pass through, or a place half way up at the right where all have more. */
const emptiest = (panel: Panel, layout: PanelLayout, width: number, height: number): Corner => {
  const corners: readonly Corner[] = [
    { x: layout.width - width - KEY.pad, y: KEY.pad }, { x: KEY.pad, y: KEY.pad },
    { x: layout.width - width - KEY.pad, y: layout.height - height - KEY.pad }, { x: KEY.pad, y: layout.height - height - KEY.pad },
    { x: layout.width - width - KEY.pad, y: (layout.height - height) / 2 },
  ]
  const [x0, x1] = layout.xRange
  const [y0, y1] = layout.yRange
  const hits = corners.map((corner) => {
    let count = 0
    for (const curve of panel.curves) {
      const at = (i: number): readonly [number, number] => [
        ((curve.times[i] ?? NaN) - x0) / (x1 - x0) * layout.width, (1 - ((curve.values[i] ?? NaN) - y0) / (y1 - y0)) * layout.height,
      ]
      for (let i = 1; i < curve.times.length; i += 1) {
        const [from, to] = [at(i - 1), at(i)]
        // Along the line, not only at its points: a jump has two of them.
        for (let part = 0; part < PARTS; part += 1) {
          const x = from[0] + (to[0] - from[0]) * part / PARTS
          const y = from[1] + (to[1] - from[1]) * part / PARTS
          if (x >= corner.x - 4 && x <= corner.x + width + 4 && y >= corner.y - 4 && y <= corner.y + height + 4) count += 1 / curve.times.length
        }
      }
    }
    return count
  })
  const least = Math.min(...hits)
  return corners[hits.indexOf(least)] ?? { x: KEY.pad, y: KEY.pad }
}

/** A key inside a panel, in its emptiest corner, on white so that a line below it does not run through the words. */
const keyMarks = (panel: Panel, layout: PanelLayout, styles: Styles): Mark[] => {
  const entries = panel.curves.flatMap((curve) => {
    const style = styleOf(curve, styles)
    return style === undefined ? [] : [{ style, label: labelOf(curve, style) }]
  })
  const width = KEY.line + KEY.gap + SIZES.note * Math.max(...entries.map(({ label }) => advance(label))) + 4
  const height = KEY.row * entries.length + 2
  const { x, y } = emptiest(panel, layout, width, height)
  const box = {
    type: 'rect', aria: false,
    encode: { enter: { x: { value: x - 3 }, y: { value: y - 1 }, width: { value: width + 4 }, height: { value: height + 2 }, fill: { value: 'white' }, fillOpacity: { value: 0.75 } } },
  } as Mark
  return [box, ...entries.flatMap(({ style, label }, row) => {
    const middle = y + KEY.row * (row + 0.5) + 1
    const marks: Mark[] = [{
      type: 'rule', aria: false, encode: { enter: { x: { value: x }, x2: { value: x + KEY.line }, y: { value: middle }, ...stroke(style) } },
    } as Mark]
    if (style.marker !== null) {
      marks.push({ type: 'symbol', aria: false, encode: { enter: { x: { value: x + KEY.line / 2 }, y: { value: middle }, ...symbol(style) } } } as Mark)
    }
    return [...marks, text(label, x + KEY.line + KEY.gap, middle, SIZES.note, { baseline: 'middle' })]
  })]
}

/** Notes stand at the right, above or below the curves, or at the left where both ends are taken. */
const noteMarks = (panel: Panel, notes: readonly string[], layout: PanelLayout): Mark[] => {
  const size = SIZES.note * Math.max(...notes.map(advance))
  const { x, y } = emptiest(panel, layout, size, NOTE.row * notes.length)
  const right = x > KEY.pad
  return notes.map((note, line) => text(note, right ? layout.width - NOTE.pad : NOTE.pad, y + NOTE.row * line + 12, SIZES.note, { align: right ? 'right' : 'left' }))
}

const shadeMarks = (panel: Panel, layout: PanelLayout): Mark[] => (panel.shades ?? []).map(([from, to]) => ({
  type: 'rect', aria: false,
  encode: { enter: {
    x: { scale: `${layout.id}x`, value: Math.max(from, layout.xRange[0]) }, x2: { scale: `${layout.id}x`, value: Math.min(to, layout.xRange[1]) },
    y: { value: 0 }, height: { value: layout.height }, fill: { value: SHADE },
  } },
} as Mark))

const insetLayout = (inset: Inset, outer: PanelLayout): PanelLayout => ({
  id: `${outer.id}inset`, x: inset.left * outer.width, y: inset.top * outer.height, width: inset.width * outer.width, height: inset.height * outer.height,
  xRange: inset.xRange ?? timeRange(inset.curves), yRange: inset.yRange ?? snugRange(inset.curves), heading: '', left: true, bottom: true, key: false,
})

/** From here on numbers beside ticks run into each other, or into the axis title, when they are written out. */
const LONG_NUMBERS = 1e5

/** Labels such as 2.5e6 where an axis reaches numbers that are long when written out. */
const shortened = ([from, to]: readonly [number, number]): object => (Math.max(Math.abs(from), Math.abs(to)) < LONG_NUMBERS ? {} : {
  encode: { labels: { update: { text: { signal: "datum.value === 0 ? '0' : replace(format(datum.value, '.4~e'), 'e+', 'e')" } } } },
})

/** Marks and data of one panel, its inset included. */
export const panelMarks = (panel: Panel, layout: PanelLayout, styles: Styles): { data: Data; marks: Mark[] } => {
  const { id, width, height } = layout
  const drawn = panel.curves
    .map((curve, index) => ({ index, curve, style: styleOf(curve, styles) }))
    .filter((each): each is { index: number; curve: Curve; style: LineStyle } => each.style !== undefined)
    .sort((a, b) => a.style.order - b.style.order || a.index - b.index)
    .map(({ index, curve, style }) => curveMarks(curve, index, id, style))
  const axis = (orient: string, along: 'x' | 'y', count: number, labels: boolean): unknown => ({
    orient, scale: `${id}${along}`, tickCount: count, labels, ...shortened(along === 'x' ? layout.xRange : layout.yRange),
    domainColor: INK, domainWidth: 1, tickColor: INK, tickWidth: 1, tickSize: -4.5, labelPadding: 9,
    labelFont: FONT, labelFontSize: SIZES.tick, labelColor: INK, labelFlush: false, labelOverlap: false, aria: false, zindex: 1,
  })
  const xTicks = Math.max(2, Math.round(width / 55))
  const yTicks = Math.max(2, Math.round(height / 38))
  const notes = panel.notes ?? []
  const { inset } = panel
  const small = inset === undefined ? null : { inset, layout: insetLayout(inset, layout) }
  const inner = small === null ? { data: [], marks: [] } : panelMarks({ curves: small.inset.curves, shades: panel.shades ?? [] }, small.layout, styles)
  const group = {
    type: 'group',
    aria: false,
    encode: { enter: { x: { value: layout.x }, y: { value: layout.y }, width: { value: width }, height: { value: height } } },
    scales: [
      { name: `${id}x`, type: 'linear', domain: [...layout.xRange], range: [0, width], nice: false, zero: false },
      { name: `${id}y`, type: 'linear', domain: [...layout.yRange], range: [height, 0], nice: false, zero: false },
    ],
    axes: [
      axis('bottom', 'x', xTicks, layout.bottom), axis('top', 'x', xTicks, false),
      axis('left', 'y', yTicks, layout.left), axis('right', 'y', yTicks, false),
    ],
    marks: [
      {
        type: 'group', aria: false, clip: true,
        encode: { enter: { width: { value: width }, height: { value: height } } },
        marks: [...shadeMarks(panel, layout), ...drawn.flatMap((each) => each.marks)],
      },
      ...(layout.heading === '' ? [] : [text(layout.heading, 0, -9, SIZES.panel)]),
      ...(small === null ? [] : [insetGround(small.layout), ...inner.marks, ...insetTitle(small.inset, small.layout)]),
      ...(layout.key ? keyMarks(panel, layout, styles) : []),
      ...(notes.length === 0 ? [] : noteMarks(panel, notes, layout)),
    ],
  }
  return { data: [...drawn.flatMap((each) => each.data), ...inner.data], marks: [group as unknown as Mark] }
}

/** White below an inset and its numbers. */
const insetGround = ({ x, y, width, height }: PanelLayout): Mark => ({
  type: 'rect', aria: false,
  encode: { enter: { x: { value: x - 34 }, y: { value: y - 18 }, width: { value: width + 44 }, height: { value: height + 42 }, fill: { value: 'white' }, fillOpacity: { value: 0.85 } } },
} as Mark)

const insetTitle = ({ title }: Inset, { x, y }: PanelLayout): Mark[] => (title === undefined ? [] : [text(title, x, y - 6, SIZES.note)])
