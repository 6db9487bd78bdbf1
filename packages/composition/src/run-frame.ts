import type { Frame, Guarantee, Identity, Problem } from '@mesobath/contracts'
import { rateModelFor } from './prepare-baths.js'
import type { RateChoice } from './prepare-baths.js'

/** An identity without the functions of the plug-in that it belongs to, so that a frame is plain data. */
const identityOf = ({ contract, name, package: home, version, citations, recipe }: Identity): Identity =>
  ({ contract, name, package: home, version, citations, recipe })

/**
 * The frame of a master equation's run; no dense backend takes part.
 *
 * @param guarantees - what the algorithm promises of this run
 */
export const runFrame = (problem: Problem, algorithm: Identity, rates: RateChoice, guarantees: readonly Guarantee[] = []): Frame => ({
  dimension: problem.energies.length,
  baths: problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows })),
  algorithm: identityOf(algorithm),
  rates: problem.baths.map(({ label }) => {
    const model = rateModelFor(rates, label)
    return model === null ? null : identityOf(model)
  }),
  backend: 'none',
  ...(guarantees.length === 0 ? {} : { guarantees }),
})
