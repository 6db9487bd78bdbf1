import { failIfAny } from '@mesobath/contracts'
import type { Catalogue, Outcome } from '@mesobath/contracts'
import { either as E, function as F } from 'fp-ts'
import { formFaults } from './internal/form-faults.js'
import { readText } from './internal/read-text.js'
import type { Scenario } from './scenario.js'

/**
 * YAML or JSON text → Scenario, with every fault of its form at once.
 *
 * What needs the baths themselves (windows that overlap, an initial state outside them) is found by `buildProblem`;
 * `loadScenario` does both and reports all faults together.
 *
 * Issues: `scenario/syntax`, `scenario/duplicate-key`, `scenario/unknown-key`, `scenario/unknown-name`, `scenario/missing-key`,
 * `scenario/type`, `scenario/shape`, `scenario/range`, `scenario/not-finite`, `scenario/method-twice`.
 */
export const parseScenario = (text: string, catalogue: Catalogue): Outcome<Scenario> =>
  F.pipe(
    readText(text),
    E.chain((raw) => failIfAny(formFaults(raw, catalogue).map((each) => each.issue), () => raw as Scenario)),
  )
