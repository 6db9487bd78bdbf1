import { CONTRACT, failIfAny, issue } from '@mesobath/contracts'
import type { ComplexMatrix, Issue, Json, Outcome, Problem, RateModel, Vector, WindowCorrelation, Windows } from '@mesobath/contracts'
import { checkedCorrelation } from './internal/checked-correlation.js'
import { ratesIssue } from './internal/rates-issue.js'

/** One rate model for every bath, or one per bath label. */
export type RateChoice = RateModel | Readonly<Record<string, RateModel>>

/** One bath of a problem with its correlation function at λ = 1: what generators are built from. */
export interface PreparedBath {
  readonly label: string
  readonly windows: Windows
  /** S^α, d × d, one per coupling operator of the bath. */
  readonly systemCouplings: readonly ComplexMatrix[]
  /** ⟨B^α⟩_E per coupling, one number per window. */
  readonly meanCouplings: readonly Vector[]
  readonly correlation: WindowCorrelation
  readonly rates: RateModel
  /** Position of the bath among the axes of the window lattice. */
  readonly axis: number
  /** Spacing of the grid to which off-resonant frequencies are sent; without it neighbouring windows share them. */
  readonly resonanceGrid?: number
}

const isRateModel = (rates: RateChoice): rates is RateModel => typeof (rates as RateModel).correlate === 'function'

/** The rate model chosen for the bath of this label, or null. */
export const rateModelFor = (rates: RateChoice, label: string): RateModel | null =>
  isRateModel(rates) ? rates : Object.hasOwn(rates, label) ? (rates[label] ?? null) : null

const modelRecipe = (model: RateModel): Json =>
  model.recipe === null ? null : { model: model.name, ...(model.recipe as { readonly [key: string]: Json }) }

/**
 * The JSON that makes a choice of rate models again: `{ model, …options }` for one, `{ baths: { label: … } }` for one per bath; null where
 * any of them holds functions.
 */
export const ratesRecipe = (rates: RateChoice): Json => {
  if (isRateModel(rates)) return modelRecipe(rates)
  const recipes = Object.entries(rates).map(([label, model]) => [label, modelRecipe(model)] as const)
  return recipes.some(([, recipe]) => recipe === null) ? null : { baths: Object.fromEntries(recipes) }
}

/**
 * Pairs every bath of a problem with its rate model and asks that model for the bath's correlation function (Eq. 12).
 *
 * @param problem - the problem; only `energies` [d] and `baths` are read
 * @param rates - one rate model for all baths or one per label
 * @returns one entry per bath in their order. Issues, all at once: `composition/wrong-contract`, `composition/missing-rates`,
 * `composition/unknown-bath`, `composition/missing-capability`, `composition/couplings-mismatch`, `composition/line-shape`, and those of the rate
 * models. Tables are checked where they are read: `composition/rates-not-finite`, `composition/rates-not-positive`, `composition/rates-not-symmetric`
 */
export const prepareBaths = (problem: Problem, rates: RateChoice): Outcome<readonly PreparedBath[]> => {
  const issues: Issue[] = []
  const prepared: PreparedBath[] = []
  const dimension = problem.energies.length
  if (!isRateModel(rates)) {
    for (const label of Object.keys(rates)) {
      if (!problem.baths.some((attachment) => attachment.label === label)) {
        issues.push(issue('composition/unknown-bath', ['rates', label],
          `\`rates.${label}\` must name a bath of the problem (${problem.baths.map((each) => each.label).join(', ')}), but there is none of that label`))
      }
    }
  }
  problem.baths.forEach((attachment, axis) => {
    const { bath, label, systemCouplings } = attachment
    const path = ['baths', axis]
    const before = issues.length
    if (bath.contract !== CONTRACT) issues.push(issue('composition/wrong-contract', [...path, 'bath'], `\`baths.${axis}.bath\` must be built for contract ${CONTRACT}, but is built for ${bath.contract}`))
    if (systemCouplings.length !== bath.couplings || bath.meanCouplings.length !== bath.couplings) {
      issues.push(issue('composition/couplings-mismatch', [...path, 'systemCouplings'],
        `\`baths.${axis}.systemCouplings\` must hold one operator for each of the ${bath.couplings} coupling operators of the bath,`
        + ` and it as many means, but holds ${systemCouplings.length} (means: ${bath.meanCouplings.length})`))
    }
    systemCouplings.forEach((matrix, coupling) => {
      if (matrix.rows === dimension && matrix.columns === dimension) return
      issues.push(issue('composition/couplings-mismatch', [...path, 'systemCouplings', coupling],
        `\`baths.${axis}.systemCouplings.${coupling}\` must be ${dimension} × ${dimension}, but is ${matrix.rows} × ${matrix.columns}`))
    })
    bath.meanCouplings.forEach((means, coupling) => {
      if (means.length === bath.windows.energies.length) return
      issues.push(issue('composition/couplings-mismatch', [...path, 'bath', 'meanCouplings', coupling],
        `\`baths.${axis}.bath.meanCouplings.${coupling}\` must hold one number per window (${bath.windows.energies.length}), but holds ${means.length}`))
    })
    const model = rateModelFor(rates, label)
    if (model === null) {
      issues.push(issue('composition/missing-rates', ['rates', label], `\`rates.${label}\` must be a rate model for the bath "${label}", but is missing`))
      return
    }
    if (model.contract !== CONTRACT) issues.push(ratesIssue(label, model, 'wrong-contract', `be built for contract ${CONTRACT}`, `is built for ${model.contract}`))
    for (const capability of model.needs) {
      if (bath.can[capability] === undefined) {
        issues.push(issue('composition/missing-capability', [...path, 'bath'],
          `\`baths.${axis}.bath\` must have the capability "${capability}" that the rate model "${model.name}" needs, but "${bath.name}" does not`))
      }
    }
    if (issues.length > before) return
    const given = model.correlate(bath)
    if (given._tag === 'Left') {
      for (const each of given.left) issues.push({ ...each, path: [...path, 'bath', ...each.path] })
      return
    }
    const correlation = checkedCorrelation(bath, label, model, given.right)
    if (correlation._tag === 'Left') {
      issues.push(...correlation.left)
      return
    }
    prepared.push({
      label, windows: bath.windows, systemCouplings, meanCouplings: bath.meanCouplings, correlation: correlation.right, rates: model, axis,
    })
  })
  return failIfAny(issues, () => prepared)
}
