import type { ComplexMatrix, Vector, Windows } from '@mesobath/contracts'
import { exponential, applied, zeros } from './complex-matrix.js'
import type { Dense } from './complex-matrix.js'

/** γ^{αα'}(E,E')/√(V_E V_E') of the jump (q,E') → (k,E) under ω = ε_q − ε_k, λ = 1, [α, α'] real and imaginary part. */
export type Strengths = (to: number, from: number, frequency: number) => { readonly re: Vector; readonly im: Vector }

/** A system on a window lattice of one bath, as small as the dense matrix of Eq. 30 allows. */
export interface RateProblem {
  readonly energies: Vector
  readonly windows: Windows
  readonly systemCouplings: readonly ComplexMatrix[]
  readonly couplingStrength: number
  readonly strengths: Strengths
}

/**
 * W_kq(E,E')/√(V_E V_E') = λ² Σ_αα' conj⟨k|S^α'|q⟩ ⟨k|S^α|q⟩ γ̂^αα' as a table over joint states i = (k,E), j = (q,E'), from the row that
 * tells of the jump j → i.
 */
const symmetricRates = ({ energies, windows, systemCouplings, couplingStrength, strengths }: RateProblem): Float64Array => {
  const d = energies.length
  const count = windows.energies.length
  const n = d * count
  const couplings = systemCouplings.length
  const table = new Float64Array(n * n)
  for (let k = 0; k < d; k += 1) {
    for (let q = 0; q < d; q += 1) {
      if (k === q) continue
      for (let to = 0; to < count; to += 1) {
        for (let from = 0; from < count; from += 1) {
          const { re, im } = strengths(to, from, energies[q]! - energies[k]!)
          let sum = 0
          for (let left = 0; left < couplings; left += 1) {
            for (let right = 0; right < couplings; right += 1) {
              const [a, b] = [systemCouplings[left]!, systemCouplings[right]!]
              const [ar, ai] = [a.re[k * d + q]!, a.im?.[k * d + q] ?? 0]
              const [br, bi] = [b.re[k * d + q]!, b.im?.[k * d + q] ?? 0]
              // conj(b)·a·γ̂, of which the sum over (α,α') is real.
              const at = left * couplings + right
              sum += (br * ar + bi * ai) * re[at]! - (br * ai - bi * ar) * im[at]!
            }
          }
          table[(k * count + to) * n + q * count + from] = couplingStrength * couplingStrength * sum
        }
      }
    }
  }
  return table
}

/** A dense rate equation: ∂t p = L p over joint states (level, window). */
export interface RateEquation {
  readonly generator: Dense
  /** V_E of each joint state. */
  readonly volumes: Float64Array
  readonly largestRate: number
}

/**
 * `printed`: Eq. 30 to the letter, ∂t p_i = Σ_j W_ij (p_j/V_j − p_i/V_i): p ∝ V rests whatever W is, and probability is conserved only
 * where W_ij = W_ji. `jumps`: what leaves one state enters another, and p ∝ V rests only where W_ij = W_ji.
 */
export const rateEquation = (problem: RateProblem, form: 'printed' | 'jumps' = 'jumps'): RateEquation => {
  const count = problem.windows.energies.length
  const n = problem.energies.length * count
  const table = symmetricRates(problem)
  const logVolume = (state: number): number => problem.windows.logVolumes[state % count]!
  const generator = zeros(n)
  let largestRate = 0
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      if (i === j) continue
      const gain = table[i * n + j]! * Math.exp((logVolume(i) - logVolume(j)) / 2)
      const loss = form === 'jumps' ? gain : table[j * n + i]! * Math.exp((logVolume(i) - logVolume(j)) / 2)
      generator.re[i * n + j]! += gain
      generator.re[j * n + j]! -= loss
      largestRate = Math.max(largestRate, Math.abs(gain))
    }
  }
  return { generator, volumes: Float64Array.from({ length: n }, (_, state) => Math.exp(logVolume(state))), largestRate }
}

/** p(t) = e^{Lt} p(0). */
export const populationsAt = ({ generator }: RateEquation, initial: Float64Array, time: number): Float64Array => applied(exponential(generator, time), initial)

/** Σ p(−ln p + ln V_E), the observational entropy (Eq. 51). */
export const observationalEntropy = (populations: ArrayLike<number>, logVolumes: Vector): number => {
  let sum = 0
  for (let i = 0; i < populations.length; i += 1) {
    const p = populations[i]!
    if (p > 0) sum += p * (logVolumes[i % logVolumes.length]! - Math.log(p))
  }
  return sum
}
