import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import type { AxesOptions, Curve, Panel } from '../curve.js'

type Path = readonly (string | number)[]

const spell = (path: Path): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '')

/** Faults of a list of curves. */
export const checkCurves = (curves: readonly Curve[], path: Path): Issue[] => {
  if (curves.length === 0) return [issue('figures/no-curves', path, `\`${spell(path)}\` must hold at least one curve, but is empty`)]
  return curves.flatMap((curve, index) => {
    const at = [...path, index]
    const issues: Issue[] = []
    if (curve.times.length === 0) {
      issues.push(issue('figures/empty-curve', [...at, 'times'], `\`${spell(at)}.times\` must hold at least one time, but is empty`))
    }
    if (curve.times.length !== curve.values.length) {
      issues.push(issue('figures/length-mismatch', [...at, 'values'],
        `\`${spell(at)}.values\` must hold one value per time (${curve.times.length}), but holds ${curve.values.length}`))
    }
    for (const key of curve.gaps === true ? ['times'] as const : ['times', 'values'] as const) {
      const bad = Array.from(curve[key]).findIndex((value) => !Number.isFinite(value))
      if (bad >= 0) {
        issues.push(issue('figures/not-finite', [...at, key, bad], `\`${spell([...at, key, bad])}\` must be finite, but is ${curve[key][bad]}`))
      }
    }
    const { band } = curve
    if (band !== undefined) {
      if (band.halfWidths.length !== curve.times.length) {
        issues.push(issue('figures/length-mismatch', [...at, 'band', 'halfWidths'],
          `\`${spell(at)}.band.halfWidths\` must hold one number per time (${curve.times.length}), but holds ${band.halfWidths.length}`))
      }
      // Where there is no value there need be no band.
      const bad = Array.from(band.halfWidths).findIndex((half, row) => Number.isFinite(curve.values[row]) && !(Number.isFinite(half) && half >= 0))
      if (bad >= 0) {
        issues.push(issue('figures/band', [...at, 'band', 'halfWidths', bad],
          `\`${spell([...at, 'band', 'halfWidths', bad])}\` must be finite and not negative, but is ${band.halfWidths[bad]}`))
      }
      if (!(band.confidence > 0 && band.confidence < 1)) {
        issues.push(issue('figures/confidence', [...at, 'band', 'confidence'], `\`${spell(at)}.band.confidence\` must lie between 0 and 1, but is ${band.confidence}`))
      }
    }
    const back = Array.from(curve.times).findIndex((time, row, all) => row > 0 && time < (all[row - 1] ?? time))
    if (back >= 0) {
      issues.push(issue('figures/times-decrease', [...at, 'times', back],
        `\`${spell([...at, 'times', back])}\` must not be less than the time before it (${curve.times[back - 1]}), but is ${curve.times[back]}`))
    }
    return issues
  })
}

/** Faults of the options of the axes. */
export const checkAxes = (options: AxesOptions, path: Path = []): Issue[] => {
  const issues: Issue[] = []
  for (const key of ['xRange', 'yRange'] as const) {
    const range = options[key]
    if (range && !(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[0] < range[1])) {
      issues.push(issue('figures/range', [...path, key], `\`${spell([...path, key])}\` must be two finite numbers in ascending order, but is [${range[0]}, ${range[1]}]`))
    }
  }
  for (const key of ['panelWidth', 'panelHeight'] as const) {
    const size = options[key]
    if (size !== undefined && !(Number.isFinite(size) && size > 0)) {
      issues.push(issue('figures/size', [key], `\`${key}\` must be a positive number, but is ${size}`))
    }
  }
  return issues
}

/** Faults of what a panel has beside its curves. */
export const checkPanel = (panel: Panel, path: Path): Issue[] => {
  const { inset, shades = [] } = panel
  const issues = [...checkCurves(panel.curves, [...path, 'curves']), ...checkAxes(panel, path)]
  shades.forEach(([from, to], index) => {
    if (Number.isFinite(from) && Number.isFinite(to) && from < to) return
    const at = [...path, 'shades', index]
    issues.push(issue('figures/range', at, `\`${spell(at)}\` must be two finite numbers in ascending order, but is [${from}, ${to}]`))
  })
  if (inset === undefined) return issues
  const at = [...path, 'inset']
  issues.push(...checkCurves(inset.curves, [...at, 'curves']), ...checkAxes(inset, at))
  const { left, top, width, height } = inset
  if (!(left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1 && top + height <= 1)) {
    issues.push(issue('figures/place', at, `\`${spell(at)}\` must lie within its panel, but reaches from [${left}, ${top}] to [${left + width}, ${top + height}]`))
  }
  return issues
}

/** Faults of the places of panels: columns that do not exist, two panels in one place. */
export const checkPlaces = (panels: readonly Panel[], columns: number): Issue[] => {
  if (!(Number.isInteger(columns) && columns > 0)) {
    return [issue('figures/columns', ['columns'], `\`columns\` must be a positive integer, but is ${columns}`)]
  }
  const issues: Issue[] = []
  const taken = new Map<string, number>()
  panels.forEach((panel, index) => {
    const { row, column } = placeOf(panel, index, columns)
    if (!(Number.isInteger(row) && row >= 0)) {
      issues.push(issue('figures/place', ['panels', index, 'row'], `\`panels[${index}].row\` must be a whole number from 0, but is ${row}`))
    }
    if (!(Number.isInteger(column) && column >= 0 && column < columns)) {
      issues.push(issue('figures/place', ['panels', index, 'column'],
        `\`panels[${index}].column\` must be a whole number from 0 to ${columns - 1}, but is ${column}`))
    }
    const before = taken.get(`${row},${column}`)
    if (before !== undefined) {
      issues.push(issue('figures/place', ['panels', index], `\`panels[${index}]\` must have a place of its own, but stands where \`panels[${before}]\` does`))
    } else taken.set(`${row},${column}`, index)
  })
  return issues
}

/** Where a panel stands; row by row unless told. */
export const placeOf = (panel: Panel, index: number, columns: number): { readonly row: number; readonly column: number } => ({
  row: panel.row ?? Math.floor(index / columns),
  column: panel.column ?? index % columns,
})
