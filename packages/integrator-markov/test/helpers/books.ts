import type { Problem } from '@mesobath/contracts'
import type { Kept } from '../../../../test/fixtures/run-toy.js'

/** Σ_ν E_ν and Σ_ν ln V_E of joint window `joint`, the last bath fastest. */
const windowOf = (problem: Problem, joint: number): { readonly energy: number; readonly logVolume: number } => {
  let rest = joint
  let energy = 0
  let logVolume = 0
  for (let axis = problem.baths.length - 1; axis >= 0; axis -= 1) {
    const { energies, logVolumes } = problem.baths[axis]!.bath.windows
    energy += energies[rest % energies.length]!
    logVolume += logVolumes[rest % energies.length]!
    rest = Math.floor(rest / energies.length)
  }
  return { energy, logVolume }
}

/** U = Σ(ε_k + E) p of a sample. */
export const internalEnergy = (problem: Problem, { energies, populations }: Kept): number => {
  const size = populations.length / energies.length
  return populations.reduce((sum, p, i) => sum + p * (energies[Math.floor(i / size)]! + windowOf(problem, i % size).energy), 0)
}

/** |U(t) − U(0) − W − D|, the largest of a run. */
export const firstLawResidual = (problem: Problem, samples: readonly Kept[]): number => Math.max(...samples.map((sample) =>
  Math.abs(internalEnergy(problem, sample) - internalEnergy(problem, samples[0]!)
    - (sample.scalars['work']! - samples[0]!.scalars['work']!) - (sample.scalars['coarseGrainingDefect']! - samples[0]!.scalars['coarseGrainingDefect']!))))

/** dS_obs/dt = −Σ ∂t p (ln p − ln V_E); what fills an empty state counts as none, for its logarithm is infinite with the right sign. */
export const entropyProductionRate = (problem: Problem, { energies, populations, populationRates }: Kept): number => {
  const size = populations.length / energies.length
  return populations.reduce((sum, p, i) =>
    (p > 0 ? sum - populationRates[i]! * (Math.log(p) - windowOf(problem, i % size).logVolume) : sum), 0)
}

/** p(ε_k) of a sample. */
export const levels = ({ energies, populations }: Kept): readonly number[] => {
  const size = populations.length / energies.length
  return Array.from(energies, (_, k) => populations.subarray(k * size, (k + 1) * size).reduce((sum, p) => sum + p, 0))
}
