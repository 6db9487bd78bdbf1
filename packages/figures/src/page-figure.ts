import { failIfAny, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'
import type { PageFigureOptions } from './curve.js'
import { checkAxes, checkPanel, checkPlaces } from './internal/check.js'
import { renderPage } from './internal/render.js'

/**
 * Draws a page of panels, as SVG text: they share axes and one legend unless told.
 *
 * Panels stand row by row in `columns` columns, or where their `row` and `column` say, and are lettered (a), (b), … in the
 * order given. A name of a curve means the same style in every panel. Issues: those of `populationsFigure`, and
 * `figures/no-panels`, `figures/columns`, `figures/place`.
 */
export const pageFigure = async (options: PageFigureOptions): Promise<Outcome<string>> => {
  const { columns, panels } = options
  const empty = panels.length === 0 ? [issue('figures/no-panels', ['panels'], '`panels` must hold at least one panel, but is empty')] : []
  const checked = failIfAny([
    ...empty,
    ...checkPlaces(panels, columns),
    ...panels.flatMap((panel, index) => checkPanel(panel, ['panels', index])),
    ...checkAxes(options),
  ], () => null)
  if (checked._tag === 'Left') return checked
  return succeed(await renderPage({ ...options, lettered: panels.length > 1 }))
}
