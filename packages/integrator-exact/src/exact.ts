import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Citation, Estimate, Frame, Host, Identity, Issue, Json, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { defaultBackend, exp } from '@mesobath/kernels'
import { releaseState, initialState } from './internal/evolution.js'
import type { State } from './internal/evolution.js'
import { ExactStepper } from './internal/exact-stepper.js'
import { initialColumns } from './internal/initial-columns.js'
import type { InitialColumns } from './internal/initial-columns.js'
import { correlationBytes, correlationMeter, globalEntropy } from './internal/mutual-information.js'
import { microscopicModel, strengthsOfBlocks, strengthsOfEnsemble } from './internal/microscopic-model.js'
import type { MicroscopicModel } from './internal/microscopic-model.js'
import { estimateRun, sizeRun } from './internal/sizing.js'
import { guardedBackend, openWorkshop, OutOfMemory } from './internal/workshop.js'
import type { OwnedWorkshop } from './internal/workshop.js'
import { VERSION } from './version.js'

/** Options of {@link exact}. */
export interface ExactOptions {
  /** Bytes for Chebyshev blocks kept at once, 256 MiB unless told: less means narrower batches of columns and shorter stretches of time. */
  readonly workspace?: number
  /**
   * Whether samples carry `systemBathMutualInformation`, I^{S:B} (Eq. 40): all of them, or those of every n-th output time, counted from
   * the first; NaN elsewhere. Each costs the spectrum of a matrix as large as the bath or as the rank of its state.
   */
  readonly mutualInformation?: boolean | { readonly every: number }
}

/** Room for Chebyshev blocks: a few hundred columns of a thousand rows, as wide as products run at full speed. */
const WORKSPACE = 256 * 1024 * 1024
/** Of a memory limit at most this share goes to the blocks; matrices and states need the rest. */
const WORKSPACE_SHARE = 0.5

/** Share of the tolerance that a truncated series may use: terms are cheap, and splits of a run then agree to rounding. */
const SERIES_SHARE = 1e-2
const SERIES_LEAST = 1e-15
const SERIES_MOST = 1e-12

const CHEBYSHEV: Citation = {
  key: 'TalEzer1984',
  bibtex: `@article{TalEzer1984,
  author = {Tal-Ezer, Hillel and Kosloff, Ronnie},
  title = {An accurate and efficient scheme for propagating the time dependent Schr{\\"o}dinger equation},
  journal = {The Journal of Chemical Physics},
  volume = {81},
  pages = {3967},
  year = {1984},
  doi = {10.1063/1.448136}
}`,
}

const seriesTolerance = (tolerance: number): number => Math.min(SERIES_MOST, Math.max(SERIES_LEAST, tolerance * SERIES_SHARE))

/** Every how many output times, null for every sample, undefined where not asked for. */
const scheduleOf = ({ mutualInformation }: ExactOptions): number | null | undefined => {
  if (mutualInformation === undefined || mutualInformation === false) return undefined
  return mutualInformation === true ? null : mutualInformation.every
}

/** Whether a window's levels carry one weight: rounding of a weight given per level. */
const EVEN = 1e-12

/** Whether Pρ(0) = ρ(0): every window evenly filled. */
const startsEvenly = (model: MicroscopicModel, { initial }: Problem): boolean => {
  if (initial.kind === 'conditional') return true
  const state = initial.baths[0]!
  if (state.kind === 'windows') return true
  const { levels, window } = model.bath
  const least = new Float64Array(model.levels.length).fill(Infinity)
  const most = new Float64Array(model.levels.length).fill(-Infinity)
  for (let i = 0; i < levels.length; i++) {
    // The spread of β E_i is that of the logarithm of the weight.
    const value = state.kind === 'levels' ? state.weights[i]! : state.inverseTemperature * levels[i]!
    least[window[i]!] = Math.min(least[window[i]!]!, value)
    most[window[i]!] = Math.max(most[window[i]!]!, value)
  }
  return least.every((value, at) => !(most[at]! - value > EVEN * (state.kind === 'levels' ? most[at]! : 1)))
}

/** The tolerance an estimate is made for: the one runs have unless told. */
const USUAL_TOLERANCE = 1e-10

const isRealStart = (columns: InitialColumns): boolean =>
  columns.factors.every((factor) => factor.im === null || factor.im.every((value) => value === 0))

const describe = (problem: Problem): Outcome<{ model: MicroscopicModel; columns: InitialColumns }> => {
  const model = microscopicModel(problem)
  if (model._tag === 'Left') return model
  const columns = initialColumns(model.right, problem)
  if (columns._tag === 'Left') return columns
  return succeed({ model: model.right, columns: columns.right })
}

const MAGNUS: Citation = {
  key: 'Alvermann2011',
  bibtex: `@article{Alvermann2011,
  author = {Alvermann, Andreas and Fehske, Holger},
  title = {High-order commutator-free exponential time-propagation of driven quantum systems},
  journal = {Journal of Computational Physics},
  volume = {230},
  pages = {5930},
  year = {2011},
  doi = {10.1016/j.jcp.2011.04.006}
}`,
}

/**
 * Exact unitary evolution of the system and one microscopic bath, for the whole mixture of initial bath levels.
 *
 * H = Σ_k ε_k |k⟩⟨k| + Σ_i E_i |i⟩⟨i| + λ Σ_α S^α ⊗ B_int^α with B_int^α = B^α + Σ_E ⟨B^α⟩_E Π_E, from ρ_S(0) ⊗ (any mixture of bath
 * levels) or from the correlated Σ_E ρ_S(E; 0) ⊗ Π_E/V_E. Only what the initial state reaches is propagated, by Chebyshev
 * polynomials of H with computed spectral bounds; all output times of a stretch come from the same polynomials.
 *
 * The bath must give `microscopic` of kind 'spectral'. Where ε_k(t) or λ(t) moves smoothly, a commutator-free Magnus scheme of order 4 goes
 * in steps that keep to the tolerance. Samples carry p(ε_k, E; t), its rates,
 * ρ_S(E; t), and the scalars `work`, `norm`, `energy`, `interactionEnergy`, `bathEnergy/<label>`, `systemBathMutualInformation` where asked for; energies in the unit of ε_k, times
 * in its inverse. `jointStates` of the estimate is the dimension of the largest component.
 *
 * Issues: `integrator-exact/one-bath`, `integrator-exact/missing-capability`, `integrator-exact/local-bath`, `integrator-exact/initial`,
 * `integrator-exact/state-not-positive`, `integrator-exact/memory`, `integrator-exact/workspace`, `integrator-exact/mutual-information`,
 * `integrator-exact/beyond-run`, `integrator-exact/checkpoint`, and those of the bath's realisation.
 */
export const exact = (options: ExactOptions = {}): Algorithm => {
  const { mutualInformation } = options
  const recipe: Json = {
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...(mutualInformation === undefined ? {} : { mutualInformation: typeof mutualInformation === 'boolean' ? mutualInformation : { every: mutualInformation.every } }),
  }
  const schedule = scheduleOf(options)
  const identity: Identity = {
    contract: CONTRACT,
    name: 'exact',
    package: '@mesobath/integrator-exact',
    version: VERSION,
    citations: [PAPER, CHEBYSHEV, MAGNUS],
    recipe,
  }
  const workspaceOf = (host: Host): Outcome<number> => {
    const { workspace } = options
    const issues: Issue[] = []
    if (workspace !== undefined && !(Number.isFinite(workspace) && workspace > 0)) {
      issues.push(issue('integrator-exact/workspace', ['workspace'], `\`workspace\` must be a positive number of bytes, but is ${workspace}`))
    }
    if (schedule !== undefined && schedule !== null && !(Number.isInteger(schedule) && schedule > 0)) {
      issues.push(issue('integrator-exact/mutual-information', ['mutualInformation', 'every'],
        `\`mutualInformation.every\` must be a positive integer, but is ${schedule}`))
    }
    return failIfAny(issues, () => Math.min(workspace ?? WORKSPACE, host.memoryLimit === undefined ? Infinity : WORKSPACE_SHARE * host.memoryLimit))
  }

  const estimate = (problem: Problem, host: Host): Outcome<Estimate> => {
    const workspace = workspaceOf(host)
    if (workspace._tag === 'Left') return workspace
    const described = describe(problem)
    if (described._tag === 'Left') return described
    const { model, columns } = described.right
    const { ensemble } = problem.baths[0]!.bath.can
    const strength = ensemble === undefined ? strengthsOfBlocks(model)
      : strengthsOfEnsemble(model, (to, from, out) => ensemble.secondMoment(to, from, out), exp)
    const tolerance = seriesTolerance(USUAL_TOLERANCE)
    const sizing = sizeRun(model, columns, strength, problem, workspace.right, tolerance)
    const correlation = schedule === undefined ? null : { every: schedule ?? 1, bytes: correlationBytes({ model, ...sizing }) }
    return succeed(estimateRun(model, problem, strength, sizing, isRealStart(columns), tolerance, correlation))
  }

  const prepare = async (problem: Problem, host: Host, tolerance: number): Promise<Outcome<Stepper>> => {
    const workspace = workspaceOf(host)
    if (workspace._tag === 'Left') return workspace
    const described = describe(problem)
    if (described._tag === 'Left') return described
    const { model, columns } = described.right
    const backend = guardedBackend(host.backend ?? defaultBackend())
    const share = seriesTolerance(tolerance)
    const sizing = sizeRun(model, columns, strengthsOfBlocks(model), problem, workspace.right, share)
    const { label, bath } = problem.baths[0]!
    let shop: OwnedWorkshop | null = null
    let state: State = []
    try {
      shop = openWorkshop(model, backend, sizing)
      state = initialState(model, backend, sizing.structure, sizing.batches, columns)
      const frame: Frame = {
        dimension: model.dimension, baths: [{ label, windows: bath.windows }], algorithm: identity, rates: [null], backend: backend.id,
        ...(startsEvenly(model, problem) ? { guarantees: ['even-windows'] as const } : {}),
      }
      const correlation = schedule === undefined ? null : { meter: correlationMeter(shop, globalEntropy(columns)), every: schedule }
      return succeed(await ExactStepper.begin({ problem, host, frame, shop, sizing, state, tolerance: share, accuracy: tolerance, correlation }))
    } catch (fault) {
      releaseState(backend, state)
      shop?.dispose()
      if (fault instanceof OutOfMemory) {
        return fail(issue('integrator-exact/memory', [], `the run must fit into the memory of the backend "${backend.id}", but ${fault.message}`))
      }
      throw fault
    }
  }

  return { ...identity, needs: ['microscopic'], estimate, prepare }
}
