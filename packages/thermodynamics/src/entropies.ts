import type { Planes, Vector } from '@mesobath/contracts'
import { log } from '@mesobath/kernels'
import { HermitianSpectrum } from './internal/hermitian-spectrum.js'

/**
 * The Shannon entropy −Σ p ln p of probabilities [n], in nats; one that an algorithm left slightly negative counts as 0.
 */
export const shannonEntropy = (probabilities: Vector): number => {
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]
    if (p > 0) sum -= p * log(p)
  }
  return sum
}

/**
 * The observational entropy Σ p(−ln p + ln V) of probabilities over macrostates of volumes V, in nats.
 *
 * @param probabilities - p [n]
 * @param logVolumes - ln V [n]
 * @equation 51
 */
export const observationalEntropy = (probabilities: Vector, logVolumes: Vector): number => {
  let sum = shannonEntropy(probabilities)
  for (let i = 0; i < probabilities.length; i++) sum += probabilities[i] * logVolumes[i]
  return sum
}

/**
 * The von Neumann entropy −tr ρ ln ρ of one d × d block of a stack of states, in nats; the block need not be normalised.
 *
 * @param states - blocks [block, k, q], Hermitian
 * @param block - which of them
 * @param dimension - d
 * @equation 52
 */
export const vonNeumannEntropy = (states: Planes, block: number, dimension: number): number => {
  const spectrum = new HermitianSpectrum(dimension)
  spectrum.clear()
  spectrum.add(states, block)
  return spectrum.entropy()
}
