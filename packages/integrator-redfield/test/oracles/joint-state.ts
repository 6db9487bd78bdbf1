import { fromEntries } from './complex-dense.js'
import type { Dense } from './complex-dense.js'
import { volume } from './explicit-bath.js'
import type { ExplicitBath } from './explicit-bath.js'

/** System ⊗ bath as matrices [k·n + i, q·n + j]: H for given energies, Σ_E ρ_S(E) ⊗ Π_E/V_E, and ρ_S(E) = tr_B Π_E ρ. */
export const jointState = (d: number, couplings: readonly Dense[], strength: number, bath: ExplicitBath, initial: readonly Dense[]) => {
  const n = bath.levels.length
  const hamiltonian = (levels: readonly number[]): Dense => fromEntries(d * n, (row, column) => {
    const k = Math.floor(row / n)
    const q = Math.floor(column / n)
    const i = row % n
    const j = column % n
    let re = row === column ? levels[k] + bath.levels[i] : 0
    let im = 0
    couplings.forEach((s, a) => {
      const b = bath.couplings[a]
      const x = s.re[k * d + q]
      const y = s.im[k * d + q]
      re += strength * (x * b.re[i * n + j] - y * b.im[i * n + j])
      im += strength * (x * b.im[i * n + j] + y * b.re[i * n + j])
    })
    return [re, im]
  })
  const start = fromEntries(d * n, (row, column) => {
    if (row % n !== column % n) return [0, 0]
    const window = bath.window[row % n]
    const at = Math.floor(row / n) * d + Math.floor(column / n)
    const v = volume(bath, window)
    return [initial[window].re[at] / v, initial[window].im[at] / v]
  })
  const reduced = (rho: Dense): readonly Dense[] => initial.map((_, window) => fromEntries(d, (k, q) => {
    let re = 0
    let im = 0
    for (let i = 0; i < n; i++) {
      if (bath.window[i] !== window) continue
      re += rho.re[(k * n + i) * d * n + q * n + i]
      im += rho.im[(k * n + i) * d * n + q * n + i]
    }
    return [re, im]
  }))
  return { hamiltonian, start, reduced }
}
