import type { Finding, Frame } from '@mesobath/contracts'
import type { Recorded } from './recorder.js'

/** Negative probabilities above this size show in a figure, and in every logarithm. */
const VISIBLE = 1e-3

const graded = (code: string, quantity: string, value: number, bound: number, good: string, bad: string): Finding => ({
  code, quantity, value, bound, verdict: value <= bound ? 'trust' : value <= VISIBLE ? 'doubt' : 'fails', message: value <= bound ? good : bad,
})

const missing = (code: string, quantity: string, message: string): Finding => ({ code, quantity, value: 0, bound: 1, verdict: 'fails', message })

const bathFindings = (frame: Frame): readonly Finding[] => {
  if (frame.baths.length === 0) {
    return [missing('thermodynamics/no-bath-windows', 'baths with windows',
      'the run has no bath windows, so there is neither heat nor temperature: the ledger speaks of the system alone')]
  }
  return frame.baths.filter((bath) => bath.windows.energies.length === 1).map((bath): Finding => ({
    code: 'thermodynamics/temperature-undefined', quantity: `windows of bath ${bath.label}`, value: 1, bound: 2, verdict: 'fails',
    message: `bath ${bath.label} has one window, whose energy fits every temperature: T* is left undefined and its entropy counts as constant`,
  }))
}

/** When to trust a ledger. */
export const ledgerFindings = ({ frame, joint, extremes }: Recorded, tolerance: number): readonly Finding[] => {
  if (joint.times.length === 0) return [missing('thermodynamics/no-samples', 'samples', 'the ledger saw no sample, so it is empty')]
  return [
    ...bathFindings(frame),
    graded('thermodynamics/negative-probability', 'largest negative p(ε_k,E)', Math.max(0, -extremes.leastProbability), tolerance,
      'every probability is positive within the tolerance',
      'some probabilities are negative, as second-order memory may make them: they count as 0 in logarithms, so entropies err by as much'),
    graded('thermodynamics/normalisation', 'largest |Σp − 1|', extremes.normalisation, 10 * tolerance,
      'probabilities add up to 1', 'probabilities do not add up to 1: energies and entropies drift with them'),
    ...(Number.isNaN(joint.work[0]) ? [missing('thermodynamics/no-work', 'samples with work',
      `the algorithm ${frame.algorithm.name} accumulates no work, so the first law cannot be checked`)] : []),
    ...(joint.power.some(Number.isNaN) ? [{
      ...missing('thermodynamics/no-power', 'samples with power',
        `the algorithm ${frame.algorithm.name} does not tell at every sample how fast work is done, so Ẇ(t) is left out there; nothing else rests on it`),
      verdict: 'doubt' as const,
    }] : []),
    ...(Number.isNaN(joint.systemHeatFlow[0]) ? [missing('thermodynamics/no-rates', 'samples with ∂t p',
      `the algorithm ${frame.algorithm.name} gives no ∂t p, so heat flows and the entropy production rate are left out`)] : []),
  ]
}
