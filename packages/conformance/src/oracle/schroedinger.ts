import type { ComplexMatrix, SpectralBath, Vector } from '@mesobath/contracts'
import { exponential, zeros } from './complex-matrix.js'

/** H = Σ ε_k|k⟩⟨k| + Σ E_i|i⟩⟨i| + λ Σ S^α ⊗ B^α as a dense matrix over (k, i). */
const hamiltonian = (energies: Vector, bath: SpectralBath, windows: number, systemCouplings: readonly ComplexMatrix[], couplingStrength: number) => {
  const d = energies.length
  const size = bath.levels.length
  const n = d * size
  const matrix = zeros(n)
  const members = Array.from({ length: windows }, (_, window) => Array.from(bath.window.keys()).filter((level) => bath.window[level] === window))
  for (let k = 0; k < d; k += 1) for (let i = 0; i < size; i += 1) matrix.re[(k * size + i) * n + k * size + i] = energies[k]! + bath.levels[i]!
  systemCouplings.forEach((coupling, alpha) => {
    for (let to = 0; to < windows; to += 1) {
      for (let from = 0; from < windows; from += 1) {
        const [rows, columns] = [members[to]!, members[from]!]
        const block = { re: new Float64Array(rows.length * columns.length), im: new Float64Array(rows.length * columns.length) }
        if (!bath.block(alpha, to, from, block)) continue
        rows.forEach((i, row) => columns.forEach((j, column) => {
          const at = row * columns.length + column
          for (let k = 0; k < d; k += 1) {
            for (let q = 0; q < d; q += 1) {
              const [x, y] = [coupling.re[k * d + q]!, coupling.im?.[k * d + q] ?? 0]
              const entry = (k * size + i) * n + q * size + j
              matrix.re[entry]! += couplingStrength * (x * block.re[at]! - y * block.im[at]!)
              matrix.im[entry]! += couplingStrength * (x * block.im[at]! + y * block.re[at]!)
            }
          }
        }))
      }
    }
  })
  return matrix
}

/** p(ε_k, E; t) [level, window] of the exact evolution from |level⟩⟨level| ⊗ Π_E/V_E. */
export const exactPopulations = (
  energies: Vector, bath: SpectralBath, windows: number, systemCouplings: readonly ComplexMatrix[], couplingStrength: number,
  level: number, window: number, time: number,
): Float64Array => {
  const d = energies.length
  const size = bath.levels.length
  const n = d * size
  const propagator = exponential(hamiltonian(energies, bath, windows, systemCouplings, couplingStrength), time, true)
  const starts = Array.from(bath.window.keys()).filter((i) => bath.window[i] === window)
  const populations = new Float64Array(d * windows)
  for (let k = 0; k < d; k += 1) {
    for (let i = 0; i < size; i += 1) {
      for (const start of starts) {
        const entry = (k * size + i) * n + level * size + start
        const weight = (propagator.re[entry]! ** 2 + propagator.im[entry]! ** 2) / starts.length
        populations[k * windows + bath.window[i]!]! += weight
      }
    }
  }
  return populations
}
