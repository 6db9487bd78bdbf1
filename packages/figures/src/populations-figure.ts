import { failIfAny, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { Panel, PopulationsFigureOptions } from './curve.js'
import { checkAxes, checkPanel } from './internal/check.js'
import { renderPage } from './internal/render.js'

/**
 * Draws populations of several methods against time in one panel, as SVG text.
 *
 * `curves` hold times [T] in inverse energies and values [T] without unit; equal input gives equal bytes. Runs in Node and in
 * browsers without a document. Issues: `figures/no-curves`, `figures/empty-curve`, `figures/length-mismatch`,
 * `figures/not-finite`, `figures/times-decrease`, `figures/range`, `figures/size`.
 */
export const populationsFigure = async (options: PopulationsFigureOptions): Promise<Outcome<string>> => {
  const { title, curves, notes, shades, inset, ...axes } = options
  const panel: Panel = {
    curves, ...(notes === undefined ? {} : { notes }), ...(shades === undefined ? {} : { shades }), ...(inset === undefined ? {} : { inset }),
  }
  const checked = failIfAny([...checkPanel(panel, []), ...checkAxes(axes)], () => null)
  if (checked._tag === 'Left') return checked
  return succeed(await renderPage({ ...axes, ...(title === undefined ? {} : { title }), columns: 1, panels: [panel], lettered: false }))
}
