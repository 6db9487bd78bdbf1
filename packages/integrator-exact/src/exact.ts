import { CONTRACT, fail, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, Citation, Estimate, Host, Identity, Json, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { defaultBackend, exp } from '@mesobath/kernels'
import { releaseState, initialState } from './internal/evolution.js'
import type { State } from './internal/evolution.js'
import { ExactStepper } from './internal/exact-stepper.js'
import { initialColumns } from './internal/initial-columns.js'
import type { InitialColumns } from './internal/initial-columns.js'
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

/**
 * Exact unitary evolution of the system and one microscopic bath, for the whole mixture of initial bath levels.
 *
 * H = Σ_k ε_k |k⟩⟨k| + Σ_i E_i |i⟩⟨i| + λ Σ_α S^α ⊗ B_int^α with B_int^α = B^α + Σ_E ⟨B^α⟩_E Π_E, from ρ_S(0) ⊗ (any mixture of bath
 * levels) or from the correlated Σ_E ρ_S(E; 0) ⊗ Π_E/V_E. Only what the initial state reaches is propagated, by Chebyshev
 * polynomials of H with computed spectral bounds; all output times of a stretch come from the same polynomials.
 *
 * The bath must give `microscopic` of kind 'spectral'; the drive must be piecewise constant. Samples carry p(ε_k, E; t), its rates,
 * ρ_S(E; t), and the scalars `work`, `norm`, `energy`, `interactionEnergy`, `bathEnergy/<label>`; energies in the unit of ε_k, times
 * in its inverse. `jointStates` of the estimate is the dimension of the largest component.
 *
 * Issues: `integrator-exact/one-bath`, `integrator-exact/missing-capability`, `integrator-exact/local-bath`, `integrator-exact/initial`,
 * `integrator-exact/state-not-positive`, `integrator-exact/memory`, `integrator-exact/workspace`, `integrator-exact/smooth-drive`,
 * `integrator-exact/beyond-run`, `integrator-exact/checkpoint`, and those of the bath's realisation.
 */
export const exact = (options: ExactOptions = {}): Algorithm => {
  const recipe: Json = options.workspace === undefined ? {} : { workspace: options.workspace }
  const identity: Identity = {
    contract: CONTRACT,
    name: 'exact',
    package: '@mesobath/integrator-exact',
    version: VERSION,
    citations: [PAPER, CHEBYSHEV],
    recipe,
  }
  const workspaceOf = (host: Host): Outcome<number> => {
    const { workspace } = options
    if (workspace !== undefined && !(Number.isFinite(workspace) && workspace > 0)) {
      return fail(issue('integrator-exact/workspace', ['workspace'], `\`workspace\` must be a positive number of bytes, but is ${workspace}`))
    }
    return succeed(Math.min(workspace ?? WORKSPACE, host.memoryLimit === undefined ? Infinity : WORKSPACE_SHARE * host.memoryLimit))
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
    return succeed(estimateRun(model, problem, strength, sizing, isRealStart(columns), tolerance))
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
      const frame = {
        dimension: model.dimension, baths: [{ label, windows: bath.windows }], algorithm: identity, rates: [null], backend: backend.id,
      }
      return succeed(await ExactStepper.begin({ problem, host, frame, shop, sizing, state, tolerance: share }))
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
