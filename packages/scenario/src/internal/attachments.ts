import type { ModelChoice, PackageChoice, Scenario, ScenarioAttachment, ScenarioBathState, ScenarioMatrix, ScenarioSystemState } from '../scenario.js'
import type { Path } from './path-name.js'

/** One bath of a scenario with the places its parts stand at: `bath` alone is the list of one. */
export interface ScenarioBath {
  readonly label: string
  readonly model: ModelChoice | PackageChoice
  readonly modelPath: Path
  readonly strength: number | undefined
  readonly strengthPath: Path
  readonly couplings: readonly ScenarioMatrix[]
  readonly couplingsPath: Path
  readonly rates: string | ModelChoice | PackageChoice | undefined
  readonly ratesPath: Path
  readonly state: ScenarioBathState | undefined
  readonly statePath: Path
}

/** The label of the only bath. */
export const SINGLE = 'bath'

/** The forms of an initial state, laid over one another. */
export interface InitialParts {
  readonly system?: ScenarioSystemState
  readonly bath?: ScenarioBathState
  readonly baths?: Readonly<Record<string, ScenarioBathState>>
  readonly conditional?: readonly ScenarioMatrix[]
}

/** A map as it is, and an empty one in the place of anything else: a part of the wrong form has been reported by then. */
export const mapOr = <A extends object>(value: A | undefined): Partial<A> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

/** What a scenario says of its initial state, in whichever form. */
export const initialParts = (scenario: Scenario): InitialParts => mapOr<InitialParts>(scenario.initial)

/** The state of a bath in the initial state, where it is given in the form that goes with the form of the baths. */
const stateOf = (scenario: Scenario, label: string | null): ScenarioBathState | undefined => {
  const initial = initialParts(scenario)
  return label === null ? initial.bath : mapOr(initial.baths)[label]
}

/** The baths of a scenario, whichever of its two forms it has. */
export const bathsOf = (scenario: Scenario): readonly ScenarioBath[] => {
  const { bath, baths } = scenario
  const system: Partial<Scenario['system']> = mapOr(scenario.system)
  const top = { strength: scenario.couplingStrength, couplings: system.couplings ?? [] }
  const couplingsPath = ['system', 'couplings']
  if (bath !== undefined) {
    return [{
      label: SINGLE, model: bath, modelPath: ['bath'], ...top, strengthPath: ['couplingStrength'], couplingsPath,
      rates: undefined, ratesPath: [], state: stateOf(scenario, null), statePath: ['initial', 'bath'],
    }]
  }
  return (Array.isArray(baths) ? baths as readonly ScenarioAttachment[] : []).map((written, index) => {
    const path = ['baths', index]
    const each: Partial<ScenarioAttachment> = mapOr(written)
    const label = String(each.label)
    return {
      label, model: each.bath ?? { model: '' }, modelPath: [...path, 'bath'],
      strength: each.couplingStrength ?? top.strength,
      strengthPath: each.couplingStrength === undefined ? ['couplingStrength'] : [...path, 'couplingStrength'],
      couplings: each.couplings ?? top.couplings,
      couplingsPath: each.couplings === undefined ? couplingsPath : [...path, 'couplings'],
      rates: each.rates, ratesPath: [...path, 'rates'],
      state: stateOf(scenario, label), statePath: ['initial', 'baths', label],
    }
  })
}
