import type { RateModelCapabilities } from '../rate-model-capabilities.js'
import { law } from '../law.js'
import type { Fault, Law } from '../law.js'
import { share } from '../oracle/flat-window.js'
import { observationalEntropy, populationsAt, rateEquation } from '../oracle/rate-equation.js'
import type { RateEquation, Strengths } from '../oracle/rate-equation.js'
import { ladderProblem } from '../reference/problems.js'
import { entry, transformAt } from './correlation-table.js'
import type { Subject } from './correlation-table.js'

interface RateEquationParts {
  readonly subjects: () => readonly Subject[]
  readonly accuracy: number
  readonly capabilities: RateModelCapabilities
  readonly restsOn: readonly Law[]
}

/** γ̂ = Γ + Γ† of a line shape of its own, κ·w(Ω) of the flat window's. */
const strengthsOf = (subject: Subject, time: number): Strengths => (to, from, frequency) => {
  const { bath, correlation, couplings } = subject
  const { energies, width } = bath.windows
  const size = couplings * couplings
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  const flat = correlation.lineShape.kind === 'flat-window'
  const weight = share(frequency + energies[from]! - energies[to]!, width)
  const transform = flat ? null : transformAt(subject, to, from, frequency, time)
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < couplings; right += 1) {
      const at = left * couplings + right
      const transposed = right * couplings + left
      const [kappaRe, kappaIm] = entry(subject, to, from, left, right)
      re[at] = transform === null ? weight * kappaRe : transform.re[at]! + transform.re[transposed]!
      im[at] = transform === null ? weight * kappaIm : transform.im[at]! - transform.im[transposed]!
    }
  }
  return { re, im }
}

/** Three levels whose gaps fit between the windows of the subject; the system couplings of the kit's ladder. */
const equationOf = (subject: Subject, time: number, form: 'printed' | 'jumps'): RateEquation => {
  const { energies, baths } = ladderProblem({ times: [0] })
  const gap = subject.windows > 1 ? subject.bath.windows.energies[1]! - subject.bath.windows.energies[0]! : 1
  return rateEquation({
    energies: energies.map((energy) => energy * gap), windows: subject.bath.windows, couplingStrength: 1,
    systemCouplings: baths[0]!.systemCouplings.slice(0, subject.couplings), strengths: strengthsOf(subject, time),
  }, form)
}

/** Sums of as many rates as there are states. */
const ROUNDING = 100

const conserves = (subject: Subject, accuracy: number): readonly Fault[] => {
  const { generator, largestRate } = equationOf(subject, Infinity, 'printed')
  const { n, re } = generator
  for (let column = 0; column < n; column += 1) {
    let sum = 0
    for (let row = 0; row < n; row += 1) sum += re[row * n + column]!
    if (Math.abs(sum) > ROUNDING * accuracy * largestRate) {
      return [{ must: 'give a rate equation that conserves probability (W_kq(E,E′) = W_qk(E′,E))', but: `a state loses ${sum} per time, where the largest rate is ${largestRate}` }]
    }
  }
  return []
}

/** In units of 1/δ. */
const FINITE_TIME = 4

/** p ∝ V_E is no state's loss at any time: rates of a jump and its reverse are as their volumes. */
const rests = (subject: Subject, time: number, accuracy: number): readonly Fault[] => {
  const { generator, largestRate, volumes } = equationOf(subject, time, 'jumps')
  const { n, re } = generator
  const total = volumes.reduce((sum, volume) => sum + volume, 0)
  for (let row = 0; row < n; row += 1) {
    let flow = 0
    for (let column = 0; column < n; column += 1) flow += (re[row * n + column]! * volumes[column]!) / total
    if (Math.abs(flow) > ROUNDING * accuracy * largestRate) {
      const when = time === Infinity ? 'in the limit t → ∞' : `at t = ${FINITE_TIME}/δ`
      return [{ must: 'leave p ∝ V_E alone', but: `a state's probability changes by ${flow} per time ${when}, where the largest rate is ${largestRate}` }]
    }
  }
  return []
}

const produces = (subject: Subject, accuracy: number): readonly Fault[] => {
  const equation = equationOf(subject, Infinity, 'jumps')
  const { n } = equation.generator
  const { logVolumes } = subject.bath.windows
  // One start per joint state: a jump with a negative rate shows where nothing else is populated.
  for (let start = 0; start < n; start += 1) {
    const initial = new Float64Array(n).fill(1e-3 / n)
    initial[start]! += 1 - 1e-3
    let before = observationalEntropy(initial, logVolumes)
    for (const age of [1e-4, 1e-2, 0.1, 1, 10]) {
      const now = populationsAt(equation, initial, age / Math.max(equation.largestRate, 1e-300))
      const after = observationalEntropy(now, logVolumes)
      if (after < before - ROUNDING * accuracy || Math.min(...now) < -accuracy) {
        return [{ must: 'produce entropy, Σ̇ ≥ 0', but: `from joint state ${start} S_obs falls from ${before} to ${after} (smallest probability ${Math.min(...now)})` }]
      }
      before = after
    }
  }
  return []
}

/** What the rates do, by a dense Eq. 30 that shares nothing with the packages. */
export const rateEquationLaws = ({ accuracy, capabilities, restsOn, subjects }: RateEquationParts): readonly Law[] => {
  const { finiteTime, stationary } = capabilities
  const conservation = law({
    name: 'conservation: the rate equation loses no probability', code: 'conservation', equation: 'Eq. 30', restsOn,
    examine: () => (stationary ? subjects().flatMap((each) => conserves(each, accuracy)) : []),
  })
  const steady = law({
    name: 'steady state: p ∝ V_E rests at all times', code: 'steady-state', equation: 'Eq. 35', restsOn: [...restsOn, conservation],
    examine: () => subjects().flatMap((each) => [
      ...(stationary ? rests(each, Infinity, accuracy) : []),
      ...(finiteTime && each.correlation.lineShape.kind === 'own' ? rests(each, FINITE_TIME / each.bath.windows.width, accuracy) : []),
    ]),
  })
  const production = law({
    name: 'Σ̇ ≥ 0', code: 'entropy-production', equation: 'Eq. 54', restsOn: [...restsOn, conservation, steady],
    examine: () => (stationary ? subjects().flatMap((each) => produces(each, accuracy)) : []),
  })
  return [conservation, steady, production]
}
