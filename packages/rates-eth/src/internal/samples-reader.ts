import type { Issue, Outcome } from '@mesobath/contracts'
import { failIfAny, issue } from '@mesobath/contracts'
import type { SpectralSamples } from '../spectral-choice.js'
import type { Reader } from './reader.js'

/** A point this far outside the grid, relative to its span, is rounding of (E + E')/2 or E − E'. */
const GRID_TOLERANCE = 1e-9

const PATH = ['rates', 'spectralFunction', 'samples'] as const

const checkAxis = (axis: ArrayLike<number>, name: 'energies' | 'frequencies', issues: Issue[]): void => {
  if (!(axis?.length > 0)) issues.push(issue('rates-eth/samples', [...PATH, name], `\`spectralFunction.samples.${name}\` must hold at least one number, but is empty`))
  for (let index = 0; index < (axis?.length ?? 0); index += 1) {
    const value = axis[index] as number
    const field = `\`spectralFunction.samples.${name}[${index}]\``
    if (!Number.isFinite(value)) issues.push(issue('rates-eth/samples', [...PATH, name, index], `${field} must be a finite number, but is ${value}`))
    else if (name === 'frequencies' && value < 0) {
      issues.push(issue('rates-eth/samples', [...PATH, name, index], `${field} must not be negative, F(Ē, −ω) follows from F(Ē, ω), but is ${value}`))
    }
    if (index > 0 && value <= (axis[index - 1] as number)) {
      issues.push(issue('rates-eth/samples', [...PATH, name, index], `${field} must be above the one before it, ${axis[index - 1]}, but is ${value}`))
    }
  }
}

const checkValues = (values: ArrayLike<number>, part: 're' | 'im', expected: number, shape: string, issues: Issue[]): void => {
  if (values?.length !== expected) {
    issues.push(issue('rates-eth/samples', [...PATH, 'values', part], `\`spectralFunction.samples.values.${part}\` must hold ${expected} numbers (${shape}), but holds ${values?.length ?? 0}`))
  }
  for (let index = 0; index < (values?.length ?? 0); index += 1) {
    if (!Number.isFinite(values[index])) {
      issues.push(issue('rates-eth/samples', [...PATH, 'values', part, index], `\`spectralFunction.samples.values.${part}[${index}]\` must be a finite number, but is ${values[index]}`))
    }
  }
}

/** Writes [index, fraction] of the cell that holds a value; false outside the axis. */
const locate = (axis: Float64Array, value: number, out: Float64Array): boolean => {
  const last = axis.length - 1
  const first = axis[0] as number
  const end = axis[last] as number
  const slack = GRID_TOLERANCE * Math.max(end - first, Math.abs(first), Math.abs(end))
  if (!(value >= first - slack && value <= end + slack)) return false
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((axis[middle] as number) <= value) low = middle
    else high = middle
  }
  const left = axis[low] as number
  const right = axis[high] as number
  out[0] = low
  out[1] = high === low ? 0 : Math.min(1, Math.max(0, (value - left) / (right - left)))
  return true
}

/** Checks sampled values and makes their bilinear interpolation. */
export const samplesReader = ({ samples }: SpectralSamples, couplings: number): Outcome<Reader> => {
  const issues: Issue[] = []
  checkAxis(samples.energies, 'energies', issues)
  checkAxis(samples.frequencies, 'frequencies', issues)
  const size = couplings * couplings
  const expected = (samples.energies?.length ?? 0) * (samples.frequencies?.length ?? 0) * size
  const shape = `${samples.energies?.length} energies × ${samples.frequencies?.length} frequencies × ${couplings} × ${couplings}`
  checkValues(samples.values?.re, 're', expected, shape, issues)
  if (samples.values?.im) checkValues(samples.values.im, 'im', expected, shape, issues)
  return failIfAny(issues, () => {
    const energies = Float64Array.from(samples.energies)
    const frequencies = Float64Array.from(samples.frequencies)
    const re = Float64Array.from(samples.values.re)
    const im = samples.values.im ? Float64Array.from(samples.values.im) : null
    const cell = new Float64Array(2)
    const outside = (name: string, value: number, axis: Float64Array): Issue =>
      issue('rates-eth/outside-samples', [...PATH, name],
        `\`spectralFunction.samples.${name}\` must reach ${value}, which a transition needs, but end at [${axis[0]}, ${axis[axis.length - 1]}]`)
    return (meanEnergy, frequency, out) => {
      if (!locate(energies, meanEnergy, cell)) return outside('energies', meanEnergy, energies)
      const row = cell[0] as number
      const up = cell[1] as number
      if (!locate(frequencies, Math.abs(frequency), cell)) return outside('frequencies', Math.abs(frequency), frequencies)
      const column = cell[0] as number
      const right = cell[1] as number
      const nextRow = Math.min(row + 1, energies.length - 1)
      const nextColumn = Math.min(column + 1, frequencies.length - 1)
      const m = frequencies.length
      const blend = (values: Float64Array, entry: number): number => {
        const read = (r: number, c: number): number => values[(r * m + c) * size + entry] as number
        const lower = read(row, column) * (1 - right) + read(row, nextColumn) * right
        const upper = read(nextRow, column) * (1 - right) + read(nextRow, nextColumn) * right
        return lower * (1 - up) + upper * up
      }
      for (let entry = 0; entry < size; entry += 1) {
        out.re[entry] = blend(re, entry)
        out.im[entry] = im === null ? 0 : blend(im, entry) * (frequency < 0 ? -1 : 1)
      }
      return null
    }
  })
}
