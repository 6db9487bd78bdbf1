import type { Citation, Outcome, Plugin, RateModel } from '@mesobath/contracts'

/** One sample: Ē, ω ≥ 0, |f(Ē, ω)|² ≥ 0. */
export type Row = readonly [meanEnergy: number, frequency: number, weight: number]

export interface TabulatedRatesOptions {
  /** Samples on a full grid, in any order. */
  readonly rows: readonly Row[]
  /** Beyond the largest ω of the table: an issue that names it (`refuse`, unless told), or `zero`. */
  readonly beyond?: 'refuse' | 'zero'
  /** Where the table comes from: stands beside the run's other citations. */
  readonly source?: Citation
}

/** Issues: `tabulated-bath-rates/rows`, `tabulated-bath-rates/grid`, `tabulated-bath-rates/beyond`, `tabulated-bath-rates/source`. */
export declare const tabulatedRates: (options: TabulatedRatesOptions) => Outcome<RateModel>

/** Rows of a CSV text "Ē,ω,|f|²"; a first line of names and lines that begin with # are left out. Issue: `tabulated-bath-rates/csv`. */
export declare const rowsFromCsv: (text: string) => Outcome<readonly Row[]>

/** What a scenario finds: `rates: { package: tabulated-bath-rates, options: { rows: … } }`. */
export declare const mesobath: Plugin
