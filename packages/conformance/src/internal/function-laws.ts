import type { BathModel, Planes } from '@mesobath/contracts'
import { law, needed } from '../law.js'
import type { Fault, Law } from '../law.js'
import { smallestEigenvalue } from '../oracle/complex-matrix.js'
import { unwritten } from './correlation-table.js'

interface FunctionParts {
  readonly bath: () => BathModel
  readonly accuracy: number
  readonly can: readonly string[]
  readonly restsOn: readonly Law[]
}

type Matrix = Planes & { readonly im: Float64Array }

const matrixFault = (matrix: Matrix, mirror: Matrix, couplings: number, accuracy: number, what: string): Fault | null => {
  if (![...matrix.re, ...matrix.im].every(Number.isFinite)) return { must: `write ${what} as finite numbers in both planes`, but: 'does not' }
  const scale = Math.max(Number.MIN_VALUE, ...matrix.re.map(Math.abs))
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < couplings; right += 1) {
      const [at, transposed] = [left * couplings + right, right * couplings + left]
      if (Math.abs(matrix.re[at]! - matrix.re[transposed]!) + Math.abs(matrix.im[at]! + matrix.im[transposed]!) > accuracy * scale) {
        return { must: `give a Hermitian ${what}`, but: `entries (${left}, ${right}) and (${right}, ${left}) are no conjugates` }
      }
      if (Math.abs(matrix.re[at]! - mirror.re[at]!) + Math.abs(matrix.im[at]! + mirror.im[at]!) > accuracy * scale) {
        return { must: `give the conjugate of ${what} the other way round`, but: `does not at entry (${left}, ${right})` }
      }
    }
  }
  const least = smallestEigenvalue({ n: couplings, re: matrix.re, im: matrix.im })
  return least < -accuracy * scale ? { must: `give a positive semidefinite ${what}`, but: `it has the eigenvalue ${least}` } : null
}

const momentFaults = (bath: BathModel, accuracy: number): readonly Fault[] => {
  const { can: { ensemble }, couplings, windows } = bath
  if (typeof ensemble?.secondMoment !== 'function') return [{ must: 'give a function `can.ensemble.secondMoment`', but: 'gives none' }]
  const count = windows.energies.length
  for (let to = 0; to < count; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const [matrix, mirror] = [unwritten(couplings * couplings), unwritten(couplings * couplings)]
      const scales = [ensemble.secondMoment(to, from, matrix), ensemble.secondMoment(from, to, mirror)]
      const what = `second moment between windows ${to} and ${from}`
      if (!scales.every(Number.isFinite) || scales[0] !== scales[1]) return [{ must: `give one finite log scale of the ${what}, both ways`, but: `gives ${scales.join(' and ')}` }]
      const fault = matrixFault(matrix, mirror, couplings, accuracy, what)
      if (fault !== null) return [fault]
    }
  }
  return []
}

const sumFaults = (bath: BathModel, accuracy: number): readonly Fault[] => {
  const { can: { couplingSums }, couplings, windows } = bath
  if (typeof couplingSums !== 'function') return [{ must: 'give `can.couplingSums` by a function', but: 'gives none' }]
  const sums = needed('`can.couplingSums`', couplingSums())
  const count = windows.energies.length
  for (let to = 0; to < count; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const [matrix, mirror] = [unwritten(couplings * couplings), unwritten(couplings * couplings)]
      const diagonals = [sums.offDiagonal(to, from, matrix), sums.offDiagonal(from, to, mirror)]
      const what = `sum of coupling elements between windows ${to} and ${from}`
      if (diagonals.some((each) => !(each >= 0) || (to !== from && each !== 0))) return [{ must: `tell what is left on the diagonal beside the ${what}, 0 between different windows`, but: `tells ${diagonals.join(' and ')}` }]
      const fault = matrixFault(matrix, mirror, couplings, accuracy, what)
      if (fault !== null) return [fault]
    }
  }
  return []
}

const spectralFaults = (bath: BathModel, accuracy: number): readonly Fault[] => {
  const { can: { spectralFunction }, couplings, windows } = bath
  if (typeof spectralFunction?.evaluate !== 'function') return [{ must: 'give a function `can.spectralFunction.evaluate`', but: 'gives none' }]
  const { energies } = windows
  for (const upper of energies) {
    for (const lower of energies) {
      if (upper < lower) continue
      const [matrix, mirror] = [unwritten(couplings * couplings), unwritten(couplings * couplings)]
      spectralFunction.evaluate((upper + lower) / 2, upper - lower, matrix)
      spectralFunction.evaluate((upper + lower) / 2, lower - upper, mirror)
      const fault = matrixFault(matrix, mirror, couplings, accuracy, `F(Ē, ω) at Ē = ${(upper + lower) / 2}, ω = ±${upper - lower}`)
      if (fault !== null) return [fault]
    }
  }
  return []
}

/** The laws of what a bath gives as a function. */
export const functionLaws = ({ accuracy, bath, can, restsOn }: FunctionParts): readonly Law[] => [
  ...(can.includes('ensemble') ? [law({
    name: 'second moments are Hermitian, positive and conjugate when windows are exchanged', code: 'second-moment', equation: 'Eq. A5', restsOn, examine: () => momentFaults(bath(), accuracy),
  })] : []),
  ...(can.includes('couplingSums') ? [law({
    name: 'sums over coupling elements are Hermitian, positive and conjugate when windows are exchanged', code: 'coupling-sums', restsOn, examine: () => sumFaults(bath(), accuracy),
  })] : []),
  ...(can.includes('spectralFunction') ? [law({
    name: 'F(Ē, −ω) = conj F(Ē, ω), Hermitian and positive', code: 'spectral-function', equation: 'Eq. A15', restsOn, examine: () => spectralFaults(bath(), accuracy),
  })] : []),
]
