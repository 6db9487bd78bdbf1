import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Issue, Outcome, Trajectory } from '@mesobath/contracts'
import { lineStyles, pageFigure, populationCurve, populationsFigure, samplingBand } from '@mesobath/figures'
import { rasterise } from '@mesobath/figures/node'

const times = Array.from({ length: 61 }, (_, i) => i)
const decay = (name: string, plateau: number) => ({ name, times, values: times.map((t) => plateau + (1 - plateau) / (1 + t)) })
const four = [decay('exact', 0.4), decay('finite-time-redfield', 0.41), decay('markov', 0.42), decay('born-markov-secular', 0)]
const codes = (outcome: Outcome<unknown>): string[] => (outcome._tag === 'Left' ? outcome.left.map((each: Issue) => each.code) : [])

/** Sizes stand big-endian in the header of a PNG. */
const widthOfPng = (png: Uint8Array): number => new DataView(png.buffer, png.byteOffset).getUint32(16)
const heightOfPng = (png: Uint8Array): number => new DataView(png.buffer, png.byteOffset).getUint32(20)

/** Relative luminance of a #rrggbb colour (sRGB, linear weights are enough to rank greys). */
const grey = (colour: string): number => {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16) / 255
  return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5)
}

describe('populationsFigure', () => {
  it('draws one line per curve, in colour and line style of its method, and names axes and legend', async () => {
    const svg = orThrow(await populationsFigure({ title: 'Decay', curves: four, notes: ['λ = 0.003'] }))
    for (const style of lineStyles(four.map((curve) => curve.name)).values()) {
      // Once in the legend, once in the panel.
      expect(svg.split(`stroke="${style.colour}" stroke-width="${style.width}"`).length - 1).toBe(2)
      expect(svg).toContain(`>${style.label}<`)
    }
    for (const words of ['Decay', 'λ = 0.003', 'time t (1/energy)', 'probability p(ε₁, E = ε₀)']) expect(svg).toContain(`>${words}<`)
  })

  it('gives the same bytes for the same input, also after other figures', async () => {
    const first = await populationsFigure({ curves: four })
    await pageFigure({ columns: 2, panels: [{ curves: four }, { curves: four }] })
    expect(await populationsFigure({ curves: four })).toEqual(first)
  })

  it('keeps the range of values it is told', async () => {
    const svg = orThrow(await populationsFigure({ curves: [decay('markov', 0.4)], yRange: [0, 0.5] }))
    expect(svg).toContain('>0.5<')
    expect(svg).not.toContain('>1.0<')
  })

  it('shows values of one exactly on an axis that ends at one', async () => {
    const svg = orThrow(await populationsFigure({ curves: [{ name: 'exact', times: [0, 1], values: [1 + 1e-12, 0.4] }] }))
    expect(svg).toContain('>1.0<')
    expect(svg).not.toContain('>1.2<')
    expect(svg).not.toContain('>2.0<')
  })

  it('writes long times as powers of ten, short ones out', async () => {
    const stretched = { ...decay('markov', 0.4), times: times.map((t) => t * 1e5) }
    const svg = orThrow(await populationsFigure({ curves: [stretched] }))
    expect(svg).toContain('>2e6<')
    expect(svg).toContain('>0<')
    expect(svg).not.toContain(',000')
    expect(orThrow(await populationsFigure({ curves: four }))).toContain('>60<')
  })

  it('escapes markup in labels', async () => {
    const svg = orThrow(await populationsFigure({ title: '<script>&', curves: [{ ...decay('x', 0), label: 'a < b' }] }))
    expect(svg).toContain('&lt;script&gt;&amp;')
    expect(svg).toContain('a &lt; b')
  })

  it('is silent', async () => {
    const written: unknown[] = []
    const saved = { log: console.log, warn: console.warn, error: console.error }
    console.log = console.warn = console.error = (...words: unknown[]) => { written.push(words) }
    try {
      await populationsFigure({ curves: [{ name: 'one point', times: [0], values: [0] }] })
    } finally {
      Object.assign(console, saved)
    }
    expect(written).toEqual([])
  })

  it('reports every fault at once', async () => {
    const outcome = await populationsFigure({
      curves: [{ name: 'a', times: [0, 1], values: [1] }, { name: 'b', times: [0, 2, 1], values: [0, NaN, 1] }, { name: 'c', times: [], values: [] }],
      yRange: [1, 0], panelWidth: -3,
    })
    expect(codes(outcome)).toEqual([
      'figures/length-mismatch', 'figures/not-finite', 'figures/times-decrease', 'figures/empty-curve', 'figures/range', 'figures/size',
    ])
    expect(codes(await populationsFigure({ curves: [] }))).toEqual(['figures/no-curves'])
  })
})

describe('pageFigure', () => {
  it('letters the panels and lists each method once in the legend', async () => {
    const svg = orThrow(await pageFigure({ columns: 3, panels: Array.from({ length: 6 }, (_, i) => ({ title: `panel ${i}`, curves: four })) }))
    for (const letter of 'abcdef') expect(svg).toContain(`>(${letter})  panel`)
    expect(svg.split('>Markov<').length - 1).toBe(1)
    expect(svg.split('stroke-dasharray="8,4"').length - 1).toBe(7)
  })

  it('refuses a page without panels, without columns, and two panels in one place', async () => {
    expect(codes(await pageFigure({ columns: 1, panels: [] }))).toContain('figures/no-panels')
    expect(codes(await pageFigure({ columns: 0, panels: [{ curves: four }] }))).toEqual(['figures/columns'])
    expect(codes(await pageFigure({ columns: 2, panels: [{ curves: four, row: 0, column: 1 }, { curves: four }] }))).toEqual(['figures/place'])
    expect(codes(await pageFigure({ columns: 2, panels: [{ curves: four, column: 2 }] }))).toEqual(['figures/place'])
  })
})

describe('lineStyles', () => {
  it('tells methods apart by line style alone and, drawn solid, by grey level', () => {
    const styles = [...lineStyles(['exact', 'finite-time-redfield', 'markov', 'born-markov-secular']).values()]
    expect(new Set(styles.map((style) => style.dash.join(' '))).size).toBe(4)
    const greys = styles.map((style) => grey(style.colour)).sort((a, b) => a - b)
    for (let i = 1; i < greys.length; i += 1) expect((greys[i] ?? 0) - (greys[i - 1] ?? 0)).toBeGreaterThan(0.03)
  })

  it('gives names it does not know distinct styles, in order of appearance', () => {
    const styles = lineStyles(['mine', 'yours', 'mine', '__proto__'])
    expect([...styles.keys()]).toEqual(['mine', 'yours', '__proto__'])
    expect(new Set([...styles.values()].map((style) => style.colour)).size).toBe(3)
  })
})

describe('populationCurve', () => {
  const identity = { contract: 1, name: 'markov', package: 'p', version: '0', citations: [], recipe: null }
  const windows = (count: number) => ({ energies: new Float64Array(count), width: 1, logVolumes: new Float64Array(count) })
  const trajectory = {
    frame: { dimension: 2, baths: [{ label: 'a', windows: windows(3) }, { label: 'b', windows: windows(2) }], algorithm: identity, rates: [], backend: 'none' },
    times: Float64Array.of(0, 1), scalars: {},
    populations: Float64Array.from({ length: 24 }, (_, i) => i),
  } as unknown as Trajectory

  it('reads [time, level, window₁, window₂] with the last bath fastest', () => {
    const curve = orThrow(populationCurve(trajectory, { level: 1, windows: [2, 0] }))
    expect([...Array.from(curve.values)]).toEqual([10, 22])
    expect(curve.name).toBe('markov')
    expect(curve.band).toBeUndefined()
  })

  it('has the band of a sampled run', () => {
    const scalars = { 'populationError/1/2/0': Float64Array.of(0, 0.1), samplingVectors: Float64Array.of(10, 10) }
    const curve = orThrow(populationCurve({ ...trajectory, scalars }, { level: 1, windows: [2, 0], confidence: 0.9 }))
    expect(curve.band?.confidence).toBe(0.9)
    expect(curve.band?.halfWidths[1]).toBeCloseTo(0.1833113, 6)
    expect(codes(populationCurve({ ...trajectory, scalars }, { level: 1, windows: [2, 0], confidence: 2 }))).toEqual(['figures/confidence'])
  })

  it('names what does not exist', () => {
    expect(codes(populationCurve(trajectory, { level: 2, windows: [0, 0] }))).toEqual(['figures/no-such-state'])
    expect(codes(populationCurve(trajectory, { level: 0, windows: [0] }))).toEqual(['figures/no-such-state'])
    expect(codes(populationCurve({ ...trajectory, populations: null }, { level: 0, windows: [0, 0] }))).toEqual(['figures/no-populations'])
  })
})

describe('rasterise', () => {
  it('makes a PNG of the width asked, in the shape of the figure', async () => {
    const svg = orThrow(await populationsFigure({ curves: four }))
    const png = orThrow(rasterise(svg, { width: 640 }))
    expect([...png.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(widthOfPng(png)).toBe(640)
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? []
    expect(Math.abs(heightOfPng(png) - (640 * Number(height)) / Number(width))).toBeLessThanOrEqual(1)
  })

  it.each(['ε', '₀', '₁', 'λ', 'δ', 'γ', '⁻', '³', '·', '–', '−', 'ρ', 'Ω'])('draws the glyph %s from the shipped font', (glyph) => {
    const picture = (letter: string) => orThrow(rasterise(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="10" y="28" font-family="DejaVu Sans" font-size="20">${letter}</text></svg>`, { width: 40 }))
    // Neither an empty place nor the box that stands for a missing glyph (the last private-use characters are in no font).
    expect(picture(glyph)).not.toEqual(picture(' '))
    expect(picture(glyph)).not.toEqual(picture('\u{FFFFD}'))
  })

  it('names what is wrong', () => {
    expect(codes(rasterise('<svg', { width: 10 }))).toEqual(['figures/svg'])
    expect(codes(rasterise('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', { width: 0 }))).toEqual(['figures/size'])
  })
})

describe('the band of a sampled run', () => {
  const halfWidths = times.map((t) => 0.02 + 0.001 * t)
  const banded = { ...decay('exact', 0.4), band: { halfWidths, confidence: 0.95 } }

  it('lies about the line, in its colour, and the legend says how often it holds', async () => {
    const svg = orThrow(await populationsFigure({ curves: [banded, decay('markov', 0.42)] }))
    const areas = [...svg.matchAll(/<path d="([^"]+)" fill="#0055aa" fill-opacity="0.22"/g)]
    expect(areas.length).toBe(1)
    // The panel is 270 high, its axis reaches from 0 to 1: there and back along the edges of the band.
    const heights = areas[0]![1]!.split(/[MLZ]/).filter((part) => part !== '').map((part) => Number(part.split(',')[1]))
    expect(heights.length).toBe(2 * times.length)
    const [first, last] = [heights[0]!, heights.at(-1)!]
    expect(Math.abs(first - last)).toBeCloseTo(2 * 0.02 * 270, 2)
    expect(svg).toContain('>exact (band: 95 %)<')
    expect(svg).toContain('>Markov<')
  })

  it('is cut off by the ends of shared axes and widens those that a panel has for itself', async () => {
    const curve = { name: 'exact', times: [0, 1], values: [0.9, 1], band: { halfWidths: [0.5, 0.5], confidence: 0.9 } }
    expect(orThrow(await populationsFigure({ curves: [curve] }))).not.toContain('>1.4<')
    expect(orThrow(await pageFigure({ columns: 1, ownAxes: true, panels: [{ curves: [curve] }] }))).toContain('>1.4<')
  })

  it('must be finite, not negative and as long as the line, where there is one', async () => {
    const faults = async (band: { halfWidths: readonly number[]; confidence: number }, values: readonly number[] = [1, 1], gaps = false) =>
      codes(await populationsFigure({ curves: [{ name: 'exact', times: [0, 1], values, gaps, band }] }))
    expect(await faults({ halfWidths: [0.1], confidence: 0.95 })).toContain('figures/length-mismatch')
    for (const bad of [-0.1, Number.NaN, Infinity]) expect(await faults({ halfWidths: [0.1, bad], confidence: 0.95 })).toEqual(['figures/band'])
    for (const bad of [0, 1, Number.NaN]) expect(await faults({ halfWidths: [0.1, 0.1], confidence: bad })).toEqual(['figures/confidence'])
    expect(await faults({ halfWidths: [0.1, Number.NaN], confidence: 0.95 }, [1, Number.NaN], true)).toEqual([])
  })

  it("is Student's t times the standard error over the vectors, normal where the error is a bound", () => {
    const errors = Float64Array.of(0.01, 0.02)
    const own = { 'populationError/1/0': errors, samplingError: Float64Array.of(1, 1), samplingVectors: Float64Array.of(10, 10) }
    // Tables: 2.262157 for 9 degrees of freedom at 95 %, 1.833113 at 90 %, 1.959964 of the normal distribution.
    const factor = (scalars: Record<string, Float64Array>, level: number, windows: readonly number[], confidence?: number): number | null => {
      const band = orThrow(samplingBand(scalars, { level, windows }, confidence))
      return band === null ? null : band.halfWidths[1]! / 0.02
    }
    expect(factor(own, 1, [0])).toBeCloseTo(2.262157, 6)
    expect(factor(own, 1, [0], 0.9)).toBeCloseTo(1.833113, 6)
    expect(factor({ samplingError: errors }, 1, [0])).toBeCloseTo(1.959964, 6)
    expect(factor({ samplingError: errors }, 1, [])).toBeCloseTo(1.959964, 6)
    expect(factor({ samplingError: errors, samplingVectors: Float64Array.of(10, 10) }, 0, [1])).toBeCloseTo(2.262157, 6)
    expect(factor(own, 1, [])).toBeNull()
    expect(factor({}, 1, [0])).toBeNull()
    expect(codes(samplingBand(own, { level: 1, windows: [0] }, 1))).toEqual(['figures/confidence'])
  })
})
