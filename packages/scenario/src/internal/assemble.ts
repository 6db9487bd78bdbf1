import { CONTRACT, issue } from '@mesobath/contracts'
import type { Attachment, BathModel, BathState, Catalogue, ComplexMatrix, Issue, Outcome, Problem, Resources } from '@mesobath/contracts'
import type { BuildOptions, BuiltScenario } from '../built-scenario.js'
import type { Scenario } from '../scenario.js'
import { parseSize } from '../size.js'
import { bathsOf, initialParts, mapOr } from './attachments.js'
import type { ScenarioBath } from './attachments.js'
import { toBathState } from './bath-state.js'
import { chosenEntry } from './chosen-entry.js'
import { toDrive } from './drive.js'
import type { Fault } from './explain.js'
import { soundness } from './faults-below.js'
import { toInitialSystem, toConditional } from './initial.js'
import { toLedger } from './ledger.js'
import { diagonalMatrix, toMatrix } from './matrix.js'
import { toMethods } from './methods.js'
import { pathName } from './path-name.js'
import type { Path } from './path-name.js'
import { movedBelow, scenarioIssue } from './relocate.js'
import { toTimes } from './times.js'

/** What was assembled; `built` is called only where there are no issues. */
export interface Assembled {
  readonly issues: readonly Issue[]
  readonly built: () => BuiltScenario
}

/** Stands in for a bath that could not be made, so that the rest can still be checked; the check finds nothing wrong with it. */
const standInBath = (couplings: number): BathModel => ({
  contract: CONTRACT, name: 'stand-in', package: '@mesobath/scenario', version: '', citations: [], recipe: null,
  windows: { energies: Float64Array.of(0), width: 1, logVolumes: Float64Array.of(0) },
  couplings, meanCouplings: Array.from({ length: couplings }, () => Float64Array.of(0)), can: {},
})

const identity = (dimension: number): ComplexMatrix => diagonalMatrix(Array.from({ length: dimension }, () => 1))

/** Where the form was refused, a factory's objection to the same value says nothing new. */
const distinct = (issues: readonly Issue[], faults: readonly Fault[]): readonly Issue[] => {
  const refused = new Map(faults.map(({ issue: each }) => [pathName(each.path), each]))
  const told = new Set<string>()
  return issues.filter((each) => {
    const first = refused.get(pathName(each.path))
    if (told.has(each.message) || (first !== undefined && first !== each && !faults.some((fault) => fault.issue === each))) return false
    told.add(each.message)
    return true
  })
}

/**
 * Builds everything that is sound and collects every fault. A part that is not sound is replaced by a stand-in that is, so that
 * what is checked across parts (dimensions, Hermiticity, traces) is still checked for the others.
 */
export const assemble = async (
  scenario: Scenario, faults: readonly Fault[], catalogue: Catalogue, resources: Resources, options: BuildOptions,
): Promise<Assembled> => {
  const issues: Issue[] = faults.map((fault) => fault.issue)
  const sound = soundness(faults)
  /** The value, or the stand-in where it has issues, which are kept. */
  const kept = <A>(outcome: Outcome<A>, standIn: () => A, tell: (issue: Issue) => Issue = (each) => each): A => {
    if (outcome._tag === 'Right') return outcome.right
    issues.push(...outcome.left.map(tell))
    return standIn()
  }
  const system: Partial<Scenario['system']> = mapOr(scenario.system)
  const initial = initialParts(scenario)
  const dimension = Array.isArray(system.energies) ? Math.max(1, system.energies.length) : 1
  const energies = sound(['system', 'energies']) ? Float64Array.from(system.energies ?? []) : new Float64Array(dimension)

  const attach = async (each: ScenarioBath): Promise<{ attachment: Attachment; made: boolean }> => {
    const couplings = sound(each.couplingsPath)
      ? each.couplings.map((matrix, index) => kept(toMatrix(matrix, [...each.couplingsPath, index]), () => identity(dimension)))
      : [identity(dimension)]
    const chosen = sound(each.modelPath) && typeof each.model === 'object' ? chosenEntry(catalogue.baths, mapOr(each.model), 'model') : null
    const made = chosen === null ? null : await chosen.entry.create(chosen.options, catalogue, resources)
    const bath = made === null ? standInBath(couplings.length) : kept(made, () => standInBath(couplings.length), movedBelow([...each.modelPath, ...chosen?.below ?? []]))
    const strength = sound(each.strengthPath) && each.strength !== undefined ? each.strength : 0
    return { attachment: { label: each.label, bath, strength, systemCouplings: couplings }, made: made?._tag === 'Right' }
  }
  // An entry of `baths` that is no map has been reported; nothing can be made of it.
  const places = bathsOf(scenario)
  const attached: { attachment: Attachment; made: boolean }[] = []
  for (const each of places) attached.push(await attach(each))
  const attachments = attached.map((each) => each.attachment)

  const bathState = (index: number): BathState => {
    const { attachment, made } = attached[index] as { attachment: Attachment; made: boolean }
    const { state, statePath } = places[index] as ScenarioBath
    const standIn = (): BathState => {
      const probabilities = new Float64Array(attachment.bath.windows.energies.length)
      probabilities[0] = 1
      return { kind: 'windows', probabilities }
    }
    if (state === undefined) {
      if (sound(['initial'])) issues.push(issue('scenario/initial', statePath, `\`${pathName(statePath)}\` must be given, but is missing`))
      return standIn()
    }
    return made && sound(statePath) ? kept(toBathState(state, attachment.bath, statePath), standIn) : standIn()
  }
  const states = attachments.map((_, index) => initial.conditional !== undefined ? null : bathState(index))
  const labels = new Set(places.map((each) => each.label))
  if (initial.baths !== undefined && sound(['initial', 'baths'])) {
    for (const label of Object.keys(initial.baths)) {
      if (labels.has(label)) continue
      issues.push(issue('scenario/initial', ['initial', 'baths', label],
        `\`initial.baths.${label}\` must be the label of a bath (${[...labels].join(', ')}), but is not`))
    }
  }
  const times = sound(['times']) ? toTimes(scenario.times) : Float64Array.of(0)
  const groundState = (): ComplexMatrix => diagonalMatrix(Array.from({ length: dimension }, (_, k) => k === 0 ? 1 : 0))
  const drivable = sound(['drive']) && sound(['system', 'energies'])
  const drive = drivable ? kept(await toDrive(scenario.drive, energies, attachments, times, catalogue, resources), () => null) : null
  const ledger = toLedger(scenario.thermodynamics, {
    attachments, sound, times: sound(['times']) ? times : null,
    labelled: places.length > 0 && places.every((_, at) => scenario.bath !== undefined || sound(['baths', at, 'label'])),
  })
  issues.push(...ledger.issues)
  const problem: Problem = {
    energies,
    baths: attachments,
    initial: initial.conditional !== undefined && sound(['initial']) && attached.every((each) => each.made)
      ? kept(toConditional(initial.conditional, dimension, attachments, times[0] ?? 0), () => productOf(groundState(), attachments))
      : {
          kind: 'product',
          system: initial.system !== undefined && sound(['initial', 'system'])
            ? kept(toInitialSystem(initial.system, dimension, ['initial', 'system']), groundState) : groundState(),
          baths: states.map((state, index) => state ?? wholeWindow(attachments[index] as Attachment)),
        },
    times,
    drive,
  }
  const observables: Record<string, ComplexMatrix> = {}
  for (const [name, matrix] of sound(['observables']) ? Object.entries(scenario.observables ?? {}) : []) {
    const path: Path = ['observables', name]
    const operator = kept(toMatrix(matrix, path), () => identity(dimension))
    observables[name] = operator
    if (sound(['system', 'energies']) && operator.rows !== dimension) {
      issues.push(issue('scenario/shape', path, `\`${pathName(path)}\` must be ${dimension} × ${dimension}, but is ${operator.rows} × ${operator.columns}`))
    }
  }
  const memory = scenario.memory === undefined || !sound(['memory']) ? undefined : kept(parseSize(scenario.memory), () => 0)
  const methods = await toMethods(scenario, attached, places, sound, catalogue, resources, options)
  issues.push(...methods.issues)
  const checked = places.length > 0 ? options.check?.(problem) : undefined
  if (checked?._tag === 'Left') issues.push(...checked.left.map((each) => scenarioIssue(scenario, each)))
  return {
    issues: distinct(issues, faults),
    built: () => ({ scenario, problem, methods: methods.built, observables, thermodynamics: ledger.request, save: scenario.save ?? 'populations', tolerance: scenario.tolerance, memory }),
  }
}

const wholeWindow = (attachment: Attachment): BathState => {
  const probabilities = new Float64Array(attachment.bath.windows.energies.length)
  probabilities[0] = 1
  return { kind: 'windows', probabilities }
}

const productOf = (system: ComplexMatrix, attachments: readonly Attachment[]): Problem['initial'] =>
  ({ kind: 'product', system, baths: attachments.map(wholeWindow) })
