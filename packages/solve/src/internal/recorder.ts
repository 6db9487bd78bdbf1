import type { Frame, Planes, Sample, Save, Side, SolveOptions, Vector } from '@mesobath/contracts'
import { growingPlanes, growingRows } from './growing.js'
import type { GrowingRows } from './growing.js'
import { diagonalStates, expectation, layoutOf, marginal, reduceToSystem } from './layout.js'
import type { Layout } from './layout.js'

/** The tables of a trajectory. */
export interface Recorded {
  readonly times: Vector
  readonly sides: readonly Side[]
  readonly energies: Vector
  readonly strengths: Vector
  readonly populations: Vector | null
  readonly populationRates: Vector | null
  readonly systemStates: Planes | null
  readonly conditionalStates: Planes | null
  readonly marginals: readonly Vector[]
  readonly observables: Readonly<Record<string, Vector>>
  readonly scalars: Readonly<Record<string, Vector>>
}

export interface Recorder {
  add(sample: Sample): void
  finish(): Recorded
}

const RANK: Readonly<Record<Save, number>> = { nothing: 0, marginals: 1, populations: 2, states: 3 }

/** Bytes kept per sample, complex where states are: what the limit check counts before a run. */
export const bytesPerSample = (layout: Layout, baths: number, save: Save, observables: number): number => {
  const { dimension, counts, windows } = layout
  const numbers = [
    1 + dimension + baths + observables + 2,
    2 * dimension * dimension + counts.reduce((sum, each) => sum + each, 0),
    2 * dimension * windows,
    2 * dimension * dimension * windows,
  ]
  let sum = 0
  for (let rank = 0; rank <= RANK[save]; rank++) sum += numbers[rank]!
  return 8 * sum
}

/** Copies what `save` asks for out of borrowed samples. */
export const recorder = (frame: Frame, save: Save, observables: NonNullable<SolveOptions['observables']>, expected: number): Recorder => {
  const layout = layoutOf(frame.dimension, frame.baths.map((each) => each.windows.energies.length))
  const { dimension, counts, windows } = layout
  const rank = RANK[save]
  const times = growingRows(1, expected)
  const sides: Side[] = []
  const energies = growingRows(dimension, expected)
  const strengths = growingRows(counts.length, expected)
  const marginals = rank >= 1 ? counts.map((count) => growingRows(count, expected)) : []
  const systemStates = rank >= 1 ? growingPlanes(dimension * dimension, expected) : null
  const populations = rank >= 2 ? growingRows(dimension * windows, expected) : null
  let rates = rank >= 2 ? growingRows(dimension * windows, expected) : null
  const conditionals = rank >= 3 ? growingPlanes(dimension * dimension * windows, expected) : null
  const observed = Object.entries(observables).map(([name, what]) => ({ name, what, rows: growingRows(1, expected) }))
  const scalars = new Map<string, GrowingRows>()
  const system = { re: new Float64Array(dimension * dimension), im: new Float64Array(dimension * dimension) }
  const diagonal = rank >= 3 ? new Float64Array(dimension * dimension * windows) : null

  const addScalars = (sample: Sample): void => {
    for (const [name, rows] of scalars) rows.next()[0] = sample.scalars[name] ?? Number.NaN
    for (const name of Object.keys(sample.scalars)) {
      if (scalars.has(name)) continue
      const rows = growingRows(1, expected)
      for (let missed = 1; missed < sides.length; missed++) rows.next()[0] = Number.NaN
      rows.next()[0] = sample.scalars[name]!
      scalars.set(name, rows)
    }
  }

  return {
    add: (sample) => {
      times.next()[0] = sample.time
      sides.push(sample.side)
      energies.next().set(sample.energies)
      strengths.next().set(sample.strengths)
      const complex = rank >= 1 || observed.length > 0 ? reduceToSystem(layout, sample, system) : false
      systemStates?.add(system.re, complex ? system.im : null)
      marginals.forEach((rows, bath) => marginal(layout, bath, sample.populations, rows.next()))
      populations?.next().set(sample.populations)
      if (sample.populationRates === null) rates = null
      rates?.next().set(sample.populationRates!)
      if (conditionals !== null && diagonal !== null) {
        if (sample.conditional !== null) conditionals.add(sample.conditional.re, sample.conditional.im)
        else {
          diagonalStates(layout, sample.populations, diagonal)
          conditionals.add(diagonal, null)
        }
      }
      for (const { what, rows } of observed) {
        rows.next()[0] = typeof what === 'function' ? what(sample) : expectation(what.re, what.im, system, dimension)
      }
      addScalars(sample)
    },
    finish: () => ({
      times: times.finish(),
      sides,
      energies: energies.finish(),
      strengths: strengths.finish(),
      populations: populations?.finish() ?? null,
      populationRates: rates?.finish() ?? null,
      systemStates: systemStates?.finish() ?? null,
      conditionalStates: conditionals?.finish() ?? null,
      marginals: marginals.map((rows) => rows.finish()),
      observables: Object.fromEntries(observed.map(({ name, rows }) => [name, rows.finish()])),
      scalars: Object.fromEntries([...scalars].map(([name, rows]) => [name, rows.finish()])),
    }),
  }
}
