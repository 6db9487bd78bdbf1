import type { Spec } from 'vega'
import type { AxesOptions, Curve, Panel } from '../curve.js'
import { lineStyles } from '../line-style.js'
import { placeOf } from './check.js'
import { advance, SIZES, stroke, symbol, text } from './drawing.js'
import type { Mark } from './drawing.js'
import { labelOf, panelMarks } from './panel-marks.js'
import type { Styles } from './panel-marks.js'
import { snugRange, timeRange, valueRange } from './ranges.js'

/** A page of panels. The layout is computed here and not measured from text: the same bytes on every machine. */
export interface Page extends AxesOptions {
  readonly title?: string
  readonly columns: number
  readonly panels: readonly Panel[]
  /** Whether panels carry letters. */
  readonly lettered: boolean
  readonly ownAxes?: boolean
  readonly legend?: 'page' | 'panels'
}

const MARGIN = { left: 62, right: 18, bottom: 52, top: 12 } as const
const GAP = { column: 22, row: 34 } as const
/** Room for the numbers and titles of axes between panels that have their own. */
const OWN_GAP = { column: 74, row: 76 } as const
const LEGEND = { line: 34, textGap: 7, entryGap: 22, row: 20 } as const
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

const TIME_TITLE = 'time t (1/energy)'
const VALUE_TITLE = 'probability p(ε₁, E = ε₀)'

/** One entry per name, in order of first appearance, wrapped to the width; rows are centred. */
const legendMarks = (curves: readonly Curve[], styles: Styles, left: number, width: number, top: number):
  { readonly marks: Mark[]; readonly height: number } => {
  const labels = new Map<string, string>()
  for (const curve of curves) if (!labels.has(curve.name)) labels.set(curve.name, labelOf(curve, styles.get(curve.name)))
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
      const usual = styles.get(name)
      const own = curves.find((curve) => curve.name === name)?.style
      const style = usual === undefined ? undefined : { ...usual, ...own }
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
  const own = page.ownAxes === true
  const keys = page.legend === 'panels'
  const gap = own ? OWN_GAP : GAP
  const curves = page.panels.flatMap((panel) => panel.curves)
  const styles = lineStyles([...curves, ...page.panels.flatMap((panel) => panel.inset?.curves ?? [])].map((curve) => curve.name))
  const panelWidth = page.panelWidth ?? (page.panels.length === 1 ? 400 : 220)
  const panelHeight = page.panelHeight ?? (page.panels.length === 1 ? 270 : 165)
  const places = page.panels.map((panel, index) => placeOf(panel, index, page.columns))
  const rows = Math.max(...places.map((place) => place.row)) + 1
  const inner = page.columns * panelWidth + (page.columns - 1) * gap.column
  const titleHeight = page.title === undefined ? 0 : 24
  const legend = keys ? { marks: [], height: 0 } : legendMarks(curves, styles, MARGIN.left, inner, MARGIN.top + titleHeight)
  const headings = page.panels.map((panel, index) =>
    [page.lettered ? `(${LETTERS[index % LETTERS.length]})` : '', panel.title ?? ''].filter((part) => part !== '').join('  '))
  const top = MARGIN.top + titleHeight + legend.height + 8 + (headings.some((heading) => heading !== '') ? 20 : 0)
  const innerHeight = rows * panelHeight + (rows - 1) * gap.row
  const shared = { x: page.xRange ?? (own ? null : timeRange(curves)), y: page.yRange ?? (own ? null : valueRange(curves)) }
  const taken = new Set(places.map((place) => `${place.row},${place.column}`))
  const corners = places.map(({ row, column }) => ({ x: MARGIN.left + column * (panelWidth + gap.column), y: top + row * (panelHeight + gap.row) }))
  const drawn = page.panels.map((panel, index) => {
    const { row, column } = places[index] ?? { row: 0, column: 0 }
    const range = own ? { x: panel.xRange ?? shared.x, y: panel.yRange ?? shared.y } : shared
    return panelMarks(panel, {
      id: `panel${index}`, ...(corners[index] ?? { x: 0, y: 0 }),
      width: panelWidth, height: panelHeight, xRange: range.x ?? timeRange(panel.curves), yRange: range.y ?? snugRange(panel.curves),
      heading: headings[index] ?? '', left: own || !taken.has(`${row},${column - 1}`), bottom: own || !taken.has(`${row + 1},${column}`), key: keys,
    }, styles)
  })
  const titled = page.title === undefined ? [] : [text(page.title, MARGIN.left + inner / 2, MARGIN.top + 12, SIZES.title, { align: 'center', baseline: 'middle' })]
  const axisTitles = (x: number, y: number, width: number, height: number, titles: { readonly xTitle?: string; readonly yTitle?: string }): Mark[] => [
    text(titles.xTitle ?? page.xTitle ?? TIME_TITLE, x + width / 2, y + height + 38, SIZES.axis, { align: 'center' }),
    text(titles.yTitle ?? page.yTitle ?? VALUE_TITLE, x - 44, y + height / 2, SIZES.axis, { align: 'center', angle: -90 }),
  ]
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
      ...(own
        ? page.panels.flatMap((panel, index) => axisTitles(corners[index]?.x ?? 0, corners[index]?.y ?? 0, panelWidth, panelHeight, panel))
        : axisTitles(MARGIN.left, top, inner, innerHeight, {})),
    ],
  }
}
