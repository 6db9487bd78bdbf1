import { orThrow } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { describe, expect, it } from 'vitest'
import { LEDGER_STYLES, ledgerFigure, pageFigure, populationsFigure } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'

const times = Array.from({ length: 41 }, (_, i) => i)
const grow = (top: number) => times.map((t) => top * t / (1 + t))
const codes = (outcome: Outcome<unknown>): string[] => (outcome._tag === 'Left' ? outcome.left.map((each: Issue) => each.code) : [])
const places = (outcome: Outcome<unknown>): string[] => (outcome._tag === 'Left' ? outcome.left.map((each: Issue) => each.path.join('.')) : [])
const colour = (index: number): string => `stroke="${LEDGER_STYLES[index]?.colour}"`
const count = (svg: string, part: string): number => svg.split(part).length - 1

const series = {
  systemEnergy: grow(-0.6), work: grow(0.3), 'heat/bath': grow(-0.9), coarseGrainingDefect: times.map(() => 0),
  entropyProduction: grow(1), entropySum: grow(1.2), clausius: grow(1.5), mutualInformation: grow(0.6),
  exactMutualInformation: times.map((t) => (t % 10 === 0 ? 0.7 : NaN)),
  'inverseTemperature/bath': times.map((t) => (t === 0 ? Infinity : 2 + 9 / t)), 'effectiveTemperature/bath': times.map((t) => (t === 0 ? 0 : 1 / (2 + 9 / t))),
}

describe('ledgerFigure', () => {
  it('has a row of four panels for each run, with a key in each', async () => {
    const svg = orThrow(await ledgerFigure({ ledgers: [{ name: 'exact', times, series }, { name: 'markov', times, series }], baths: ['bath'] }))
    for (const words of ['(a)  first law, exact', '(h)  correlations, markov', 'W', 'Q', 'ΔS system − ∫Q̇/T*', 'T*', 'coarse-grained']) expect(svg).toContain(`>${words.replace('(a)  ', '(a)  ')}<`)
    // A defect that is nothing throughout is left out.
    expect(svg).not.toContain('>defect<')
    expect(orThrow(rasterise(svg, { width: 600 })).length).toBeGreaterThan(1000)
  })

  it('shows β* in place of T* where the bath is inverted, and leaves out what a run does not say', async () => {
    const inverted = { ...series, 'inverseTemperature/bath': times.map((t) => 1 - t / 10) }
    expect(orThrow(await ledgerFigure({ ledgers: [{ name: 'x', times, series: inverted }], baths: ['bath'] }))).toContain('>1/T* (1/energy)<')
    const { exactMutualInformation: _, mutualInformation: __, ...rest } = series
    expect(orThrow(await ledgerFigure({ ledgers: [{ name: 'x', times, series: rest }], baths: ['bath'] }))).not.toContain('correlations')
    expect(codes(await ledgerFigure({ ledgers: [], baths: [] }))).toEqual(['figures/no-panels'])
  })

  it('shades the half periods it is told', async () => {
    const options = { ledgers: [{ name: 'x', times, series }], baths: ['bath'] }
    const [plain, shaded] = [orThrow(await ledgerFigure(options)), orThrow(await ledgerFigure({ ...options, shades: [[10, 20], [30, 40]] }))]
    expect(count(shaded, 'fill="#e9e9e9"') - count(plain, 'fill="#e9e9e9"')).toBe(8)
  })
})

describe('panels with more than curves', () => {
  it('interrupts a line where values are not finite, only where told', async () => {
    const values = times.map((t) => (t === 20 ? NaN : t))
    expect(codes(await populationsFigure({ curves: [{ name: 'x', times, values }] }))).toEqual(['figures/not-finite'])
    const svg = orThrow(await populationsFigure({ curves: [{ name: 'exact', times, values, gaps: true }] }))
    const path = (/<path[^>]*d="([^"]*)"[^>]*stroke="#0055aa"/.exec(svg) ?? [])[1] ?? ''
    expect(count(path, 'M')).toBe(2)
  })

  it('draws an inset with axes of its own, its curves in their style', async () => {
    const curve = (index: number) => ({ name: `c${index}`, times, values: grow(index + 1), style: LEDGER_STYLES[index] ?? {} })
    const inset = { left: 0.5, top: 0.5, width: 0.4, height: 0.4, title: 'small', curves: [curve(1)] }
    const svg = orThrow(await populationsFigure({ curves: [curve(0)], inset }))
    expect(svg).toContain('>small<')
    expect(svg).toContain(colour(1))
    expect(places(await populationsFigure({ curves: [curve(0)], inset: { ...inset, width: 0.7 } }))).toEqual(['inset'])
    expect(places(await pageFigure({ columns: 1, panels: [{ curves: [curve(0)], inset: { ...inset, curves: [] } }] }))).toEqual(['panels.0.inset.curves'])
  })

  it('gives every panel its own axes where asked', async () => {
    const panels = [{ curves: [{ name: 'a', times, values: grow(1) }], yTitle: 'first' }, { curves: [{ name: 'b', times, values: grow(500) }], yTitle: 'second', xTitle: 'other' }]
    const svg = orThrow(await pageFigure({ columns: 2, panels, ownAxes: true }))
    for (const words of ['first', 'second', 'other', '1.0', '600']) expect(svg).toContain(`>${words}<`)
    expect(orThrow(await pageFigure({ columns: 2, panels }))).not.toContain('>first<')
  })

  it('names shades and ranges that are none', async () => {
    const curves = [{ name: 'a', times, values: grow(1) }]
    expect(places(await pageFigure({ columns: 1, panels: [{ curves, shades: [[0, 1], [3, 2]], yRange: [1, 0] }] }))).toEqual(['panels.0.yRange', 'panels.0.shades.1'])
  })
})
