import type { IntegratorCapabilities, IntegratorFactory } from './integrator-capabilities.js'
import { equationLaws } from './internal/equation-laws.js'
import { identityLaw } from './internal/identity-law.js'
import { runLaws } from './internal/run-laws.js'
import { stepLaws } from './internal/step-laws.js'
import type { Law } from './law.js'

/**
 * The laws of an algorithm, as a list for any test runner: `for (const law of integratorLaws(…)) it(law.name, …)`.
 *
 * It runs the spin of Appendix E, which is known in closed form, three levels on four windows with two complex couplings against the kit's
 * dense Eq. 30, and for `exact` a bath of 22 levels against a dense Schrödinger equation: lands on its times, finite, conservation, shells
 * of E_tot, steady state, Σ̇ ≥ 0, λ² scaling, the closed form, split runs, work of a quench, order of convergence, the same bits twice.
 */
export const integratorLaws = (factory: IntegratorFactory, capabilities: IntegratorCapabilities): readonly Law[] => {
  const run = runLaws(factory, capabilities)
  const equation = equationLaws(factory, capabilities, run.sound)
  return [
    identityLaw(() => factory(run.rates)), ...run.laws, ...equation,
    ...stepLaws(factory, capabilities, [...run.sound, ...equation]),
  ]
}
