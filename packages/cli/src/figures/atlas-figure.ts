import type { Outcome } from '@mesobath/contracts'
import type { RunRecord } from '@mesobath/results'
import type { Scenario } from '@mesobath/scenario'
import type { RunReport } from '../write-output.js'
import type { Check } from './checks.js'

/** What every figure is asked for. */
export interface FigureOptions {
  readonly seed: number
  /** Fewer levels and times, with tolerances of their own: for a machine that has seconds. */
  readonly reduced: boolean
}

/** One run of a figure. */
export interface FigurePanel {
  /** Name of its folder. */
  readonly name: string
  readonly title: string
  readonly scenario: Scenario
  /** Name of the panel that this is another realisation of: it is run for the statistics only. */
  readonly repeats?: string
}

/** What a run gave. */
export interface PanelOutcome {
  readonly report: RunReport
  readonly record: RunRecord
}

/** A file of a figure beside its picture. */
export interface FigureFile {
  readonly name: string
  readonly bytes: string
}

/** Numbers that stand side by side. */
export interface FigureTable {
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What is drawn and found. */
export interface DrawnFigure {
  readonly svg: string
  readonly checks: readonly Check[]
  /** What the figure shows beyond its checks, each a sentence. */
  readonly remarks: readonly string[]
  readonly table?: FigureTable
  readonly files?: readonly FigureFile[]
}

/** A figure of the paper: which runs it is made of, how it is drawn, and what must come out. */
export interface AtlasFigure {
  readonly name: string
  readonly title: string
  /** What the paper says of it. */
  readonly claim: string
  /** Of the baths, unless told otherwise. */
  readonly seed: number
  panels(options: FigureOptions): readonly FigurePanel[]
  draw(results: readonly PanelOutcome[], options: FigureOptions): Promise<Outcome<DrawnFigure>>
}
