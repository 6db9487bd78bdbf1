import { identityLaw } from './internal/identity-law.js'
import { rateEquationLaws } from './internal/rate-equation-laws.js'
import { readSubject } from './internal/correlation-table.js'
import type { Subject } from './internal/correlation-table.js'
import { servingLaws } from './internal/serving-laws.js'
import { strengthLaws } from './internal/strength-laws.js'
import { transformLaws } from './internal/transform-laws.js'
import type { Law } from './law.js'
import type { RateModelCapabilities, RateModelFactory } from './rate-model-capabilities.js'
import { REACH, referenceBath } from './reference/reference-bath.js'

const ACCURACY = 1e-10

/**
 * The laws of a rate model, as a list for any test runner: `for (const law of rateModelLaws(…)) it(law.name, …)`.
 *
 * The model is tried on the kit's bath (four windows, real use of every capability) with one and two complex couplings: finite, W ≥ 0,
 * κ(E',E) = conj κ(E,E'), positive semidefinite in (α, α'), λ² scaling, zero outside the spectrum, the same table every time; for a line
 * shape of its own how the transform begins and ends; and by the kit's dense Eq. 30 conservation, steady state and Σ̇ ≥ 0.
 */
export const rateModelLaws = (factory: RateModelFactory, capabilities: RateModelCapabilities): readonly Law[] => {
  const { accuracy = ACCURACY, bath = (couplings, couplingScale) => referenceBath({ couplings, couplingScale }), couplings = [1, 2], reach = REACH } = capabilities
  const read = (scale: number): (() => readonly Subject[]) => {
    let subjects: readonly Subject[] | null = null
    return () => {
      subjects ??= couplings.map((count) => readSubject(factory(scale), bath(count, scale)))
      return subjects
    }
  }
  const subjects = read(1)
  const identity = identityLaw(() => factory(1))
  const serving = servingLaws(factory, capabilities, (count) => bath(count, 1), couplings, subjects)
  const strengths = strengthLaws({ subjects, doubled: read(2), again: read(1), reach, accuracy, restsOn: serving.serves })
  const transforms = transformLaws({ subjects, accuracy, capabilities, restsOn: strengths.sound })
  return [
    identity, ...serving.laws, ...strengths.laws, ...transforms,
    ...rateEquationLaws({ subjects, accuracy, capabilities, restsOn: [...strengths.sound, ...transforms] }),
  ]
}
