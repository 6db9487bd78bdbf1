import type { Spec } from 'vega'
import type { LineStyle } from '../line-style.js'

export type Mark = NonNullable<Spec['marks']>[number]
export type Data = NonNullable<Spec['data']>

export const FONT = 'DejaVu Sans, Verdana, Arial, sans-serif'
export const INK = '#222222'
export const SIZES = { tick: 10.5, axis: 12, legend: 11.5, panel: 11.5, note: 10.5, title: 14 } as const

/** Width of text in em, from the advances of DejaVu Sans by kind of letter, rounded up: entries may stand apart, never overlap. */
export const advance = (label: string): number =>
  [...label].reduce((sum, letter) => sum + (/[fijlrt.,:;'|()\[\] -]/.test(letter) ? 0.4 : /[mwMW@%–—]/.test(letter) ? 0.98 : /[A-Z]/.test(letter) ? 0.72 : 0.63), 0)

export const text = (content: string, x: number, y: number, size: number, more: Readonly<Record<string, string | number>> = {}): Mark => ({
  type: 'text',
  aria: false,
  encode: {
    enter: {
      x: { value: x }, y: { value: y }, text: { value: content }, fontSize: { value: size }, font: { value: FONT }, fill: { value: INK },
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, { value }])),
    },
  },
} as Mark)

export const stroke = (style: LineStyle): Record<string, unknown> => ({
  stroke: { value: style.colour }, strokeWidth: { value: style.width }, strokeDash: { value: [...style.dash] },
  strokeCap: { value: style.dash.length === 0 ? 'round' : 'butt' }, strokeJoin: { value: 'round' },
})

export const symbol = (style: LineStyle): Record<string, unknown> => ({
  shape: { value: style.marker }, size: { value: 26 }, fill: { value: 'white' }, stroke: { value: style.colour }, strokeWidth: { value: 1.3 },
})
