import type { LineStyle } from './line-style.js'

/** What surrounds a line: the value lies within, as often as `confidence` says. */
export interface Band {
  /** Half of its width, finite and not negative where the line is drawn [T]. */
  readonly halfWidths: ArrayLike<number>
  /** Between 0 and 1; told in the legend. */
  readonly confidence: number
}

/** One line of a figure: a quantity against time, or against whatever the horizontal axis is. */
export interface Curve {
  /** Name of the method, which decides colour, line style and marker: 'exact', 'markov', 'finite-time-redfield', … */
  readonly name: string
  /** Text of the legend; the method's usual name unless told. */
  readonly label?: string
  /** Times, finite and not decreasing [T]. */
  readonly times: ArrayLike<number>
  /** Values at these times, finite unless `gaps` [T]. */
  readonly values: ArrayLike<number>
  /** Values that are not finite interrupt the line; a fault unless told. */
  readonly gaps?: boolean
  /** A statistical error, drawn as a band about the line. */
  readonly band?: Band
  /** What differs from the usual style of the name. */
  readonly style?: Partial<Omit<LineStyle, 'label'>>
}

/** A small panel inside another, its place in fractions of the outer plotting area, from its upper left corner. */
export interface Inset {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly curves: readonly Curve[]
  readonly title?: string
  readonly xRange?: readonly [number, number]
  readonly yRange?: readonly [number, number]
}

/** One panel of a page. */
export interface Panel {
  /** Stands above the panel, after its letter. */
  readonly title?: string
  /** Row and column, counted from 0; panels fill the page row by row unless told. */
  readonly row?: number
  readonly column?: number
  readonly curves: readonly Curve[]
  /** Short lines inset at the right, above the curves or below them. */
  readonly notes?: readonly string[]
  /** Stretches of the horizontal axis that are shaded. */
  readonly shades?: readonly (readonly [number, number])[]
  readonly inset?: Inset
  /** Titles and ends of this panel's axes on a page with `ownAxes`. */
  readonly xTitle?: string
  readonly yTitle?: string
  readonly xRange?: readonly [number, number]
  readonly yRange?: readonly [number, number]
}

/** What every figure may be told of its axes; panels of one page share them, so that they can be compared. */
export interface AxesOptions {
  /** Title of the time axis; "time t (1/energy)" unless told. */
  readonly xTitle?: string
  /** Title of the value axis; "probability p(ε₁, E = ε₀)" unless told. */
  readonly yTitle?: string
  /** Ends of the time axis; those of the curves unless told. */
  readonly xRange?: readonly [number, number]
  /** Ends of the value axis; round numbers that hold zero and the curves unless told. */
  readonly yRange?: readonly [number, number]
  /** Size of each panel's plotting area in SVG units (CSS pixels). */
  readonly panelWidth?: number
  readonly panelHeight?: number
}

/** Options of `populationsFigure`. */
export interface PopulationsFigureOptions extends AxesOptions {
  readonly title?: string
  readonly curves: readonly Curve[]
  readonly notes?: readonly string[]
  /** Stretches of the horizontal axis that are shaded. */
  readonly shades?: readonly (readonly [number, number])[]
  readonly inset?: Inset
}

/** Options of `pageFigure`. */
export interface PageFigureOptions extends AxesOptions {
  readonly title?: string
  /** Number of columns. */
  readonly columns: number
  /**
   * Every panel has axes with numbers and titles of its own, its ends that of its curves unless told. The legend stays one for the page
   * where `legend` is 'page'.
   */
  readonly ownAxes?: boolean
  /** One legend above all panels (unless told), or a key inside each, in its emptiest corner. */
  readonly legend?: 'page' | 'panels'
  readonly panels: readonly Panel[]
}
