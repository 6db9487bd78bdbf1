import { describe, expect, it } from 'vitest'
import type { Drive, Outcome } from '@mesobath/contracts'
import { driveFromOptions, driveOptionsSchema, periodic, piecewiseConstant, piecewiseLinear, quenches, smoothDrive } from '../../src/index.js'
import type { DriveOptions } from '../../src/index.js'

const base = { energies: [0, 1], strengths: [0.1] }
const range = { from: 0, to: 10 }
const told = (outcome: Outcome<Drive>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code, path }) => `${code.slice(7)} ${path.join('.')}`) : [])
const message = (outcome: Outcome<Drive>): string => (outcome._tag === 'Left' ? outcome.left[0].message : '')
const odd = (options: unknown): DriveOptions => options as DriveOptions

describe('bad input', () => {
  it('quenches: everything that is wrong, at once', () => {
    expect(told(quenches({ energies: [0, NaN], strengths: [-0.1], level: 2, values: [1, Infinity], period: 0 }))).toEqual([
      'not-finite energies.1', 'negative-strength strengths.0', 'period quenches.period', 'not-finite quenches.values.1', 'level level',
    ])
    expect(told(quenches({ ...base, level: 1, times: [1, 3, 2, 2, NaN], values: [1, 2] }))).toEqual(['not-finite times.4', 'lengths values'])
    expect(told(quenches({ ...base, level: 1, times: [1, 3, 2, 2], values: [1, 2, 3, 4] }))).toEqual(['unordered times.2', 'unordered times.3'])
    expect(told(quenches({ ...base, level: 1, times: [-1, 5, 10, 11], values: [1, 2, 3, 4], range }))).toEqual(['beyond-run times.0', 'beyond-run times.2', 'beyond-run times.3'])
    expect(told(quenches({ ...base, bath: 0, values: [0.1, -0.2], period: 1 }))).toEqual(['negative-strength quenches.values.1'])
    for (const period of [0, -1, NaN, Infinity]) expect(told(quenches({ ...base, level: 1, values: [1], period }))).toEqual(['period quenches.period'])
    expect(message(quenches({ ...base, level: 1, values: [1], period: 0 }))).toBe('`quenches.period` must be finite and positive, but is 0')
    expect(message(quenches({ ...base, level: 7, values: [1], period: 1 }))).toBe('`level` must be the index of a level, 0 to 1, but is 7')
    expect(message(quenches({ ...base, level: 1, times: [10], values: [1], range }))).toBe('`times[0]` must lie in the run, which goes from 0 to 10, but is 10')
  })

  it('options of a scenario: forms, targets, labels, shapes', () => {
    const from = (options: unknown, context = {}) => told(driveFromOptions(odd(options), [0, 1], [0.1, 0.2], context))
    expect(from({ quenches: { period: 1, values: [1] } })).toEqual(['target '])
    expect(from({ level: 0, bath: 1, quenches: { period: 1, values: [1] } })).toEqual(['target '])
    expect(from({ level: 1.5, quenches: { period: 1, values: [1] } })).toEqual(['level level'])
    expect(from({ bath: 'middle', quenches: { period: 1, values: [1] } }, { labels: ['left', 'right'] })).toEqual(['bath bath'])
    expect(from({ bath: 'left', quenches: { period: 1, values: [1] } })).toEqual(['bath bath'])
    expect(from({ level: 1 })).toEqual(['form '])
    expect(from({ level: 1, quenches: { period: 1, values: [1] }, times: [1], values: [1] })).toEqual(['form '])
    expect(from({ level: 1, quenches: 5 })).toEqual(['form quenches'])
    expect(from({ level: 1, quenches: { period: '1', values: 7 } })).toEqual(['period quenches.period', 'not-a-list quenches.values'])
    expect(from({ level: 1, times: [1], values: [] })).toEqual(['empty values', 'lengths values'])
    expect(from({ level: 1, times: [1, 2], values: [1, 2], shape: 'cubic' })).toEqual(['shape shape'])
    expect(from({ level: 1, times: [1, 1, 1], values: [1, 2, 3], shape: 'linear' })).toEqual(['unordered times.2'])
    expect(from({ level: 1, times: [1, 6], values: [1, 2], period: 5 })).toEqual(['beyond-period times.1'])
    expect(from({ level: 1, times: [1, 5], values: [1, 2], period: 5 })).toEqual(['beyond-period times.1'])
    expect(from({ level: 1, times: [0, 5], values: [1, 2], period: 5, shape: 'linear' })).toEqual([])
    expect(from({ level: 1, times: [1], values: [1], origin: 0 })).toEqual(['period period'])
    expect(from([])).toEqual(['empty '])
    expect(from([null, { level: 1, quenches: { period: 1, values: [1] } }, { level: 1, times: [1], values: [1] }])).toEqual(['form 0', 'twice 2'])
    expect(from({ level: 1, quenches: { period: 1, values: [1] } }, { range: { from: 1, to: NaN } })).toEqual(['range range'])
  })

  it('piecewise: rows', () => {
    expect(told(piecewiseConstant({ times: [], energies: [[0, 1]], strengths: [0.1] }))).toEqual(['empty times', 'lengths energies'])
    expect(told(piecewiseConstant({ times: [0, 1, 1], energies: [[0, 1], [0, 2], [0]], strengths: [[0.1], [-0.1], [0.1]] }))).toEqual([
      'unordered times.2', 'lengths energies.2', 'negative-strength strengths.1.0',
    ])
    expect(told(piecewiseLinear({ times: [0, 1, 1], energies: [[0, 1], [0, 2], [0, 3]], strengths: [0.1] }))).toEqual([])
    expect(told(piecewiseLinear({ times: [2, 1, 12], energies: [[0], [0], [NaN]], strengths: [], range }))).toEqual(['unordered times.1', 'beyond-run times.2', 'not-finite energies.2.0'])
    expect(told(piecewiseLinear({ times: [0, 10], energies: [[0], [1]], strengths: [], range }))).toEqual([])
  })

  it('functions: not finite or negative at a stop, at an end, or at a sampled point; silent; of the wrong size', () => {
    const smooth = (energies: (time: number, out: Float64Array) => void, options = {}) =>
      smoothDrive({ levels: 2, baths: 1, energies, strengths: [0.1], ...options })
    expect(told(smooth((time, out) => { out[0] = 0; out[1] = Math.sqrt(5 - time) }, { range }))).toEqual(['not-finite energies'])
    expect(message(smooth((time, out) => { out[0] = 0; out[1] = Math.sqrt(5 - time) }, { range }))).toBe('`energies` must write finite numbers at every time, but entry 1 is NaN at 10')
    expect(told(smooth((time, out) => { out[0] = 0; out[1] = 1 / (time - 3) }, { stops: [3] }))).toEqual(['not-finite energies'])
    expect(told(smooth((time, out) => { out[0] = 0; out[1] = Math.log(Math.abs(time - 5)) }, { range }))).toEqual(['not-finite energies'])
    expect(told(smooth((_time, out) => { out[0] = 0 }, { range }))).toEqual(['not-finite energies'])
    expect(told(smoothDrive({ levels: 1, baths: 1, energies: [0], strengths: (time, out) => { out[0] = Math.sin(time) }, range }))).toEqual(['negative-strength strengths'])
    expect(told(smoothDrive({ levels: 2, baths: 1, energies: [0], strengths: [-1] }))).toEqual(['lengths energies', 'negative-strength strengths.0'])
    expect(told(smooth((_time, out) => out.fill(0), { stops: [2, 1, 11], range }))).toEqual(['unordered stops.1', 'beyond-run stops.2'])
    expect(told(smoothDrive({ levels: 0, baths: 0.5, energies: () => undefined, strengths: [] }))).toEqual(['count levels', 'count baths', 'lengths strengths'])
    expect(told(smooth((_time, out) => out.fill(0), { stops: [1, 2], range }))).toEqual([])
  })

  it('periodic', () => {
    const pattern = quenches({ ...base, level: 1, times: [1], values: [2] })
    if (pattern._tag === 'Left') throw new Error('sound')
    expect(told(periodic(pattern.right, { period: 0, origin: NaN }))).toEqual(['period period', 'not-finite origin'])
  })

  it('the schema of options is JSON', () => expect(JSON.parse(JSON.stringify(driveOptionsSchema))).toEqual(driveOptionsSchema))
})
